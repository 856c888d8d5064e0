"""What programs read of the site: a feed of changes, a site map, how to search, what to crawl, and the icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext

from kb.models import ErrorCode, Guide
from kb.models.audience import EVERYONE
from kb.web.request_kinds import reads_only

if TYPE_CHECKING:
    from collections.abc import Iterable

FEED_LENGTH = 50
SITEMAP_LENGTH = 40_000


@reads_only
def changes(request: HttpRequest) -> HttpResponse:
    """An Atom feed of the guides that changed last.

    At `/feed.xml`, for everyone.
    """
    guides = Guide.objects.visible_to(request.user).listed().order_by("-updated_at", "slug")[:FEED_LENGTH]
    return HttpResponse(_feed(request, guides), content_type="application/atom+xml; charset=utf-8")


@reads_only
def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses of all public pages, for search engines; the same whoever asks.

    At `/sitemap.xml`, for everyone.
    """
    guides = Guide.objects.for_audiences(EVERYONE).listed().order_by("-updated_at")[:SITEMAP_LENGTH]
    context = {
        "root": request.build_absolute_uri("/").rstrip("/"),
        "guides": guides,
        "categories": sorted(
            {slug for _, slug, _ in Guide.objects.for_audiences(EVERYONE).counted_by_category() if slug}
        ),
        "codes": ErrorCode.objects.for_audiences(EVERYONE).known()[:SITEMAP_LENGTH],
    }
    return render(request, "kb/sitemap.xml", context, content_type="application/xml; charset=utf-8")


@reads_only
def opensearch(request: HttpRequest) -> HttpResponse:
    """How a browser searches here from its address bar.

    At `/opensearch.xml`, for everyone.
    """
    root = request.build_absolute_uri("/").rstrip("/")
    content_type = "application/opensearchdescription+xml; charset=utf-8"
    return render(request, "kb/opensearch.xml", {"root": root}, content_type=content_type)


@reads_only
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may fetch.

    At `/robots.txt`, for everyone.
    """
    context = {"sitemap": request.build_absolute_uri(reverse("kb:sitemap"))}
    return render(request, "kb/robots.txt", context, content_type="text/plain; charset=utf-8")


@reads_only
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Where browsers look for an icon on pages that name none, such as the administration's.

    It leads to the name without a fingerprint: a lasting redirect must outlive the next release.

    At `/favicon.ico`, for everyone.
    """
    return redirect(f"{settings.STATIC_URL}icons/mark.svg", permanent=True)


def _feed(request: HttpRequest, guides: Iterable[Guide]) -> str:
    feed = Atom1Feed(
        title=gettext("{site_name}: changes").format(site_name=settings.SITE_NAME),
        link=request.build_absolute_uri(reverse("kb:home")),
        feed_url=request.build_absolute_uri(reverse("kb:feed")),
        description=gettext("Guides that are new or have changed"),
        author_name=settings.SITE_NAME,  # without an author a feed is not valid Atom
    )
    for guide in guides:
        feed.add_item(
            title=guide.title,
            link=request.build_absolute_uri(guide.get_absolute_url()),
            description=escape(guide.summary),  # the feed says that it is HTML
            updateddate=guide.updated_at,
            pubdate=guide.created_at,
            categories=[guide.category] if guide.category else [],
        )
    return str(feed.writeString("utf-8"))
