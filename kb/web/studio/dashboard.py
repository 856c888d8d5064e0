"""The studio's start page, which says what waits for a writer, and its list of all guides."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kb.editorial import waiting
from kb.library import contact_publishing, meaning
from kb.models import Audience, Guide, categories, roles
from kb.web.access import needs, writer
from kb.web.paging import page_of
from kb.web.query_strings import chosen, list_root, typed

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from kb.search.meaning.store import Progress

GUIDES_PER_PAGE = 40
MOST_SHOWN = 8
STATES = {
    "published": gettext_lazy("Published"),
    "draft": gettext_lazy("Draft, never published"),
    "in_review": gettext_lazy("In review"),
    "mine": gettext_lazy("With a draft of mine"),
    "overdue": gettext_lazy("Past its review date"),
    "lint": gettext_lazy("With findings"),
    "retired": gettext_lazy("Retired"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of guides is narrowed to."""

    q: str = ""
    state: str = ""
    owner: str = ""
    category: str = ""
    audience: str = ""
    mine: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """What an address asks for; what is no choice is left out."""
        asked = {name: typed(request, name) for name in cls.__slots__}
        asked["state"] = chosen(request, "state", STATES)
        asked["audience"] = chosen(request, "audience", Audience.values)
        return cls(**asked)

    @property
    def root(self) -> str:
        """The start of the addresses of the list's pages."""
        return list_root(asdict(self))


@require_safe
@needs(roles.PROPOSE)
def overview(request: HttpRequest) -> HttpResponse:
    """My drafts, what is in review, what needs care, what was published last. 15 queries, however many there are.

    2 more for administrators where search by meaning is on, and for those who may edit contacts where there are none.

    At `/write/`, for writers.
    """
    reader = writer(request)
    proposed = list(waiting.in_review(reader)[: MOST_SHOWN + 1])
    aside = list(waiting.kept_aside(reader)[:MOST_SHOWN])
    overdue = waiting.overdue(reader)
    context = {
        "here": "overview",
        "drafts": waiting.drafts_of(reader)[:MOST_SHOWN],
        "proposed": proposed[:MOST_SHOWN],
        "is_more_proposed": len(proposed) > MOST_SHOWN,
        "unaware": waiting.unaware(proposed),
        "aside": aside,
        "overdue": overdue[:MOST_SHOWN],
        "overdue_count": overdue.count(),
        "lint_count": waiting.with_findings(reader).count(),
        "published": waiting.recently_published(reader)[:MOST_SHOWN],
        "meaning": _meaning() if reader.is_superuser else None,
        "no_contacts": contact_publishing.missing() if reader.has_perm(roles.PUBLISH) else "",
        "zone": settings.TIME_ZONE,
        "today": timezone.localdate(),
    }
    return render(request, "kb/write/overview.html", context)


def _meaning() -> dict[str, Progress | None] | None:
    """How far search by meaning is, for administrators; None while it is off."""
    return {"progress": meaning.progress()} if settings.SEARCH_MODEL else None


@require_safe
@needs(roles.PROPOSE)
def guide_list(request: HttpRequest) -> HttpResponse:
    """All guides, narrowed and searched; with owner, state and dates. 10 queries.

    At `/write/guides/`, for writers.
    """
    reader, filters = writer(request), Filters.of(request)
    guides = waiting.in_studio(reader)
    narrowed = _narrowed(guides, filters, reader)
    context = {
        "here": "guides",
        "filters": filters,
        "page": page_of(request, narrowed.order_by(Lower("title"), "slug"), GUIDES_PER_PAGE),
        "root": filters.root,
        "states": STATES,
        "audiences": Audience.choices,
        "owners": sorted(set(guides.exclude(owner="").order_by().values_list("owner", flat=True)), key=str.lower),
        "categories": _categories(guides),
        "today": timezone.localdate(),
    }
    return render(request, "kb/write/guides.html", context)


def _narrowed(guides: QuerySet[Guide], filters: Filters, reader: User) -> QuerySet[Guide]:
    conditions = {
        "published": Q(state=Guide.State.PUBLISHED),
        "draft": Q(state=Guide.State.DRAFT),
        "retired": Q(state=Guide.State.RETIRED),
        "in_review": Q(is_in_review=True),
        "mine": Q(has_draft=True),
        "overdue": Q(state=Guide.State.PUBLISHED, review_by__lt=timezone.localdate()),
        "lint": Q(state=Guide.State.PUBLISHED) & ~Q(findings=[]),
    }
    guides = guides.filter(conditions.get(filters.state, Q()))
    if filters.q:
        guides = guides.filter(waiting.saying(filters.q, reader))
    if filters.owner:
        guides = guides.filter(owner=filters.owner)
    if filters.category:
        guides = guides.filter(Q(category_slug=filters.category) | Q(category_slug__startswith=f"{filters.category}/"))
    if filters.audience:
        guides = guides.filter(audience=filters.audience)
    return guides.filter(waiting.of_person(reader)) if filters.mine else guides


def _categories(guides: QuerySet[Guide]) -> list[tuple[str, str]]:
    """(slug, name) of each category that guides lie in, with those above it, in order."""
    pairs = guides.exclude(category_slug="").order_by("category_slug").values_list("category", "category_slug")
    names: dict[str, str] = {}
    for path, slug in pairs.distinct():
        path_names: list[str] = []
        for crumb in categories.crumbs(path, slug):
            path_names.append(crumb.name)
            names.setdefault(crumb.slug, " \u203a ".join(path_names))
    return sorted(names.items(), key=lambda pair: pair[1].lower())
