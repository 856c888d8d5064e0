"""Compares the contacts of a folder with those that the library has from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from kb.content.document import ContentError
from kb.content.front_matter import split
from kb.content.reading import decode
from kb.library import publishing, revisions
from kb.library.folders import file_bases
from kb.library.folders.address_file import NO_ENTRY, AddressEntry
from kb.library.folders.source_files import SourceFile
from kb.models import Contact
from kb.models.slugs import free_slug

FOLDER = "contacts"
_SIGNS = {b"---": b":", b"+++": b"="}
_OTHER_HEADS = (b"{", b";;;", b"---json", b"---toml", b"---yaml", b"---yml")


def is_contact(file: SourceFile) -> bool:
    """Whether it is a file of a folder named contacts whose front matter gives a name."""
    in_contacts = PurePosixPath(file.source).parent.name.lower() == FOLDER
    data = file.data.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n")
    if in_contacts and data.lstrip().startswith(_OTHER_HEADS):
        return _is_named(data)
    sign = _SIGNS.get(data[:3])
    if not in_contacts or sign is None:
        return False
    head = data.split(b"\n" + data[:3], 1)[0]
    keys = (line.partition(sign)[0].rstrip() for line in head.split(b"\n") if sign in line)
    return b"name" in keys


def _is_named(data: bytes) -> bool:
    try:
        return "name" in split(decode(data)).fields
    except ContentError:
        return False


def is_guide(file: SourceFile) -> bool:
    """Whether it is anything but a contact."""
    return not is_contact(file)


@dataclass(slots=True)
class ContactPlan:
    """The contacts that the library has (`known`), by path below the folder, beside the `files` that are contacts.

    What was edited or retired in the browser since it was loaded is `edited`: its file is taken to say what is
    published. When it says something else in truth, it is `to_review`; when it says just that, `in_agreement`; when it
    says what was written in the browser since, `at_earlier_text`.
    """

    known: dict[str, Contact] = field(default_factory=dict)
    files: list[SourceFile] = field(default_factory=list)
    edited: set[str] = field(default_factory=set)
    in_agreement: list[Contact] = field(default_factory=list)
    at_earlier_text: list[tuple[Contact, str]] = field(default_factory=list)
    to_review: list[SourceFile] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    slugs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_folder(cls, folder: Path) -> ContactPlan:
        """What the library has, without the files."""
        contacts = Contact.objects.filter(folder=str(folder)).defer("html", "text")
        taken = set(Contact.objects.values_list("slug", flat=True))
        return cls({contact.source: contact for contact in contacts}, taken=taken)

    def unless_edited(self, file: SourceFile, is_text: Callable[[SourceFile], bool]) -> SourceFile:
        """The file; of a contact that was edited in the browser since it was loaded, what it says there."""
        known = self.known.get(file.source)
        if known is None or not (known.retired_at or known.loaded != known.digest):
            return file
        digest = revisions.digest(file.data)
        if digest == known.digest:
            self.in_agreement.append(known)
        elif digest != known.loaded and file_bases.contact_written_since(known, digest, known.loaded):
            self.at_earlier_text.append((known, digest))
        elif digest != known.loaded and not known.retired_at and file_bases.knows_what_contact_says(known, file.data):
            return file
        elif digest != known.loaded and is_text(file):
            self.to_review.append(file)
        self.edited.add(file.source)
        return SourceFile(file.folder, file.source, known.text.encode())

    def name_new(self, entries: Mapping[str, AddressEntry]) -> None:
        """Give each contact that is new here a slug that no other one has."""
        for file in self.files:
            if file.source not in self.known:
                address = entries.get(file.source, NO_ENTRY).address
                is_free = bool(address) and address not in self.taken
                self.slugs[file.source] = address if is_free else free_slug(file.source, self.taken)
                self.taken.add(self.slugs[file.source])

    def needs_reading(self, file: SourceFile) -> bool:
        """Whether the file is new, changed, back again, or was read by another version."""
        known = self.known.get(file.source)
        if self._stays_retired(file.source):
            return False
        return known is None or known.read_with != publishing.reader_version() or self.says_else(file)

    def says_else(self, file: SourceFile) -> bool:
        """Whether the file differs from what its contact says."""
        known = self.known.get(file.source)
        if known is None or self._stays_retired(file.source):
            return False
        return known.retired or known.digest != revisions.digest(file.data)

    def slug(self, source: str) -> str:
        """The slug of the contact at a path."""
        known = self.known.get(source)
        return known.slug if known else self.slugs.get(source) or free_slug(source, ())

    def shown(self) -> Iterator[str]:
        """The paths of all that readers see, or will after this load."""
        shown_now = {source for source, contact in self.known.items() if not contact.retired}
        returning = (file.source for file in self.files if not self._stays_retired(file.source))
        yield from {*shown_now, *returning}

    def _stays_retired(self, source: str) -> bool:
        known = self.known.get(source)
        return known is not None and known.retired_at is not None
