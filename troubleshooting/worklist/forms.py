"""What writers send from the worklist."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from kb.models.synonyms import LONGEST_SYNONYMS
from troubleshooting.models.worklist import LONGEST_REASON


class DismissForm(forms.Form):
    """Why nothing is to be done."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={
            "required": gettext_lazy("Say in a sentence why nothing is to be done, for those who come across it later.")
        },
    )


class SynonymForm(forms.Form):
    """Words that mean the same."""

    words = forms.CharField(
        max_length=LONGEST_SYNONYMS,
        error_messages={
            "required": gettext_lazy("Give two words or more that mean the same, with commas between them.")
        },
    )
