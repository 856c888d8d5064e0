"""Decides what a walk shows next: a question, a solution or contacts. No Django and no database here.

Nothing is remembered between two steps: the same address gives the same step as long as the library stays the same.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from troubleshooting.catalogue import by_product
from troubleshooting.catalogue.values import (
    CATEGORY_QUESTION,
    LONGEST_LIST,
    OTHER,
    UNSURE,
    UNSURE_LABEL,
    Contact,
    Problem,
    Published,
    Step,
    Target,
)
from troubleshooting.planning.planner import Planner
from troubleshooting.planning.symptom_lists import LIST_PREFIX
from troubleshooting.walk import choices, escalation
from troubleshooting.walk.address import Address
from troubleshooting.walk.cards import ASKED_BY_WORDS, CARDS, FITS, LIKELY, MORE_WORDS, OTHERS, shown
from troubleshooting.walk.evidence import Evidence
from troubleshooting.walk.state import AnsweredQuestion, Candidate, ShownQuestion, Solution, WalkState
from troubleshooting.walk.ways import next_step_of
from troubleshooting.walk.words import Words

MOST_QUESTIONS = 12
MOST_UNSURE = 4
MOST_UNSURE_AFTER_WORDS = 2
PATIENCE = 2
STILL_LIKELY = 0.1
STILL_LIKELY_BY_WORDS = 0.02


def decide(published: Published, planner: Planner, address: Address, words: Words | None = None) -> WalkState:
    """The next step. `words` are what a search found for what the person typed, None where nothing was."""
    return _Decision(published, planner, Evidence(published, planner, address, words)).state()


class _Decision:
    """One decision: the evidence is weighed, then a question is asked, a solution shown, or contacts are named.

    `likelihoods` say how well each problem explains the evidence, `posterior` what to believe of all problems,
    `beliefs` the same of those that can still be tried; all in the planner's order.
    """

    def __init__(self, published: Published, planner: Planner, evidence: Evidence) -> None:
        self.published, self.planner, self.evidence = published, planner, evidence
        self.address, self.answers = evidence.address, evidence.answers
        self.likelihoods = evidence.weights()
        self.posterior = planner.beliefs(self.likelihoods)
        self.beliefs = self._beliefs()
        self.candidates = self._candidates()
        self.chance_of_cover = 1.0 - self.beliefs[planner.index[OTHER]]

    def state(self) -> WalkState:
        """What to show next."""
        trigger = self.published.triggers.get(self.address.trigger)
        raised = escalation.raised(self.published, self.address)
        state = WalkState(
            kind="escalate",
            address=self.address,
            candidates=self.candidates,
            total=len(self.published.problems),
            asked=tuple(self._answered(question, answer) for question, answer in self.address.answers),
            implied=tuple(self._answered(question, answer) for question, answer in self.evidence.implied),
            tried=self.evidence.tried,
            done=self.evidence.done,
            skipped=self.evidence.skipped,
            notices=tuple(self.evidence.notices),
            triggers=tuple(dict.fromkeys([*raised, *escalation.triggers(self.published, self.candidates)])),
            raised=raised,
            trigger=trigger,
            covered=self.chance_of_cover if self.evidence.words else None,
            refused=self.evidence.refused,
            is_foreign=bool(self.evidence.words and self.evidence.words.is_foreign),
        )
        if trigger or self.address.help:
            return replace(state, contacts=escalation.takers(trigger, self.published) if trigger else self._contacts())
        question = self._question()
        problem = None if question else self._to_try()
        if question := self._confirming(problem) if problem else question:
            return replace(state, kind="question", question=question)
        if problem:
            return replace(state, kind="solution", solution=self._solution(problem))
        if led_to := self.published.contacts.get(self._authored.contact):
            return replace(state, led_to=led_to, contacts=(led_to,))
        return replace(state, contacts=self._contacts())

    def _contacts(self) -> tuple[Contact, ...]:
        return escalation.contacts(self.published, self.planner, self.evidence, self.candidates)

    def _beliefs(self) -> list[float]:
        """The beliefs in those that can still be tried; what failed or can't be done is for 'something else'.

        With each problem that was tried in vain, it is less likely that any guide helps at all (Laplace's rule of
        succession), so that a walk on which nothing helps soon ends with the contacts.
        """
        trust = PATIENCE / (PATIENCE + len(self.evidence.exhausted))
        beliefs = [belief * trust for belief in self.posterior]
        for key in self.evidence.spent:
            beliefs[self.planner.index[key]] = 0.0
        other = self.planner.index[OTHER]
        beliefs[other] = max(0.0, 1.0 - (sum(beliefs) - beliefs[other]))
        return beliefs

    def _candidates(self) -> tuple[Candidate, ...]:
        """The problems that explain the evidence at least a tenth as well as the best of them, likeliest first.

        Those whose steps can't be done are among them: nothing speaks against them. Of those that words found, there
        are as many as cards show, and all that are not much less likely.
        """
        if self.evidence.words:
            return self._found_by_words()
        index, exhausted = self.planner.index, self.evidence.exhausted
        untried = [problem for key, problem in self.published.problems.items() if key not in exhausted]
        best = max((self.likelihoods[index[problem.id]] for problem in untried), default=0.0)
        likely = (p for p in untried if self.likelihoods[index[p.id]] >= STILL_LIKELY * best)
        candidates = (Candidate(problem, self.posterior[index[problem.id]]) for problem in likely)
        return tuple(sorted(candidates, key=lambda candidate: -candidate.probability))

    def _found_by_words(self) -> tuple[Candidate, ...]:
        found = [
            Candidate(problem, self.posterior[self.planner.index[key]])
            for key, problem in self.published.problems.items()
            if key not in self.evidence.exhausted
        ]
        found.sort(key=lambda candidate: -candidate.probability)
        least = STILL_LIKELY_BY_WORDS * found[0].probability if found else 0.0
        return tuple(
            candidate for place, candidate in enumerate(found) if place < CARDS or candidate.probability >= least
        )

    # Questions

    def _question(self) -> ShownQuestion | None:
        """The question to ask again, else the one that a writer put here, else the one that the planner asks."""
        if self.address.change:
            return self._shown_question(self.address.change, given=self.evidence.known.get(self.address.change, ""))
        is_trying = self.address.pick or self.address.fixed or self._under_way
        if is_trying or len(self.answers) >= MOST_QUESTIONS:
            return None
        if self._authored.question:
            return self._shown_question(self._authored.question)
        if self._authored.problem or self._authored.contact:
            return None
        if self.evidence.words:
            return self._question_after_words()
        is_unsure = list(self.answers.values())[-MOST_UNSURE:] == [UNSURE] * MOST_UNSURE
        return None if is_unsure else self._planned_question()

    def _question_after_words(self) -> ShownQuestion | None:
        """What to ask a person who typed something: whether it is one of the likeliest, and what tells those apart.

        Where the words fit nothing well, more of them are asked for first, and the likeliest shown as what they are.
        Two questions that bring nothing are enough.
        """
        answers, cards = self.answers, self.evidence.cards.pages
        fits = self.chance_of_cover >= FITS
        picked = self.evidence.picked
        if picked and picked not in self.evidence.spent:
            return None
        if LIKELY not in answers:
            wanted = LIKELY if fits or MORE_WORDS in answers else MORE_WORDS
            return self._shown_question(wanted) if wanted == MORE_WORDS or cards.get(LIKELY) else None
        is_refused = answers[LIKELY] != UNSURE
        if is_refused and OTHERS not in answers and cards[OTHERS] and MORE_WORDS not in answers:
            return self._shown_question(OTHERS)
        if is_refused and self._chance_of_others < FITS:
            return None if MORE_WORDS in answers or self.evidence.tried else self._shown_question(MORE_WORDS)
        is_unsure = list(answers.values()).count(UNSURE) >= MOST_UNSURE_AFTER_WORDS
        return self._planned_question() if fits and not is_unsure else None

    @property
    def _chance_of_others(self) -> float:
        """The chance that something covers it that the person did not say no to."""
        return self.chance_of_cover - sum(self.beliefs[self.planner.index[key]] for key in self.evidence.refused)

    def _planned_question(self) -> ShownQuestion | None:
        """The question that the planner finds most worth asking."""
        closed = {CATEGORY_QUESTION} & self.published.wordings.keys() if self.address.category else set()
        closed |= self.evidence.known.keys() | self.published.follow_ups
        closed |= by_product.too_early(self.published.questions, self.evidence.known)
        asked = {key for key in closed if key in self.published.questions or key.startswith(LIST_PREFIX)}
        asked |= {LIST_PREFIX + symptom for symptom in choices.needless_symptoms(self.published, self.address)}
        question = self.planner.next_question(self.beliefs, asked)
        while self.evidence.words and question and not self._tells_apart(question.id):
            asked = {*asked, question.id}
            question = self.planner.next_question(self.beliefs, asked)
        return self._shown_question(question.id) if question else None

    def _tells_apart(self, question_id: str) -> bool:
        """Whether two of its answers fit what is left, which that no guide covers it always is."""
        return len(set(self.planner.likeliest_answers(question_id, [*self._left, OTHER]))) > 1

    @property
    def _left(self) -> list[str]:
        return [candidate.problem.id for candidate in self.candidates]

    @cached_property
    def _authored(self) -> Target:
        """Where the writers' own questions lead from here: the last one answered, else the first one of the guide."""
        answers = {**dict(self.evidence.implied), **self.answers}
        last = next((key for key in reversed(answers) if key in self.published.leads_to), "")
        target = self.published.leads_to.get(last, {}).get(answers.get(last, ""), Target())
        if target != Target() and target.question not in answers and target.problem not in self.evidence.spent:
            return target
        has_tried = self.evidence.tried or self.evidence.skipped
        roots = () if has_tried else self.published.roots.get(self.address.guide, ())
        return Target(question=next((root for root in roots if root not in answers), ""))

    def _shown_question(self, question_id: str, given: str | None = None) -> ShownQuestion:
        if question_id in ASKED_BY_WORDS:
            words, refused = self.evidence.words or Words(), self.evidence.refused
            return shown(self.evidence.cards, words, question_id, given or "", refused)
        by = self.address.guide if question_id in self.published.roots.get(self.address.guide, ()) else ""
        return choices.planned(self.published, self.planner, question_id, self._left, given=given, by=by)

    def _answered(self, question_id: str, answer: str) -> AnsweredQuestion:
        cards = self.evidence.cards if question_id in ASKED_BY_WORDS else None
        wording = cards.wording(question_id) if cards else self.published.wording(question_id)
        label = {**(cards.titles if cards else {}), **wording.answers}.get(answer, UNSURE_LABEL)
        return AnsweredQuestion(question_id, wording.text, wording.detail, answer, label)

    # Solutions

    def _to_try(self) -> Problem | None:
        """The problem picked by hand, else the one under way, else a writer's, else the one most worth trying."""
        problems = self.published.problems
        picked = self.address.pick or self.address.fixed
        if problem := problems.get(self.published.steps.get(picked, picked)):
            return problem
        card = self.evidence.picked if self.evidence.picked not in self.evidence.spent else ""
        others = (self._under_way, problems.get(card), problems.get(self._authored.problem), self._worth_trying())
        return next((problem for problem in others if problem and self._may_be_proposed(problem)), None)

    def _solution(self, problem: Problem) -> Solution:
        step = self._step_of(problem) if problem.steps else None
        said = (frozenset(ids) for ids in (self.address.tried, self.address.done, self.address.skipped))
        return Solution(problem, self.posterior[self.planner.index[problem.id]], step, *said)

    def _needs_confirming(self, problem: Problem) -> bool:
        """Whether its next step may destroy something, and nobody said yet that it is this problem."""
        if not problem.steps or self.address.fixed or self.evidence.is_confirmed(problem):
            return False
        return self._step_of(problem).dangerous

    def _confirming(self, problem: Problem) -> ShownQuestion | None:
        """The question whether any of its symptoms is there; None when that need not be known."""
        return self._shown_question(self._symptoms_to_confirm(problem)) if self._needs_confirming(problem) else None

    def _symptoms_to_confirm(self, problem: Problem) -> str:
        """The id of the question, '' when it was asked already, or enough was."""
        left = self.evidence.unasked_symptoms(problem) if len(self.answers) < MOST_QUESTIONS else []
        return LIST_PREFIX + ".".join(left[:LONGEST_LIST]) if left else ""

    def _may_be_proposed(self, problem: Problem) -> bool:
        """Not a step that may destroy something, when the person could not say that it is this problem."""
        return not self._needs_confirming(problem) or bool(self._symptoms_to_confirm(problem))

    def _step_of(self, problem: Problem) -> Step:
        answers = (self._answered(*pair).answer for pair in self.address.answers if problem.ways[1:])
        return next_step_of(problem, self.address, " ".join([self.address.symptom, *answers]))

    @cached_property
    def _under_way(self) -> Problem | None:
        """The problem of the last step tried, while it has another one to try."""
        last = self.published.steps.get(self.address.tried[-1]) if self.address.tried else None
        return None if last is None or last in self.evidence.spent else self.published.problems[last]

    def _worth_trying(self) -> Problem | None:
        """The likeliest where words fit, else the one with the highest probability over cost; None to hand over.

        None as well when all that is known is that the person is not sure.
        """
        is_in_the_dark = self.answers and set(self.answers.values()) == {UNSURE} and not self._has_started_somewhere
        if self._authored.contact or (is_in_the_dark and not self.evidence.tried):
            return None
        if self.evidence.words:
            fits = self.chance_of_cover >= FITS
            found = (candidate.problem.id for candidate in self.candidates if fits)
            ids = [key for key in found if key not in self.evidence.refused]
        else:
            planned = [self.planner.catalogue.problems[i].id for i in self.planner.plan(self.beliefs).order]
            ids = [key for key in planned if key != OTHER and self.published.problems[key].steps]
        left = (self.published.problems[key] for key in ids if key not in self.evidence.spent)
        return next(filter(self._may_be_proposed, left), None)

    @property
    def _has_started_somewhere(self) -> bool:
        address = self.address
        return bool(self.evidence.words or address.category or address.code or address.guide)
