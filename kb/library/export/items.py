"""Lists all that an export writes into a folder or removes from it, and what may become of the file that lies there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from django.db.models import Q, QuerySet

from kb.config.kept_files import KeptFile
from kb.library import revisions, synonyms
from kb.library.attachments import store as attachments
from kb.library.folders import address_file, file_bases, known_addresses
from kb.library.folders.address_file import FILE_NAME, AddressEntry
from kb.library.folders.file_drafts import WITHHELD
from kb.library.images import store
from kb.models import Attachment, Contact, CopiedFile, Guide, Image, Revision, SideFile
from kb.search.text.synonyms import FILE_NAME as SYNONYMS

Owner: TypeAlias = Guide | Contact | Image | Attachment | SideFile | None
NOT_YET = (Revision.State.DRAFT, Revision.State.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Item:
    """One file: what it is to say (None: it is to go), and what it said last as far as the library knows (`base`).

    The `base` is a digest, '' when it is known of no file. `is_expected` says that the file should be there; `is_copy`
    that it is in a folder that the library was not loaded from.
    """

    source: str
    content: bytes | KeptFile | None
    owner: Owner
    base: str = ""
    is_expected: bool = False
    is_copy: bool = False

    def data(self) -> bytes | None:
        """What the file is to say."""
        return self.content.read_bytes() if isinstance(self.content, KeptFile) else self.content


class Verdict(Enum):
    """What may become of a file that an export is about."""

    SAME = auto()  # it says so already
    FREE = auto()  # it may be written, or removed
    WAITING = auto()  # what it says waits in review
    DELETED = auto()  # somebody took it away
    UNKNOWN = auto()  # it says what was never loaded


def items_of(folder: str, place: Path, entries: Mapping[str, AddressEntry], *, prune: bool) -> list[Item]:
    """All that is published of a folder, and the drafts of its files, as files of `place`.

    With `prune`, what was retired as files to go.
    """
    target_folder = str(place.resolve())
    is_copy = target_folder != folder
    copied = dict(CopiedFile.objects.filter(folder=target_folder).values_list("source", "digest")) if is_copy else {}
    found = list(_published(folder, entries))
    taken = {item.source for item in found}
    file = SideFile.objects.filter(folder=folder, source=FILE_NAME).first()
    # The file of addresses is to go when there is nothing to say in it.
    no_addresses = Item(FILE_NAME, None, file, revisions.digest(bytes(file.data)) if file else "")
    found += (item for item in (*_retired(folder, prune=prune), no_addresses) if item.source not in taken)
    if not is_copy:
        return found
    return [
        Item(item.source, item.content, item.owner, base := copied.get(item.source, ""), bool(base), is_copy)
        for item in found
    ]


def _published(folder: str, entries: Mapping[str, AddressEntry]) -> Iterator[Item]:
    for guide in (
        _guides(folder, Q(state=Guide.State.PUBLISHED)).exclude(revision=None).select_related("revision", "loaded")
    ):
        yield _guide_item(guide, guide.revision.text.encode() if guide.revision else None)
    for guide in _guides(folder, WITHHELD).select_related("revision", "loaded"):
        yield _guide_item(guide, guide.loaded.text.encode() if guide.loaded else None)
    for contact in Contact.objects.filter(folder=folder, retired=False).defer("html"):
        yield _contact_item(contact, contact.text.encode())
    side = {file.source: file for file in SideFile.objects.filter(folder=folder)}
    addresses = known_addresses.as_file(folder, entries)
    made = {FILE_NAME: addresses}
    if _has_synonyms(folder):
        file = side.get(SYNONYMS)
        made[SYNONYMS] = synonyms.as_file(bytes(file.data) if file else None)
    for source, file in side.items():
        content = made.get(source, bytes(file.data)) if source != FILE_NAME else addresses
        if content is not None:
            yield Item(source, content, file, revisions.digest(bytes(file.data)), is_expected=source != FILE_NAME)
    for source, content in made.items():
        if content is not None and source not in side:
            yield Item(source, content, None)
    yield from _files(folder)


def _files(folder: str) -> Iterator[Item]:
    for image in Image.objects.filter(folder=folder):
        path = store.file_of(image.digest, image.ending)
        yield Item(image.source, path, image, image.loaded, is_expected=bool(image.loaded))
    for each in Attachment.objects.filter(folder=folder):
        yield Item(each.source, attachments.file_of(each.digest), each, each.digest, is_expected=True)


def _has_synonyms(folder: str) -> bool:
    """Whether search goes by the synonyms of a folder, so that those added in the browser belong to it."""
    return Path(folder) == Path(settings.CONTENT_DIR).resolve()


def _guides(folder: str, which: Q) -> QuerySet[Guide]:
    rows = Guide.objects.filter(which, folder=folder).defer("html", "findings", "finding_parts", "questions")
    return rows.order_by("source")


def _guide_item(guide: Guide, content: bytes | None) -> Item:
    base = guide.loaded.digest if guide.loaded else ""
    return Item(guide.source, content, guide, base, is_expected=bool(base) and not guide.file_gone)


def _contact_item(contact: Contact, content: bytes | None) -> Item:
    expected = bool(contact.loaded) and not contact.file_gone
    return Item(contact.source, content, contact, contact.loaded, is_expected=expected)


def _retired(folder: str, *, prune: bool) -> Iterator[Item]:
    """The files of what was retired."""
    if prune:
        retired = _guides(folder, Q(state=Guide.State.RETIRED)).exclude(WITHHELD).exclude(source="")
        for guide in retired.select_related("revision", "loaded"):
            yield _guide_item(guide, None)
        for contact in Contact.objects.filter(folder=folder, retired=True).exclude(source=""):
            yield _contact_item(contact, None)


def verdict_on(item: Item, current: bytes | None, *, is_empty: bool) -> Verdict:
    """What may become of a file that says `current` (None: it is not there) in a folder that may be empty."""
    if current == item.data():
        return Verdict.SAME
    if current is None:
        return Verdict.DELETED if item.is_expected and not is_empty else Verdict.FREE
    digest = revisions.digest(current)
    if isinstance(item.owner, Guide | Contact) and file_bases.waits_in_review(item.owner, digest):
        return Verdict.WAITING
    return Verdict.FREE if digest == item.base or _is_ours(item, current, digest) else Verdict.UNKNOWN


def _is_ours(item: Item, current: bytes, digest: str) -> bool:
    """Whether an export of ours wrote a file and could not note it; where nothing is noted of a copy, ever wrote it."""
    owner, is_new_copy = item.owner, item.is_copy and not item.base
    if isinstance(owner, Guide):
        if is_new_copy:
            return owner.revisions.filter(digest=digest).exclude(state__in=NOT_YET).exists()
        last = owner.revisions.filter(digest=item.base).order_by("-number").first()
        return file_bases.written_since(owner, digest, last.number if last else 0) is not None
    if isinstance(owner, Contact):
        if is_new_copy:
            return owner.revisions.filter(digest=digest).exclude(state__in=NOT_YET).exists()
        return file_bases.contact_written_since(owner, digest, item.base) is not None
    if item.source == FILE_NAME:
        return is_new_copy and address_file.is_readable(current)
    is_kept = (isinstance(owner, Image) and store.has(digest)) or (
        isinstance(owner, Attachment) and attachments.file_of(digest).exists()
    )
    return is_new_copy and is_kept
