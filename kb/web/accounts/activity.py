"""What administrators are shown: who signed in or tried to, and what was done with accounts and under `/admin/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db.models import CharField, F, Value
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from kb.models import Act, SignIn
from kb.models.activity import ACTS_KEPT, SIGN_INS_KEPT
from kb.web.access import needs
from kb.web.paging import page_of
from kb.web.query_strings import chosen, list_root, typed, with_query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

SEE_ACTIVITY = "admin.view_logentry"
ROWS_PER_PAGE = 50
OUTCOMES = {"": gettext_lazy("All"), **dict(SignIn.Outcome.choices)}
VERBS = {
    ADDITION: gettext_lazy("added the {kind} “{name}”"),
    CHANGE: gettext_lazy("changed the {kind} “{name}”"),
    DELETION: gettext_lazy("deleted the {kind} “{name}”"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the list: `by` is '' for the server's own command line."""

    at: datetime
    by: str
    what: str
    more: str = ""


@require_safe
@needs(SEE_ACTIVITY)
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Who signed in or tried to, the newest first; `?outcome=` narrows it, and `?q=` is the name of an account.

    At `/accounts/activity/`, for administrators.
    """
    name, outcome = typed(request, "q"), chosen(request, "outcome", OUTCOMES, "")
    rows = SignIn.objects.all()
    if name:
        rows = rows.filter(name__iexact=name)
    if outcome:
        rows = rows.filter(outcome=outcome)
    context = {
        "page": page_of(request, rows, ROWS_PER_PAGE),
        "outcomes": [
            (key, label, with_query("", {"outcome": key, "q": name}) or "?") for key, label in OUTCOMES.items()
        ],
        "outcome": outcome,
        "typed": name,
        "days": SIGN_INS_KEPT.days,
        "root": list_root({"outcome": outcome, "q": name}),
    }
    return render(request, "kb/accounts/sign_ins.html", context)


@require_safe
@needs(SEE_ACTIVITY)
def changes(request: HttpRequest) -> HttpResponse:
    """What was done with accounts, groups and settings, under `/admin/` and elsewhere, the newest first.

    At `/accounts/activity/changes/`, for administrators.
    """
    page = page_of(request, _rows(), ROWS_PER_PAGE)
    context = {"page": page, "changes": list(_shown(page.object_list)), "days": ACTS_KEPT.days}
    return render(request, "kb/accounts/changes.html", context)


def _rows() -> Any:
    """The kind and number of each row, of both tables, by time."""
    kind = CharField()
    ours = Act.objects.order_by().annotate(at=F("happened_at"), kind=Value("act", kind))
    admins = LogEntry.objects.order_by().annotate(at=F("action_time"), kind=Value("entry", kind))
    return ours.values_list("at", "kind", "pk").union(admins.values_list("at", "kind", "pk"), all=True).order_by("-at")


def _shown(rows: Iterable[tuple[datetime, str, int]]) -> Iterable[Change]:
    listed = list(rows)
    acts = Act.objects.in_bulk([pk for _, kind, pk in listed if kind == "act"])
    entries = LogEntry.objects.select_related("user", "content_type").in_bulk(
        [pk for _, kind, pk in listed if kind == "entry"]
    )
    for at, kind, pk in listed:
        if kind == "act" and pk in acts:
            yield Change(at, acts[pk].by_name, acts[pk].what)
        elif kind == "entry" and pk in entries:
            entry = entries[pk]
            of = entry.content_type.name if entry.content_type else gettext("something")
            what = VERBS.get(entry.action_flag, VERBS[CHANGE]).format(kind=of, name=entry.object_repr)
            yield Change(at, entry.user.get_username(), what, entry.get_change_message())
