"""Serves attachments as downloads to those who may see a guide that links to them."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kb.content.patterns import linear
from kb.library.attachments.store import file_of
from kb.models import Attachment
from kb.models.audience import EVERYONE, audiences_for
from kb.models.files import AttachmentQuerySet
from kb.models.roles import PROPOSE
from kb.web.errors import NothingHere
from kb.web.page_cache import BROWSERS_KEEP
from kb.web.pages.images import may_see_unlinked

MEDIA_TYPES = {".pdf": "application/pdf", ".zip": "application/zip"}
TEXT = "text/plain; charset=utf-8"
NO_PAGE = "default-src 'none'; sandbox"
BROWSERS_ASK = "private, no-cache"
MOST_PLACES = 10  # where the same file lies
_DIGEST = linear(r"[0-9a-f]{64}")


@require_safe
def attachment_file(request: HttpRequest, digest: str, name: str) -> HttpResponseBase:
    """An attachment, to be saved and never shown: its address names its bytes. 2 queries.

    What only guides for staff link to is for staff. Browsers ask each time, so that one who may no longer have it is
    not given it by their own store.

    At `/attachments/<digest>/<name>`, for everyone.
    """
    named = Attachment.objects.filter(digest=digest).named(name) if _DIGEST.fullmatch(digest) else None
    is_public = named is not None and named.shown_to(EVERYONE).exists()
    if named is None or not (is_public or _may_see(request, named)):
        raise NothingHere(gettext("There is no such file."))
    unneeded = get_conditional_response(request, etag=quote_etag(digest))  # the browser has it already
    response: HttpResponseBase = unneeded or _download(digest, name)
    response.headers["Cache-Control"] = BROWSERS_KEEP if is_public else BROWSERS_ASK
    response.headers["ETag"] = quote_etag(digest)
    patch_vary_headers(response, ("Cookie",))
    return response


def _download(digest: str, name: str) -> FileResponse:
    try:
        file = file_of(digest).open()
    except FileNotFoundError:
        raise NothingHere(gettext("This file is lost.")) from None
    response = FileResponse(file, content_type=MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), TEXT))
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Content-Security-Policy"] = NO_PAGE
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _may_see(request: HttpRequest, named: AttachmentQuerySet) -> bool:
    """Whether one of these guides is for this reader, or they write and no text for staff names the file."""
    if named.shown_to(audiences_for(request.user)).exists():
        return True
    if not request.user.has_perm(PROPOSE):
        return False
    return any(
        each.uploaded_by_id == request.user.pk or may_see_unlinked(request.user, each) for each in named[:MOST_PLACES]
    )
