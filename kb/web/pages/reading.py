"""The pages of readers: the home page, guides, categories and contacts."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy

from kb.models import (
    Contact,
    ErrorCode,
    EscalationLevel,
    EscalationTrigger,
    Guide,
    Problem,
    Section,
    StaffForm,
    categories,
)
from kb.models.audience import STAFF, audiences_for, may_see
from kb.models.contacts import PathLevel, helpers
from kb.models.feedback import LONGEST_SENTENCE
from kb.models.guides import GuideQuerySet
from kb.models.structure import Part
from kb.search import use
from kb.search.log.looked_for import codes_looked_for
from kb.search.meaning import part
from kb.web.errors import NothingHere
from kb.web.pages import asking, flagging
from kb.web.paging import page_of
from kb.web.request_kinds import reads_only

GUIDES_PER_PAGE = 40
CATEGORIES_AT_HOME = 12
CODES_AT_HOME = 12
DEEPEST_IN_CONTENTS = 3
MOST_TRIGGERS = 200
MOST_RELATED = 5
MOST_ALIKE = 3
NO_GUIDE = gettext_lazy("There is no guide at this address. It may have been retired, or the address is mistyped.")


@reads_only
def home(request: HttpRequest) -> HttpResponse:
    """Where everything starts: a search, a walk, categories, common problems, error codes, contacts.

    5 queries, and one more when an hour is over in which what people use was not read.

    At `/`, for everyone.
    """
    counted = Guide.objects.visible_to(request.user).counted_by_category()
    context = {
        "categories": categories.largest(categories.tree(counted), CATEGORIES_AT_HOME),
        "guide_count": sum(guides for _, _, guides in counted),
        "problems": Problem.objects.visible_to(request.user).commonest(use.current(audiences_for(request.user))),
        "codes": ErrorCode.objects.visible_to(request.user).offered(
            CODES_AT_HOME, codes_looked_for(audiences_for(request.user))
        ),
        "contacts": Contact.objects.visible_to(request.user)[:3],
    }
    return render(request, "kb/home.html", context)


@reads_only
def guide_list(request: HttpRequest) -> HttpResponse:
    """All guides by title.

    At `/guides/`, for everyone.
    """
    guides = Guide.objects.visible_to(request.user).listed().order_by("title", "slug")
    return render(request, "kb/guide_list.html", {"page": page_of(request, guides, GUIDES_PER_PAGE)})


@reads_only
def guide_detail(request: HttpRequest, address: str) -> HttpResponse:
    """One guide, as it was rendered when it was published.

    4 queries; 2 more where search by meaning is on, two more for staff, and one more an hour.

    Staff find replies here, too, which no list has.

    At `/guides/<address>/`, for everyone.
    """
    guides = Guide.objects.visible_to(request.user)
    address = address.replace("\0", "")  # which some databases refuse to look up
    found = Guide.objects.of_any_kind(audiences_for(request.user)).filter(slug=address)
    guide = found.select_related("revision").defer("revision__text").first()
    if guide is None:
        moved = guides.moved_from(address)
        if moved is None:
            raise NothingHere(NO_GUIDE)
        return redirect(moved, permanent=True)
    parts = Section.objects.visible_to(request.user).parts_of(guide)
    title_anchor = parts[0].anchor if parts and parts[0].level == 1 else ""
    context = {
        "guide": guide,
        "crumbs": categories.crumbs(guide.category, guide.category_slug),
        "contents": [
            part for part in parts if part.anchor not in {"", title_anchor} and part.level <= DEEPEST_IN_CONTENTS
        ],
        "codes": [part for part in parts if part.is_code],
        "pieces": _pieces(request, guide, parts),
        "revision": guide.revision.number if guide.revision else 0,
        "longest": LONGEST_SENTENCE,
        "related": _related(guides, guide, audiences_for(request.user)),
        "contacts": Contact.objects.visible_to(request.user).for_guide(guide),
    }
    return render(request, "kb/guide_detail.html", context)


def _pieces(request: HttpRequest, guide: Guide, parts: list[Part]) -> list[asking.Piece]:
    """The text of a guide with what readers are asked between, and for staff what they can flag."""
    page = StaffForm.objects.page_of(guide, request.user) or guide.html
    pieces = asking.pieces(page, parts, guide.title)
    if not may_see(request.user, STAFF):
        return pieces
    own = flagging.own_flags(request, guide.pk)
    none: frozenset[str] = frozenset()
    return [replace(piece, kinds=flagging.kinds_of(own.get(piece.key, none))) for piece in pieces]


def _related(guides: GuideQuerySet, guide: Guide, audiences: frozenset[str]) -> list[Guide]:
    """Other guides that are worth a look: those that are much like it in meaning, where that is known, come first."""
    found = guides.related_to(guide, MOST_RELATED, use.current(audiences).guides)
    meaning = part.configured()
    alike = meaning.like(guide.pk, audiences, MOST_ALIKE) if meaning else []
    rows: dict[int, Guide] = guides.only("slug", "title").in_bulk(alike) if alike else {}
    first = [rows[pk] for pk in alike if pk in rows]
    return [*first, *(other for other in found if other not in first)][:MOST_RELATED]


@reads_only
def category_list(request: HttpRequest) -> HttpResponse:
    """All categories, as a tree with counts.

    At `/categories/`, for everyone.
    """
    tree = categories.tree(Guide.objects.visible_to(request.user).counted_by_category())
    return render(request, "kb/category_list.html", {"categories": tree})


@reads_only
def category_detail(request: HttpRequest, category: str) -> HttpResponse:
    """The guides of a category and of those below it.

    At `/categories/<category>/`, for everyone.
    """
    guides = Guide.objects.visible_to(request.user)
    trail = categories.trail(categories.tree(guides.counted_by_category()), category.lower())
    if not trail and (moved := guides.category_of_folders(category.lower())):
        return redirect("kb:category-detail", moved, permanent=True)
    if not trail:
        raise NothingHere(
            gettext("There is no category “{category}” with guides in it.").format(category=category[:80])
        )
    below = guides.in_category(trail[-1].slug).listed().order_by("category_slug", "title", "slug")
    context = {"category": trail[-1], "crumbs": trail[:-1], "page": page_of(request, below, GUIDES_PER_PAGE)}
    return render(request, "kb/category_detail.html", context)


@reads_only
def contact_list(request: HttpRequest) -> HttpResponse:
    """Whom to ask when a guide does not help, when, and in which order.

    At `/contacts/`, for everyone.
    """
    triggers = EscalationTrigger.objects.visible_to(request.user).select_related("guide").defer("guide__html")
    levels = list(EscalationLevel.objects.visible_to(request.user).along_paths()[:MOST_TRIGGERS])
    context = {
        "contacts": helpers(Contact.objects.visible_to(request.user), map(PathLevel.of, levels)).contacts,
        "triggers": triggers.order_by("guide__title", "position")[:MOST_TRIGGERS],
        "levels": sorted(levels, key=lambda level: level.guide.title),
    }
    return render(request, "kb/contact_list.html", context)
