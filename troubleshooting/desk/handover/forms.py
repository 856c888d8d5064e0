"""The forms by which staff work on handed-over walks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kb.web.studio.forms import WordsField
from troubleshooting.models.handovers import LONGEST_NOTE

NO_GUIDE = "none"


class NoteForm(forms.Form):
    """A note beside a walk."""

    text = WordsField(max_length=LONGEST_NOTE)


class CauseForm(forms.Form):
    """What it turned out to be: the id of a problem, or NO_GUIDE with a sentence; and how it was put right.

    `q` is what was typed to look for the problem; where no guide covers it, that is the sentence.
    """

    q = WordsField(max_length=LONGEST_NOTE, required=False)
    cause = forms.CharField(
        max_length=32,
        error_messages={
            "required": gettext_lazy("Choose what it turned out to be: a problem, or that no guide covers it.")
        },
    )
    sentence = WordsField(max_length=LONGEST_NOTE, required=False)
    fix = WordsField(max_length=LONGEST_NOTE, required=False)

    def clean(self) -> dict[str, str]:
        """A sentence is what writers have when no guide covers it."""
        cleaned = super().clean() or {}
        if cleaned.get("cause") == NO_GUIDE:
            cleaned["sentence"] = cleaned.get("sentence") or cleaned.get("q", "")
            if not cleaned["sentence"] and "q" not in self.errors:
                self.add_error("q", gettext("Say in a sentence what it was, for writers to write the guide."))
        return cleaned


class DuplicateForm(forms.Form):
    """The reference of the walk that it is the same as."""

    reference = forms.CharField(
        max_length=60, error_messages={"required": gettext_lazy("Give the reference of the other walk.")}
    )


class ReasonForm(forms.Form):
    """Why it is closed without a cause."""

    reason = WordsField(
        max_length=LONGEST_NOTE, error_messages={"required": gettext_lazy("Say why, for those who look at it later.")}
    )


class AssignForm(forms.Form):
    """Who is to have it, by name; nobody puts it back among the new ones."""

    to = forms.CharField(max_length=150, required=False)
