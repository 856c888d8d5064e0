"""Finds what other systems write in front matter to keep a text from readers: drafts, private and timed texts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from kb.content.document import Withheld
from kb.content.patterns import counted, linear

FALSE = frozenset({"false", "no", "n", "off", "0", "f", "none", "null"})
NO_READERS = (
    *("draft", "drafts", "unpublished", "unlisted", "hidden", "internal", "private", "confidential", "restricted"),
    *("secret", "staff", "agents", "agent", "employees", "team", "members", "insiders", "helpdesk", "partners"),
)
NOT_READY = frozenset(
    "draft unpublished unlisted hidden internal private confidential restricted secret wip pending future trash "  # noqa: SIM905
    "trashed scheduled archived review inreview inprogress workinprogress todo".split()
)
FLAGS = frozenset(
    "draft isdraft private isprivate unlisted unpublished hidden internal isinternal confidential restricted wip "  # noqa: SIM905
    "headless staffonly internalonly usersegmentid".split()
)
SHOWN = frozenset({"published", "ispublished", "publish", "public", "ispublic"})
STATES = frozenset({"status", "state", "publishstatus", "publishingstatus", "poststatus"})
VISIBILITIES = frozenset({"visibility", "access", "privacy", "usersegment", "visible", "permissions"})
TIMES = frozenset({"publishdate", "publishat", "publishon", "publishafter", "pubdate", "publicationdate", "golive"})
ENDS = frozenset({"expirydate", "expires", "expireson", "unpublishdate", "unpublishat"})
ALSO_TIMES = frozenset({"published", "publishedat", "publishedon", "publisheddate"})
LONGEST_SHOWN = 60
_BETWEEN = linear(r"[\W_]+")
_WORD = counted(r"[a-z]+")
_PARTS = linear(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
Until = dt.datetime | None
_WRITTEN = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%d.%m.%Y", "%m/%d/%Y")


def withheld(fields: Mapping[str, Any]) -> tuple[Withheld, ...]:
    """Each key that keeps the text from readers, whatever its spelling, or did so until a time; [] for most texts."""
    lines, sign = getattr(fields, "lines", {}), getattr(fields, "sign", ": ")
    found: list[Withheld] = []
    for key, value in fields.items():
        name = _BETWEEN.sub("", key).lower()
        for means in (_flag, _shown, _state, _visibility, _time, _end):
            said = _as_written(key, sign, value)
            found += [Withheld(said, int(lines.get(key, 1)), until) for until in means(name, value)]
    return tuple(found)


def _flag(name: str, value: Any) -> Iterator[Until]:
    """`draft: true`: whatever is not plainly a no counts, for a slip must not publish what is not for everyone."""
    is_said = name in FLAGS and value not in (None, [], {}) and not _says(value, FALSE)
    if is_said and (not isinstance(value, list | dict) or name in ("draft", "private", "unlisted")):
        yield None


def _shown(name: str, value: Any) -> Iterator[Until]:
    """`published: false`."""
    if name in SHOWN and _says(value, FALSE):
        yield None


def _state(name: str, value: Any) -> Iterator[Until]:
    """`status: draft`."""
    if name in STATES and any(_BETWEEN.sub("", text).lower() in NOT_READY for text in _texts(value)):
        yield None


def _visibility(name: str, value: Any) -> Iterator[Until]:
    """`visibility: internal`, `visible: false`."""
    words = {word for text in _texts(value) for word in _WORD.findall(text.lower())}
    if name == "visible":
        if _says(value, FALSE):
            yield None
    elif name in VISIBILITIES and not words.isdisjoint(NO_READERS):
        yield None


def _time(name: str, value: Any) -> Iterator[Until]:
    """`publish_date: 2099-01-01`; one that can't be read counts as still to come."""
    if name not in TIMES | ALSO_TIMES or not isinstance(value, str) or not value.strip():
        return
    moment = moment_of(value)
    if moment is not None:
        yield moment
    elif name in TIMES and not _says(value, FALSE):
        yield None


def _end(name: str, value: Any) -> Iterator[Until]:
    """`expiryDate: 2001-01-01`: the time for readers is over."""
    moment = moment_of(value) if name in ENDS and isinstance(value, str) else None
    if moment is not None and moment.replace(tzinfo=moment.tzinfo or dt.UTC) <= dt.datetime.now(dt.UTC):
        yield None


def moment_of(text: str) -> dt.datetime | None:
    """A date, or a date with a time, as people write them; without a time, the day's start. None for anything else."""
    text = " ".join(text.split())
    if match := _PARTS.fullmatch(text):
        *numbers, zone = match.groups()
        year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
        with suppress(ValueError):
            moment = dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone follows
            return moment.replace(tzinfo=_zone(zone)) if zone else moment
        return None
    for form in _WRITTEN:
        with suppress(ValueError):
            return dt.datetime.strptime(text, form)  # noqa: DTZ007 - the site's zone is meant
    return None


def _zone(written: str) -> dt.timezone:
    if written.upper() in ("Z", "UTC"):
        return dt.UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if written[0] == "-" else offset)


def _says(value: Any, words: frozenset[str]) -> bool:
    return isinstance(value, str) and value.strip().lower() in words


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def _as_written(key: str, sign: str, value: Any) -> str:
    shown = ", ".join(_texts(value)) if isinstance(value, list) else value if isinstance(value, str) else "..."
    text = " ".join(f"{key}{sign}{shown}".split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
