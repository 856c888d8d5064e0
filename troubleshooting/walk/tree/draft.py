"""Shows a writer the tree of questions of a text that is not published yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_POST

from kb.content.document import Leaf
from kb.content.links import below_folder
from kb.editorial import checking
from kb.library import question_targets
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import SourceFile
from kb.models import Guide as GuideInDatabase
from kb.models.audience import audiences_for
from kb.models.roles import PROPOSE
from kb.rate_limits.rules import Deed
from kb.web.access import needs
from kb.web.limiting import limited
from kb.web.studio.lookup import guide_at
from troubleshooting.catalogue import build
from troubleshooting.catalogue.database_rows import contacts_for
from troubleshooting.catalogue.document_rows import guide_row
from troubleshooting.catalogue.values import Guide, Problem, Step
from troubleshooting.walk.tree import nodes
from troubleshooting.walk.tree.nodes import Node
from troubleshooting.walk.tree.views import FEW_PROBLEMS, LEAVES_OF_MANY, draw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from kb.content.document import Document, Question
    from troubleshooting.catalogue.values import Published

MOST_ENDS = 120


@require_POST
@limited(Deed.PREVIEW)
@needs(PROPOSE)
def tree_of_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The tree of a text as it stands: the questions that it asks, else those that tell its problems apart."""
    guide = guide_at(request, slug)
    document = checking.check(guide, request.POST.get("text", "").replace("\r\n", "\n")).document
    audiences = audiences_for(request.user)
    is_authored = bool(document and document.structure.questions)
    roots: list[Node] = []
    if document and is_authored:
        draft = _DraftTree(guide, document, build.current(audiences).published)
        roots = [draft.node(question) for question in document.structure.questions]
    elif document and document.structure.problems:
        root = _planned(guide, document, audiences)
        roots = [root] if root.answers else []
    is_large = sum(1 for root in roots for _leaf in root.leaves()) > MOST_ENDS
    context = {
        "guide": guide,
        "is_read": document is not None,
        "is_authored": is_authored,
        "is_large": is_large,
        "problems": len(document.structure.problems) if document else 0,
        "trees": [] if is_large else [draw(root, may_edit=False, leads=is_authored) for root in roots],
    }
    return render(request, "troubleshooting/_tree_of_text.html", context)


def _planned(guide: GuideInDatabase, document: Document, audiences: frozenset[str]) -> Node:
    """What walks would ask to tell the problems of a text apart, if it were published alone. One query."""
    row = guide_row(document, pk=guide.pk, slug=guide.slug, key=guide.key, updated_at=guide.updated_at)
    catalogue = build.with_planner(build.assemble([row], contacts_for(audiences)))
    most = nodes.MOST_LEAVES if len(document.structure.problems) <= FEW_PROBLEMS else LEAVES_OF_MANY
    return nodes.planned(catalogue.published, catalogue.planner, nodes.start_at("", guide.slug), most_leaves=most)


@dataclass(slots=True)
class _DraftTree:
    """What the answers of a text lead to: its own problems as they are now, and what others have published."""

    guide: GuideInDatabase
    document: Document
    published: Published
    goals: Mapping[str, question_targets.Goal] | None = None

    def node(self, question: Question) -> Node:
        """A question with all that follows it."""
        answers = [
            (branch.label, self._leaf(branch.then) if isinstance(branch.then, Leaf) else self.node(branch.then))
            for branch in question.branches
        ]
        return Node(question.text, answers=answers)

    def _leaf(self, leaf: Leaf) -> Node:
        if self.goals is None:
            library = LibraryState.of_folder(Path(self.guide.folder))
            file = SourceFile(library.folder, self.guide.source, b"")
            plan = Plan(file, self.guide, self.guide.slug, document=self.document)
            self.goals = question_targets.goals(library, [plan])
        path, _, anchor = leaf.target.partition("#")
        source = below_folder(self.guide.source, path) or self.guide.source
        goal = self.goals.get(f"{source}#{anchor}", {})
        contact = self.published.contacts.get(goal.get("contact", ""))
        slug, at = goal.get("problem", ("", ""))
        return Node(problem=self._problem(slug, at), contacts=[contact] if contact else [])

    def _problem(self, slug: str, anchor: str) -> Problem | None:
        if slug == self.guide.slug:
            return self._own_problem(anchor)
        problems = (self.published.problems[key] for key in self.published.of_guide.get(slug, ()))
        return next((problem for problem in problems if problem.anchor == anchor), None)

    def _own_problem(self, anchor: str) -> Problem | None:
        found = next((problem for problem in self.document.structure.problems if problem.anchor == anchor), None)
        if found is None:
            return None
        guide = Guide(
            slug=self.guide.slug, key=self.guide.key, title=self.document.metadata.title, url="", updated=dt.date.min
        )
        steps = tuple(Step(str(number), step.text, "") for number, step in enumerate(found.steps))
        return Problem(found.anchor, guide, found.anchor, found.title, steps=steps)
