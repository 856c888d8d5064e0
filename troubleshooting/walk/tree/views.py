"""The page that shows the tree of questions of a guide, a category or everything, drawn and in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from kb.library import publication
from kb.models.audience import audiences_for
from kb.models.roles import PROPOSE
from kb.models.wording import spoken
from kb.web.errors import NothingHere
from kb.web.request_kinds import reads_only
from troubleshooting.catalogue import build
from troubleshooting.walk.address import for_display
from troubleshooting.walk.links import Link, address_of
from troubleshooting.walk.tree import layout, nodes
from troubleshooting.walk.tree.layout import Picture, Shape

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from troubleshooting.catalogue.values import Published
    from troubleshooting.walk.tree.nodes import Node

NO_CONTACT = gettext_lazy("Leads nowhere yet")
MOST_THEN = 2
FEW_PROBLEMS = 400
LEAVES_OF_MANY = 30
MOST_GUIDES = 24


@dataclass(frozen=True, slots=True)
class Branch:
    """A question or a leaf in words: its lines, where it leads, and what follows each answer."""

    kind: str
    text: str
    detail: str
    notes: tuple[str, ...]
    href: str
    answers: tuple[tuple[str, Branch], ...]
    edit: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One tree as a picture and in words; `is_cut` when some of it had to be left out."""

    picture: Picture
    outline: Branch
    leaves: int
    is_cut: bool


@reads_only
def tree_detail(request: HttpRequest) -> HttpResponse:
    """The tree of a guide, a category or everything. No query for a signed-out reader, save after a publication."""
    audiences = audiences_for(request.user)
    published = build.current(audiences).published
    guide, category = request.GET.get("guide", ""), request.GET.get("category", "").strip("/").lower()
    if guide and guide not in published.guides:
        raise NothingHere(gettext("There is no guide “{guide}” to draw.").format(guide=for_display(guide)))
    if category and not guide and category not in published.categories:
        raise NothingHere(gettext("There is no category “{category}” to draw.").format(category=for_display(category)))
    category = "" if guide else category
    may_edit = request.user.has_perm(PROPOSE)
    context = {
        "trees": _draw_all(publication.current(), get_language() or "", audiences, guide, category, may_edit),
        "edit": _editor(guide) if may_edit else "",
        "guide": published.guides.get(guide),
        "category": published.categories.get(category, ""),
        "is_authored": bool(published.roots.get(guide)),
        "problems": len(published.problems),
        "walk": address_of(nodes.start_at(category, guide)),
        "links": _links(published, guide, category),
    }
    return render(request, "troubleshooting/tree.html", context)


@lru_cache(maxsize=64)
def _draw_all(  # noqa: PLR0917 - each of them is a part of the key
    token: str,  # noqa: ARG001
    language: str,  # noqa: ARG001
    audiences: frozenset[str],
    guide: str,
    category: str,
    may_edit: bool,
) -> tuple[Drawn, ...]:
    """The trees; made once for each state of the library, which the token names, in each language."""
    catalogue = build.current(audiences)
    if not catalogue.published.problems:
        return ()
    most = nodes.MOST_LEAVES if len(catalogue.published.problems) <= FEW_PROBLEMS else LEAVES_OF_MANY
    start = nodes.start_at(category, guide)
    roots = nodes.authored(catalogue.published, guide) or [
        nodes.planned(catalogue.published, catalogue.planner, start, most_leaves=most)
    ]
    return tuple(draw(root, may_edit=may_edit) for root in roots)


def _editor(slug: str) -> str:
    """Where a guide is edited; '' for none."""
    return reverse("kb:write-guide", args=[slug]) if slug else ""


def draw(node: Node, *, may_edit: bool, leads: bool = True) -> Drawn:
    """A tree as a picture and in words; unless it `leads` anywhere yet, without the addresses of its ends."""
    outline = _branch(node, may_edit=may_edit)
    if not leads:
        outline = _leading_nowhere(outline)
    leaves = list(node.leaves())
    return Drawn(layout.draw(_shape(outline)), outline, len(leaves), any(leaf.address for leaf in leaves))


def _branch(node: Node, *, may_edit: bool) -> Branch:
    answers = tuple((spoken(label), _branch(below, may_edit=may_edit)) for label, below in node.answers)
    edit = _editor(node.guide) if may_edit else ""
    names = ", ".join(contact.name for contact in node.contacts)
    if answers:
        return Branch("question", spoken(node.text), node.detail, (), "", answers, edit)
    if node.problem:
        notes = [ngettext("{number} step", "{number} steps", node.steps).format(number=node.steps)] + [
            gettext("Else ask: {names}").format(names=names)
        ] * bool(names)
        others = [problem.title for problem in node.then[:MOST_THEN]]
        rest = len(node.then) - len(others)
        if others and rest:
            notes.append(gettext("Then: {titles} and {number} more").format(titles=", ".join(others), number=rest))
        elif others:
            notes.append(gettext("Then: {titles}").format(titles=", ".join(others)))
        return Branch("problem", node.problem.title, "", tuple(notes), node.problem.url, (), edit)
    if node.address:
        text = ngettext("{number} problem left", "{number} problems left", node.left).format(number=node.left)
        return Branch("cut", text, "", (gettext("The walk asks on from here"),), address_of(node.address), ())
    href = node.contacts[0].page if node.contacts else ""
    return Branch(
        "contact", gettext("Ask: {names}").format(names=names) if names else str(NO_CONTACT), "", (), href, (), edit
    )


def _leading_nowhere(branch: Branch) -> Branch:
    answers = tuple((label, _leading_nowhere(below)) for label, below in branch.answers)
    return replace(branch, href="", answers=answers)


def _shape(branch: Branch) -> Shape:
    title = (("title", branch.text), ("detail", branch.detail), *(("note", note) for note in branch.notes))
    children = tuple((label, _shape(below)) for label, below in branch.answers)
    parts = tuple(part for part in title if part[1])
    return Shape(branch.kind, parts, branch.href, branch.edit, children)  # type: ignore[arg-type]


def _links(published: Published, guide: str, category: str) -> list[Link]:
    """The trees to choose from: all, the categories at the top, the guides that ask questions of their own."""
    here = reverse("troubleshooting:tree")
    places = {problem.guide.category_slug.split("/")[0] for problem in published.problems.values()}
    tops = sorted(slug for slug in published.categories if slug in places)
    own = [slug for slug in published.roots if slug in published.guides][:MOST_GUIDES]
    return [
        Link(gettext("Everything"), here, is_given=not guide and not category),
        *(Link(published.categories[s], f"{here}?category={s}", is_given=s == category) for s in tops),
        *(Link(published.guides[s].title, f"{here}?guide={s}", is_given=s == guide) for s in own),
    ]
