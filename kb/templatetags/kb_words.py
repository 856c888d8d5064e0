"""Words that pages put together, in the language of the reader; templates have these filters without loading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import get_language, gettext

if TYPE_CHECKING:
    from kb.models import ContactRevision, Revision

register = template.Library()


@register.filter
def who(revision: Revision | ContactRevision) -> str:
    """Who wrote a revision, to go on with in a sentence."""
    if revision.author_name:
        return revision.author_name
    return gettext("its file") if revision.from_file else gettext("somebody")


@register.filter
def lowered(label: object) -> str:
    """A label within a sentence: English puts it in small letters, other languages keep it, as German has to."""
    return str(label).lower() if (get_language() or "en").startswith("en") else str(label)
