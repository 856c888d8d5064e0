"""The list of handed-over walks: mine and everybody's, by state, contact, product and age, and by words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kb.models import Contact
from kb.models.references import read_reference
from kb.web.access import for_staff
from kb.web.paging import page_of
from kb.web.query_strings import chosen, list_root, typed, with_query
from troubleshooting.models import Handover
from troubleshooting.walk.links import Link

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from troubleshooting.models.handovers import HandoverQuerySet

PAGE_SIZE = 25
MOST_PRODUCTS = 300
STATES = {
    "new": gettext_lazy("New"),
    "taken": gettext_lazy("Taken over"),
    "closed": gettext_lazy("Closed"),
    "all": gettext_lazy("All"),
}
WHOSE = {"": gettext_lazy("Everybody's"), "mine": gettext_lazy("Mine")}
AGES = {
    "": gettext_lazy("Any age"),
    "day": gettext_lazy("From the last 24 hours"),
    "week": gettext_lazy("From the last 7 days"),
    "older": gettext_lazy("Over 7 days old"),
    "oldest": gettext_lazy("Over 30 days old"),
}
_SINCE = {"day": timedelta(days=1), "week": timedelta(days=7)}
_BEFORE = {"older": timedelta(days=7), "oldest": timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; '' for what it is not narrowed by."""

    q: str = ""
    whose: str = ""
    contact: str = ""
    product: str = ""
    age: str = ""

    def parameters(self) -> dict[str, object]:
        """What its addresses say."""
        return {
            "q": self.q,
            "whose": self.whose,
            "contact": self.contact,
            "product": self.product,
            "age": self.age,
        }

    def of(self, rows: HandoverQuerySet, user_id: int | None) -> HandoverQuerySet:
        """Those of the rows that fit."""
        if self.q:
            rows = rows.with_words(self.q)
        if self.whose:
            rows = rows.filter(taken_by=user_id)
        if self.contact:
            rows = rows.filter(contact__slug=self.contact)
        if self.product:
            rows = rows.about_product(self.product)
        if self.age in _SINCE:
            rows = rows.filter(created_at__gte=timezone.now() - _SINCE[self.age])
        elif self.age in _BEFORE:
            rows = rows.before(timezone.now() - _BEFORE[self.age])
        return rows


@require_safe
@for_staff("desk:list")
def handover_list(request: HttpRequest) -> HttpResponse:
    """The walks that were handed over, the newest first; a reference that is typed leads to its walk. 7 queries.

    At `/desk/hand-overs/`, for staff.
    """
    asked = typed(request, "reference")
    filters = _filters(request)
    if reference := read_reference(asked) or read_reference(filters.q):
        return redirect("desk:handover", reference)
    state = chosen(request, "state", STATES, "taken" if filters.whose else "new")
    rows = filters.of(Handover.objects.all(), request.user.pk)
    counts = rows.counted()
    counts["all"] = sum(counts.values())
    listed = (rows if state == "all" else rows.in_state(state)).select_related("contact", "taken_by", "closed_by")
    own = filters.parameters()
    context = {
        "page": page_of(request, listed.defer("transcript", "walk", "changed_walk", "guides"), PAGE_SIZE),
        "root": list_root(own | {"state": state}),
        "chosen": state,
        "states": [
            Link(str(name), with_query("", own | {"state": key}) or "?", str(counts[key]), key == state)
            for key, name in STATES.items()
        ],
        "filters": filters,
        "is_narrowed": any(own.values()),
        "whose": WHOSE,
        "ages": AGES,
        "contacts": Contact.objects.filter(handovers__isnull=False).distinct().values_list("slug", "name"),
        "products": _products(filters.product),
        "typed": asked,
    }
    return render(request, "troubleshooting/desk_list.html", context)


def _filters(request: HttpRequest) -> Filters:
    return Filters(
        q=typed(request, "q"),
        whose=chosen(request, "whose", WHOSE),
        contact=typed(request, "contact"),
        product=typed(request, "product"),
        age=chosen(request, "age", AGES),
    )


def _products(chosen_one: str) -> list[str]:
    """What the walks are about, to choose from; the one that is chosen is always there."""
    rows = Handover.objects.exclude(products="").order_by().values_list("products", flat=True).distinct()
    found = {name for row in rows[:MOST_PRODUCTS] for name in row.split("\n") if name}
    return sorted(found | ({chosen_one} if chosen_one else set()), key=str.casefold)
