"""The questions that tell problems apart, with their likelihoods and wordings, a writer's own among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.content.phrases import Phrase
from troubleshooting.catalogue.by_category import CategoryQuestions
from troubleshooting.catalogue.by_product import product_questions
from troubleshooting.catalogue.by_word import word_questions
from troubleshooting.catalogue.identifiers import readable_id, short_id
from troubleshooting.catalogue.values import Guide, Problem, Target, Wording
from troubleshooting.planning.tables import Question

RIGHT_BRANCH = 0.95
UNLISTED_SYMPTOM = 0.05
YES_NO = {"yes": Phrase("Yes"), "no": Phrase("No")}


@dataclass(slots=True)
class QuestionSet:
    """Questions as they are collected: for the planner, in words, and where authored answers lead."""

    questions: list[Question] = field(default_factory=list)
    wordings: dict[str, Wording] = field(default_factory=dict)
    leads_to: dict[str, dict[str, Target]] = field(default_factory=dict)
    roots: dict[str, list[str]] = field(default_factory=dict)

    def add(self, question: Question, wording: Wording) -> None:
        """Collect a question."""
        self.questions.append(question)
        self.wordings[question.id] = wording


def questions_for(
    problems: Sequence[Problem],
    guides: Iterable[Guide],
    categories: Mapping[str, str],
    problem_at: Mapping[tuple[str, str], str],
) -> QuestionSet:
    """All questions about these problems.

    `categories` names every category slug; `problem_at` says for a (guide slug, anchor) which problem lies there.
    """
    collected = questions_after_words(problems, categories)
    for question, wording in word_questions(problems):
        collected.add(question, wording)
    for guide in guides:
        _AuthoredTree(guide, problem_at, collected).add_all()
    return collected


def questions_after_words(problems: Sequence[Problem], categories: Mapping[str, str]) -> QuestionSet:
    """Those for who typed something: nobody has to ask them which words a message holds."""
    collected = QuestionSet()
    for question, wording in CategoryQuestions(problems, categories).questions():
        collected.add(question, wording)
    for question, wording in product_questions(problems):
        collected.add(question, wording)
    _add_symptoms(problems, collected)
    return collected


def symptoms_for(problems: Iterable[Problem]) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """What people may recognise in lists: symptom id -> problem id -> chance, and the wording of each.

    A problem without a symptom is recognised by its title.
    """
    chances: dict[str, dict[str, float]] = {}
    wordings: dict[str, str] = {}
    for problem in problems:
        by_title = [(short_id("title", problem.title.casefold()), problem.title, 0.8)]
        for symptom, text, chance in [(s.id, s.text, s.chance) for s in problem.symptoms] or by_title:
            of_symptom = chances.setdefault(symptom, {})
            of_symptom[problem.id] = max(chance, of_symptom.get(problem.id, 0.0))
            wordings.setdefault(symptom, text)
    return chances, wordings


def _add_symptoms(problems: Sequence[Problem], collected: QuestionSet) -> None:
    """Each symptom that several problems share, yes or no; lists ask for the others."""
    shared: dict[str, dict[str, float]] = {}
    texts: dict[str, str] = {}
    for problem in problems:
        for symptom in problem.symptoms:
            of_symptom = shared.setdefault(symptom.id, {})
            of_symptom[problem.id] = max(symptom.chance, of_symptom.get(problem.id, 0.0))
            texts.setdefault(symptom.id, symptom.text)
    default = {"yes": UNLISTED_SYMPTOM, "no": 1 - UNLISTED_SYMPTOM}
    for key, chances in shared.items():
        if len(chances) > 1:
            likelihood = {problem: {"yes": chance, "no": 1 - chance} for problem, chance in chances.items()}
            text = Phrase("Do you see this?")
            question = Question(f"see-{key}", text, tuple(YES_NO), likelihood, default, symptoms=(key,))
            collected.add(question, Wording(text, YES_NO, texts[key]))


class _AuthoredTree:
    """The authored questions of one guide, as `library.questions_as_data` gives them."""

    def __init__(self, guide: Guide, problem_at: Mapping[tuple[str, str], str], collected: QuestionSet) -> None:
        self.guide, self.problem_at, self.collected = guide, problem_at, collected
        self.times_asked: Counter[str] = Counter()

    def add_all(self) -> None:
        """Collect them all."""
        for question in self.guide.questions:
            self.collected.roots.setdefault(self.guide.slug, []).append(self._add(question)[0])

    def _add(self, question: Mapping[str, Any]) -> tuple[str, set[str]]:
        """The id of a question, and the problems that it can lead to."""
        text = str(question["text"])
        self.times_asked[text] += 1
        question_id = f"ask-{short_id(self.guide.key, text, str(self.times_asked[text]))}"
        labels: dict[str, str] = {}
        leads_to: dict[str, Target] = {}
        reached: dict[str, set[str]] = {}
        for branch in question["branches"]:
            answer = readable_id(branch["label"])
            answer = answer if answer not in labels else short_id(branch["label"], str(len(labels)))
            labels[answer] = branch["label"]
            leads_to[answer], problems = self._follow(branch["then"])
            for problem in problems:
                reached.setdefault(problem, set()).add(answer)
        self.collected.leads_to[question_id] = leads_to
        likelihood = {
            problem: dict.fromkeys(sorted(answers), RIGHT_BRANCH / len(answers)) for problem, answers in reached.items()
        }
        self.collected.add(Question(question_id, text, tuple(labels), likelihood), Wording(text, labels))
        return question_id, set(reached)

    def _follow(self, then: Mapping[str, Any]) -> tuple[Target, set[str]]:
        if "problem" in then:
            slug, anchor = then["problem"]
            problem = self.problem_at.get((slug, anchor), "")
            return Target(problem=problem), {problem} - {""}
        if "contact" in then:
            return Target(contact=then["contact"]), set()
        question, problems = self._add(then)
        return Target(question=question), problems
