"""The library in; the links and images of its published guides that lead nowhere, and those to other sites, out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from django.urls import reverse

from kb import generation
from kb.audience import PUBLIC
from kb.breaking import anchors_in, candidates
from kb.merging import lines
from kb.models import Contact, FormerAddress, Guide, Image, Link, Revision, Section

SITE = re.compile(r'<a [^<>]*?href="(https?:[^"]*|/guides/[^"]*)"', re.IGNORECASE)
RAN_AWAY = "This file is no guide and no contact here."
NOT_PUBLISHED = "This guide is not published."
FOR_STAFF = "This guide is for staff only, and the link is in a guide for everyone."
NO_HEADING = "No heading of this guide has this anchor."
NO_IMAGE = "This image is not here."
NO_ADDRESS = "No guide has this address."


@dataclass(frozen=True, slots=True)
class Found:
    """A link or an image as a guide has it: its line (0: not known), what is written, and what is wrong with it."""

    slug: str
    title: str
    source: str
    line: int
    target: str
    reason: str = ""

    @property
    def host(self) -> str:
        """The site that a link to another one leads to."""
        return urlsplit(self.target).netloc.lower()


@dataclass(slots=True)
class Inventory:
    """All that is to be said of the links of a library, in the order of its guides."""

    broken: list[Found] = field(default_factory=list)
    images: list[Found] = field(default_factory=list)
    external: list[Found] = field(default_factory=list)


def inventory(audiences: frozenset[str]) -> Inventory:
    """The links of the published guides of these audiences; looked through once for each state of the library."""
    token = generation.cacheable()
    return _inventory(token, audiences) if token else _look_through(audiences)


def with_lines(found: list[Found]) -> list[Found]:
    """Links to other sites with their lines, where the text writes them as they are. One query."""
    wanted = {one.slug for one in found}
    texts = dict(Revision.objects.filter(published_as__slug__in=wanted).values_list("published_as__slug", "text"))
    return [
        Found(one.slug, one.title, one.source, _line_of(one.target, texts.get(one.slug, "")), one.target)
        for one in found
    ]


@lru_cache(maxsize=4)
def _inventory(_token: str, audiences: frozenset[str]) -> Inventory:
    return _look_through(audiences)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a link may lead to: guides by folder and path, their anchors, and what else lies in each folder."""

    guides: Mapping[tuple[str, str], Guide]
    anchors: Mapping[int, set[str]]
    contacts: set[tuple[str, str]]
    images: set[tuple[str, str]]
    addresses: set[str]


def _look_through(audiences: frozenset[str]) -> Inventory:
    guides = Guide.objects.only("slug", "title", "folder", "source", "audience", "state", "html").order_by("title")
    everything = list(guides)
    shown = {guide.pk: guide for guide in everything if guide.state == "published" and guide.audience in audiences}
    known = _known(everything)
    found = Inventory()
    by_guide: dict[int, list[Link]] = defaultdict(list)
    for link in Link.objects.filter(guide__state="published", guide__audience__in=audiences):
        if link.guide_id in shown:
            by_guide[link.guide_id].append(link)
    for guide in shown.values():
        for link in by_guide[guide.pk]:
            reason = _wrong(link, guide, known)
            if reason:
                (found.images if link.image else found.broken).append(_found(guide, link, reason))
        for target in dict.fromkeys(unescape(href) for href in SITE.findall(guide.html)):
            if not target.startswith("/"):
                found.external.append(Found(guide.slug, guide.title, guide.source, 0, target))
            elif not _is_address(target, known):
                found.broken.append(Found(guide.slug, guide.title, guide.source, 0, target, NO_ADDRESS))
    return found


def _known(everything: list[Guide]) -> _Known:
    anchors: dict[int, set[str]] = defaultdict(set)
    for guide_id, anchor in Section.objects.values_list("guide_id", "anchor"):
        anchors[guide_id].add(anchor)
    for guide in everything:
        anchors[guide.pk] |= anchors_in(guide.html)
    published = {guide.slug for guide in everything if guide.state == "published"}
    former = FormerAddress.objects.filter(guide__state="published").values_list("address", flat=True)
    return _Known(
        guides={(guide.folder, guide.source): guide for guide in everything},
        anchors=anchors,
        contacts=set(Contact.objects.filter(retired=False).values_list("folder", "source")),
        images=set(Image.objects.values_list("folder", "source")),
        addresses=published | set(former),
    )


def _wrong(link: Link, guide: Guide, known: _Known) -> str:
    """What is wrong with a link, '' for nothing."""
    places = [(guide.folder, path) for path in candidates(link.target)]
    if link.image:
        return "" if known.images & set(places) else NO_IMAGE
    other = next((known.guides[place] for place in places if place in known.guides), None)
    other = guide if not link.target else other
    if other is None:
        return "" if (known.contacts | known.images) & set(places) else RAN_AWAY
    if other.state != "published":
        return NOT_PUBLISHED
    if other.audience != PUBLIC and guide.audience == PUBLIC:
        return FOR_STAFF
    return "" if link.anchor in known.anchors[other.pk] else NO_HEADING


def _is_address(target: str, known: _Known) -> bool:
    path = urlsplit(target).path
    slug = path.removeprefix(reverse("kb:guide-list")).strip("/")
    return not slug or slug.lower() in known.addresses


def _found(guide: Guide, link: Link, reason: str) -> Found:
    target = f"{link.target}#{link.anchor}" if link.anchor else link.target
    return Found(guide.slug, guide.title, guide.source, link.line, target, reason)


def _line_of(target: str, text: str) -> int:
    return next((number for number, line in enumerate(lines(text), start=1) if target in line), 0)
