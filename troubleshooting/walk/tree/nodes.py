"""Builds the tree of questions that walks lead along: a writer's own, or the planner's."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from kb.content.contacts import responsible_for
from troubleshooting.catalogue.values import UNSURE, Contact, Problem, Published, Target
from troubleshooting.planning.planner import Planner
from troubleshooting.walk.address import QUESTIONS, Address
from troubleshooting.walk.next_step import decide
from troubleshooting.walk.state import WalkState

MOST_LEAVES = 60
MOST_STEPS = 120
DEEPEST = 8
MOST_CONTACTS = 2


@dataclass(slots=True)
class Node:
    """A question with its answers, or a leaf: a problem, contacts to ask, or where the tree was cut.

    `detail` is what a question is about, `guide` the slug of the guide that is edited to change the node; `left` is the
    number of problems left where the tree was cut, whose walk goes on at `address`. `then` are problems that are tried
    next when the first one does not help.
    """

    text: str = ""
    detail: str = ""
    guide: str = ""
    answers: list[tuple[str, Node]] = field(default_factory=list)
    problem: Problem | None = None
    then: list[Problem] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    left: int = 0
    address: Address | None = None

    @property
    def steps(self) -> int:
        """How many steps the problem's solution has."""
        return len(self.problem.steps) if self.problem else 0

    def leaves(self) -> Iterator[Node]:
        """The ends of the tree, from top to bottom."""
        if not self.answers:
            yield self
        for _, node in self.answers:
            yield from node.leaves()


def authored(published: Published, slug: str) -> list[Node]:
    """The trees that a guide's writer wrote, in order."""
    return [_authored(published, root, slug) for root in published.roots.get(slug, ())]


def _authored(published: Published, question_id: str, slug: str) -> Node:
    wording = published.wording(question_id)
    targets = published.leads_to.get(question_id, {})
    answers = [(label, _follow(published, targets.get(key, Target()), slug)) for key, label in wording.answers.items()]
    return Node(wording.text, wording.detail, slug, answers)


def _follow(published: Published, target: Target, slug: str) -> Node:
    if target.question:
        return _authored(published, target.question, slug)
    if problem := published.problems.get(target.problem):
        return _leaf(published, problem)
    contact = published.contacts.get(target.contact)
    return Node(guide=slug, contacts=[contact] if contact else [])


def planned(published: Published, planner: Planner, start: Address, *, most_leaves: int = MOST_LEAVES) -> Node:
    """The tree that the planner's questions make from a start, without 'not sure', until it would stop asking.

    The widest reach comes first: where it would have more than `most_leaves` it is cut, and a leaf says what is left.
    """
    root = Node()
    queue = deque([(root, start, 0)])
    leaves, steps = 1, 0
    while queue:
        node, address, depth = queue.popleft()
        state = decide(published, planner, address)
        steps += 1
        choices = _choices(state)
        if not choices:
            _make_leaf(published, planner, node, state)
        elif steps >= MOST_STEPS or depth >= DEEPEST or leaves + len(choices) - 1 > most_leaves:
            node.left, node.address = state.left, state.address
        else:
            leaves += len(choices) - 1
            assert state.question  # noqa: S101 - only a question has choices
            node.text, node.detail = state.question.text, state.question.detail
            for key, label in choices:
                child = Node()
                node.answers.append((label, child))
                queue.append((child, state.address.answered(state.question.id, key), depth + 1))
    return root


def _choices(state: WalkState) -> list[tuple[str, str]]:
    """The answers that fit a problem which is left; both of a yes or no, whatever they fit."""
    if not state.question:
        return []
    choices = [choice for choice in state.question.choices if choice.id != UNSURE]
    fitting = [choice for choice in choices if choice.fits or len(choices) == 2]  # noqa: PLR2004
    return [(choice.id, choice.label) for choice in fitting or choices]


def _make_leaf(published: Published, planner: Planner, node: Node, state: WalkState) -> None:
    """Make the node the leaf at which a walk tries a solution or asks someone."""
    if not state.solution:
        node.contacts = list(state.contacts[:MOST_CONTACTS])
        return
    leaf = _leaf(published, state.solution.problem)
    node.problem, node.contacts, node.guide = leaf.problem, leaf.contacts, leaf.guide
    beliefs = [0.0] * len(planner.catalogue.problems)
    for candidate in state.candidates:
        beliefs[planner.index[candidate.problem.id]] = candidate.probability
    order = [planner.catalogue.problems[i].id for i in planner.order(beliefs)]
    node.then = [published.problems[key] for key in order if key != state.solution.problem.id]


def _leaf(published: Published, problem: Problem) -> Node:
    """The problem, with whom its guide names to ask, or else who takes its category."""
    guide = problem.guide
    contacts = responsible_for(guide.contacts, [guide.category], published.contacts.values())
    return Node(problem=problem, guide=guide.slug, contacts=contacts[:MOST_CONTACTS])


def start_at(category: str = "", guide: str = "") -> Address:
    """Where a walk starts that asks questions at once."""
    return Address(category=category, guide=guide, start=QUESTIONS)
