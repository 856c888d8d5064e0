"""Answers requests that went wrong by pages that say what to do; none of them asks the database."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from kb.config.outages import RETRY_SECONDS, is_away, is_unwritable
from kb.models.slugs import former_address
from kb.web.rejected_forms import is_our_form, offer_to_send_again
from kb.web.request_kinds import wants_fragment, wants_json

if TYPE_CHECKING:
    from django.http import HttpRequest


AWAY = gettext_lazy(
    "The database can't be reached just now. Nothing is wrong with what you sent: try again in a moment."
)
UNWRITABLE = gettext_lazy(
    "Nothing can be kept: the disk of this site is full, or can only be read. Waiting does not help: "
    "tell whoever runs this site."
)
UNWRITABLE_STATE = "unwritable"
LONGEST_SEARCH = 80


class NothingHere(Http404):
    """Nothing is at this address; `sentence` tells the reader what is missing."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)


@never_cache
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What a request that can't be understood is answered with, or one that is too large to be read."""
    is_too_large = isinstance(exception, RequestDataTooBig)
    return render(request, "400.html", {"is_too_large": is_too_large}, status=413 if is_too_large else 400)


@never_cache
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """What someone who may not see a page is shown."""
    return render(request, "403.html", status=403)


@never_cache
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What an address that leads nowhere shows: a search for the words of its last part, and the ways on."""
    sentence = exception.sentence if isinstance(exception, NothingHere) else ""
    last = former_address(request.path).rpartition("/")[2]
    words = " ".join("".join(c if c.isalnum() else " " for c in last).split())[:LONGEST_SEARCH]
    return render(request, "404.html", {"sentence": sentence, "words": words}, status=404)


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """What a failure of ours shows, and (503) what a database that is away or a disk that can't be written does.

    Whatever broke, the answer needs none of it: no database, session or manifest. A script gets a sentence as JSON,
    and htmx one that it does not put in place of what is shown; a link that htmx follows gets the page.
    """
    error = sys.exc_info()[1]
    if is_unwritable(error):
        return _failure(request, "503.html", str(UNWRITABLE), 503, UNWRITABLE_STATE)
    if not is_away(error):
        return _failure(request, "500.html", gettext("Something broke on our side. It has been noted."), 500)
    response = _failure(request, "503.html", str(AWAY), 503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _failure(request: HttpRequest, template: str, sentence: str, status: int, state: str = "failed") -> HttpResponse:
    if request.path.startswith(f"{get_script_prefix()}api/"):
        return JsonResponse({"detail": sentence}, status=status)
    if wants_json(request):
        return JsonResponse({"state": state, "message": sentence}, status=status)
    if wants_fragment(request) and not HtmxDetails(request).boosted:
        return HttpResponse(sentence, "text/plain", status=status)
    context = {
        "site_name": settings.SITE_NAME,
        "static_root": settings.STATIC_URL,
        "root": get_script_prefix(),
        "is_form": request.method == "POST",
        "is_unwritable": state == UNWRITABLE_STATE,
    }
    return HttpResponse(get_template(template).render(context), status=status)


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """What a form shows that came without its token: usually an old tab, or cookies that are switched off.

    A form of the studio holds what somebody wrote: it is kept, to be sent once more.
    """
    if request.path.startswith(reverse("kb:write")) and is_our_form(request):
        return offer_to_send_again(request)
    return render(request, "csrf.html", status=403)
