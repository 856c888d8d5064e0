"""Publishes parsed contacts, keeps their texts, and notes what their files say.

Call what changes what readers see within `publication.publication()`. Nothing is ever published over a text that the
caller has not seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy, gettext_noop

from kb.content.document import ContactCard
from kb.content.front_matter import audience_in
from kb.content.wording import fit
from kb.library import publishing, revisions
from kb.library.publishing import ChangedMeanwhile
from kb.models import Contact, ContactRevision, EscalationLevel, Revision
from kb.models.audience import INSIDERS

State = Revision.State
NOBODY = gettext_lazy("There is no contact, so nobody is named to a reader whom no guide helps")
NAMES_ALONE = gettext_lazy("There is no contact, so readers are told whom the guides name, and no address")
TO_ADD_ONE = gettext_lazy(
    "add files to contacts/ (docs/writers.md says how), or write one in the studio, under Contacts"
)
FILE_CHANGED = gettext_noop("Its file changed while it was edited in the browser")


class ContactChangedMeanwhile(ChangedMeanwhile):
    """The contact says something else since one looked; nothing was changed."""


@dataclass(frozen=True, slots=True)
class ParsedContact:
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


def missing() -> str:
    """A sentence for those who can help it when there are no contacts, '' when there are some. 1 or 2 queries."""
    if Contact.objects.filter(retired=False).exists():
        return ""
    named = EscalationLevel.objects.for_audiences(INSIDERS).exists()
    return f"{NAMES_ALONE if named else NOBODY}: {TO_ADD_ONE}."


@transaction.atomic
def publish_contact(parsed: ParsedContact, seen: str | None = None) -> Contact:
    """Make a contact what a text says, as a new one or in place of what it said before; the old text is kept.

    `seen` is the digest of the text that one saw, '' of a contact that was not there: ContactChangedMeanwhile when
    readers see neither that one nor the same text by now.
    """
    contact = _at(parsed.folder, parsed.source)
    digest = revisions.digest(parsed.text.encode())
    if seen is not None and (contact.digest if contact else "") not in {seen, digest}:
        raise ContactChangedMeanwhile
    contact = contact or Contact(slug=parsed.slug)
    is_known = contact.pk is not None and contact.digest == digest
    _describe(contact, parsed, digest)
    if parsed.from_file:
        contact.loaded = digest
    contact.save()
    if not is_known:
        _record(contact, parsed.text, State.PUBLISHED, parsed.author, parsed.comment, from_file=parsed.from_file)
    if contact.loaded == digest:
        _withdraw(contact)
    return contact


def _at(folder: str, source: str) -> Contact | None:
    found: Contact | None = Contact.objects.select_for_update().filter(folder=folder, source=source).first()
    return found


def _describe(contact: Contact, parsed: ParsedContact, digest: str) -> None:
    card = parsed.card
    contact.folder, contact.source = parsed.folder, parsed.source
    contact.name, contact.role = fit(card.name, 200), fit(card.role, 300)
    contact.tier, contact.email, contact.url = card.tier, card.email, card.url
    contact.phone, contact.hours = fit(card.phone, 60), fit(card.hours, 200)
    contact.handles, contact.audience = list(card.handles), card.audience
    contact.text, contact.html, contact.digest = parsed.text, card.html, digest
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
        digest=revisions.digest(text.encode()),
        audience=audience_in(text),
        state=state,
        author=author,
        author_name=revisions.display_name(author),
        comment=fit(comment, 500),
        based_on=based_on,
        from_file=from_file,
    )


@transaction.atomic
def file_to_review(folder: str, source: str, text: str) -> ContactRevision | None:
    """Put what a contact's file says in review, in place of what it said earlier; None when it said so before."""
    contact, digest = _at(folder, source), revisions.digest(text.encode())
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
