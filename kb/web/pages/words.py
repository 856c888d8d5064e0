"""The words of the scripts in the reader's language: a script of its own, which pages in English do without."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.translation import gettext, override
from django.views.i18n import JavaScriptCatalog

from kb.web.errors import NothingHere
from kb.web.page_cache import release
from kb.web.request_kinds import reads_only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FOR_EVER = "public, max-age=31536000, immutable"
_catalogue = JavaScriptCatalog.as_view(packages=["kb"])


@reads_only
def words(request: HttpRequest, language: str, version: str) -> HttpResponse:
    """The words of one language; pages name this release by `version`, so that browsers may keep it.

    At `/words/<language>/<version>.js`, for everyone.
    """
    if language not in dict(settings.LANGUAGES):
        raise NothingHere(gettext("There are no words in this language."))
    with override(language):
        response = cast("HttpResponse", _catalogue(request))
    if version == release():
        response.headers["Cache-Control"] = FOR_EVER
    return response
