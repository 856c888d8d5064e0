"""Shows a form once more that can't be taken now, with all that was typed, to be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache

from kb.rate_limits.network import host_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FORBIDDEN = 403
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of the field
SECRET = "password"  # noqa: S105 - what names of fields say
SHORT = 60  # a field of a mark, such as a number or a choice, is no longer
WRITTEN = frozenset({"text", "q", "symptom", "note", "comment", "title", "category", "slug", "summary"})
MANY_ROWS, FEW_ROWS = 16, 3


def is_our_form(request: HttpRequest) -> bool:
    """Whether a page of this site sent a form; what other sites send is never shown to be sent once more."""
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return request.method == "POST" and host_of(sender) == request.get_host()


@never_cache
def offer_to_send_again(request: HttpRequest) -> HttpResponse:
    """What was typed, with a token that is good by now: a way to sign in first for those who are signed out."""
    return render(
        request, "kb/write/resubmit.html", typed_in(request) | {"address": request.get_full_path()}, status=FORBIDDEN
    )


def typed_in(request: HttpRequest) -> dict[str, object]:
    """What a form brought, for a form that holds the same: `texts` to be seen, all other `fields`; no passwords."""
    fields = [(name, value) for name, values in request.POST.lists() for value in map(str, values)]
    fields = [(name, value) for name, value in fields if name != TOKEN and SECRET not in name]
    texts = [(name, value) for name, value in fields if _is_written(name, value)]
    return {
        "fields": [field for field in fields if field not in texts],
        "texts": [(name, value, MANY_ROWS if "\n" in value.strip() else FEW_ROWS) for name, value in texts],
        "has_file": bool(request.FILES),
        "has_secret": any(SECRET in name for name in request.POST),
    }


def _is_written(name: str, value: str) -> bool:
    """Whether a field holds what somebody wrote, and no mark of the form itself."""
    is_long = len(value) > SHORT or "\n" in value
    return bool(value) and not name.startswith("was_") and (name in WRITTEN or is_long)
