"""Notes what the files of guides say, where they lie, and whether they are still there."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from kb.library import revisions
from kb.library.addresses import keep_addresses
from kb.models import Attachment, Contact, CopiedFile, Guide, Image, Revision, SideFile


@transaction.atomic
def file_to_review(guide: Guide, text: str) -> Revision | None:
    """Put what a guide's file says in review, in place of what it said earlier; None when it said so before."""
    guide = Guide.objects.select_for_update(of=("self",)).select_related("loaded").get(pk=guide.pk)
    if guide.loaded and guide.loaded.digest == revisions.digest(text.encode()):
        return None
    withdraw_file(guide)
    state, comment = Revision.State.IN_REVIEW, gettext_noop("Its file changed while it was edited in the browser")
    revision = revisions.record(guide, text, state, comment=comment, based_on=guide.loaded, from_file=True)
    Guide.objects.filter(pk=guide.pk).update(loaded=revision)
    return revision


@transaction.atomic
def file_says_the_same(guide: Guide) -> None:
    """Remember that the guide's file says what readers see."""
    if Guide.objects.filter(pk=guide.pk, revision=guide.revision).update(loaded=F("revision"), file_gone=False):
        withdraw_file(guide)


def file_says(guide: Guide, revision: Revision) -> None:
    """Remember that the guide's file says an earlier text, unless it was loaded again since one looked.

    What waits in review because of that file stays there.
    """
    known = Guide.objects.filter(pk=guide.pk, loaded=guide.loaded_id)
    known.update(loaded=revision, file_gone=False)


def files_are_gone(guides: Iterable[Guide], *, gone: bool = True) -> None:
    """Remember of guides whether their files are gone, so that nobody waits for a file, or misses it twice."""
    Guide.objects.filter(pk__in=[guide.pk for guide in guides]).update(file_gone=gone)


@transaction.atomic
def move_file(guide: Guide, source: str) -> None:
    """Remember the new path of the file of a retired guide, which stays retired."""
    Guide.objects.filter(pk=guide.pk).update(source=source)
    keep_addresses(guide, {guide.source})


def withdraw_file(guide: Guide) -> None:
    """Let what the guide's file said earlier, and readers never saw, be history."""
    unseen = Q(state=Revision.State.IN_REVIEW) | Q(state=Revision.State.DRAFT, author=None)
    waiting = guide.revisions.filter(unseen, from_file=True)
    waiting.update(state=Revision.State.SUPERSEDED, changed_at=timezone.now())


@transaction.atomic
def move_folder(old: str, new: str) -> None:
    """Say that what was loaded from one folder, and what was written beside it, is found in another one now.

    Where exports wrote to that one, its files say what they wrote.
    """
    for model in (Guide, Contact, Image, Attachment, SideFile):
        already_there = model._default_manager.filter(folder=new)  # noqa: SLF001 - Django's name for it
        taken_sources = set(already_there.values_list("source", flat=True))
        model._default_manager.filter(folder=old).exclude(source__in=taken_sources).update(folder=new)  # noqa: SLF001
    copies = CopiedFile.objects.filter(folder=new)
    for source, digest in copies.values_list("source", "digest"):
        seen = Revision.objects.filter(guide__folder=new, guide__source=source, digest=digest)
        revision = seen.exclude(published_at=None).order_by("-number").first()
        if revision is not None:
            Guide.objects.filter(pk=revision.guide_id).update(loaded=revision, file_gone=False)
        Contact.objects.filter(folder=new, source=source, revisions__digest=digest).update(loaded=digest)
        Image.objects.filter(folder=new, source=source, digest=digest).update(loaded=digest, uploaded_by=None)
    copies.delete()
