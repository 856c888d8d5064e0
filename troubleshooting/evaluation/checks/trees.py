"""Finds authored questions that can't be reached, lead nowhere or lead in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from kb.content.document import Document, Leaf, Question
from kb.content.findings import FileFinding
from kb.content.links import below_folder
from kb.content.wording import symptom_key
from kb.library.folders.plan import Plan
from troubleshooting.catalogue.from_folder import FolderLibrary

Place = tuple[str, str]
"""A guide's path below the folder, and an anchor in it."""
Tree = tuple[str, int]
"""A guide's path below the folder, and the line at which the tree's first question stands."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """An answer of one tree that leads to where another one is asked."""

    start: Tree
    end: Tree
    line: int


def check(library: FolderLibrary) -> Iterator[FileFinding]:
    """Errors for questions and answers that no walk can pass, warnings for those that a walk leaves without help."""
    for plan, document in library.documents:
        for question in document.structure.questions:
            for message, line in _repeated_questions(question, {}):
                yield FileFinding(plan.file.source, line, "error", message)
    yield from _dead_ends(library)
    yield from _circles(library)


def _repeated_questions(question: Question, above: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Questions whose answer was given on the way to them, so that their other answers can't be reached."""
    key = symptom_key(question.text)
    if key in above:
        text = f"'{question.text}' is asked at line {above[key]} already, on the way here"
        yield f"{text}: its other answers can't be reached. Ask it once.", question.line
        return
    for branch in question.branches:
        if isinstance(branch.then, Question):
            yield from _repeated_questions(branch.then, above | {key: question.line})


def leaves(question: Question) -> Iterator[Leaf]:
    """The ends of a tree, in order."""
    for branch in question.branches:
        if isinstance(branch.then, Leaf):
            yield branch.then
        else:
            yield from leaves(branch.then)


def _goal(plan: Plan, leaf: Leaf) -> Place:
    path, _, anchor = leaf.target.partition("#")
    return below_folder(plan.file.source, path) or plan.file.source, anchor


def _dead_ends(library: FolderLibrary) -> Iterator[FileFinding]:
    """Answers that lead the public to what only staff may read, or to a problem without a step."""
    audiences = {plan.file.source: document.metadata.audience for plan, document in library.documents}
    for file, card in library.reading.contacts:
        audiences[file.source] = card.audience
    empty = {
        (plan.file.source, problem.anchor)
        for plan, document in library.documents
        for problem in document.structure.problems
        if not problem.steps
    }
    for plan, document in library.documents:
        for leaf in (leaf for question in document.structure.questions for leaf in leaves(question)):
            goal = _goal(plan, leaf)
            if document.metadata.audience == "public" and audiences.get(goal[0]) == "staff":
                message = f"'{leaf.label}' is a dead end for the public: only staff may read {goal[0]}."
                yield FileFinding(plan.file.source, leaf.line, "error", message)
            elif goal in empty:
                message = f"'{leaf.label}' is a dead end: the problem that it leads to has no step."
                yield FileFinding(plan.file.source, leaf.line, "error", message)


# Circles


def _circles(library: FolderLibrary) -> Iterator[FileFinding]:
    """An error for an answer of each circle: one that leads back to a question which led to it."""
    edges = {(edge.end, edge.start): edge for edge in _edges(library)}
    while edges:
        sorter = TopologicalSorter[Tree]()
        for end, start in edges:
            sorter.add(end, start)
        try:
            sorter.prepare()
        except CycleError as error:
            circle: list[Tree] = error.args[1]
            last = edges.pop((circle[1], circle[0]))
            path = ", then ".join(f"{source}:{line}" for source, line in circle[1:])
            message = f"This answer leads in a circle: to the questions at {path}."
            yield FileFinding(last.start[0], last.line, "error", message)
        else:
            return


def _edges(library: FolderLibrary) -> Iterator[_Edge]:
    trees_at: dict[Place, list[Tree]] = {}
    for plan, document in library.documents:
        for question in document.structure.questions:
            for anchor in _enclosing_anchors(document, question.line):
                trees_at.setdefault((plan.file.source, anchor), []).append((plan.file.source, question.line))
    for plan, document in library.documents:
        for question in document.structure.questions:
            for leaf in leaves(question):
                start, goal = (plan.file.source, question.line), _goal(plan, leaf)
                for end in trees_at.get(goal, ()):
                    if goal != (plan.file.source, ""):  # a guide may ask whether it is the right one
                        yield _Edge(start, end, leaf.line)


def _enclosing_anchors(document: Document, line: int) -> list[str]:
    """The anchors of the sections that a line lies in, the whole guide's among them."""
    enclosing: list[tuple[int, str]] = []
    for section in document.structure.sections:
        if section.line > line:
            break
        enclosing = [(level, anchor) for level, anchor in enclosing if level < section.level]
        enclosing.append((section.level, section.anchor))
    return list(dict.fromkeys(["", *(anchor for _, anchor in enclosing)]))
