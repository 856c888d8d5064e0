"""The page of a proposed text, as it was asked for, or shown again with a form that was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse

from kb.content.numbers import whole_number
from kb.editorial.decisions import Current, Outdated
from kb.editorial.standing import made_from, standing_of
from kb.library.links.breaking import breaking_for
from kb.models import Revision, ancestry
from kb.models.audience import may_see
from kb.web.query_strings import chosen, with_query
from kb.web.studio.comparison import VIEWS, Comparison, compare
from kb.web.studio.forms import typed_moment

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

PAGE = "kb:write-review"
BASE, FIRST_VIEW = "base", "page"


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """What an address asks of the page: what the text is compared with, how it is shown, at which line a form is open.

    Every form of the page sends it along, so that a page that is shown again is the one that was left.
    """

    against: str = ""
    view: str = FIRST_VIEW
    line: int = 0

    @classmethod
    def of(cls, request: HttpRequest, line: int = 0) -> Self:
        """As the address asks, as far as there is such an option; lines are shown where one of them is spoken of."""
        against = chosen(request, "against", (BASE,))
        view = chosen(request, "view", VIEWS, FIRST_VIEW)
        line = line or whole_number(request.GET.get("line")) or 0
        return cls(against, "source" if line and view == FIRST_VIEW else view, line)

    @property
    def query(self) -> str:
        """The query of an address that asks for these; '' for what nobody has to ask for. No form is opened by it."""
        return self._query(line=0)

    @property
    def whole_query(self) -> str:
        """The same, with the line at which a form is open."""
        return self._query(line=self.line)

    def _query(self, line: int) -> str:
        view = self.view if self.view != FIRST_VIEW else ""
        return with_query("", {"against": self.against, "view": view, "line": line})


def address_of(revision: Revision, options: ReviewOptions | None = None) -> str:
    """Where a text is looked at, in the same way as before where that is given."""
    return f"{reverse(PAGE, args=[revision.guide.slug, revision.number])}{options.query if options else ''}"


def shown(
    request: HttpRequest,
    revision: Revision,
    form: forms.Form | None = None,
    where: str = "approve",
    *,
    line: int = 0,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or the page again: with what was typed into one of its forms, and what is wrong with that."""
    guide, options = revision.guide, ReviewOptions.of(request, line)
    base = _base(request, revision, options)
    comments = list(revision.line_comments.all())
    before = base.text if base else ""
    comparison = compare(guide, before, revision.text, comments=comments, view=options.view, line=options.line)
    context = {
        "revision": revision,
        "guide": guide,
        "at": address_of(revision),
        "base": base,
        "published": guide.revision,
        "view": options.view,
        "options_query": options.whole_query,
        "views": VIEWS,
        "comparison": comparison,
        "remarks": revision.reviews.all(),
        "comments": [
            comment for comment in comments if options.view == FIRST_VIEW or comment.line not in comparison.shown_lines
        ],
        "open_line": options.line if options.line not in comparison.shown_lines else 0,
        "earlier": _earlier(request, revision),
        "form": form,
        "where": where,
        "trouble": trouble,
        "is_mine": revision.author_id == request.user.pk,
        "query": f"against={options.against}&" if options.against else "",
    }
    return render(request, "kb/write/review.html", context | _waiting(request, revision, comparison), status=status)


def _waiting(request: HttpRequest, revision: Revision, comparison: Comparison) -> dict[str, Any]:
    """What stands between a text in review and its readers, and when they are to see it."""
    waits, document = revision.state == Revision.State.IN_REVIEW, comparison.now.document
    standing = standing_of(revision) if waits else None
    stands = "merges" if isinstance(standing, Outdated) else "clashes"
    return {
        "waits": waits,
        "places": breaking_for(request.user, revision.guide, document) if waits and document else [],
        "stands": "" if standing is None or isinstance(standing, Current) else stands,
        "theirs": getattr(standing, "theirs", None),
        "publish_at": typed_moment(revision.publish_at),
        "zone": settings.TIME_ZONE,
        "seen": seen(revision),
    }


def seen(revision: Revision) -> str:
    """What an approval takes for granted: when it is to be published, and whether readers see the guide at all."""
    approved = "approved" if revision.is_scheduled else ""
    return f"{revision.guide.state} {typed_moment(revision.publish_at)} {approved}"


def _base(request: HttpRequest, revision: Revision, options: ReviewOptions) -> Revision | None:
    """What the text is compared with: what readers see, unless what it was made from is asked for, or it is that."""
    published: Revision | None = revision.guide.revision
    if published is not None and not may_see(request.user, published.audience):
        published = None  # a text for staff whose file is a draft for everyone by now
    if options.against == BASE or published is None or published.pk == revision.pk:
        return made_from(revision, request.user)
    return published


def _earlier(request: HttpRequest, revision: Revision) -> list[dict[str, Any]]:
    """What was said of the earlier proposals that this text was made from, the newest first. Three queries."""
    chain = ancestry.ancestors(revision) - {revision.pk}
    readable = Revision.objects.readable_by(request.user)
    rows = readable.filter(pk__in=chain, published_at=None).exclude(proposed_at=None)
    found = rows.filter(Q(reviews__isnull=False) | Q(line_comments__isnull=False)).distinct().order_by("-number")
    return [
        {"revision": earlier, "remarks": earlier.reviews.all(), "comments": earlier.line_comments.all()}
        for earlier in found.defer("text").prefetch_related("reviews", "line_comments")
    ]
