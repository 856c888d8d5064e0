"""Lists the links and images of published guides that lead nowhere, and the links to other sites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from django.urls import reverse

from kb.content.line_endings import lines
from kb.content.links import meant_by
from kb.content.page_links import anchors_in
from kb.content.phrases import Phrase
from kb.library import publication
from kb.library.links import site
from kb.library.links.site import lines_of, targets_in
from kb.models import Attachment, Contact, FormerAddress, Guide, Image, Link, Revision, Section
from kb.models.audience import PUBLIC, STAFF

NO_FILE = Phrase("This file is no guide and no contact here.")
NOT_PUBLISHED = Phrase("This guide is not published.")
FOR_STAFF = Phrase("This guide is for staff only, and the link is in a guide for everyone.")
NO_HEADING = Phrase("No heading of this guide has this anchor.")
NO_IMAGE = Phrase("This image is not here.")
NO_ADDRESS = Phrase("No guide has this address.")
NO_CONTACT = Phrase("No contact has this address.")


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
    token = publication.cacheable()
    return _inventory(token, audiences) if token else _look_through(audiences)


def with_lines(found: list[Found]) -> list[Found]:
    """Links to other sites with their lines, where the text writes them as they are. One query."""
    slugs = {link.slug for link in found}
    texts = dict(Revision.objects.filter(published_as__slug__in=slugs).values_list("published_as__slug", "text"))
    return [
        Found(link.slug, link.title, link.source, _line_of(link.target, texts.get(link.slug, "")), link.target)
        for link in found
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
    files: set[tuple[str, str]]
    addresses: Mapping[str, Guide]
    contact_addresses: set[str]


def _look_through(audiences: frozenset[str]) -> Inventory:
    columns = ("slug", "title", "folder", "source", "audience", "state", "html")
    all_guides = list(Guide.objects.only(*columns).order_by("title"))
    shown = {guide.pk: guide for guide in all_guides if guide.state == "published" and guide.audience in audiences}
    known = _known(all_guides)
    found = Inventory()
    by_guide: dict[int, list[Link]] = defaultdict(list)
    links = Link.objects.filter(guide__state="published", guide__audience__in=audiences)
    for link in links if STAFF in audiences else links.filter(for_staff=False):
        if link.guide_id in shown:
            by_guide[link.guide_id].append(link)
    for guide in shown.values():
        for link in by_guide[guide.pk]:
            reason = _reason(link, guide, known)
            if reason:
                target = f"{link.target}#{link.anchor}" if link.anchor else link.target
                broken = Found(guide.slug, guide.title, guide.source, link.line, target, reason)
                (found.images if link.image else found.broken).append(broken)
        targets = targets_in(guide.html)
        external = [target for target in targets if not target.startswith("/")]
        found.external += [Found(guide.slug, guide.title, guide.source, 0, target) for target in external]
        reasons = {target: reason for target in targets if (reason := _address_reason(target, guide, known))}
        found.broken += _where_written(guide, reasons) if reasons else []
    return found


def _where_written(guide: Guide, reasons: Mapping[str, str]) -> list[Found]:
    """Each place of addresses of this site that lead nowhere; a relative link that became one has been told of."""
    text = Revision.objects.filter(published_as=guide.pk).values_list("text", flat=True).first() or ""
    places = [(line, target, reason) for target, reason in reasons.items() for line in lines_of(target, text)]
    return [Found(guide.slug, guide.title, guide.source, *place) for place in sorted(places)]


def _known(all_guides: list[Guide]) -> _Known:
    anchors: dict[int, set[str]] = defaultdict(set)
    for guide_id, anchor in Section.objects.values_list("guide_id", "anchor"):
        anchors[guide_id].add(anchor)
    for guide in all_guides:
        anchors[guide.pk] |= anchors_in(guide.html)
    published = {guide.pk: guide for guide in all_guides if guide.state == "published"}
    addresses = dict(FormerAddress.objects.filter(guide__in=list(published)).values_list("address", "guide"))
    addresses |= {guide.slug.lower(): guide.pk for guide in published.values()}
    return _Known(
        guides={(guide.folder, guide.source): guide for guide in all_guides},
        anchors=anchors,
        contacts=set(Contact.objects.filter(retired=False).values_list("folder", "source")),
        files={*Image.objects.values_list("folder", "source"), *Attachment.objects.values_list("folder", "source")},
        addresses={address: published[pk] for address, pk in addresses.items()},
        contact_addresses={contact.get_absolute_url() for contact in Contact.objects.filter(retired=False)},
    )


def _reason(link: Link, guide: Guide, known: _Known) -> str:
    """What is wrong with a link, '' for nothing."""
    places = [(guide.folder, path) for path in meant_by(link.target)]
    if link.image:
        return "" if known.files & set(places) else NO_IMAGE
    other = next((known.guides[place] for place in places if place in known.guides), None)
    other = guide if not link.target else other
    if other is None:
        return "" if (known.contacts | known.files) & set(places) else NO_FILE
    if other.state != "published":
        return NOT_PUBLISHED
    if other.audience != PUBLIC and guide.audience == PUBLIC and not link.for_staff:
        return FOR_STAFF
    return "" if link.anchor in known.anchors[other.pk] else NO_HEADING


def _address_reason(target: str, guide: Guide, known: _Known) -> str:
    """What is wrong with a link that is written as an address of this site, '' for nothing."""
    if target.startswith(f"{reverse('kb:contact-list')}#"):
        return "" if target in known.contact_addresses else NO_CONTACT
    link = site.read(target)
    if link is None:
        return ""
    other = known.addresses.get(link.address)
    if other is None:
        return NO_ADDRESS
    if other.audience != PUBLIC and guide.audience == PUBLIC:
        return FOR_STAFF
    return "" if link.anchor in known.anchors[other.pk] else NO_HEADING


def _line_of(target: str, text: str) -> int:
    return next((number for number, line in enumerate(lines(text), start=1) if target in line), 0)
