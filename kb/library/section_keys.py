"""Recognises a guide's sections when its text changes, so that each keeps its key and its old anchors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb.content.document import Document
from kb.content.identity import KnownSection, former_anchors, keys_for
from kb.library.folders.address_file import NO_ENTRY, AddressEntry
from kb.models import FormerAnchor, Guide
from kb.models.audience import PUBLIC, STAFF


@dataclass(frozen=True, slots=True)
class Identity:
    """`keys`: anchor -> key of each section. `former`: anchor -> the anchors that its section had before.

    `hidden` are those of them that only staff have seen, where the text is for everyone: they are kept, and not shown.
    """

    keys: dict[str, str]
    former: Mapping[str, Sequence[str]] = field(default_factory=dict)
    hidden: Mapping[str, Sequence[str]] = field(default_factory=dict)
    audiences: Mapping[str, str] = field(default_factory=dict)


def identity_of(guide: Guide, document: Document, entry: AddressEntry = NO_ENTRY) -> Identity:
    """Which of the guide's sections a text has; one that is not recognised is a new one. 2 queries for a known guide.

    `guide` is still as it was. Of one that is new, the `entry` of the address file says which sections these were,
    where it was written before.
    """
    sections = document.structure.sections
    before: list[KnownSection] = []
    names: dict[str, tuple[str, str]] = {}
    if guide.pk is not None:
        rows = guide.sections.values_list("anchor", "key", "title", "text")
        before = [KnownSection(anchor, key or anchor, title, text) for anchor, key, title, text in rows]
        kept_names = guide.former_anchors.values_list("anchor", "key", "audience")
        names = {name: (key, audience) for name, key, audience in kept_names}
    else:
        kept = [section for section in sections if section.anchor in entry.sections]
        before = [KnownSection(s.anchor, entry.sections[s.anchor], s.title, s.text) for s in kept]
        names = {name: (key, document.metadata.audience) for name, key in entry.anchors.items()}
    new_sections = [(section.anchor, section.title, section.text) for section in sections]
    keys = dict(zip((section.anchor for section in sections), keys_for(before, new_sections), strict=True))
    anchors = {key: anchor for anchor, key in keys.items()}
    old = {name: (anchor, guide.audience) for name, anchor in former_anchors(before, anchors).items()}
    old |= {
        name: (anchors[key], audience) for name, (key, audience) in names.items() if key in anchors and name not in keys
    }
    is_public = document.metadata.audience == PUBLIC
    former: dict[str, list[str]] = {}
    hidden: dict[str, list[str]] = {}
    places = {landmark.anchor for landmark in document.structure.landmarks}
    for name, (anchor, audience) in sorted(old.items()):
        if name and anchor and name not in places:
            (hidden if is_public and audience == STAFF else former).setdefault(anchor, []).append(name)
    return Identity(keys, former, hidden, {name: audience for name, (_anchor, audience) in old.items()})


def save(guide: Guide, identity: Identity) -> None:
    """Keep the anchors that sections had before; one that a section has now means that section."""
    guide.former_anchors.filter(anchor__in=identity.keys).delete()
    FormerAnchor.objects.bulk_create(
        (
            FormerAnchor(guide=guide, anchor=name, key=identity.keys[anchor], audience=identity.audiences[name])
            for anchor, names in (*identity.former.items(), *identity.hidden.items())
            for name in names
        ),
        ignore_conflicts=True,
    )
