"""Contacts that people can be sent on to, and who may see them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import QuerySet
from django.urls import reverse

from kb.content.contacts import responsible_for
from kb.content.levels import joined, name_key
from kb.models.audience import Audience, audiences_for
from kb.models.revisions import LONGEST_NAME
from kb.models.slugs import numbered_slug

if TYPE_CHECKING:
    from typing import Self

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from kb.models.guides import Guide
    from kb.models.structure import EscalationLevel


class ContactQuerySet(QuerySet[Any]):
    """Contacts, and who may see them."""

    def for_audiences(self, audiences: frozenset[str]) -> Self:
        """The contacts that these audiences may see."""
        contacts: Self = self.filter(audience__in=audiences, retired=False)
        return contacts

    def visible_to(self, user: AbstractBaseUser | AnonymousUser | None) -> Self:
        """The contacts that `user` may see."""
        return self.for_audiences(audiences_for(user))

    def in_studio_of(self, writer: AbstractBaseUser | AnonymousUser) -> Self:
        """The contacts that a writer may see, retired ones among them."""
        return self.filter(audience__in=audiences_for(writer))

    def for_guide(self, guide: Guide, limit: int = 3) -> list[Contact]:
        """Whom to ask about a guide: those it names, else those who take its category, else the first. One query."""
        contacts: list[Contact] = list(self)
        return (responsible_for(guide.contacts, [guide.category], contacts) or contacts)[:limit]


class Contact(models.Model):
    """Someone to escalate to; `tier` 1 is asked first, `handles` are the triggers and categories it takes.

    `digest` names its text, `loaded` what its file last said: where they differ, it was edited in the browser. What a
    person retired (`retired_at`) stays so when its file is loaded again. `file_gone` is as with guides.
    """

    slug = models.SlugField(max_length=120, unique=True)
    folder = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=300, blank=True)
    tier = models.PositiveSmallIntegerField(default=1)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    url = models.URLField(blank=True)
    hours = models.CharField(max_length=200, blank=True)
    handles = models.JSONField(default=list, blank=True)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PUBLIC)
    retired = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    loaded = models.CharField(max_length=64, blank=True)
    file_gone = models.BooleanField(default=False)
    html = models.TextField(blank=True)
    read_with = models.CharField(max_length=64, blank=True, help_text="Version of the code that read the file")
    updated_at = models.DateTimeField(auto_now=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ("tier", "name")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address of the contact, on the page of contacts."""
        return f"{reverse('kb:contact-list')}#{self.slug}"


@dataclass(frozen=True, slots=True)
class PathLevel:
    """A level of the escalation path of a guide (by any name of it): whom it names, and what it says of them."""

    guide: Hashable
    name: str
    said: str = ""

    @classmethod
    def of(cls, row: EscalationLevel) -> Self:
        """The level that a row holds."""
        return cls(row.guide_id, row.name, row.said)


@dataclass(frozen=True, slots=True)
class Helpers:
    """Everybody to escalate to, the first to ask first; `paths` has the slugs along each guide's escalation path.

    Those that a path names and that have no card are in no table: they have a name, and what the path says of them.
    """

    contacts: list[Contact]
    paths: dict[Hashable, tuple[str, ...]]


def helpers(cards: Iterable[Contact], levels: Iterable[PathLevel]) -> Helpers:
    """The contacts that have cards (the first to ask first) with those that escalation paths name, each once.

    A card takes the place of a level with its name, and keeps what it says; one that says no role gets it from there.
    """
    by_key: dict[str, Contact] = {}
    for card in map(copy, cards):
        key = name_key(card.name)
        by_key[f"{key} {card.slug}" if key in by_key else key] = card
    with_card, taken = list(by_key), {card.slug for card in by_key.values()}
    paths: dict[Hashable, list[str]] = {}
    for level in levels:
        key = name_key(level.name)
        paths.setdefault(level.guide, []).append(key)
        contact = by_key.get(key)
        if contact is None:
            contact = by_key[key] = Contact(slug=numbered_slug(level.name, taken), name=level.name)
            taken.add(contact.slug)
        contact.role = contact.role or level.said
    order = joined(with_card, paths.values(), places={key: by_key[key].tier for key in with_card})
    along = {guide: tuple(dict.fromkeys(by_key[key].slug for key in keys)) for guide, keys in paths.items()}
    return Helpers([by_key[key] for key in order], along)
