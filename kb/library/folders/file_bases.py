"""Tells which text a changed file was made from, and so whether it is published at once or goes to review.

It is the revision that the file said last, as it was loaded or as an export wrote it. A file that was made knowing what
readers see is published at once.
"""

from __future__ import annotations

from kb.content.merging import merge
from kb.models import Contact, ContactRevision, Guide, Revision, ancestry

State = Revision.State


def written_since(guide: Guide, digest: str, after: int) -> Revision | None:
    """The revision of this text that readers saw after revision number `after`.

    A file that says so was written by an export that was killed before it could note that, or in another checkout.
    """
    found = guide.revisions.filter(digest=digest, number__gt=after).exclude(published_at=None)
    return found.order_by("-number").first()


def knows_what_is_published(guide: Guide, data: bytes) -> bool:
    """Whether a changed file of the guide has all that was changed in the browser since it was loaded."""
    if guide.revision_id == guide.loaded_id:
        return True
    if guide.loaded is None or guide.revision is None:
        return False
    bases = {guide.loaded, ancestry.common_ancestor(guide.loaded, guide.revision)}
    return any(_has_all(base.text, guide.revision.text, data) for base in bases if base)


def contact_written_since(contact: Contact, digest: str, base: str) -> ContactRevision | None:
    """As `written_since`, of a contact and after what had the digest `base`."""
    after = contact.revisions.filter(digest=base).order_by("-number").first()
    found: ContactRevision | None = contact.revisions.filter(
        digest=digest, from_file=False, number__gt=after.number if after else 0
    ).first()
    return found


def knows_what_contact_says(contact: Contact, data: bytes) -> bool:
    """As `knows_what_is_published`, of a contact."""
    loaded = contact.revisions.filter(digest=contact.loaded).select_related("based_on").order_by("-number").first()
    bases = {loaded, loaded.based_on} if loaded else set()
    return any(_has_all(base.text, contact.text, data) for base in bases if base)


def _has_all(base: str, published: str, data: bytes) -> bool:
    """Whether merging what was published since `base` into a text that was made from it changes nothing there."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    merged = merge(base, published, text)
    return merged.clean and merged.text == text


def waits_in_review(owner: Guide | Contact, digest: str) -> bool:
    """Whether what a file says waits for an editor, as it is or as somebody edited it."""
    if isinstance(owner, Contact):
        return owner.revisions.filter(digest=digest, state=State.IN_REVIEW).exists()
    waiting = owner.revisions.filter(state=State.IN_REVIEW)
    return waiting.filter(digest=digest, from_file=True).exists() or _is_taken_up(owner, digest)


def _is_taken_up(guide: Guide, digest: str) -> bool:
    """Whether a text in review was made from what the file says, and what readers see was not."""
    loaded = guide.loaded
    if loaded is None or loaded.digest != digest or loaded.published_at is not None:
        return False
    if guide.revision and loaded.pk in ancestry.ancestors(guide.revision):
        return False
    waiting = guide.revisions.filter(state=State.IN_REVIEW)
    return any(loaded.pk in ancestry.ancestors(revision) for revision in waiting)
