"""Writes what customers may read as a folder of files, to be handed on: nothing for staff is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.config.files import replace_file
from kb.config.kept_files import KeptFile
from kb.content.foreign.comments import without_hidden
from kb.library.attachments import store as attachments
from kb.library.export.export import ExportError, ExportReport, inside, places_below
from kb.library.folders import address_file, known_addresses
from kb.library.folders.address_file import FILE_NAME, AddressEntry
from kb.library.images import store
from kb.models import Attachment, Contact, Guide, Image
from kb.models.audience import EVERYONE, PUBLIC

NOT_EMPTY = "{} is not empty: give an empty folder for what customers may read. Nothing was written."


def export_public(target: Path) -> ExportReport:
    """Write the guides and contacts for everyone, and the images and attachments of these, below an empty folder.

    Guides are written without what they say to staff only. What lies beside guides (synonyms, products, walks) is for
    those who run the library, and is left out. The library notes nothing of it: these files are no files of its own.
    """
    if target.is_dir() and any(target.iterdir()):
        raise ExportError(NOT_EMPTY.format(target))
    report = ExportReport()
    target.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    for folder, place in places_below(target.resolve()).items():
        report.folders.append(place)
        for source, content in _files(folder, taken):
            if isinstance(content, KeptFile) and not content.exists():
                report.missing.append(source)
                continue
            path = inside(place, source)
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, content.read_bytes() if isinstance(content, KeptFile) else content)
            report.written.append(source)
    return report


def _files(folder: str, taken: set[str]) -> Iterator[tuple[str, bytes | KeptFile]]:
    """The files of a folder, by path; their guides' addresses are `taken` from then on."""
    found = Guide.objects.for_audiences(EVERYONE).filter(folder=folder).exclude(source="").order_by("source")
    guides = list(found.only("slug", "source", "public_text", "revision").select_related("revision"))
    for guide in guides:
        whole = guide.revision
        text = whole.text if whole and whole.audience == PUBLIC else guide.public_text
        yield guide.source, without_hidden(text, guide.source).encode()
    contacts = Contact.objects.for_audiences(EVERYONE).filter(folder=folder).exclude(source="")
    for source, text in contacts.order_by("source").values_list("source", "text"):
        yield source, without_hidden(text).encode()
    for image in Image.objects.shown_to(EVERYONE).filter(folder=folder):
        yield image.source, store.file_of(image.digest, image.ending)
    for attachment in Attachment.objects.shown_to(EVERYONE).filter(folder=folder):
        yield attachment.source, attachments.file_of(attachment.digest)
    # Nothing but what guides are called now: former addresses and anchors may have words that only staff ever saw.
    needing = known_addresses.needing_entry(guides, {}, taken)
    taken |= {guide.slug for guide in guides}
    if needing:
        entries = {guide.source: AddressEntry(guide.slug) for guide in guides if guide.pk in needing}
        yield FILE_NAME, address_file.as_text(entries).encode()
