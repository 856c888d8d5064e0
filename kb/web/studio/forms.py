"""Forms of reviewers and editors; the times in them are in the site's zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from kb.content.withheld import FIRST_YEAR, LAST_YEAR
from kb.models.slugs import LONGEST_SLUG, readable_slug

LONGEST_REMARK = 5_000
LONGEST_REASON = 500
MOMENT = "%Y-%m-%dT%H:%M"
PASSED = gettext_lazy("This time has passed: choose a later one, or leave it empty.")
CLOCKS_CHANGE = gettext_lazy(
    "The clocks of {zone} are changed at this hour, so this time does not come, or comes twice: choose an earlier or a "
    "later one."
)
NOT_A_TIME = gettext_lazy("This is no date and time: give one such as 2026-01-31 09:00, or leave it empty.")


class MomentField(forms.DateTimeField):
    """A date and a time in the site's zone, which may be left out; one that the clocks skip or repeat is none."""

    def __init__(self) -> None:
        super().__init__(required=False, error_messages={"invalid": NOT_A_TIME})

    def to_python(self, value: Any) -> datetime | None:
        """The moment that was typed."""
        try:
            found: datetime | None = super().to_python(value)
        except forms.ValidationError as error:
            if error.code == "ambiguous_timezone":
                raise forms.ValidationError(CLOCKS_CHANGE.format(zone=settings.TIME_ZONE)) from None
            raise
        except OverflowError:
            raise forms.ValidationError(NOT_A_TIME) from None
        if found and not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise forms.ValidationError(NOT_A_TIME)
        return found


class WordsField(forms.CharField):
    """Words of one or more lines, as long as the browser counts them: a form sends two characters for each new line."""

    def to_python(self, value: Any) -> str | None:
        """The words, each line ended by one character."""
        found: str | None = super().to_python(value)
        return found and found.replace("\r\n", "\n")


class RemarkForm(forms.Form):
    """Something to say that has to be said."""

    text = WordsField(
        max_length=LONGEST_REMARK, error_messages={"required": gettext_lazy("Write what you have to say.")}
    )


class LineCommentForm(RemarkForm):
    """Something to say of one line."""

    line = forms.IntegerField(min_value=1)


class ApprovalForm(forms.Form):
    """What an editor says on publishing, and when readers are to see it; empty is at once."""

    comment = WordsField(max_length=LONGEST_REMARK, required=False)
    publish_at = MomentField()

    def __init__(self, data: object = None, *, before: datetime | None = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        self.before = before

    def clean_publish_at(self) -> datetime | None:
        """A time to come; the one that was chosen before may have passed meanwhile."""
        moment: datetime | None = self.cleaned_data["publish_at"]
        if moment and self.before and moment == self.before.replace(second=0, microsecond=0):
            return self.before
        if moment and moment <= timezone.now():
            raise forms.ValidationError(PASSED)
        return moment


class ReasonForm(forms.Form):
    """Why a guide is taken away from readers."""

    comment = forms.CharField(
        max_length=LONGEST_REASON, error_messages={"required": gettext_lazy("Say why, for those who look.")}
    )


class AddressForm(forms.Form):
    """Another address for a guide."""

    slug = forms.CharField(max_length=LONGEST_SLUG, error_messages={"required": gettext_lazy("Write the new address.")})

    def clean_slug(self) -> str:
        """What was typed, as an address is written."""
        return readable_slug(self.cleaned_data["slug"].replace("\0", ""))


def typed_moment(moment: datetime | None) -> str:
    """A time as the field shows it."""
    return timezone.localtime(moment).strftime(MOMENT) if moment else ""
