"""The one writer of contacts: texts that were read in, contacts and all the texts that they ever had out.

Call what changes what readers see within `generation.publication()`. Nothing is ever published over a text that the
caller has not seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from kb.content.document import ContactCard
from kb.content.front_matter import audience_in
from kb.library import publishing, structure_rows
from kb.library.publishing import MovedOn
from kb.library.structure_rows import fit
from kb.models import Contact, ContactRevision, Revision

State = Revision.State
FILE_CHANGED = "Its file changed while it was edited in the browser"


class ContactMovedOn(MovedOn):
    """The contact says something else since one looked; nothing was changed."""


@dataclass(frozen=True, slots=True)
class ContactArrival:
    """A contact to publish: what it was read into, and where it comes from.

    `from_file` says that the text is what the contact's file says; without it, the contact differs from its file from
    now on, or is rendered again.
    """

    card: ContactCard
    text: str
    folder: str
    source: str
    slug: str
    author: User | None = None
    comment: str = ""
    from_file: bool = False


@transaction.atomic
def publish(arrival: ContactArrival, seen: str | None = None) -> Contact:
    """Make a contact what a text says, as a new one or in place of what it said before; the old text is kept.

    `seen` is the digest of the text that one saw, '' of a contact that was not there: ContactMovedOn when readers see
    neither that one nor the same text by now.
    """
    contact = _at(arrival.folder, arrival.source)
    digest = structure_rows.digest(arrival.text.encode())
    if seen is not None and (contact.digest if contact else "") not in {seen, digest}:
        raise ContactMovedOn
    contact = contact or Contact(slug=arrival.slug)
    is_known = contact.pk is not None and contact.digest == digest
    _describe(contact, arrival, digest)
    if arrival.from_file:
        contact.loaded = digest
    contact.save()
    if not is_known:
        _record(contact, arrival.text, State.PUBLISHED, arrival.author, arrival.comment, from_file=arrival.from_file)
    if contact.loaded == digest:
        _withdraw(contact)
    return contact


def _at(folder: str, source: str) -> Contact | None:
    found: Contact | None = Contact.objects.select_for_update().filter(folder=folder, source=source).first()
    return found


def _describe(contact: Contact, arrival: ContactArrival, digest: str) -> None:
    card = arrival.card
    contact.folder, contact.source = arrival.folder, arrival.source
    contact.name, contact.role = fit(card.name, 200), fit(card.role, 300)
    contact.tier, contact.email, contact.url = card.tier, card.email, card.url
    contact.phone, contact.hours = fit(card.phone, 60), fit(card.hours, 200)
    contact.handles, contact.audience = list(card.handles), card.audience
    contact.text, contact.html, contact.digest = arrival.text, card.html, digest
    contact.read_with = publishing.reader_version()
    contact.retired, contact.retired_at, contact.retired_by_name = False, None, ""


def _record(
    contact: Contact,
    text: str,
    state: Revision.State,
    author: User | None = None,
    comment: str = "",
    *,
    from_file: bool,
    based_on: ContactRevision | None = None,
) -> ContactRevision:
    """Keep a text as the newest one; what is published takes the place of what was."""
    newest = contact.revisions.order_by("-number").first()
    if state == State.PUBLISHED:
        based_on = contact.revisions.filter(state=State.PUBLISHED).order_by("-number").first()
        contact.revisions.filter(state=State.PUBLISHED).update(state=State.SUPERSEDED)
    return ContactRevision.objects.create(
        contact=contact,
        number=newest.number + 1 if newest else 1,
        text=text,
        digest=structure_rows.digest(text.encode()),
        audience=audience_in(text),
        state=state,
        author=author,
        author_name=publishing.name_of(author),
        comment=fit(comment, 500),
        based_on=based_on,
        from_file=from_file,
    )


@transaction.atomic
def file_to_review(folder: str, source: str, text: str) -> ContactRevision | None:
    """Put what a contact's file says in review, in place of what it said earlier; None when it said so before."""
    contact, digest = _at(folder, source), structure_rows.digest(text.encode())
    if contact is None or contact.loaded == digest:
        return None
    based_on = contact.revisions.filter(digest=contact.loaded).order_by("-number").first()
    if based_on is not None and based_on.state == State.IN_REVIEW:  # nobody has put its lines into what readers see
        based_on = based_on.based_on
    _withdraw(contact)
    Contact.objects.filter(pk=contact.pk).update(loaded=digest)
    return _record(contact, text, State.IN_REVIEW, comment=FILE_CHANGED, from_file=True, based_on=based_on)


@transaction.atomic
def agree(contacts: Iterable[Contact]) -> None:
    """Remember that the files of contacts say what was written of them in the browser."""
    for contact in contacts:
        if Contact.objects.filter(pk=contact.pk, digest=contact.digest).update(loaded=contact.digest):
            _withdraw(contact)


def file_says(contact: Contact, digest: str) -> None:
    """Remember that the contact's file says a text of ours, unless it was loaded again since one looked."""
    Contact.objects.filter(pk=contact.pk, loaded=contact.loaded).update(loaded=digest, file_gone=False)


def files_are_gone(contacts: Iterable[Contact], *, gone: bool = True) -> None:
    """Remember of contacts whether their files are gone."""
    Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).update(file_gone=gone)


def waiting(contact: Contact) -> ContactRevision | None:
    """What the contact's file says besides what was written in the browser, until somebody has dealt with it."""
    found: ContactRevision | None = (
        contact.revisions.filter(state=State.IN_REVIEW).select_related("based_on").order_by("-number").first()
    )
    return found


def set_aside(revision: ContactRevision) -> None:
    """Say that what a file said is dealt with; its text stays in the history."""
    ContactRevision.objects.filter(pk=revision.pk, state=State.IN_REVIEW).update(state=State.SUPERSEDED)


def _withdraw(contact: Contact) -> None:
    contact.revisions.filter(state=State.IN_REVIEW).update(state=State.SUPERSEDED)


@transaction.atomic
def retire(contacts: Iterable[Contact], by: User | None = None) -> None:
    """Take contacts away from readers; their texts are kept.

    What a person (`by`) retires stays so when its file is loaded again; what only lost its file comes back with it.
    """
    Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).update(
        retired=True, retired_at=timezone.now() if by else None, retired_by_name=publishing.name_of(by)
    )
