"""A form from somebody whose session had ended in; a page with all that they typed, to be sent once more, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache

from kb.network import host_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FORBIDDEN = 403
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of the field
SHORT = 60
WRITTEN = frozenset({"text", "comment", "title", "category", "slug", "summary"})
HIGH, LOW = 16, 3


def is_our_form(request: HttpRequest) -> bool:
    """Whether a page of this site sent a form; what other sites send is never shown to be sent once more."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return request.method == "POST" and host_of(said) == request.get_host()


@never_cache
def send_again(request: HttpRequest) -> HttpResponse:
    """What was typed, with a token that is good by now: a way to sign in first for those who are signed out."""
    fields = [(name, value) for name, values in request.POST.lists() if name != TOKEN for value in map(str, values)]
    texts = [(name, value) for name, value in fields if _is_written(name, value)]
    context = {
        "fields": [field for field in fields if field not in texts],
        "texts": [(name, value, HIGH if "\n" in value.strip() else LOW) for name, value in texts],
        "has_file": bool(request.FILES),
        "address": request.get_full_path(),
    }
    return render(request, "kb/write/again.html", context, status=FORBIDDEN)


def _is_written(name: str, value: str) -> bool:
    """Whether a field holds what somebody wrote, and no mark of the form itself."""
    is_long = len(value) > SHORT or "\n" in value
    return bool(value) and not name.startswith("was_") and (name in WRITTEN or is_long)
