"""Finds what the answers of authored questions lead to, and stores the questions with that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from kb.content.document import Branch, Leaf, Question
from kb.content.links import below_folder
from kb.content.phrases import Phrase
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import Refusal

NO_TARGET = Phrase("The answer '{label}' leads to '{target}', where there is neither a problem nor a contact.")
Goal: TypeAlias = dict[str, Any]
"""`{"problem": [slug, anchor]}` or `{"contact": slug}`."""


def goals(library: LibraryState, plans: Sequence[Plan]) -> dict[str, Goal]:
    """What an answer of these plans may lead to, by `path#anchor` below the folder; nothing where they ask nothing."""
    found: dict[str, Goal] = {}
    if not any(any(_leaves_of(plan)) for plan in plans):
        return found  # to look through all that is published takes long, and hardly a guide asks anything
    for source, slug, anchor, problem_anchor in library.published_problems():
        found.setdefault(f"{source}#{anchor}", {"problem": [slug, problem_anchor]})
    for plan in plans:
        if plan.document:
            for problem in plan.document.structure.problems:
                goal = {"problem": [plan.slug, problem.anchor]}
                found[f"{plan.file.source}#{problem.anchor}"] = goal
                if not problem.anchor:  # the whole guide, which its title's anchor means too
                    sections = plan.document.structure.sections
                    title_anchor = next((section.anchor for section in sections if section.level == 1), "")
                    found.setdefault(f"{plan.file.source}#{title_anchor}", goal)
    for source in library.contacts.shown():
        found[f"{source}#"] = {"contact": library.contacts.slug(source)}
    return found


def refusals(library: LibraryState, plans: Sequence[Plan]) -> list[Refusal]:
    """A sentence for each answer that leads to what is neither a problem nor a contact.

    A guide that is refused takes its problems with it, so that answers of other guides may lead nowhere then.
    """
    found: list[Refusal] = []
    kept = list(plans)
    while True:
        reachable = goals(library, kept)
        broken = [(plan, leaf) for plan in kept for leaf in _leaves_of(plan) if _goal(plan, leaf) not in reachable]
        if not broken:
            return found
        found += [
            Refusal(library.folder, plan.file.source, leaf.line, NO_TARGET.filled(label=leaf.label, target=leaf.target))
            for plan, leaf in broken
        ]
        lost = {plan.file.source for plan, _leaf in broken}
        kept = [plan for plan in kept if plan.file.source not in lost]


def as_data(plan: Plan, reachable: dict[str, Goal]) -> tuple[dict[str, Any], ...]:
    """The guide's questions as they are stored, each answer with its goal.

    A question is `{"text", "line", "branches": [{"label", "line", "then": question or goal}]}`; an answer with a goal
    has `"written": [label, target]` as well, the link that it is, so that `from_data` needs no text.
    """

    def follow(then: Leaf | Question) -> dict[str, Any]:
        return dict(reachable[_goal(plan, then)]) if isinstance(then, Leaf) else ask(then)

    def answer(branch: Branch) -> dict[str, Any]:
        stored: dict[str, Any] = {"label": branch.label, "line": branch.line, "then": follow(branch.then)}
        if isinstance(branch.then, Leaf):
            stored["written"] = [branch.then.label, branch.then.target]
        return stored

    def ask(question: Question) -> dict[str, Any]:
        branches = [answer(branch) for branch in question.branches]
        return {"text": question.text, "line": question.line, "branches": branches}

    return tuple(ask(question) for question in plan.document.structure.questions) if plan.document else ()


def from_data(stored: Iterable[dict[str, Any]]) -> tuple[Question, ...]:
    """The questions as they were read once; KeyError when they were stored before their links were."""

    def answer(branch: dict[str, Any]) -> Branch:
        label, line, then = branch["label"], branch["line"], branch["then"]
        if "branches" in then:
            return Branch(label, line, ask(then))
        text, target = branch["written"]
        return Branch(label, line, Leaf(text, target, line))

    def ask(question: dict[str, Any]) -> Question:
        return Question(question["text"], question["line"], tuple(map(answer, question["branches"])))

    return tuple(map(ask, stored))


def _leaves_of(plan: Plan) -> Iterator[Leaf]:
    waiting: list[Question | Branch | Leaf] = list(plan.document.structure.questions if plan.document else ())
    while waiting:
        item = waiting.pop()
        if isinstance(item, Leaf):
            yield item
        else:
            waiting += item.branches if isinstance(item, Question) else [item.then]


def _goal(plan: Plan, leaf: Leaf) -> str:
    path, _, anchor = leaf.target.partition("#")
    return f"{below_folder(plan.file.source, path) or plan.file.source}#{anchor}"
