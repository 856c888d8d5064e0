"""Keeps every text that a guide has had as a numbered revision of it."""

from __future__ import annotations

import hashlib

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from kb.content import staff_blocks
from kb.content.front_matter import audience_in
from kb.content.wording import fit
from kb.models import Guide, Revision
from kb.models.audience import STAFF
from kb.models.revisions import LONGEST_NAME


def digest(data: bytes) -> str:
    """The name of a text: two texts with the same digest are the same, byte for byte."""
    return hashlib.sha256(data).hexdigest()


def display_name(user: User | None) -> str:
    """How a person is named beside a text, also when their account is gone; '' for nobody."""
    return fit(user.get_full_name() or user.get_username(), LONGEST_NAME) if user else ""


def lock(guide: Guide) -> None:
    """Have the guide for this transaction alone; always before its revisions, so that no two wait for each other."""
    Guide.objects.select_for_update().only("pk").get(pk=guide.pk)


def readers_of(text: str) -> str:
    """Whom a whole text is for; one that seems to say something to staff only is theirs, until it is read."""
    return STAFF if staff_blocks.has_mark(text) else audience_in(text)


@transaction.atomic
def record(
    guide: Guide,
    text: str,
    state: Revision.State,
    author: User | None = None,
    comment: str = "",
    *,
    based_on: Revision | None = None,
    merges: Revision | None = None,
    from_file: bool = False,
    aside: bool = False,
) -> Revision:
    """Keep a text as a new revision of the guide; those who do so at once wait for each other."""
    lock(guide)
    newest = guide.revisions.order_by("-number").first()
    now = timezone.now()
    return Revision.objects.create(
        guide=guide,
        number=newest.number + 1 if newest else 1,
        text=text,
        digest=digest(text.encode()),
        audience=readers_of(text),
        state=state,
        author=author,
        author_name=display_name(author),
        comment=fit(comment, 500),
        based_on=based_on,
        merges=merges,
        from_file=from_file,
        aside=aside,
        saved=1,
        proposed_at=None if state == Revision.State.DRAFT else now,
        published_at=now if state == Revision.State.PUBLISHED else None,
    )
