"""Finds the links of other guides that would lead nowhere once a guide has a new text, or is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from kb.content.document import Document
from kb.content.links import below_folder, names_of
from kb.content.page_links import anchors_in
from kb.library import section_keys
from kb.library.links.site import lines_of, links_in
from kb.models import Guide, Link
from kb.models.audience import PUBLIC, STAFF, audiences_for

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

GONE = gettext_lazy("The guide would be gone.")
FOR_STAFF = gettext_lazy("The guide would be for staff only, and the link is in a guide for everyone.")
NO_HEADING = gettext_lazy("No heading would have this anchor any more.")


@dataclass(frozen=True, slots=True)
class Place:
    """A link, at a line of a guide, that leads somewhere now and would not any more; `reason` is a sentence."""

    guide: Guide
    line: int
    target: str
    reason: str
    for_staff: bool = False

    def __str__(self) -> str:
        return f"{self.guide.title}, line {self.line}: {self.target}. {self.reason}"


def breaking(guide: Guide, document: Document | None, *, also_addresses: bool = True) -> list[Place]:
    """The links that break when a guide gets the text `document` was read from, or goes (None). At most 6 queries.

    One of them looks through all pages, for what is written as an address of the site, unless `also_addresses` is off.

    What leads nowhere already is left out. A reworded heading breaks nothing: its old anchor still leads to its
    section.
    """
    if guide.state != Guide.State.PUBLISHED:
        return []
    found = [*links_to(guide), *(site_links_to(guide) if also_addresses else ())]
    if document is None:
        places = [_place(link, str(GONE)) for link in found if link.guide_id != guide.pk]
    else:
        places = list(_lost(guide, document, found))
    return sorted(places, key=lambda place: (place.guide.title, place.guide.pk, place.line))


def breaking_for(reader: AbstractBaseUser | AnonymousUser, guide: Guide, document: Document | None) -> list[Place]:
    """The links that break, of those in guides that `reader` may see."""
    audiences = audiences_for(reader)
    found = (place for place in breaking(guide, document) if place.guide.audience in audiences)
    return [place for place in found if STAFF in audiences or not place.for_staff]


def links_to(guide: Guide) -> QuerySet[Link]:
    """The links of published guides that mean this one, also where they leave out the file's ending."""
    own = Q(guide=guide, target="")
    rows = Link.objects.filter(guide__state=Guide.State.PUBLISHED, image=False)
    rows = rows.filter(own | Q(guide__folder=guide.folder, target__in=names_of(guide.source)))
    return rows.select_related("guide").defer("guide__html", "guide__questions")


def site_links_to(guide: Guide) -> list[Link]:
    """The links of other published guides that write the guide's address on this site, or a former one. 2 queries."""
    addresses = {guide.slug, *guide.former_addresses.values_list("address", flat=True)}
    condition = Q()
    for address in addresses:
        condition |= Q(html__icontains=f'href="{reverse("kb:guide-list")}{address}')
    others = (
        Guide.objects.filter(condition, state=Guide.State.PUBLISHED).exclude(pk=guide.pk).select_related("revision")
    )
    return [
        Link(guide=other, line=line, target=link.written.partition("#")[0], anchor=link.anchor)
        for other in others.defer("questions")
        for link in links_in(other.html)
        if link.address in addresses and other.revision
        for line in lines_of(link.written, other.revision.text)
    ]


def _lost(guide: Guide, document: Document, links: Collection[Link]) -> Iterator[Place]:
    others = [link for link in links if link.guide_id != guide.pk]
    if not others and not document.structure.links:
        return
    former = section_keys.identity_of(guide, document).former
    alive = anchors_in(document.html) | {name for names in former.values() for name in names}
    alive |= {section.anchor for section in document.structure.sections}
    page = Guide.objects.filter(pk=guide.pk).values_list("html", flat=True).first() or ""
    before = anchors_in(page) | set(guide.sections.values_list("anchor", flat=True))
    turns_staff = document.metadata.audience == STAFF and guide.audience == PUBLIC
    for link in others:
        if turns_staff and link.guide.audience == PUBLIC and not link.for_staff:
            yield _place(link, str(FOR_STAFF))
        elif link.anchor in before and link.anchor not in alive:
            yield _place(link, str(NO_HEADING))
    for own in document.structure.links:
        leads_here = not own.target or below_folder(guide.source, own.target) == guide.source
        if leads_here and not own.image and own.anchor in before and own.anchor not in alive:
            yield Place(guide, own.line, f"#{own.anchor}", str(NO_HEADING))


def _place(link: Link, reason: str) -> Place:
    target = f"{link.target}#{link.anchor}" if link.anchor else link.target
    return Place(link.guide, link.line, target, reason, link.for_staff)
