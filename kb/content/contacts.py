"""Reads the file of a contact, or says which of its keys to mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from kb.content import front_matter, outline
from kb.content.document import ContactCard, ContentError, Finding
from kb.content.front_matter import audience_of, one_line, text_list
from kb.content.hours import EXAMPLE, read_hours
from kb.content.numbers import whole_number
from kb.content.patterns import Pattern, linear
from kb.content.phrases import Phrase
from kb.content.withheld import withheld

_EMAIL = linear(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
_PHONE = linear(r"[0-9A-Za-z+().,#*/x -]+")
_URL = linear(r"https?://[^\s<>\"']+", re.IGNORECASE)
LONGEST_VALUES = {"name": 200, "role": 300, "email": 254, "phone": 60, "url": 200, "hours": 200}
HIGHEST_TIER = 99
NO_DRAFT = Phrase(
    "This contact is not for readers ('{written}'), but contacts have no drafts: take the line out, or the file away."
)
NO_EMAIL = Phrase("'{key}' must be an address such as support@example.com.")
NO_PHONE = Phrase("'{key}' must be a number such as +44 20 7946 0000.")
NO_URL = Phrase("'{key}' must be an address that starts with https://.")
NO_TEXT = Phrase("'{key}' must be a text, not a list or a mapping.")
TOO_LONG = Phrase("'{key}' is longer than {number} characters.")
NO_TIER = Phrase("'{key}' must be a whole number from 1 (asked first) to {number}.")
NO_LIST = Phrase("'{key}' must be a list of triggers or categories.")
NO_AUDIENCE = Phrase("'{key}' must be 'public' or 'staff'.")


class Reachable(Protocol):
    """A contact, in whatever form: its slug, and the triggers and categories that it takes."""

    @property
    def slug(self) -> str:
        """Its name in addresses and files."""

    @property
    def handles(self) -> Sequence[str]:
        """What it takes."""


ContactLike = TypeVar("ContactLike", bound=Reachable)


def responsible_for(
    named: Iterable[str], categories: Iterable[str], contacts: Iterable[ContactLike]
) -> list[ContactLike]:
    """Whom to ask: the contacts that a guide names (slugs), in its order, else those that take a part of its category.

    [] when there is neither. `categories` are as written, such as `Network / Time-outs`.
    """
    by_slug = {contact.slug: contact for contact in contacts}
    parts = {part.strip().lower() for category in categories for part in category.split("/")}
    return [by_slug[slug] for slug in dict.fromkeys(named) if slug in by_slug] or [
        contact for contact in by_slug.values() if parts & {str(handled).lower() for handled in contact.handles}
    ]


def read_contact(text: str, source: str) -> ContactCard:
    """A contact, without HTML: `html` is ''. ContentError for a missing name and for what can't be meant.

    `source` is the file's path, for the error that names it.
    """
    head = front_matter.split(text)
    card = _Card(head.fields)
    for mark in withheld(head.fields):
        if mark.until is None:
            raise ContentError(NO_DRAFT.filled(written=mark.written), mark.line)
    body = outline.parse(head.body, head.body_line)
    name = card.text("name") or body.title[: LONGEST_VALUES["name"]]
    if not name:
        message = Phrase("The contact in {source} has no name: write 'name: ...' in its front matter.", source=source)
        raise ContentError(message)
    return ContactCard(
        name=name,
        role=card.text("role"),
        tier=card.tier(),
        email=card.matching("email", _EMAIL, NO_EMAIL),
        phone=card.matching("phone", _PHONE, NO_PHONE),
        url=card.matching("url", _URL, NO_URL),
        hours=card.text("hours"),
        handles=card.handles(),
        audience=card.audience(),
        text="\n".join(filter(None, (section.text for section in body.sections))),
        html="",
        findings=card.odd_hours(),
    )


class _Card:
    """The keys of a contact's front matter, whatever their case."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._lines = getattr(fields, "lines", {})
        self._values = {key.strip().lower(): (key, value) for key, value in fields.items()}

    def text(self, name: str) -> str:
        """A text on one line, '' when it is absent."""
        value = self._values.get(name, (name, None))[1]
        if isinstance(value, list | dict):
            raise self._error(name, NO_TEXT)
        text = one_line(value)
        if len(text) > LONGEST_VALUES.get(name, 200):
            raise self._error(name, TOO_LONG, number=LONGEST_VALUES[name])
        return text

    def matching(self, name: str, pattern: Pattern, problem: Phrase) -> str:
        """A text of a known form, '' when it is absent."""
        text = self.text(name)
        if text and not pattern.fullmatch(text):
            raise self._error(name, problem)
        return text

    def tier(self) -> int:
        """When the contact is asked: 1 first, and 1 when nothing is said."""
        value = self._values.get("tier", ("tier", None))[1]
        text = "1" if value is None else one_line(value) if isinstance(value, str) else ""
        tier = whole_number(text, 1, HIGHEST_TIER)
        if tier is None:
            raise self._error("tier", NO_TIER, number=HIGHEST_TIER)
        return tier

    def odd_hours(self) -> tuple[Finding, ...]:
        """A warning on hours that can't be told in the reader's own time, because they are not understood."""
        hours = self.text("hours")
        if not hours or read_hours(hours):
            return ()
        key = self._values["hours"][0]
        message = Phrase(
            "The hours '{hours}' are shown as they stand: to have them told in each reader's own time, write "
            "'{example}' or '24/7'.",
            hours=hours,
            example=EXAMPLE,
        )
        return (Finding(int(self._lines.get(key, 1)), message),)

    def handles(self) -> tuple[str, ...]:
        """The triggers and categories that the contact takes."""
        listed, has_others = text_list(self._values.get("for", ("for", None))[1])
        if has_others:
            raise self._error("for", NO_LIST)
        return listed

    def audience(self) -> Any:
        """Who may see the contact."""
        try:
            audience = audience_of(self._values.get("audience", ("audience", None))[1])
        except ContentError:
            audience = None
        if audience is None:
            raise self._error("audience", NO_AUDIENCE)
        return audience

    def _error(self, name: str, problem: Phrase, **values: object) -> ContentError:
        key = self._values.get(name, (name, None))[0]
        return ContentError(problem.filled(key=key, **values), int(self._lines.get(key, 1)))
