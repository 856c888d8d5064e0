"""Saves what an editor writes of a contact, and publishes it at once, unless readers see another text by then.

A contact has no drafts: where somebody else saved another text meanwhile, the two are merged for the editor to see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from kb.content.document import ContactCard, ContentError
from kb.content.line_endings import in_endings_of
from kb.content.links import file_at
from kb.content.merging import Merge, merge
from kb.content.workers import read_contact_bounded
from kb.editorial.decisions import NotPossible
from kb.editorial.drafts import storable
from kb.library import contact_publishing, indexing, publication
from kb.library.contact_publishing import ContactChangedMeanwhile, ParsedContact
from kb.library.folders import carrying_out
from kb.library.folders.contact_plan import FOLDER, is_contact
from kb.library.folders.library_state import LibraryState
from kb.library.folders.reader import Reader
from kb.library.folders.source_files import SourceFile
from kb.models import Contact, ContactRevision, Guide
from kb.models.slugs import free_slug, readable_slug
from kb.rate_limits import crowding

NO_NAME = gettext_lazy(
    "Write the contact's name in the lines between the two '---' at the top, such as 'name: Technical support'."
)
TAKEN = gettext_lazy("A contact of this name was made at this very moment: look at it, or give another name.")


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Another text was saved meanwhile, and nothing was changed: `merge` is what becomes of both."""

    theirs: Contact
    merge: Merge


@dataclass(frozen=True, slots=True)
class Writing:
    """A text of a contact and who wrote it; `settles` is what the file said, if that is dealt with by it."""

    text: str
    author: User
    comment: str = ""
    settles: ContactRevision | None = None


def read(contact: Contact | None, text: str) -> ContactCard:
    """What a text says of a contact, in bounded time; ContentError when it can't be read."""
    library = LibraryState.of_folder(_folder(contact))
    file = SourceFile(library.folder, contact.source if contact else f"{FOLDER}/new.md", text.encode())
    return _read_contact(library, file)


def create(writing: Writing) -> Contact:
    """A new contact, and what links to it rendered again; ContentError when its text can't be read."""
    text = in_endings_of(storable(writing.text), "")
    card = _read_contact(
        LibraryState.of_folder(_folder(None)), SourceFile(_folder(None), f"{FOLDER}/new.md", text.encode())
    )
    taken = set(Contact.objects.values_list("slug", flat=True))
    stems = {Path(source).stem for source in Contact.objects.values_list("source", flat=True)}
    slug = free_slug(f"{readable_slug(card.name)}.md", taken | stems)
    new = Contact(slug=slug, folder=str(_folder(None)), source=f"{FOLDER}/{slug}.md")
    try:
        return _save(new, replace(writing, text=text), seen="")
    except (IntegrityError, ContactChangedMeanwhile):
        raise NotPossible(TAKEN) from None


def change(contact: Contact, writing: Writing, seen: str) -> Contact | Overtaken:
    """Save a contact whose text had the digest `seen` when it was opened, and render what links to it where need be.

    ContentError when the text can't be read.
    """
    text = in_endings_of(storable(writing.text), contact.text)
    try:
        return _save(contact, replace(writing, text=text), seen)
    except ContactChangedMeanwhile:
        theirs = Contact.objects.get(pk=contact.pk)
        base = theirs.revisions.filter(digest=seen).order_by("-number").first()
        return Overtaken(theirs, merge(base.text if base else "", theirs.text, text))


def bring_back(contact: Contact, by: User) -> Contact | Overtaken:
    """Show a retired contact to readers again, as it was."""
    return change(contact, Writing(contact.text, by), contact.digest)


def linking_to(contact: Contact) -> list[Guide]:
    """The published guides that link to a contact."""
    plans = LibraryState.of_folder(_folder(contact)).linking_to(contact.source)
    return [plan.guide for plan in plans if plan.guide]


def merged_with_file(revision: ContactRevision) -> Merge:
    """What the contact's file says (in review), and what readers see, made into one text."""
    base = revision.based_on.text if revision.based_on else ""
    return merge(base, revision.contact.text, revision.text)


def _save(contact: Contact, writing: Writing, seen: str) -> Contact:
    """Publish what was written, and the guides whose links to the contact come or go.

    ContactChangedMeanwhile when readers see another text than the one that was `seen`.
    """
    library = LibraryState.of_folder(Path(contact.folder))
    file = SourceFile(library.folder, contact.source, writing.text.encode())
    card = _read_contact(library, file)
    links = library.followers([], [(file, card)])
    if file.source not in set(library.contacts.shown()):
        library.contacts.known[file.source] = Contact(slug=contact.slug, source=file.source)
        links = library.linking_to(file.source)
    Reader(library).read(links, links, library.for_staff([], [(file, card)]))
    with publication.publication():
        with transaction.atomic():
            kept = contact_publishing.publish_contact(_parsed(contact, card, writing), seen)
            if writing.settles:
                contact_publishing.set_aside(writing.settles)
            guides = carrying_out.render_again(links, library)
        indexing.update_index(guides)
    return kept


def _parsed(contact: Contact, card: ContactCard, writing: Writing) -> ParsedContact:
    return ParsedContact(
        card=card,
        text=writing.text,
        folder=contact.folder,
        source=contact.source,
        slug=contact.slug,
        author=writing.author,
        comment=writing.comment,
    )


def _folder(contact: Contact | None) -> Path:
    return Path(contact.folder) if contact and contact.folder else settings.CONTENT_DIR.resolve()


def _read_contact(library: LibraryState, file: SourceFile) -> ContactCard:
    if not is_contact(file):
        raise ContentError(str(NO_NAME))
    hidden = library.for_staff([], []) | library.downloads().keys()
    found = library.addresses([]).items()
    addresses = {path: address for path, address in found if file_at(path, address) not in hidden}
    with crowding.place(crowding.Work.TEXT):
        return read_contact_bounded(file.data, file.source, addresses)
