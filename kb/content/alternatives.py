"""Groups the steps of a problem by the procedure that they belong to: several are alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeVar


class StepOfProcedure(Protocol):
    """A step, wherever it is kept, as far as procedures are concerned."""

    @property
    def text(self) -> str:
        """What to do."""

    @property
    def under(self) -> str:
        """What it stands under."""

    @property
    def condition(self) -> str:
        """What must be so for it to be done."""

    @property
    def dangerous(self) -> bool:
        """Whether it deletes, revokes, resets or costs something."""

    @property
    def procedure(self) -> int:
        """The number of its procedure, from 0."""


StepT = TypeVar("StepT", bound=StepOfProcedure)


@dataclass(frozen=True, slots=True)
class Procedure(Generic[StepT]):
    """One way to put a problem right; several of a problem are alternatives. A first one without title goes for all."""

    title: str
    condition: str
    steps: tuple[StepT, ...]


def procedures_of(steps: Iterable[StepT]) -> tuple[Procedure[StepT], ...]:
    """The procedures that the steps of a problem, in their order, belong to."""
    groups = [tuple(group) for _, group in groupby(steps, key=lambda step: step.procedure)]
    several = len(groups) > 1
    return tuple(Procedure(own[0].under if several else "", shared_condition(own), own) for own in groups)


def shared_condition(steps: Sequence[StepOfProcedure]) -> str:
    """The condition of a procedure: that of all its steps."""
    first = steps[0].condition
    return first if all(step.condition == first for step in steps) else ""
