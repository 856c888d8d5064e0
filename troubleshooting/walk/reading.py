"""The text of a guide that a walk shows to be read, as it was rendered when it was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.excerpts import Excerpt, excerpt
from kb.models import Guide

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Problem

NOTHING = Excerpt("", is_whole=False)


def text_of(reading: Problem, audiences: frozenset[str]) -> Excerpt:
    """The guide's text from the matching section on, or from its beginning. One query."""
    rows = Guide.objects.for_audiences(audiences).filter(slug=reading.guide.slug)
    html = rows.values_list("html", flat=True).first()
    return excerpt(html, reading.anchor, reading.guide.url) if html else NOTHING
