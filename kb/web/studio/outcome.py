"""What became of a text in; the message and the page that its reviewer or writer sees next out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from kb.content.merging import in_endings_of
from kb.editorial import drafts
from kb.editorial.decisions import Conflict, Decision, Outdated, Published, Refused, Scheduled
from kb.library import revisions
from kb.models import Revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from kb.models import Guide

State = Revision.State
Arguments = ParamSpec("Arguments")
ERRORS = "It was not published: it has errors that must be put right first."
CLASH = "Revision {number} was published meanwhile and changed the same lines. Nothing is lost: say what is to hold."
KEPT = "{trouble} Your text is kept as your draft, revision {number}."
THERE = "{trouble} Nothing is lost: this text is revision {number}."
MERGEABLE = "Revision {number} was published meanwhile. Nothing is lost: look at both, merged."


def with_editor(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """A page that holds an editor, which brings styles of its own."""
    allowed = csp_update({"style-src": [SELF, NONCE]})(view)
    return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", allowed)


def answer(request: HttpRequest, decision: Decision, query: str = "") -> HttpResponse:
    """Say what became of it and show the page on which to go on; `query` is how its review was looked at."""
    revision = decision.kept if isinstance(decision, Conflict) else decision.revision
    page = "kb:write-review"
    match decision:
        case Published():
            messages.success(request, f"Published: readers see revision {revision.number} now.")
        case Scheduled():
            messages.success(request, f"Approved: it will be published on {in_zone(decision.revision)}.")
        case Refused():
            messages.error(request, ERRORS)
        case Outdated():
            messages.warning(request, MERGEABLE.format(number=decision.theirs.number))
            page = "kb:write-conflict"
        case Conflict():
            messages.warning(request, CLASH.format(number=decision.theirs.number))
            page = "kb:write-conflict"
    address = reverse(page, args=[revision.guide.slug, revision.number])
    return redirect(f"{address}{query}" if page == "kb:write-review" else address)


def in_zone(revision: Revision) -> str:
    """When a revision is published, in words, with the site's zone."""
    if revision.publish_at is None:
        return "its time"
    return f"{date_format(timezone.localtime(revision.publish_at), 'j F Y, H:i')} ({settings.TIME_ZONE})"


def keep(guide: Guide, author: User, text: str, base: Revision | None) -> Revision:
    """What somebody typed, kept as their draft, or beside the draft that they have; nothing typed is lost.

    A form that is sent twice keeps its text once: gives what became of it the first time.
    """
    written = in_endings_of(drafts.storable(text), base.text if base else "")
    later = guide.revisions.filter(author=author, number__gt=base.number if base else 0)
    there: Revision | None = later.filter(digest=revisions.digest(written.encode())).exclude(state=State.DRAFT).first()
    if there is not None:
        return there
    kept = drafts.save_draft(guide, author, text, base, 0)
    return kept.kept if isinstance(kept, Conflict) else kept


def kept_as(kept: Revision, trouble: str) -> str:
    """What is said of a text that could only be kept."""
    return (KEPT if kept.state == State.DRAFT else THERE).format(trouble=trouble, number=kept.number)
