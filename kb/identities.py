"""A guide as it is and the sections that it is about to have in; their keys and the anchors they had before, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb.address_file import NOTHING, Remembered
from kb.content.document import Section
from kb.content.identity import Known, former_anchors, keys_for
from kb.models import FormerAnchor, Guide


@dataclass(frozen=True, slots=True)
class Identity:
    """`keys`: anchor -> key of each section. `former`: anchor -> the anchors that its section had before."""

    keys: dict[str, str]
    former: Mapping[str, Sequence[str]] = field(default_factory=dict)


def identity_of(guide: Guide, sections: Sequence[Section], remembered: Remembered = NOTHING) -> Identity:
    """Which of the guide's sections these are; one that is not recognised is a new one. 2 queries for a known guide.

    Of a guide that is new, what is `remembered` says which sections these were, where it was written before.
    """
    before: list[Known] = []
    names: dict[str, str] = {}
    if guide.pk is not None:
        rows = guide.sections.values_list("anchor", "key", "title", "text")
        before = [Known(anchor, key or anchor, title, text) for anchor, key, title, text in rows]
        names = dict(guide.former_anchors.values_list("anchor", "key"))
    else:
        kept = [section for section in sections if section.anchor in remembered.sections]
        before = [Known(s.anchor, remembered.sections[s.anchor], s.title, s.text) for s in kept]
        names = dict(remembered.anchors)
    arrived = [(section.anchor, section.title, section.text) for section in sections]
    keys = dict(zip((section.anchor for section in sections), keys_for(before, arrived), strict=True))
    anchors = {key: anchor for anchor, key in keys.items()}
    former: dict[str, list[str]] = {}
    old = former_anchors(before, anchors)
    old |= {name: anchors[key] for name, key in names.items() if key in anchors and name not in keys}
    for name, anchor in sorted(old.items()):
        if name and anchor:
            former.setdefault(anchor, []).append(name)
    return Identity(keys, former)


def remember(guide: Guide, identity: Identity) -> None:
    """Keep the anchors that sections had before; one that a section has now means that section."""
    guide.former_anchors.filter(anchor__in=identity.keys).delete()
    FormerAnchor.objects.bulk_create(
        (
            FormerAnchor(guide=guide, anchor=name, key=identity.keys[anchor])
            for anchor, names in identity.former.items()
            for name in names
        ),
        ignore_conflicts=True,
    )
