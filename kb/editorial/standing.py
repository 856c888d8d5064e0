"""Tells whether a text was made knowing what readers see of its guide by now; else what merging the two gives."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User

from kb.content.merging import merge
from kb.editorial.decisions import Conflict, Current, Outdated, Standing
from kb.models import Guide, Revision
from kb.models.ancestry import ancestors, common_ancestor


def standing_of(revision: Revision) -> Standing:
    """Whether the revision was made knowing what there is to know of its guide; else what merging the two gives."""
    guide = Guide.objects.select_related("revision", "loaded").get(pk=revision.guide_id)
    return against(revision, guide)


def against(revision: Revision, guide: Guide) -> Standing:
    """The same, of a guide with its `revision` and its `loaded` text.

    What there is to know is what readers see, or what the guide's file says and keeps from them.
    """
    current = guide.loaded if guide.is_withheld else guide.revision
    if current is None or current.pk in ancestors(revision):
        return Current(revision)
    return beside(revision, current, common_ancestor(revision, current))


def beside(revision: Revision, theirs: Revision, base: Revision | None) -> Outdated | Conflict:
    """What merging a revision with another one gives."""
    origin = base.text if base else ""
    merged = merge(origin, theirs.text, revision.text)
    if merged.clean:
        return Outdated(revision, base, theirs, merged.text)
    return Conflict(revision.text, theirs, origin, merged, revision)


def made_from(revision: Revision, reader: User | AnonymousUser) -> Revision | None:
    """The text that a revision was made from; None when there is none, or it is not for the reader."""
    if revision.based_on_id is None:
        return None
    found: Revision | None = Revision.objects.readable_by(reader).filter(pk=revision.based_on_id).first()
    return found
