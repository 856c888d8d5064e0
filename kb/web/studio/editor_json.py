"""What the editor's script asks while somebody types, answered as JSON: saving, checking, details and images."""

from __future__ import annotations

import contextlib
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kb.content.document import ContentError
from kb.content.escaping import escaped_in_brackets
from kb.editorial import checking
from kb.editorial.decisions import Conflict, NotPossible
from kb.library.attachments import kinds, uploading
from kb.library.images.cleaning import UploadError
from kb.library.images.limits import LARGEST_IMAGE
from kb.library.images.store import upload, written_in
from kb.models import Revision
from kb.models.roles import PROPOSE
from kb.models.wording import recorded
from kb.rate_limits.rules import Deed
from kb.web.access import needs, writer
from kb.web.limiting import limited
from kb.web.studio import front_matter_form, own_drafts
from kb.web.studio.lookup import guide_at

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kb.models import Guide

NO_FILE = gettext_lazy("Choose an image or a file to add.")
NO_DESCRIPTION = gettext_lazy("Say in a few words what the image shows, for those who can't see it.")
LONGEST_DESCRIPTION = 300


@require_safe
@never_cache
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and a fresh token for forms: how a page that was signed out learns that it may go on.

    At `/write/session/`, for everyone.
    """
    user = request.user
    may_write = user.is_authenticated and user.has_perm(PROPOSE)
    name = user.get_username() if user.is_authenticated else ""
    return JsonResponse({"user": user.pk, "name": name, "may_write": may_write, "token": get_token(request)})


@require_POST
@needs(PROPOSE)
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what was typed so far; when another page has saved since, keep it beside that and say so.

    On leaving, a page sends the details with it that are not in the text yet.

    POST to `/write/guides/<slug>/draft/`, for writers.
    """
    text = request.POST.get("text", "")
    with contextlib.suppress(ContentError):  # its text is kept all the same
        text = front_matter_form.with_changes(text, request.POST.dict())
    try:
        kept = own_drafts.save(request, guide_at(request, slug), text)
    except NotPossible as reason:
        return JsonResponse({"state": "refused", "message": str(reason)}, status=HTTPStatus.CONFLICT)
    if isinstance(kept, Conflict):
        theirs = kept.theirs
        return JsonResponse({"state": "conflict", **counters(kept.kept), "theirs": theirs.number, "other": theirs.text})
    return JsonResponse({"state": "saved", **counters(kept)})


def counters(kept: Revision) -> dict[str, Any]:
    """What the next save of this text has to name."""
    if kept.state != Revision.State.DRAFT:  # its author has just proposed it: what follows is made from it
        return {"number": kept.number, "based_on": kept.number, "saved": 0, "into": ""}
    base = kept.based_on.number if kept.based_on else ""
    return {
        "number": kept.number,
        "based_on": base,
        "saved": kept.saved,
        "into": kept.number if kept.aside else "",
    }


@require_POST
@limited(Deed.PREVIEW)
@needs(PROPOSE)
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """A text as its page would show it, with what is found in it and what is wrong with it, at their lines.

    POST to `/write/guides/<slug>/check/`, for writers.
    """
    text = request.POST.get("text", "").replace("\r\n", "\n")
    return JsonResponse(checked(request, guide_at(request, slug), text))


def checked(request: HttpRequest, guide: Guide, text: str) -> dict[str, Any]:
    """What the editor shows beside a text."""
    found = checking.check(guide, text)
    document = found.document
    explanation = checking.explain(guide, text) if document else None
    context = {"guide": guide, "document": document, "findings": found.findings, "explanation": explanation}
    sections = document.structure.sections if document else ()
    try:
        values: dict[str, str | None] | None = front_matter_form.values_of(text)
    except ContentError:
        values = None
    return {
        "preview": render_to_string("kb/write/_preview.html", context, request),
        "said": render_to_string("kb/write/_findings_panel.html", context, request),
        "findings": [{"line": f.line, "message": recorded(f.message), "severity": f.severity} for f in found.findings],
        "sections": [{"anchor": s.anchor, "title": s.title, "line": s.line} for s in sections],
        "title": document.metadata.title if document else "",
        "fields": values,
    }


@require_POST
@limited(Deed.PREVIEW)
@needs(PROPOSE)
def details(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001 - one address for each guide
    """The text with the details that were changed in the form, in its front matter.

    POST to `/write/guides/<slug>/details/`, for writers.
    """
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        return JsonResponse({"text": front_matter_form.with_changes(text, request.POST.dict())})
    except ContentError as error:
        return JsonResponse({"message": error.message, "line": error.line}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@needs(PROPOSE)
def images(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep an image or another file for a guide; gives what to write in the text for it.

    POST to `/write/guides/<slug>/images/`, for writers.
    """
    guide = guide_at(request, slug)
    try:
        markdown, address = uploaded(request, guide)
    except UploadError as error:
        return JsonResponse({"message": str(error)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"markdown": markdown, "address": address})


def uploaded(request: HttpRequest, guide: Guide) -> tuple[str, str]:
    """What to write in the text for the file that a form brings, and where that is; UploadError when it won't do.

    An image needs its description `alt`; of another file, that is the words of its link, else its name.
    """
    file = request.FILES.get("image")
    if file is None:
        raise UploadError(NO_FILE)
    name = file.name or ""
    if uploading.is_attachment(name):
        attachment = uploading.upload(guide, name, file.read(kinds.LARGEST_ATTACHMENT + 1), writer(request))
        words = request.POST.get("alt", "").strip() or PurePosixPath(name).name
        return f"[{_described(words)}]({_path(uploading.written_in(guide, attachment))})", attachment.get_absolute_url()
    if not request.POST.get("alt", "").strip():
        raise UploadError(NO_DESCRIPTION)
    image = upload(guide, name, file.read(LARGEST_IMAGE + 1), writer(request))
    return f"![{_described(request.POST['alt'])}]({_path(written_in(guide, image))})", image.get_absolute_url()


def _described(written: str) -> str:
    """What a writer says of a file, as its link or its image has it."""
    return escaped_in_brackets(" ".join(written.split())[:LONGEST_DESCRIPTION])


def _path(path: str) -> str:
    return f"<{path}>" if set(path) & set(" ()") else path
