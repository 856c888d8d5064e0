"""Takes what writers send about a row of the worklist: who works on it, that it is done, or why it is to stay away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from kb.content.numbers import whole_number
from kb.models import Guide, roles
from kb.web.access import needs, writer
from kb.web.request_kinds import posts_only
from troubleshooting.worklist import settling
from troubleshooting.worklist.forms import DismissForm
from troubleshooting.worklist.views import HIGHEST_PK, item_at, show_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from troubleshooting.models import WorklistItem

CLASH = gettext_lazy("Somebody changed this meanwhile. It is shown as it is now: look at it, then send it again.")
DONE = gettext_lazy("Done. Whether it helped is told here once more people have come by.")


@posts_only("worklist:item", "pk")
@needs(roles.PROPOSE)
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a writer work on it: `writer` is a number, `me`, or blank for nobody."""
    item = item_at(request, pk)
    asked = request.POST.get("writer", "")
    number = whole_number(asked, 1, HIGHEST_PK)
    person = writer(request) if asked == "me" else _writer_numbered(item, number)
    if asked and person is None:
        messages.error(request, gettext("Choose one of the writers: this one may not work on it."))
        return redirect(item)
    return _carry_out(request, item, lambda seen: settling.assign(item, person, seen))


@posts_only("worklist:item", "pk")
@needs(roles.PROPOSE)
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is done; `guide` is the number of the one that answers it."""
    item = item_at(request, pk)
    number = whole_number(request.POST.get("guide"), 1, HIGHEST_PK)
    answer = Guide.objects.visible_to(request.user).filter(pk=number).first() if number else None
    return _carry_out(request, item, lambda seen: settling.finish(item, writer(request), seen, answer), str(DONE))


@posts_only("worklist:item", "pk")
@needs(roles.PROPOSE)
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why nothing is to be done."""
    item = item_at(request, pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return show_item(request, item, form)
    reason = form.cleaned_data["reason"]
    return _carry_out(
        request, item, lambda seen: settling.dismiss(item, writer(request), reason, seen), gettext("Dismissed."), form
    )


@posts_only("worklist:item", "pk")
@needs(roles.PROPOSE)
def open_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it in the list once more."""
    item = item_at(request, pk)
    return _carry_out(request, item, lambda seen: settling.open_again(item, seen), gettext("Open again."))


def _writer_numbered(item: WorklistItem, number: int | None) -> User | None:
    return next((person for person in settling.writers_for(item) if person.pk == number), None)


def _carry_out(
    request: HttpRequest,
    item: WorklistItem,
    change: Callable[[str], None],
    said: str = "",
    form: DismissForm | None = None,
) -> HttpResponse:
    """Change a row as the page showed it; whoever comes second is told, and has what they typed."""
    try:
        change(request.POST.get("seen", ""))
    except settling.ChangedMeanwhile:
        return show_item(request, item_at(request, item.pk), form or DismissForm(), str(CLASH))
    if said:
        messages.success(request, said)
    is_list = request.POST.get("back") == "list"
    return redirect("worklist:list") if is_list else redirect(item)
