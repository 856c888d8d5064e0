"""Keeps what members of staff pinned and looked at, few of each, and lists it for as long as they may see it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from kb.models.audience import audiences_for
from troubleshooting.desk.places import Place, at_keys
from troubleshooting.models import DeskLook, DeskPin
from troubleshooting.models.desk import MOST_LOOKS, MOST_PINS


class TooManyPinsError(Exception):
    """One more would be more than anybody finds again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of a list: what it is called, where the desk shows it, and what it is about."""

    name: str
    href: str
    about: str
    is_staff: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class AtHand:
    """What one person has at hand: their pins, and the last things looked at, the newest first."""

    pins: tuple[Kept, ...]
    looks: tuple[Kept, ...]
    pinned: frozenset[str]


def pin(user: User, place: Place) -> None:
    """Keep a section at hand; TooManyPinsError when there is no room."""
    with transaction.atomic():
        User.objects.select_for_update().only("pk").get(pk=user.pk)  # so that two at once don't make one too many
        own = DeskPin.objects.filter(user=user)
        if own.filter(guide=place.guide_id, section=place.key).exists():
            return
        if own.count() >= MOST_PINS:
            raise TooManyPinsError
        DeskPin.objects.create(user=user, guide_id=place.guide_id, section=place.key, pinned_at=timezone.now())


def unpin(user: User, slug: str, key: str) -> None:
    """Keep a section no longer, whatever has become of it."""
    DeskPin.objects.filter(user=user, guide__slug=slug, section=key).delete()


def at_hand(user: User) -> AtHand:
    """What a person has at hand. Five queries."""
    pins = list(DeskPin.objects.of(user).select_related("guide").only("section", "guide__slug")[:MOST_PINS])
    shown = ("section", "code", "guide__slug", "handover__reference", "handover__subject")
    looks = list(DeskLook.objects.of(user).select_related("guide", "handover").only(*shown)[:MOST_LOOKS])
    wanted = {(row.guide.slug, row.section) for row in (*pins, *looks) if row.guide}
    places = at_keys(wanted, audiences_for(user)) if wanted else {}
    pinned = [places[pair] for row in pins if (pair := (row.guide.slug, row.section)) in places]
    return AtHand(
        pins=tuple(map(_of_place, pinned)),
        looks=tuple(filter(None, (_of_look(look, places) for look in looks))),
        pinned=frozenset(place.pick for place in pinned),
    )


def _of_place(place: Place) -> Kept:
    about = place.guide if place.title and place.title != place.guide else gettext("Guide")
    return Kept(place.name, place.desk_url, about, place.is_staff, place)


def _of_look(look: DeskLook, places: dict[tuple[str, str], Place]) -> Kept | None:
    if look.guide:
        place = places.get((look.guide.slug, look.section))
        return _of_place(place) if place else None
    if look.handover:
        return Kept(look.handover.subject, look.handover.get_absolute_url(), look.handover.shown_reference)
    return Kept(look.code, reverse("desk:code", args=[look.code]), gettext("Error code")) if look.code else None
