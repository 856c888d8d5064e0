"""Draws what was counted, as shapes for SVG: columns for days, bars for groups. Words and tables stand beside."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext

from kb.models.wording import lowered

HEIGHT = 100.0
WIDTH_OF_DAY = 10.0
WIDTH_OF_COLUMN = 8.0
WIDTH_OF_BAR = 100.0
MOST_BARS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a column or bar: its kind, which gives its colour, where it begins, and how long it is."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Column:
    """One day: where it stands, its parts from the bottom up, and what it is in words."""

    x: float
    parts: tuple[Part, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Legend:
    """What a kind of part stands for, and how many there are in all."""

    kind: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Columns:
    """A column for each day; `top` is the number at the upper end."""

    key: str
    title: str
    description: str
    legend: tuple[Legend, ...]
    columns: tuple[Column, ...]
    top: int
    first: dt.date
    last: dt.date

    @property
    def width(self) -> float:
        """How wide the drawing is."""
        return len(self.columns) * WIDTH_OF_DAY


@dataclass(frozen=True, slots=True)
class Bar:
    """One group: its name, its number, and the parts of its bar."""

    name: str
    number: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar for each of the largest groups."""

    key: str
    title: str
    description: str
    legend: tuple[Legend, ...]
    bars: tuple[Bar, ...]


def columns(
    key: str, title: str, names: Mapping[str, str | Promise], days: Sequence[tuple[dt.date, Counter[str]]]
) -> Columns:
    """The days as stacked columns; `names` are the kinds of parts, from the bottom up, with what they are called."""
    top = max((counts.total() for _, counts in days), default=0)
    drawn = tuple(
        Column(place * WIDTH_OF_DAY + 1, _stacked(counts, names, top, upwards=True), _in_words(day, counts, names))
        for place, (day, counts) in enumerate(days)
    )
    legend = _legend(names, [counts for _, counts in days])
    return Columns(key, title, _described(legend), legend, drawn, top, days[0][0], days[-1][0])


def bars(key: str, title: str, names: Mapping[str, str | Promise], groups: Sequence[tuple[str, Counter[str]]]) -> Bars:
    """The largest groups as stacked bars, the first of `groups` on top."""
    shown = groups[:MOST_BARS]
    longest = max((counts.total() for _, counts in shown), default=0)
    drawn = tuple(Bar(name, counts.total(), _stacked(counts, names, longest)) for name, counts in shown)
    legend = _legend(names, [counts for _, counts in shown])
    largest = ", ".join(f"{name} {counts.total()}" for name, counts in shown)
    return Bars(key, title, largest, legend, drawn)


def _stacked(
    counts: Counter[str], names: Mapping[str, str | Promise], most: int, *, upwards: bool = False
) -> tuple[Part, ...]:
    """The parts end to end; upwards, y grows downwards in a drawing, so each part begins at its upper end."""
    size = HEIGHT if upwards else WIDTH_OF_BAR
    parts, end = [], 0.0
    for kind in names:
        if length := size * counts[kind] / most if most else 0.0:
            start = size - end - length if upwards else end
            parts.append(Part(kind, round(start, 3), round(length, 3)))
            end += length
    return tuple(parts)


def _legend(names: Mapping[str, str | Promise], counted: Sequence[Counter[str]]) -> tuple[Legend, ...]:
    return tuple(Legend(kind, str(name), sum(counts[kind] for counts in counted)) for kind, name in names.items())


def _described(legend: Sequence[Legend]) -> str:
    return ", ".join(f"{lowered(entry.name)}: {entry.number}" for entry in legend)


def _in_words(day: dt.date, counts: Counter[str], names: Mapping[str, str | Promise]) -> str:
    parts = ", ".join(f"{counts[kind]} {lowered(name)}" for kind, name in names.items() if counts[kind])
    return f"{date_format(day, 'DAY_FORMAT')}: {parts or gettext('none')}"
