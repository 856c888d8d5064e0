"""Words that pages put together, in the language of the reader; templates have these filters without loading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from kb.models import wording
from kb.web.page_cache import release

if TYPE_CHECKING:
    from kb.models import ContactRevision, Revision

register = template.Library()
# What `kb.content.explaining` calls the things that it found.
FOUND = (
    gettext_noop("Problem"),
    gettext_noop("Symptom"),
    gettext_noop("Cause"),
    gettext_noop("Way"),
    gettext_noop("Step"),
    gettext_noop("Code"),
    gettext_noop("Error code"),
    gettext_noop("Escalate when"),
    gettext_noop("Escalate to"),
    gettext_noop("Question"),
)


@register.simple_tag
def words_address(language: str) -> str:
    """The address of the script with the words of the other scripts; '' for English, which they have themselves."""
    return "" if language == "en" else reverse("kb:words", args=[language, release()])


@register.filter
def who(revision: Revision | ContactRevision) -> str:
    """Who wrote a revision, to go on with in a sentence."""
    if revision.author_name:
        return revision.author_name
    return gettext("its file") if revision.from_file else gettext("somebody")


register.filter("lowered", wording.lowered)
register.filter("spoken", wording.spoken)
register.filter("recorded", wording.recorded)
