"""The texts that a guide had: which there are, what each was made from, and proposing an old one again."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User

from kb.editorial.decisions import NotPossible
from kb.library import revisions
from kb.models import Guide, Revision

State = Revision.State


def revisions_of(guide: Guide) -> list[Revision]:
    """The texts that were proposed or published, the newest first, without the texts themselves."""
    return list(
        guide.revisions.exclude(state=State.DRAFT)
        .select_related("author", "based_on")
        .defer("text", "based_on__text")
        .order_by("-number")
    )


def made_from(revision: Revision, reader: User | AnonymousUser) -> Revision | None:
    """The text that a revision was made from; None when there is none, or it is not for the reader."""
    if revision.based_on_id is None:
        return None
    found: Revision | None = Revision.objects.readable_by(reader).filter(pk=revision.based_on_id).first()
    return found


def restore(guide: Guide, old: Revision, by: User, seen: Revision | None = None) -> Revision:
    """Propose a former text of the guide again, as a new revision of what readers see now, or of what was `seen`."""
    current = Revision.objects.filter(published_as=guide.pk).first()
    if current and current.digest == old.digest and guide.state == Guide.State.PUBLISHED:
        raise NotPossible("Readers see this very text already: there is nothing to restore.")
    comment = f"Restores revision {old.number}"
    return revisions.record(guide, old.text, State.IN_REVIEW, by, comment, based_on=seen or current)
