"""Works out what the address file of a folder is to say of its guides and contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Q, QuerySet

from kb.content import front_matter
from kb.content.document import ContentError
from kb.content.old_addresses import old_addresses
from kb.library.folders import address_file
from kb.library.folders.address_file import FILE_NAME, AddressEntry
from kb.library.folders.file_drafts import WITHHELD
from kb.models import Contact, FormerAddress, FormerAnchor, Guide, Section, SideFile
from kb.models.audience import PUBLIC, STAFF
from kb.models.slugs import former_address, free_slug

PUBLISHED = Guide.State.PUBLISHED


def of_library(folders: Sequence[str]) -> dict[str, dict[str, AddressEntry]]:
    """What the address file of each folder is to say of its guides with files, by path, when loaded in this order."""
    found: dict[str, dict[str, AddressEntry]] = {}
    taken: set[str] = set()
    contacts_taken: set[str] = set()
    for folder in folders:
        guides = list(_guides_with_files(folder).only("slug", "key", "source"))
        guides.sort(key=lambda guide: guide.source)
        former = _former_addresses(folder)
        with_entry = needing_entry(guides, former, taken)
        sections, anchors = _section_keys(folder)
        found[folder] = {
            guide.source: AddressEntry(
                guide.slug if guide.pk in with_entry else "",
                guide.key if guide.key != guide.slug else "",
                tuple(sorted(former[guide.pk])),
                sections[guide.pk],
                anchors[guide.pk],
            )
            for guide in guides
        }
        contacts = list(Contact.objects.filter(folder=folder, retired=False).only("slug", "source"))
        contacts.sort(key=lambda contact: contact.source)
        named = needing_entry(contacts, {}, contacts_taken)
        found[folder] |= {contact.source: AddressEntry(contact.slug) for contact in contacts if contact.pk in named}
        contacts_taken |= {contact.slug for contact in contacts}
        taken |= {guide.slug for guide in guides}
        taken |= set(FormerAddress.objects.filter(guide__in=guides).values_list("address", flat=True))
    return found


def _guides_with_files(folder: str) -> QuerySet[Guide]:
    """The guides of a folder that have files: those that are published, and the drafts of files."""
    kept: QuerySet[Guide] = Guide.objects.filter(WITHHELD | Q(state=PUBLISHED), folder=folder)
    return kept


def as_file(folder: str, entries: Mapping[str, AddressEntry]) -> bytes | None:
    """The file of addresses as it was loaded, if that says the same, else a new one; None when it would say nothing."""
    text = address_file.as_text(entries)
    loaded = SideFile.objects.filter(folder=folder, source=FILE_NAME).first()
    data = bytes(loaded.data) if loaded else b""
    if address_file.is_readable(data) and address_file.as_text(address_file.read(data)) == text and data:
        return data
    return text.encode() if text != address_file.HEADING else None


def _former_addresses(folder: str) -> dict[int, set[str]]:
    """The former addresses of guides that their front matter does not give."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = FormerAddress.objects.filter(guide__in=_guides_with_files(folder))
    columns = rows.values_list("guide", "address", "guide__revision__text", "guide__source")
    for guide, address, written, source in columns:
        if address not in _aliases(written or "", source):
            found[guide].add(address)
    return found


def _aliases(text: str, source: str) -> set[str]:
    try:
        aliases = old_addresses(front_matter.split(text).fields, source)
    except ContentError:
        return set()
    return {former_address(alias) for alias in aliases}


def needing_entry(
    guides: Sequence[Guide] | Sequence[Contact], former: Mapping[int, Collection[str]], taken: Collection[str]
) -> set[int]:
    """The guides or contacts (primary keys) that a load would give another address if it were not told theirs."""
    named: set[int] = set()
    while True:
        used = {*taken, *(address for addresses in former.values() for address in addresses)}
        used |= {guide.slug for guide in guides if guide.pk in named}
        newly_named: set[int] = set()
        for guide in guides:
            if guide.pk not in named:
                if free_slug(guide.source, used) != guide.slug:
                    newly_named.add(guide.pk)
                used.add(guide.slug)
        if not newly_named:
            return named
        named |= newly_named


def _section_keys(folder: str) -> tuple[dict[int, dict[str, str]], dict[int, dict[str, str]]]:
    """By guide: the keys of sections whose heading was reworded by their anchor, and those of former anchors."""
    keys: dict[int, set[str]] = defaultdict(set)
    reworded: dict[int, dict[str, str]] = defaultdict(dict)
    anchors: dict[int, dict[str, str]] = defaultdict(dict)
    rows = Section.objects.filter(guide__in=_guides_with_files(folder)).values_list("guide", "anchor", "key")
    for guide, anchor, key in rows:
        keys[guide].add(key)
        if key and key != anchor:
            reworded[guide][anchor] = key
    former = FormerAnchor.objects.filter(guide__in=_guides_with_files(folder))
    former = former.exclude(audience=STAFF, guide__audience=PUBLIC)  # no page for everyone shows them
    for guide, anchor, key in former.values_list("guide", "anchor", "key"):
        if key in keys[guide]:
            anchors[guide][anchor] = key
    return reworded, anchors
