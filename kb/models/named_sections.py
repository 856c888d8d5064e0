"""Tells which sections are meant by the anchors that pages and links name, former ones among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from kb.models.structure import FormerAnchor, Section

if TYPE_CHECKING:
    from collections.abc import Iterable

Name = tuple[int, str]


def keys_of(names: Iterable[Name]) -> dict[Name, str]:
    """The key of the section that each name means: a guide (its pk) with an anchor, a former anchor or a key.

    '' is the guide itself; what names no section is left out. Two queries at most.
    """
    wanted = set(names)
    found = {name: "" for name in wanted if not name[1]}
    missing = wanted - found.keys()
    if not missing:
        return found
    guides, anchors = {guide for guide, _ in missing}, {anchor for _, anchor in missing}
    sections = Section.objects.filter(Q(anchor__in=anchors) | Q(key__in=anchors), guide__in=guides).exclude(key="")
    rows = list(sections.order_by().values_list("guide", "anchor", "key"))
    found |= {(guide, key): key for guide, _, key in rows if (guide, key) in missing}
    found |= {(guide, anchor): key for guide, anchor, key in rows if (guide, anchor) in missing}
    if missing - found.keys():
        former = FormerAnchor.objects.filter(guide__in=guides, anchor__in=anchors)
        for guide, anchor, key in former.values_list("guide", "anchor", "key"):
            if (guide, anchor) in missing:
                found.setdefault((guide, anchor), key)
    return found
