"""Understands when a contact can be reached, as people write it, as spans of a week in a time zone."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kb.content.patterns import Match, counted, linear

DAY = 24 * 60
WEEK = 7 * DAY
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EXAMPLE = "Mon-Fri 09:00-17:00 Europe/London"

_TO = r"\s*(?:-|\bto\b|\buntil\b|\bthrough\b)\s*"
_NAME = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b\.?"
_TIME = r"(?:\d{4}|\d{1,2}(?::\d\d)?)(?:\s*[ap]m)?(?:\s*h\b)?|noon|midnight"
_ITEMS = counted(
    rf"""\s*(?:
    (?P<days>{_NAME})(?:{_TO}(?P<last>{_NAME}))?
    | (?P<group>daily|every\ ?day|all\ week|7\ days\ a\ week|weekdays?|weekends?)\b
    | (?P<start>{_TIME})(?:{_TO})(?P<end>{_TIME})
    | (?P<whole>24\ ?(?:hours|h)(?:\ a\ day)?)\b
    | (?P<none>closed)\b
    | (?P<between>[,;:&/|]|(?:and|plus|from|on)\b)
    )\s*""",
    re.VERBOSE,
)
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT_NAMES = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_GROUPS = {"weekday": range(5), "weekend": range(5, 7)}
_ALWAYS = linear(r"(?:24\s?[/x]\s?7(?:\s?[/x]\s?365)?|always|round the clock|around the clock|at any time)")
_ZONE = linear(r"[\s(]+(?P<zone>[A-Za-z][A-Za-z_]*(?:/[A-Za-z0-9_+-]+)+|(?:UTC|GMT)(?:[+-]\d{1,2})?|[A-Z]{2,4})\)?\s*$")
_OFFSET = linear(r"(?:UTC|GMT)([+-])(\d{1,2})")
_HALF = linear(r"[ap]m")
_DOTTED_HALF = counted(r"\b([ap])\.m\.?")
_DOT = counted(r"(?<=\d)\.(?=\d\d)")
_NOT_OF_A_TIME = linear(r"[^\d:]")
# Abbreviations that name one zone, summer time included; the others (EST, IST, CST) are read in several ways.
_NAMED = {
    "UTC": "UTC",
    "GMT": "UTC",
    "CET": "Europe/Paris",
    "EET": "Europe/Athens",
    "WET": "Europe/Lisbon",
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of a week, each (first minute, the minute after the last), counted from Monday 0:00 in `zone`.

    They are in order and do not touch; the last may end in the next week. `zone` is '' when the text names none.
    """

    spans: tuple[tuple[int, int], ...]
    zone: str = ""

    @property
    def is_always(self) -> bool:
        """Whether there is no time at which nobody can be reached."""
        return self.spans == ((0, WEEK),)


@lru_cache(maxsize=1000)
def read_hours(text: str) -> Hours | None:
    """The hours that a text names, None for what can't be understood whole: half of it would mislead."""
    plain = " ".join(text.translate({0x2013: "-", 0x2014: "-", 0x2212: "-", 0xA0: " "}).split())
    zone = ""
    if found := _ZONE.search(f" {plain}"):
        known = zone_named(str(found.group("zone")))
        if known is None:
            return None
        plain, zone = f" {plain}"[: found.start()], known
    words = _DOTTED_HALF.sub(r"\1m", plain.lower()).strip(" .")
    words = _DOT.sub(":", words)
    if _ALWAYS.fullmatch(words):
        return Hours(((0, WEEK),), zone)
    items = _items(words)
    spans = _joined(_spans(items)) if items else ()
    return Hours(tuple(spans), zone) if spans else None


def zone_named(name: str) -> str | None:
    """The time zone, as browsers know it, of a name such as `Europe/London`, `CET` or `UTC+2`."""
    if name in _NAMED:
        return _NAMED[name]
    if offset := _OFFSET.fullmatch(name):
        sign, hours = "-" if offset[1] == "+" else "+", int(offset[2])  # these names count towards the west
        name = f"Etc/GMT{sign}{hours}" if hours else "UTC"
    return _zones().get(name.lower()) if "/" in name or name == "UTC" else None


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones()}


@dataclass(frozen=True, slots=True)
class _Item:
    """Days, or times of a day: several of one kind that stand together are one."""

    days: frozenset[int] = frozenset()
    times: tuple[tuple[int, int], ...] = ()
    is_days: bool = False

    def with_more(self, other: _Item) -> _Item:
        return _Item(self.days | other.days, self.times + other.times, self.is_days)


def _items(words: str) -> list[_Item]:
    """Days and times in turns; [] when anything else stands in the text."""
    items: list[_Item] = []
    place = 0
    while place < len(words):
        found = _ITEMS.match(words, place)
        if not found or (item := _item(found)) is None:
            return []
        place = found.end()
        if found["between"]:
            continue
        if items and items[-1].is_days == item.is_days:
            items[-1] = items[-1].with_more(item)
        else:
            items.append(item)
    return items


def _item(found: Match) -> _Item | None:
    if found["days"]:
        first, last = _day(found["days"]), _day(found["last"] or found["days"])
        if first is None or last is None:
            return None
        days = frozenset((first + offset) % 7 for offset in range((last - first) % 7 + 1))
        return _Item(days=days, is_days=True)
    if found["group"]:
        return _Item(days=frozenset(_GROUPS.get(found["group"].rstrip("s"), range(7))), is_days=True)
    if found["whole"]:
        return _Item(times=((0, DAY),))
    if found["start"]:
        span = _span(found["start"], found["end"])
        return _Item(times=(span,)) if span else None
    return _Item()


def _day(name: str) -> int | None:
    name = name.rstrip(".")
    if name in _SHORT_NAMES:
        return _SHORT_NAMES[name]
    same = (k for k, full in enumerate(_FULL_NAMES) if name in {full, f"{full}s", DAYS[k]})
    return next(same, None)


def _span(start: str, end: str) -> tuple[int, int] | None:
    """From `9am` and `5pm` to minutes of the day; an end before the start is on the next day, if it can't be '9-5'."""
    first, last = _minute(start), _minute(end)
    if first is not None and last is not None and "m" in end and "m" not in start and not start.count(":"):
        first = _minute(f"{start}{end.strip()[-2:]}") if first <= DAY / 2 and start != "noon" else first
        if first is not None and first > last:
            first = _minute(start)
    if first is None or last is None or first == DAY:
        return None
    last = DAY if last == 0 else last
    if last > first:
        return first, last
    ends_next_day = set("amn") & set(end) or (first > DAY / 2 and not set("apn") & set(start))
    return (first, last + DAY) if ends_next_day else None


def _minute(text: str) -> int | None:
    """The minute of the day, 1440 for its end; None for a time that is none."""
    if text in {"noon", "midnight"}:
        return DAY // 2 if text == "noon" else 0
    digits = _NOT_OF_A_TIME.sub("", text)
    hour, _, minute = digits.partition(":") if ":" in digits or len(digits) < 3 else (digits[:-2], "", digits[-2:])  # noqa: PLR2004
    hours, minutes = int(hour), int(minute or 0)
    if half := _HALF.search(text):
        if not 1 <= hours <= 12:  # noqa: PLR2004
            return None
        hours = hours % 12 + (12 if half[0] == "pm" else 0)
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= DAY else None  # noqa: PLR2004


def _spans(items: list[_Item]) -> Iterator[tuple[int, int]]:
    """Each time on each day that it stands with: days before times, or times before days, all through the text."""
    if len(items) == 1 and not items[0].is_days:
        items = [_Item(days=frozenset(range(7)), is_days=True), *items]
    if len(items) % 2 or not items:
        return
    for first, second in zip(items[::2], items[1::2], strict=True):
        days, times = (first.days, second.times) if first.is_days else (second.days, first.times)
        yield from ((day * DAY + start, day * DAY + end) for day in days for start, end in times)


def _joined(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch made one; what is all of the week is the week."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    if joined and joined[-1][1] >= joined[0][0] + WEEK:
        return [(0, WEEK)] if len(joined) == 1 else joined
    return joined
