"""What is published with the planner for it: the whole catalogue, or what is left of it for what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from kb.search.index.cache import Bounded
from troubleshooting.catalogue.narrowing import narrowed
from troubleshooting.catalogue.recognising import Recognisable, recognisable
from troubleshooting.catalogue.values import LONGEST_LIST, Problem, Published
from troubleshooting.planning.planner import Planner

ESCALATION_COST = 100.0
WRONG = 0.05  # the share of answers that are wrong
UNSURE = 0.1  # the share of answers that are 'not sure'
NARROWED_KEPT = 64  # of some 100 kB each


@dataclass(frozen=True)
class Catalogue:
    """What is published to some audiences, and the planner for it."""

    published: Published
    planner: Planner

    @cached_property
    def recognisable(self) -> Recognisable:
        """The codes and messages by which a text names problems."""
        return recognisable(self.published)

    def narrowed_to(
        self, chosen: Iterable[Problem], answers: Mapping[str, str], change: str = "", guide: str = ""
    ) -> Catalogue:
        """The catalogue as if it had these problems and whole guides alone; `answers` to its questions stay.

        So does what a `guide` asks itself. The first of several with one id counts. The steps of a walk come by the
        same ones, so the last are kept.
        """
        problems: dict[str, Problem] = {}
        for problem in chosen:
            problems.setdefault(problem.id, problem)
        found = tuple((problem.id, problem.anchor) for problem in problems.values())
        return self._narrowed.made(
            (found, tuple(answers.items()), change, guide),
            lambda: with_planner(narrowed(self.published, problems.values(), answers, change, guide)),
        )

    @cached_property
    def _narrowed(self) -> Bounded[object, Catalogue]:
        return Bounded(NARROWED_KEPT)


def with_planner(published: Published) -> Catalogue:
    """What is published, with the planner that walks use."""
    planner = Planner(
        published.table, wrong=WRONG, unsure=UNSURE, escalation=ESCALATION_COST, longest_list=LONGEST_LIST
    )
    return Catalogue(published, planner)
