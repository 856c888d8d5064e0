"""Finds the section of a text that somebody votes on or flags, if they may read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.models import Guide, Section
from kb.models.named_sections import keys_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True, slots=True)
class Place:
    """A section (by its `key`; '' is the whole guide) as it stands now; `revision` is the number of the one read."""

    guide: Guide
    key: str
    title: str
    anchor: str
    revision: int

    @property
    def url(self) -> str:
        """The address of the section."""
        return self.guide.get_absolute_url() + (f"#{self.anchor}" if self.anchor else "")


def place(user: AbstractBaseUser | AnonymousUser, slug: str, section: str, revision: int | None) -> Place | None:
    """The section that a form names by its key or an anchor; None when there is no such thing for this reader.

    Without the number of a revision, the published one is meant. Four queries at most.
    """
    guides = Guide.objects.visible_to(user).filter(slug=slug).select_related("revision")
    guide: Guide | None = guides.only("slug", "title", "audience", "revision__number").first()
    if guide is None:
        return None
    key = keys_of([(guide.pk, section)]).get((guide.pk, section))
    if key is None:
        return None
    title, anchor = guide.title, ""
    if key:
        rows = Section.objects.filter(guide=guide, key=key).values_list("title", "anchor")
        title, anchor = rows.first() or (title, "")
    return Place(guide, key, title, anchor, revision or (guide.revision.number if guide.revision else 0))
