"""What reviewers and editors type into the studio's forms in, checked values out; dates are in the site's zone."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils import timezone

from kb.addresses import LONGEST_SLUG, readable_slug

LONGEST_REMARK = 5_000
LONGEST_REASON = 500
MOMENT = "%Y-%m-%dT%H:%M"
PASSED = "This time has passed: choose a later one, or leave it empty to publish at once."
NOT_A_TIME = "This is no date and time: write it like 2030-12-31T08:00, or leave it empty."


class MomentField(forms.DateTimeField):
    """A date and a time in the site's zone, which may be left out."""

    def __init__(self) -> None:
        super().__init__(required=False, error_messages={"invalid": NOT_A_TIME})


class RemarkForm(forms.Form):
    """Something to say that has to be said."""

    text = forms.CharField(max_length=LONGEST_REMARK, error_messages={"required": "Write what you have to say."})


class LineCommentForm(RemarkForm):
    """Something to say of one line."""

    line = forms.IntegerField(min_value=1)


class ApprovalForm(forms.Form):
    """What an editor says on publishing, and when readers are to see it; empty is at once."""

    comment = forms.CharField(max_length=LONGEST_REMARK, required=False)
    publish_at = MomentField()

    def __init__(self, data: object = None, *, known: datetime | None = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        self.known = known

    def clean_publish_at(self) -> datetime | None:
        """A time to come; the one that was chosen before may have passed meanwhile."""
        moment: datetime | None = self.cleaned_data["publish_at"]
        if moment and self.known and moment == self.known.replace(second=0, microsecond=0):
            return self.known
        if moment and moment <= timezone.now():
            raise forms.ValidationError(PASSED)
        return moment


class ReasonForm(forms.Form):
    """Why a guide is taken away from readers."""

    comment = forms.CharField(max_length=LONGEST_REASON, error_messages={"required": "Say why, for those who look."})


class AddressForm(forms.Form):
    """Another address for a guide."""

    slug = forms.CharField(max_length=LONGEST_SLUG, error_messages={"required": "Write the new address."})

    def clean_slug(self) -> str:
        """What was typed, as an address is written."""
        return readable_slug(self.cleaned_data["slug"].replace("\0", ""))


def typed_moment(moment: datetime | None) -> str:
    """A time as the field shows it."""
    return timezone.localtime(moment).strftime(MOMENT) if moment else ""
