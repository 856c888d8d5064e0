"""What an editor writes of a contact in; the contact as readers see it, or the text that somebody else saved, out.

A contact has no drafts: it is saved and published at once, unless its text is not the one that the editor saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from kb import generation, library, readings, rows, trees
from kb.addresses import free_slug, readable_slug
from kb.content.document import ContactCard, ContentError
from kb.content.workers import read_contact_bounded
from kb.decisions import NotPossible
from kb.files import SourceFile
from kb.half_surveys import LibraryAlone
from kb.merging import in_endings_of
from kb.models import Contact
from kb.readings import Reader
from kb.revisions import storable
from kb.survey import is_contact

FOLDER = "contacts"
NO_NAME = "Write the contact's name in the lines between the two '---' at the top, such as 'name: Technical support'."
TAKEN = "A contact of this name was made at this very moment: look at it, or give another name."


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else saved the contact meanwhile; nothing was changed."""

    theirs: Contact


def read(contact: Contact | None, text: str) -> ContactCard:
    """What a text says of a contact, in bounded time; ContentError when it can't be read."""
    survey = LibraryAlone(_folder(contact))
    file = SourceFile(survey.folder, contact.source if contact else f"{FOLDER}/new.md", text.encode())
    return _read(survey, file)


def create(text: str) -> Contact:
    """A new contact; ContentError when its text can't be read."""
    text = in_endings_of(storable(text), "")
    folder = _folder(None)
    card = _read(LibraryAlone(folder), SourceFile(folder, f"{FOLDER}/new.md", text.encode()))
    taken = set(Contact.objects.values_list("slug", flat=True))
    there = {Path(source).stem for source in Contact.objects.values_list("source", flat=True)}
    slug = free_slug(f"{readable_slug(card.name)}.md", taken | there)
    source = f"{FOLDER}/{slug}.md"
    try:
        with generation.publication():
            return library.save_contact(
                card, slug=slug, folder=str(folder), source=source, data=text.encode(), from_file=False
            )
    except IntegrityError:
        raise NotPossible(TAKEN) from None


def change(contact: Contact, text: str, seen: str) -> Contact | Overtaken:
    """Save a contact whose text had the digest `seen` when it was opened, and render what links to it where need be.

    ContentError when the text can't be read.
    """
    text = in_endings_of(storable(text), contact.text)
    survey = LibraryAlone(_folder(contact))
    file = SourceFile(survey.folder, contact.source, text.encode())
    card = _read(survey, file)
    reader = Reader(survey)
    followers = survey.followers([], [(file, card)])
    reader.read(followers, followers, survey.for_staff([], [(file, card)]))
    followers = [plan for plan in followers if plan.document is not None]
    with generation.publication():
        with transaction.atomic():
            theirs = Contact.objects.select_for_update().get(pk=contact.pk)
            if theirs.digest not in {seen, rows.digest(text.encode())}:
                return Overtaken(theirs)
            kept = library.save_contact(
                card, slug=theirs.slug, folder=theirs.folder, source=theirs.source, data=file.data, from_file=False
            )
            reachable = trees.goals(survey, followers)
            guides = [readings.publish(plan, survey, reachable) for plan in followers]
        library.index(guides)
    return kept


def _folder(contact: Contact | None) -> Path:
    return Path(contact.folder) if contact and contact.folder else settings.CONTENT_DIR.resolve()


def _read(survey: LibraryAlone, file: SourceFile) -> ContactCard:
    if not is_contact(file):
        raise ContentError(NO_NAME)
    hidden = survey.for_staff([], [])
    addresses = {path: address for path, address in survey.addresses([]).items() if path not in hidden}
    return read_contact_bounded(file.data, file.source, addresses)
