"""Names the places that the desk shows and keeps: sections, problems within them, and whole guides."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from kb.models import Guide, Problem, Section
from kb.models.audience import STAFF

if TYPE_CHECKING:
    from kb.models.audience import VisibleQuerySet

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A section, or a problem within one: its `key` stays when its heading is reworded; '' for a whole guide."""

    guide_id: int
    slug: str
    guide: str
    category: str
    audience: str
    revision: int
    key: str = ""
    anchor: str = ""
    title: str = ""
    flagged_as: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether it is for staff only."""
        return self.audience == STAFF

    @property
    def url(self) -> str:
        """Its address in its guide."""
        address = reverse("kb:guide-detail", args=[self.slug])
        return f"{address}#{self.anchor}" if self.anchor else address

    @property
    def desk_url(self) -> str:
        """Where the desk shows it."""
        address = reverse("desk:section", args=[self.slug])
        return f"{address}?{urlencode({'section': self.key})}" if self.key else address

    @property
    def pick(self) -> str:
        """What it is called among what is picked and pinned."""
        return f"{self.slug}#{self.key}"

    @property
    def query(self) -> str:
        """What the address of its copies asks."""
        return urlencode({"guide": self.slug, "section": self.key})

    @property
    def name(self) -> str:
        """What it is called."""
        return self.title or self.guide


def at_anchors(wanted: Collection[Pair], audiences: frozenset[str]) -> dict[Pair, Place]:
    """The places at (slug, anchor) that these audiences may see. Three queries."""
    found = _places(wanted, audiences, "anchor")
    return {(place.slug, place.anchor): place for place in found}


def at_keys(wanted: Collection[Pair], audiences: frozenset[str]) -> dict[Pair, Place]:
    """The places at (slug, key) that these audiences may see. Three queries."""
    found = _places(wanted, audiences, "key")
    return {(place.slug, place.key): place for place in found}


def place_at(slug: str, key: str, audiences: frozenset[str]) -> Place | None:
    """The place with this key, or else with this anchor; None for none."""
    if "\0" in slug or "\0" in key:  # which some databases refuse to look up
        return None
    wanted = {(slug, key)}
    return at_keys(wanted, audiences).get((slug, key)) or at_anchors(wanted, audiences).get((slug, key))


def _places(wanted: Collection[Pair], audiences: frozenset[str], column: str) -> Iterable[Place]:
    """One of a guide's problems is preferred to none, and its sections to its problems."""
    slugs = {slug for slug, _ in wanted}
    fields = ("pk", "slug", "title", "category", "audience", "revision__number")
    rows = Guide.objects.for_audiences(audiences).filter(slug__in=slugs).order_by().values_list(*fields)
    guides = {row[0]: Place(*row) for row in rows}
    found: dict[tuple[int, str], Place] = {}
    for model in (Problem, Section):
        for row in _rows(model.objects.for_audiences(audiences), guides, {name for _, name in wanted}, column):
            guide_id, key, anchor, title = row[:4]
            place = guides[guide_id]
            flagged_as = row[4] if len(row) > 4 else key  # noqa: PLR2004 - of a problem, the section that it lies in
            name = key if column == "key" else anchor
            found[guide_id, name] = replace(place, key=key, anchor=anchor, title=title, flagged_as=flagged_as)
    whole = [place for place in guides.values() if (place.slug, "") in wanted]
    return [*found.values(), *whole]


def _rows(rows: VisibleQuerySet, guides: Collection[int], names: set[str], column: str) -> Iterable[tuple[Any, ...]]:
    fields = ("guide_id", "key", "anchor", "title", *(("section",) if rows.model is Problem else ()))
    wanted = Q(**{f"{column}__in": names - {""}})
    return list(rows.filter(wanted, guide__in=guides).order_by().values_list(*fields)) if names - {""} else ()
