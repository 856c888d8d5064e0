"""The text of a guide as somebody is writing it in; the tree of the questions that it asks, as a fragment, out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from kb import models, revisions, trees
from kb.audience import audiences_for
from kb.content.document import Leaf
from kb.content.links import below_folder
from kb.files import SourceFile
from kb.half_surveys import LibraryAlone
from kb.roles import PROPOSE
from kb.survey import Plan
from kb.views.writing.access import needs
from troubleshooting import catalogue, tree
from troubleshooting.picture_views import draw
from troubleshooting.published import Guide, Problem, Step
from troubleshooting.tree import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from kb.content.document import Document, Question
    from troubleshooting.published import Published

MOST_ENDS = 120


@require_POST
@needs(PROPOSE)
def tree_of_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The tree of a text that is not published yet; without questions of its own, what walks ask of the guide now."""
    guide = get_object_or_404(models.Guide, slug=slug)
    document = revisions.check(guide, request.POST.get("text", "").replace("\r\n", "\n")).document
    published = catalogue.current(audiences_for(request.user))
    context: dict[str, object] = {"guide": guide, "is_read": document is not None}
    if document and document.structure.questions:
        told = _Told(guide, document, published.published)
        nodes = [told.asks(question) for question in document.structure.questions]
        context |= {"is_authored": True}
    elif slug in published.published.guides:
        start = tree.start_at("", slug)
        nodes = [tree.planned(published.published, published.planner, start, most=tree.MOST_LEAVES)]
        nodes = [node for node in nodes if node.answers]
    else:
        nodes = []
    is_large = sum(1 for node in nodes for _leaf in node.leaves()) > MOST_ENDS
    context |= {"trees": [] if is_large else [draw(node, may_edit=False) for node in nodes], "is_large": is_large}
    return render(request, "troubleshooting/_tree_of_text.html", context)


@dataclass(slots=True)
class _Told:
    """What the answers of a text lead to: its own problems as they are now, and what others have published."""

    guide: models.Guide
    document: Document
    published: Published
    goals: Mapping[str, trees.Goal] | None = None

    def asks(self, question: Question) -> Node:
        """A question with all that follows it."""
        answers = [
            (branch.label, self._leads(branch.then) if isinstance(branch.then, Leaf) else self.asks(branch.then))
            for branch in question.branches
        ]
        return Node(question.text, answers=answers)

    def _leads(self, leaf: Leaf) -> Node:
        if self.goals is None:
            survey = LibraryAlone(Path(self.guide.folder))
            file = SourceFile(survey.folder, self.guide.source, b"")
            plan = Plan(file, self.guide, self.guide.slug, document=self.document)
            self.goals = trees.goals(survey, [plan])
        path, _, anchor = leaf.target.partition("#")
        source = below_folder(self.guide.source, path) or self.guide.source
        goal = self.goals.get(f"{source}#{anchor}", {})
        contact = self.published.contacts.get(goal.get("contact", ""))
        slug, at = goal.get("problem", ("", ""))
        return Node(problem=self._problem(slug, at), contacts=[contact] if contact else [])

    def _problem(self, slug: str, anchor: str) -> Problem | None:
        if slug == self.guide.slug:
            return self._own(anchor)
        return next(
            (
                problem
                for key in self.published.of_guide.get(slug, ())
                if (problem := self.published.problems.get(key)) and problem.anchor == anchor
            ),
            None,
        )

    def _own(self, anchor: str) -> Problem | None:
        found = next((one for one in self.document.structure.problems if one.anchor == anchor), None)
        if found is None:
            return None
        here = Guide(
            slug=self.guide.slug, key=self.guide.key, title=self.document.metadata.title, url="", updated=dt.date.min
        )
        steps = tuple(Step(str(number), step.text, "") for number, step in enumerate(found.steps))
        return Problem(found.anchor, here, found.anchor, found.title, steps=steps)
