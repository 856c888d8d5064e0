"""The steps that put a problem right, as pages of walks show them: by ways, each with what stands over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kb.content.guide_words import DANGER
from kb.models.wording import spoken
from troubleshooting.walk.links import address_of
from troubleshooting.walk.ways import goes_for_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.content.alternatives import Procedure
    from troubleshooting.catalogue.values import Problem, Step
    from troubleshooting.walk.address import Address
    from troubleshooting.walk.state import Solution


SHORT_NAME = 2  # words, such as 'Option 2'


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a solution with its number in its way, and what was said of it.

    `under` is what it stands under and `condition` what must be so for it to be done, '' where the step itself or the
    head of its way says so.
    """

    step: Step
    number: int
    under: str
    condition: str
    is_tried: bool
    is_done: bool
    is_skipped: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One way to put a problem right: its name ('' for none), its condition, where to try it.

    `about` is how it begins, where its name is too short to tell much.
    `failed` names the steps that are left of it, as the button does that says that all of it did not help. `is_other`
    where there is one before it that may be gone instead.
    """

    title: str
    about: str
    condition: str
    lines: tuple[StepLine, ...]
    href: str
    failed: str
    is_other: bool


def solution_context(address: Address, solution: Solution) -> dict[str, Any]:
    """What the page of a solution shows: all its ways, and the step that is next with where it leads."""
    problem = solution.problem
    names = [way for way in problem.ways if way.title]
    ways = [
        _way(procedure, solution, address, is_other=procedure in names[1:], is_one_of=len(names))
        for procedure in problem.ways
    ]
    context = {
        "solution": solution,
        "ways": ways,
        "danger": spoken(DANGER),
        "kept": replace(address, fixed="", change="").parameters(),
        "not_it": address_of(address.ruling_out(problem.id)),
        "all_steps": address_of(replace(address, whole=True)),
        "one_step": address_of(replace(address, whole=False)),
        "back": address_of(replace(address, fixed="")),
    }
    if solution.step is None:
        return context
    at = next(k for k, way in enumerate(ways) if solution.step in [line.step for line in way.lines])
    following = _following(problem, problem.ways[at], solution)
    own = {step.id for step in problem.ways[at].steps}
    begun = solution.settled | solution.done
    is_first = address.pick not in own and not begun
    return context | {
        "way": replace(ways[at], is_other=False) if is_first else ways[at],
        "line": next(line for line in ways[at].lines if line.step == solution.step),
        "done": address_of(address.doing(solution.step.id, following.id)) if following else "",
        "failed": ".".join(_followed(problem, problem.ways[at], solution)),
        "other_ways": [way for k, way in enumerate(ways) if k != at and way.title and way.failed],
        "is_choice": not own & begun and bool(problem.ways[at].title),
    }


def _following(problem: Problem, way: Procedure[Step], solution: Solution) -> Step | None:
    """The step that comes after this one before anybody can say whether it helped; None at the end of its way."""
    gone = solution.settled | solution.done | {solution.step.id if solution.step else ""}
    if left := [step for step in way.steps if step.id not in gone]:
        return left[0]
    open_steps = [step for step in problem.steps if step.id not in gone]
    return open_steps[0] if open_steps and goes_for_all(problem, way) else None


def _followed(problem: Problem, way: Procedure[Step], solution: Solution) -> Sequence[str]:
    """The steps that did not help when the last one of a way did not: all that were done of it, and of what is for all.

    A single step that is left of an old walk stands for itself.
    """
    own = [step for first in problem.ways for step in first.steps if first == way or goes_for_all(problem, first)]
    return [step.id for step in own if step.id in solution.done or step == solution.step]


def _way(procedure: Procedure[Step], solution: Solution, address: Address, *, is_other: bool, is_one_of: int) -> Way:
    shared = {step.under for step in procedure.steps}
    lead = shared.pop() if len(shared) == 1 and not is_one_of else ""
    title = procedure.title or lead
    first = procedure.steps[0].text
    said = (title.casefold(), first.casefold())
    condition = procedure.condition if not any(procedure.condition.casefold() in text for text in said) else ""
    lines = tuple(_line(step, number, procedure, title, solution) for number, step in enumerate(procedure.steps, 1))
    left = [step.id for step in procedure.steps if step.id not in solution.settled]
    href = address_of(replace(address, pick=procedure.steps[0].id, fixed="", change=""))
    about = first if len(title.split()) <= SHORT_NAME else ""
    return Way(title, about, condition, lines, href, ".".join(left), is_other)


def _line(step: Step, number: int, procedure: Procedure[Step], title: str, solution: Solution) -> StepLine:
    is_said = procedure.condition or step.condition.casefold() in step.text.casefold()
    return StepLine(
        step=step,
        number=number,
        under="" if step.under in (title, procedure.condition, step.condition) else step.under,
        condition="" if is_said else step.condition,
        is_tried=step.id in solution.tried,
        is_done=step.id in solution.done,
        is_skipped=step.id in solution.skipped,
    )
