"""The days that numbers are of, and whose, as an address says it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from kb.models.audience import EVERYONE, PUBLIC, STAFF

USUAL_DAYS = 30
DAYS = (7, USUAL_DAYS, 90)
MOST_DAYS = 366
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2999, 12, 31)
BOTH = "both"
WHO = {PUBLIC: gettext_lazy("Customers"), STAFF: gettext_lazy("Staff"), BOTH: gettext_lazy("Both")}
AUDIENCES = {PUBLIC: EVERYONE, STAFF: frozenset([STAFF]), BOTH: frozenset([PUBLIC, STAFF])}


@dataclass(frozen=True)
class Period:
    """Whole days by the site's time zone, the last one among them, and whose deeds are counted."""

    first: dt.date
    last: dt.date
    who: str = PUBLIC

    @property
    def audiences(self) -> frozenset[str]:
        """The audiences that did what is counted."""
        return AUDIENCES[self.who]

    @cached_property
    def begin(self) -> dt.datetime:
        """The first moment."""
        return timezone.make_aware(dt.datetime.combine(self.first, dt.time.min))

    @cached_property
    def end(self) -> dt.datetime:
        """The first moment that is not in it any more."""
        return timezone.make_aware(dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time.min))

    def days(self) -> Iterator[dt.date]:
        """Each day."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + dt.timedelta(days=number)

    def parameters(self) -> dict[str, object]:
        """What an address names it by."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat(), "who": self.who}


class PeriodForm(forms.Form):
    """From when to when; without either, the last `days`."""

    days = forms.TypedChoiceField(
        choices=[(number, str(number)) for number in DAYS],
        coerce=int,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose 7, 30 or 90 days, or give two dates.")},
    )
    to = forms.DateField(required=False, error_messages={"invalid": gettext_lazy("Give the last day as 2030-12-31.")})
    who = forms.ChoiceField(
        choices=list(WHO.items()),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose customers, staff, or both.")},
    )

    def __init__(self, given: Mapping[str, object]) -> None:
        super().__init__(given)
        # `from` is a word of Python, so it can't be an attribute.
        self.fields["from"] = forms.DateField(
            required=False, error_messages={"invalid": gettext("Give the first day as 2030-12-01.")}
        )

    def clean(self) -> dict[str, object]:
        """Two days in order, and not too many between them."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        for name, day in (("from", first), ("to", last)):
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, gettext("Give a day of this century or one soon after."))
                return cleaned
        if first and last and first > last:
            self.add_error("to", gettext("The last day lies before the first one: swap them."))
        elif first and (last or timezone.localdate()) - first >= dt.timedelta(days=MOST_DAYS):
            self.add_error(
                "from",
                gettext("That is more than {number} days: choose a later first day.").format(number=MOST_DAYS),
            )
        elif first and not last and first > timezone.localdate():
            self.add_error("from", gettext("The first day lies ahead: choose one that was."))
        return cleaned

    def period(self) -> Period:
        """What the form asks for, when it is valid."""
        given = self.cleaned_data
        last = given.get("to") or timezone.localdate()
        first = given.get("from") or last - dt.timedelta(days=(given.get("days") or USUAL_DAYS) - 1)
        return Period(first, last, given.get("who") or PUBLIC)


def usual(who: str = PUBLIC) -> Period:
    """The last USUAL_DAYS."""
    today = timezone.localdate()
    return Period(today - dt.timedelta(days=USUAL_DAYS - 1), today, who)
