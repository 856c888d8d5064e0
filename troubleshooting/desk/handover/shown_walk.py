"""What the desk shows of a handed-over walk: its answers, what was tried, and what is likeliest now."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from kb.models.audience import INSIDERS
from kb.models.wording import spoken
from troubleshooting.catalogue import build
from troubleshooting.catalogue.values import UNSURE, UNSURE_LABEL
from troubleshooting.walk.address import Address, read_address, shortened
from troubleshooting.walk.cards import ASKED_BY_WORDS
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.links import Link, address_of
from troubleshooting.walk.page import NO_GUIDE, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from troubleshooting.catalogue.values import Problem, Published, Step
    from troubleshooting.models import Handover
    from troubleshooting.walk.state import WalkState

MOST_LIKELY = 5
FIELD = "answer-"
NOT_ASKED = gettext_lazy("Not answered")
FAILED, DONE, SKIPPED = gettext_lazy("Did not help"), gettext_lazy("Done"), gettext_lazy("Could not be done")


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the walk with the answers to choose from (id, label); `given` is '' for one not answered yet."""

    id: str
    text: str
    choices: tuple[tuple[str, str], ...]
    given: str = ""

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"{FIELD}{self.id}"

    def label(self, key: str) -> str:
        """An answer in words."""
        return dict(self.choices).get(key, str(NOT_ASKED))


@dataclass(slots=True)
class Attempt:
    """A problem of which something was tried: what became of all of it, and of its steps (text, what became of it).

    `is_open` unless it is known that it failed or is not theirs. `then` is the number of the guide's revision when
    the walk was handed over (0: not known), `now` the one it has.
    """

    problem: Problem
    then: int
    verdict: str = ""
    steps: list[tuple[str, str]] = field(default_factory=list)
    is_open: bool = False

    @property
    def now(self) -> int:
        """The number of the revision that readers see now."""
        return self.problem.guide.revision

    @property
    def is_rewritten(self) -> bool:
        """Whether its guide has another text now than the one that was followed."""
        return bool(self.then) and self.then != self.now


@dataclass(frozen=True, slots=True)
class ShownWalk:
    """A walk as it stands for staff now; `likely` are the next candidates, each once and none that was tried."""

    state: WalkState
    answers: tuple[Answer, ...]
    attempts: tuple[Attempt, ...]
    likely: tuple[Link, ...]

    def with_answers(self, symptom: str, given: Mapping[str, str]) -> tuple[Address, list[str]]:
        """The walk's address with other words and answers (by the names of their fields), and what that changes.

        ValueError for an answer that its question does not have.
        """
        address, told = self.state.address, []
        symptom = shortened(symptom)
        if symptom != address.symptom:
            told.append(gettext("Words: “{symptom}” became “{new}”.").format(symptom=address.symptom, new=symptom))
            address = replace(address, symptom=symptom, fixed="", trigger="", help=False, pick="")
        for answer in self.answers:
            chosen = given.get(answer.field, answer.given)
            if chosen == answer.given:
                continue
            if chosen and chosen not in dict(answer.choices):
                raise ValueError(
                    gettext("“{text}” has no such answer any more: choose another one.").format(text=answer.text)
                )
            told.append(
                gettext("{text} “{label}” became “{new}”.").format(
                    text=answer.text, label=answer.label(answer.given), new=answer.label(chosen)
                )
            )
            address = address.answered(answer.id, chosen) if chosen else _without(address, answer.id)
        return replace(address, change="", whole=False, embed=False), told


def shown_walk(handover: Handover) -> ShownWalk | None:
    """The walk as staff's guides have it now; None for one without anything said, or without any guides."""
    address, _ = read_address(QueryDict(handover.current_walk).lists())
    published = build.current(INSIDERS).published
    if address.is_blank or not published.guides:
        return None
    state = next_step(replace(address, whole=False, change="", embed=False), INSIDERS)
    revisions = {str(used["slug"]): int(used["revision"]) for used in handover.guides}
    attempts = tuple(_attempts(state, revisions))
    return ShownWalk(state, tuple(_answers(state, published)), attempts, tuple(_likely(state, attempts)))


def _answers(state: WalkState, published: Published) -> Iterator[Answer]:
    """What was answered, and what is asked now."""
    for asked in state.asked:
        choices = _choices(asked.id, state, published)
        if len(choices) > 1:
            yield Answer(asked.id, f"{spoken(asked.text)} {asked.detail}".strip(), choices, asked.answer_id)
    question = state.question
    if question and question.id not in {asked.id for asked in state.asked} and len(question.choices) > 1:
        choices = tuple((choice.id, spoken(choice.label)) for choice in question.choices)
        yield Answer(question.id, f"{spoken(question.text)} {question.detail}".strip(), choices)


def _choices(question: str, state: WalkState, published: Published) -> tuple[tuple[str, str], ...]:
    """The answers of a question that was asked; those of cards depend on the words, so the walk is asked for them."""
    if question in ASKED_BY_WORDS or not _is_worded(question, published):
        again = next_step(state.address.changing(question), INSIDERS).question
        return tuple((choice.id, spoken(choice.label)) for choice in again.choices) if again else ()
    labels = dict(published.wording(question).answers) | {UNSURE: UNSURE_LABEL}
    return tuple((key, spoken(label)) for key, label in labels.items())


def _is_worded(question: str, published: Published) -> bool:
    try:
        published.wording(question)
    except KeyError:
        return False
    return True


def _attempts(state: WalkState, revisions: Mapping[str, int]) -> Iterator[Attempt]:
    """What was tried, problem by problem."""
    attempts: dict[str, Attempt] = {}

    def of(problem: Problem) -> Attempt:
        return attempts.setdefault(problem.id, Attempt(problem, revisions.get(problem.guide.slug, 0)))

    for tried in state.tried:
        attempt = of(tried.problem)
        attempt.verdict = (
            gettext("Not theirs")
            if tried.is_ruled_out
            else str(FAILED)
            if tried.is_exhausted
            else gettext("Tried in part")
        )
        is_whole = tried.is_exhausted and not tried.is_ruled_out
        attempt.steps += _with_word(tried.steps or (tried.problem.steps if is_whole else ()), str(FAILED))
    for some, word in [(done, str(DONE)) for done in state.done] + [
        (skipped, str(SKIPPED)) for skipped in state.skipped
    ]:
        attempt = of(some.problem)
        attempt.is_open = not attempt.verdict or attempt.is_open
        attempt.verdict = attempt.verdict or gettext("Followed in part")
        attempt.steps += _with_word(some.steps, word)
    yield from attempts.values()


def _with_word(steps: Sequence[Step], word: str) -> list[tuple[str, str]]:
    return [(" ".join(step.text.split()), word) for step in steps]


def _likely(state: WalkState, attempts: Sequence[Attempt]) -> Iterator[Link]:
    """The next candidates, each problem and each place in a guide once, and the chance that no guide covers it."""
    gone = {attempt.problem.id for attempt in attempts if not attempt.is_open} | state.refused
    by_place: dict[str, tuple[float, Link]] = {}
    onwards = replace(state.address, trigger="", help=False, fixed="", change="")
    for candidate in state.candidates:
        problem, chance = candidate.problem, candidate.probability
        if problem.id not in gone and problem.url not in by_place:
            trying = address_of(replace(onwards, pick=problem.id))
            by_place[problem.url] = (chance, Link(problem.title, trying, percent(chance)))
        if len(by_place) == MOST_LIKELY:
            break
    found = list(by_place.values())
    if state.covered is not None:
        found.append((1 - state.covered, Link(str(NO_GUIDE), "", percent(1 - state.covered))))
    for _, link in sorted(found, key=lambda one: -one[0]):
        yield link


def _without(address: Address, question: str) -> Address:
    """The walk without the answer to a question."""
    kept = tuple(pair for pair in address.answers if pair[0] != question)
    return replace(address, answers=kept, fixed="", trigger="", help=False, pick="")
