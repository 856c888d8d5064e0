"""The page on which a reply to a ticket is written: from picked steps, canned replies, and by hand."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from kb.library.revisions import display_name
from kb.models.audience import audiences_for
from kb.web.access import for_staff, writer
from kb.web.request_kinds import wants_fragment
from troubleshooting.desk import replies
from troubleshooting.desk.replies import Canned, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

LONGEST_FILLED = 2_000
LONGEST_REPLY = 200_000
BLANK = "blank:"
YOUR_NAME = "your name"
NOTHING_PICKED = gettext_lazy("Pick the steps that you want to send first, or choose a reply below.")
NO_REPLY = gettext_lazy("Choose one of the replies.")
TOO_LONG = format_lazy(
    gettext_lazy("The reply is longer than {number} characters: shorten it."), number=f"{LONGEST_REPLY:,}"
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("desk:reply")
def reply(request: HttpRequest) -> HttpResponse:
    """Write a reply of picks (`pick`), or go on with one (`plain`, `markdown`, `html`): nothing of it is kept.

    `choose` shows the blanks of a canned reply (`canned`), `add` puts it into the reply.

    At `/desk/reply/`, for staff.
    """
    form = request.POST
    chosen = _chosen(request, form.get("canned", ""))
    picks, with_staff = form.getlist("pick"), bool(form.get("staff"))
    context: dict[str, Any] = {"picks": picks, "with_staff": with_staff}
    written = Reply(*(form.get(name, "").replace("\r\n", "\n") for name in Reply.__slots__))
    errors: dict[str, str] = {}
    if max(map(len, (written.plain, written.markdown, written.html))) > LONGEST_REPLY:
        errors["reply"] = str(TOO_LONG)
    elif "add" in form or "choose" in form:
        if chosen is None:
            errors["canned"] = str(NO_REPLY)
        elif "add" in form:
            written = replies.with_canned(written, chosen, _given(chosen, form))
            chosen = None
    elif picks:
        made = replies.write(picks, audiences_for(request.user), request.build_absolute_uri("/"), with_staff=with_staff)
        written = made.reply
        context |= {"made": made}
    elif request.method == "POST" and not written:
        errors["reply"] = str(NOTHING_PICKED)
    context |= {
        "reply": written,
        "forms": _forms(written),
        "replies": replies.canned_replies(writer(request)),
        "chosen": chosen,
        "blanks": _fields(chosen, form, display_name(writer(request))) if chosen else (),
        "errors": errors,
        "longest": LONGEST_FILLED,
    }
    page = "troubleshooting/_desk_reply.html" if wants_fragment(request) else "troubleshooting/desk_reply.html"
    return render(request, page, context, status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else 200)


def _chosen(request: HttpRequest, slug: str) -> Canned | None:
    return replies.canned(writer(request), slug, request.build_absolute_uri("/")) if slug else None


def _given(chosen: Canned, form: Mapping[str, str]) -> dict[str, str]:
    """What was given for the blanks."""
    return {blank.key: form.get(f"{BLANK}{blank.key}", "")[:LONGEST_FILLED] for blank in chosen.blanks}


def _fields(chosen: Canned, form: Mapping[str, str], own_name: str) -> list[tuple[str, str, str]]:
    """The blanks as fields: (name, label, value); who writes need not type their own name."""
    known = {YOUR_NAME: own_name}
    names = [(f"{BLANK}{blank.key}", blank) for blank in chosen.blanks]
    return [(name, blank.label, form.get(name) or blank.default or known.get(blank.key, "")) for name, blank in names]


def _forms(written: Reply) -> list[tuple[str, str, str]]:
    """The reply in its forms: (name, label, text)."""
    labels = {"plain": gettext("Plain text"), "markdown": "Markdown", "html": gettext("For a mail (HTML)")}
    return [(name, label, getattr(written, name)) for name, label in labels.items()]
