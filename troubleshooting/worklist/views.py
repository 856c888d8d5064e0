"""The pages of the worklist: what to write or mend next, one row with all that is known of it, and synonyms to try."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Max
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from kb.models import Guide, SectionFlag, SectionVote, roles
from kb.models.audience import STAFF, audiences_for, may_see
from kb.search import configured
from kb.search.text.query import parse
from kb.web.access import needs, writer
from kb.web.errors import NothingHere
from kb.web.paging import page_of
from kb.web.query_strings import chosen, list_root, with_query
from kb.web.request_kinds import posts_only
from troubleshooting.models import Handover, WorklistItem
from troubleshooting.worklist import refresh as refreshing
from troubleshooting.worklist import settling
from troubleshooting.worklist.forms import DismissForm
from troubleshooting.worklist.gaps import HALF_LIFE, MEASURE, WINDOW
from troubleshooting.worklist.wording import new_guide, rows_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 25
MOST_SHOWN = 20
MOST_SENTENCES = 10
MOST_ANSWERS = 8
HIGHEST_PK = 2**62
BETWEEN_COUNTS = timedelta(seconds=20)
CLASH = gettext_lazy("Somebody changed this meanwhile. It is shown as it is now: look at it, then send it again.")

State = WorklistItem.State


@require_safe
@needs(roles.PROPOSE)
def worklist(request: HttpRequest) -> HttpResponse:
    """What to write or mend next, the most harmful first; `?kind=`, `?state=` and `?mine=1` narrow it. 9 queries.

    At `/write/worklist/`, for writers.
    """
    kind = chosen(request, "kind", WorklistItem.Kind.values)
    state = chosen(request, "state", State.values, State.OPEN)
    is_mine = request.GET.get("mine") == "1"
    asked = {"state": "" if state == State.OPEN else state, "mine": "1" if is_mine else ""}
    items = WorklistItem.objects.visible_to(request.user).listed(state)
    items = items.filter(assignee=writer(request)) if is_mine else items
    counts = items.counted_by_kind()
    items = items.filter(kind=kind) if kind else items
    order = ("-harm", "-last_seen", "pk") if state == State.OPEN else ("-done_at", "pk")
    page = page_of(request, items.select_related("guide", "assignee", "done_by").order_by(*order), PER_PAGE)
    context = {
        "here": "worklist",
        "page": page,
        "rows": rows_of(page.object_list),
        "states": [(key, name, _in_state(key, asked | {"kind": kind})) for key, name in State.choices],
        "kinds": _kinds(counts, kind, asked),
        "state": state,
        "is_mine": is_mine,
        "other": with_query("", asked | {"mine": "" if is_mine else "1", "kind": kind}) or "?",
        "root": list_root(asked | {"kind": kind}),
        "sees_staff": may_see(request.user, STAFF),
        "counted_at": WorklistItem.objects.aggregate(newest=Max("counted_at"))["newest"],
        "measure": MEASURE,
        "window": WINDOW.days,
        "half_life": HALF_LIFE.days,
    }
    return render(request, "troubleshooting/worklist/list.html", context)


@posts_only("worklist:list")
@needs(roles.PROPOSE)
def count_anew(request: HttpRequest) -> HttpResponse:
    """Count now what is counted each hour otherwise; what was counted this very moment is new enough.

    POST to `/write/worklist/refresh/`, for writers.
    """
    newest = WorklistItem.objects.aggregate(newest=Max("counted_at"))["newest"]
    if newest is None or timezone.now() - newest > BETWEEN_COUNTS:
        refreshing.refresh()
        messages.success(request, gettext("Counted anew."))
    else:
        messages.info(request, gettext("It was counted a moment ago."))
    return redirect("worklist:list")


@require_safe
@needs(roles.PROPOSE)
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One row: what people said and did, who waits, and what can be done about it.

    At `/write/worklist/<number>/`, for writers.
    """
    return show_item(request, item_at(request, pk))


def item_at(request: HttpRequest, pk: int) -> WorklistItem:
    """The row of a number that a writer may see."""
    rows = WorklistItem.objects.visible_to(request.user).select_related("guide", "assignee", "done_by")
    item: WorklistItem | None = rows.filter(pk=pk).first() if pk <= HIGHEST_PK else None
    if item is None:
        raise NothingHere(
            gettext("There is nothing of this number on the worklist. It may be over, or not for you to see.")
        )
    return item


def show_item(
    request: HttpRequest, item: WorklistItem, form: DismissForm | None = None, clash: str = ""
) -> HttpResponse:
    """The page of a row; with a form that was sent and can't be taken, or was overtaken by somebody else (`clash`)."""
    sees_staff = may_see(request.user, STAFF)
    context: dict[str, Any] = {
        "here": "worklist",
        "item": item,
        "row": rows_of([item])[0],
        "seen": settling.standing(item),
        "form": form or DismissForm(),
        "clash": clash,
        "writers": settling.writers_for(item),
        "waiting": _waiting(item) if sees_staff else [],
        "sees_staff": sees_staff,
        "new_guide": new_guide(item) if item.is_missing else "",
        "answers": _answers(request, item) if item.is_missing and item.state == State.OPEN else [],
        "votes": _votes(item, request) if item.kind == WorklistItem.Kind.VOTES else [],
        "flags": _flags(item) if item.kind == WorklistItem.Kind.FLAG else [],
    }
    return render(
        request,
        "troubleshooting/worklist/item.html",
        context,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form is not None else 200,
    )


def _in_state(state: str, asked: dict[str, str]) -> str:
    return with_query("", asked | {"state": "" if state == State.OPEN else state}) or "?"


def _waiting(item: WorklistItem) -> list[Handover]:
    """The hand-overs that wait on it and are still open."""
    rows = Handover.objects.filter(reference__in=item.waiting, closed_at=None).order_by("created_at")
    return list(rows.only("reference", "subject", "created_at")[:MOST_SHOWN]) if item.waiting else []


def _votes(item: WorklistItem, request: HttpRequest) -> list[SectionVote]:
    """What readers of the text that is shown now wrote beside their votes."""
    rows = SectionVote.objects.visible_to(request.user).filter(
        guide=item.guide_id, section=item.section, helped=False, revision__published_as=item.guide_id
    )
    return list(rows.exclude(sentence="").order_by("-voted_at")[:MOST_SENTENCES])


def _answers(request: HttpRequest, item: WorklistItem) -> list[tuple[Guide, bool]]:
    """The guides that may answer it by now, as a search finds them; the first that was written since is chosen."""
    hits = configured.engine().search(parse(item.title), audiences_for(request.user), limit=MOST_ANSWERS).items
    guides = Guide.objects.visible_to(request.user).in_bulk([hit.slug for hit in hits], field_name="slug")
    found = [guides[hit.slug] for hit in hits if hit.slug in guides]
    written = next((guide for guide in found if guide.created_at >= item.first_seen), None)
    best = item.guide or written
    return [(guide, guide == best) for guide in found]


def _flags(item: WorklistItem) -> list[SectionFlag]:
    rows = SectionFlag.objects.open().filter(guide=item.guide_id, section=item.section)
    return list(rows.select_related("flagged_by")[:MOST_SHOWN])


def _kinds(counts: dict[str, int], kind: str, asked: dict[str, str]) -> list[tuple[str, int, str, bool]]:
    """(name, how many, address, whether it is chosen) of each kind that there is, and of all."""
    found = [(gettext("All"), sum(counts.values()), with_query("", asked) or "?", not kind)]
    for key, name in WorklistItem.Kind.choices:
        if counts.get(key) or key == kind:
            found.append((str(name), counts.get(key, 0), with_query("", asked | {"kind": key}), key == kind))
    return found
