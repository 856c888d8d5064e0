"""Picks what others had, for somebody who does not know yet what to type."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from troubleshooting.catalogue.values import Problem
from troubleshooting.planning.learning import CAUSE_WEIGHT

MOST_EXAMPLES = 3
LONGEST_EXAMPLE = 120
SHORT_EXAMPLE = 60


def examples(every: Collection[Problem]) -> tuple[str, ...]:
    """What the problems that walks reached most are seen by, in the guides' own words; of each guide one.

    As long as walks reached too few, short symptoms of those that are to be expected most make up for it.
    """
    reached = sorted(filter(_times_reached, every), key=_times_reached, reverse=True)
    expected = sorted(every, key=lambda problem: -problem.guide.weight)
    texts = [_example(problem) for problem in _one_of_each_guide(reached)]
    texts += [_short_symptom(problem) for problem in (*_one_of_each_guide(filter(_short_symptom, expected)), *expected)]
    return tuple(dict.fromkeys(text for text in texts if text))[:MOST_EXAMPLES]


def _one_of_each_guide(problems: Iterable[Problem]) -> list[Problem]:
    of_guides: dict[str, Problem] = {}
    for problem in problems:
        of_guides.setdefault(problem.guide.slug, problem)
    return list(of_guides.values())


def _times_reached(problem: Problem) -> float:
    """In how many walks it turned out to be this, as far as that is known and counts still."""
    return problem.learned.clicks + CAUSE_WEIGHT * problem.learned.causes


def _example(problem: Problem) -> str:
    """A symptom as somebody may type it, else the title; '' where both are too long."""
    texts = (" ".join(text.split()) for text in (*(symptom.text for symptom in problem.symptoms), problem.title))
    return next((text for text in texts if len(text) <= LONGEST_EXAMPLE), "")


def _short_symptom(problem: Problem) -> str:
    """The first symptom of a few words, without what a reader would have to put in; '' for none.

    What says no more than the title is none that somebody sees.
    """
    texts = (" ".join(symptom.text.split()) for symptom in problem.symptoms if symptom.text != problem.title)
    return next((text for text in texts if " " in text and len(text) <= SHORT_EXAMPLE and "<" not in text), "")
