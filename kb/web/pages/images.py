"""Serves images to those who may see a guide that shows them."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kb.content.patterns import linear
from kb.library.images.cleaning import MEDIA_TYPES
from kb.library.images.store import file_of
from kb.models import Attachment, Image, Revision
from kb.models.audience import EVERYONE, STAFF, audiences_for, may_see
from kb.models.files import ImageQuerySet
from kb.models.roles import PROPOSE
from kb.web import page_cache
from kb.web.errors import NothingHere

YEAR = 60 * 60 * 24 * 365  # in seconds
_NAME = linear(r"([0-9a-f]{64})\.(png|jpg|webp|gif)")


@require_safe
def image_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """An image, for good: its address names its bytes. 2 queries.

    Caches between ask again as they do for pages, so that one who may no longer have it is not given it by them.

    What only staff guides show is for staff, and what a text for staff ever named is, too, unless a guide for everyone
    shows it; what no guide shows yet is for those who write.

    At `/images/<name>`, for everyone.
    """
    match = _NAME.fullmatch(name)
    images = Image.objects.filter(digest=match[1], ending=match[2]) if match else Image.objects.none()
    is_public = images.shown_to(EVERYONE).exists()
    if not is_public and not _may_see(request, images):
        raise NothingHere(gettext("There is no such image."))
    assert match is not None  # noqa: S101 - else there was none
    digest, ending = match.groups()
    unneeded = get_conditional_response(request, etag=quote_etag(digest))  # the browser or a cache has it already
    response: HttpResponseBase = unneeded or _shown(digest, ending)
    # `immutable` (RFC 8246): a browser does not ask again even when somebody reloads the page.
    if is_public:
        page_cache.let_caches_keep(response, f"public, max-age={YEAR}, immutable")
    else:
        response.headers["Cache-Control"] = "private, max-age=0"
    response.headers["ETag"] = quote_etag(digest)
    patch_vary_headers(response, ("Cookie",))
    return response


def _shown(digest: str, ending: str) -> FileResponse:
    try:
        response = FileResponse(file_of(digest, ending).open(), content_type=MEDIA_TYPES[ending])
    except FileNotFoundError:
        raise NothingHere(gettext("This image is lost.")) from None
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def _may_see(request: HttpRequest, images: ImageQuerySet) -> bool:
    if images.shown_to(audiences_for(request.user)).exists():
        return True
    if not request.user.has_perm(PROPOSE):
        return False
    return any(image.uploaded_by_id == request.user.pk or may_see_unlinked(request.user, image) for image in images)


def may_see_unlinked(writer: User | AnonymousUser, file: Image | Attachment) -> bool:
    """Whether a writer may see a file that no guide shows them: not one that a text for staff names, but for staff."""
    if may_see(writer, STAFF):
        return True
    name = PurePosixPath(file.source).name
    named = Q(text__contains=name) | Q(text__contains=quote(name))
    return not Revision.objects.filter(named, guide__folder=file.folder, audience=STAFF).exists()
