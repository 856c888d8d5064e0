"""Says what became of a text that somebody wanted to publish, and leads to the page on which to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy

from kb.editorial.decisions import Conflict, Decision, Outdated, Published, Refused, Scheduled
from kb.models.wording import spoken
from kb.web.studio.conflict_messages import AUTHOR_OVERTAKEN, CLASH, MERGEABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kb.models import Revision

HAS_ERRORS = gettext_lazy("It was not published: it has errors that must be put right first.")


def tell_reviewer(request: HttpRequest, decision: Decision, query: str = "") -> HttpResponse:
    """Lead back to the review, or to both texts where another one was published; `query` is how it was looked at."""
    revision = _revision_of(decision)
    match decision:
        case Published():
            messages.success(
                request, gettext("Published: readers see revision {number} now.").format(number=revision.number)
            )
        case Scheduled():
            messages.success(
                request, gettext("Approved: it will be published on {moment}.").format(moment=in_zone(revision))
            )
        case Refused():
            messages.error(request, HAS_ERRORS)
        case Outdated() | Conflict():
            sentence = MERGEABLE if isinstance(decision, Outdated) else CLASH
            messages.warning(request, sentence.format(number=decision.theirs.number))
            return redirect("kb:write-conflict", revision.guide.slug, revision.number)
    return redirect(f"{reverse('kb:write-review', args=[revision.guide.slug, revision.number])}{query}")


def tell_author(request: HttpRequest, decision: Decision) -> HttpResponse:
    """The same for somebody who publishes a text of their own, without a review."""
    revision = _revision_of(decision)
    slug = revision.guide.slug
    match decision:
        case Published():
            messages.success(request, gettext("Published: readers see it now."))
            return redirect("kb:guide-detail", slug)
        case Scheduled():
            messages.success(
                request,
                gettext("Approved: readers see it from {moment} on ({zone}).").format(
                    moment=_date(revision), zone=settings.TIME_ZONE
                ),
            )
            return redirect("kb:write")
        case Refused():
            tell_refused(request, decision, gettext("It was not published"))
            return redirect("kb:write-guide", slug)
        case Outdated() | Conflict():
            messages.error(request, AUTHOR_OVERTAKEN)
            return redirect("kb:write-conflict", slug, revision.number)


def tell_refused(request: HttpRequest, decision: Refused, what: str) -> None:
    """Say which errors stand against `what` was asked for."""
    errors = " ".join(
        gettext("Line {line}: {message}").format(line=finding.line, message=spoken(finding.message))
        for finding in decision.findings
    )
    messages.error(request, gettext("{what}, because it has errors. {errors}").format(what=what, errors=errors))


def in_zone(revision: Revision) -> str:
    """When a revision is published, in words, with the site's zone."""
    return gettext("its time") if revision.publish_at is None else f"{_date(revision)} ({settings.TIME_ZONE})"


def _date(revision: Revision) -> str:
    return date_format(timezone.localtime(revision.publish_at), "DATETIME_FORMAT")


def _revision_of(decision: Decision) -> Revision:
    return decision.kept if isinstance(decision, Conflict) else decision.revision
