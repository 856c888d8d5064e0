"""Figures on walks from what people typed whose right guides are known: where they end, and what beliefs are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from troubleshooting.evaluation.people import KNOWS, SAYS, Answers, Take, Walk, person, remembering, walk
from troubleshooting.walk.state import WalkState

BINS = 10
FEW_QUESTIONS = 4
SOON = 3  # questions before the contacts

StepOf = Callable[[str, Answers], WalkState | None]
"""Takes the step for what was typed, after some answers; None where the walk refuses them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A guide as people know it who have it before them."""

    slug: str
    text: str
    has_problem: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed (in this line of a file), and the guides that answer it; none when no guide does."""

    text: str
    right: tuple[Facts, ...] = ()
    line: int = 0

    def is_right(self, guides: Iterable[str]) -> bool:
        """Whether a right guide is among these (slugs)."""
        return bool({facts.slug for facts in self.right} & set(guides))


@dataclass(frozen=True, slots=True)
class Bin:
    """Beliefs from `low` to a tenth more: how many, their mean, and the share that came true."""

    low: float
    number: int
    believed: float
    true: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The walks of both people, by name of the person, in the order of what was asked."""

    asked: tuple[Asked, ...]
    walks: Mapping[str, tuple[Walk, ...]] = field(default_factory=dict)

    def figures(self) -> dict[str, dict[str, float]]:
        """By person: how many walks, and of them the share of each thing that may be so, or its mean."""
        return {name: _figures(list(zip(self.asked, walks, strict=True))) for name, walks in self.walks.items()}

    def missed(self, figure: str) -> list[int]:
        """The lines of what was asked for which something is not so for the person who has nothing but the words."""
        pairs = zip(self.asked, self.walks[SAYS], strict=True)
        return [asked.line for asked, done in pairs if not _FIGURES[figure](asked, done)]


def measure(asked: Sequence[Asked], step_of: StepOf) -> Measured:
    """Let both people walk with each of these."""
    walks: dict[str, list[Walk]] = {KNOWS: [], SAYS: []}
    for one in asked:
        take = _steps(one, step_of)
        facts = one.right[0].text if one.right else None
        for name, done in walks.items():
            done.append(walk(take, person(name, one.text, facts)))
    return Measured(tuple(asked), {name: tuple(done) for name, done in walks.items()})


def reliability(parts: Iterable[Measured]) -> dict[str, list[Bin]]:
    """What beliefs before any question were worth, in bins.

    `belief` is that in the first candidate, true when its guide is right; `covered` the chance that any guide tells of
    what was typed, true when one does.
    """
    pairs = [pair for part in parts for pair in zip(part.asked, part.walks[SAYS], strict=True)]
    beliefs = [(done.belief, asked.is_right(done.first[:1])) for asked, done in pairs if done.belief is not None]
    covered = [(done.covered, bool(asked.right)) for asked, done in pairs if done.covered is not None]
    return {"belief": _binned(beliefs), "covered": _binned(covered)}


def _steps(asked: Asked, step_of: StepOf) -> Take:
    return remembering(lambda answers: step_of(asked.text, answers))


def _binned(believed: Iterable[tuple[float, bool]]) -> list[Bin]:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for belief, is_true in believed:
        bins.setdefault(min(int(belief * BINS), BINS - 1), []).append((belief, is_true))
    return [
        Bin(
            place / BINS,
            len(inside),
            round(sum(belief for belief, _ in inside) / len(inside), 3),
            round(sum(is_true for _, is_true in inside) / len(inside), 3),
        )
        for place, inside in sorted(bins.items())
    ]


def _figures(walks: Sequence[tuple[Asked, Walk]]) -> dict[str, float]:
    number = len(walks) or 1
    means = {name: round(sum(of(*pair) for pair in walks) / number, 3) for name, of in _FIGURES.items()}
    return {"walks": len(walks), **means}


_FIGURES: dict[str, Callable[[Asked, Walk], float]] = {
    "top1_before": lambda asked, done: asked.is_right(done.first[:1]),
    "top3_before": lambda asked, done: asked.is_right(done.first[:3]),
    "reached": lambda asked, done: asked.is_right([done.told]),
    "reached_within_4": lambda asked, done: asked.is_right([done.told]) and done.asked <= FEW_QUESTIONS,
    "top3": lambda asked, done: asked.is_right(done.last[:3]),
    "escalated_within_3": lambda _, done: done.end == "escalate" and done.asked <= SOON,
    "questions": lambda _, done: done.asked,
    "solution": lambda _, done: done.end == "solution",
    "escalate": lambda _, done: done.end == "escalate",
    "question": lambda _, done: done.end == "question",
    "error": lambda _, done: done.end == "error",
    "with_problem": lambda asked, _: any(facts.has_problem for facts in asked.right),
}
