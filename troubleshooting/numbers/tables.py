"""Makes tables of what was counted, as pages show them and as files have them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.urls import reverse

from troubleshooting.models import WalkStep
from troubleshooting.numbers import counting
from troubleshooting.numbers.counting import ENDS, SOLVED, Searches, Walks
from troubleshooting.numbers.gaps import Gap, gaps
from troubleshooting.numbers.period import Period

Cell: TypeAlias = str | int | dt.date | None

END_NAMES = {
    counting.SOLVED: "Solved",
    counting.ESCALATED: "Escalated",
    counting.NOT_COVERED: "Not covered",
    counting.LEFT: "Left",
}
NOT_SAID = "Not said"
LEFT_AT = {
    WalkStep.Shown.QUESTION: "A question",
    WalkStep.Shown.CHOICE: "Problems to choose from",
    WalkStep.Shown.SOLUTION: "A solution",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its cells, and where the first of them leads ('': nowhere)."""

    cells: tuple[Cell, ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; `more` says how many there are beside those that are listed."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int = 0


def searches_table(period: Period, by_day: dict[dt.date, Searches]) -> Table:
    """Searches and their success, day by day."""
    columns = ("Day", "Searches", "Found something", "Opened a guide", "Found (%)", "Opened (%)")
    rows = [Row((day, *_success(by_day.get(day, Searches())))) for day in period.days()]
    return Table("searches", "Searches by day", columns, tuple(rows))


def _success(day: Searches) -> tuple[Cell, ...]:
    shares = percent(day.found, day.searches), percent(day.opened, day.searches)
    return day.searches, day.found, day.opened, *shares


def walks_table(period: Period, walks: Walks) -> Table:
    """Walks and their ends, day by day."""
    rows = [Row((day, *_ends(walks.by_day.get(day, Counter())))) for day in period.days()]
    return Table("walks", "Walks by day", ("Day", *_END_COLUMNS), tuple(rows))


def grouped_table(key: str, title: str, name: str, groups: dict[str, Counter[str]]) -> Table:
    """Walks and their ends by what they were about, most walks first."""
    listed = counting.commonest(groups)
    rows = tuple(Row((group or NOT_SAID, *_ends(groups[group]))) for group in listed)
    return Table(key, title, (name, *_END_COLUMNS), rows, len(groups) - len(listed))


def guides_table(walks: Walks) -> Table:
    """Walks by the guide that they ended at: what solved them, or was tried or shown last."""
    listed = [guide for guide in counting.commonest(walks.by_guide) if guide in walks.titles]
    rows = tuple(
        Row((walks.titles[guide][0], *_ends(walks.by_guide[guide])), _guide(walks.titles[guide][1])) for guide in listed
    )
    more = len(walks.by_guide) - len(listed)
    return Table("guides", "Walks by guide", ("Guide", *_END_COLUMNS), rows, more)


def left_table(walks: Walks) -> Table:
    """What people saw last in walks that they left."""
    rows = tuple(Row((name, walks.left_at[shown])) for shown, name in LEFT_AT.items() if walks.left_at[shown])
    return Table("left", "Where people leave", ("Last page", "Walks left"), rows)


def questions_table(asked: Sequence[counting.AskedQuestion]) -> Table:
    """Questions, and how often people left at them."""
    columns = ("Question", "Asked", "Answered", "Not sure", "Left there", "Left there (%)")
    rows = tuple(
        Row((one.text or one.id, one.asked, one.answered, one.unsure, one.left, percent(one.left, one.asked)))
        for one in asked
    )
    return Table("questions", "Questions asked", columns, rows)


def read_table(sections: Sequence[counting.ReadSection]) -> Table:
    """The sections that were read most."""
    rows = tuple(Row((one.title, one.guide, one.times), _guide(one.slug, one.anchor)) for one in sections)
    return Table("read", "Sections read most", ("Section", "Guide", "Times read"), rows)


def unread_table(number: int, sections: Sequence[counting.ReadSection]) -> Table:
    """The sections that nobody read."""
    rows = tuple(Row((one.title, one.guide), _guide(one.slug, one.anchor)) for one in sections)
    return Table("unread", "Sections never read", ("Section", "Guide"), rows, number - len(sections))


def gaps_table(closed: Sequence[Gap]) -> Table:
    """How long it took until a guide answered what people missed."""
    columns = ("What people missed", "First seen", "Guide published", "Days", "Guide")
    rows = tuple(
        Row((gap.title, gap.first_seen, gap.published, gap.days, gap.guide), _guide(gap.slug)) for gap in closed
    )
    return Table("gaps", "From a gap to a guide", columns, rows)


def _grouped(key: str, title: str, name: str, groups: Callable[[Walks], dict[str, Counter[str]]]) -> Made:
    return lambda period: grouped_table(key, title, name, groups(counting.walks(period)))


Made: TypeAlias = Callable[[Period], Table]
TABLES: dict[str, Made] = {
    "searches": lambda period: searches_table(period, counting.searches_by_day(period)),
    "walks": lambda period: walks_table(period, counting.walks(period)),
    "categories": _grouped("categories", "Walks by category", "Category", lambda walks: walks.by_category),
    "products": _grouped("products", "Walks by product", "Product", lambda walks: walks.by_product),
    "guides": lambda period: guides_table(counting.walks(period)),
    "left": lambda period: left_table(counting.walks(period)),
    "questions": lambda period: questions_table(counting.questions(period)),
    "read": lambda period: read_table(counting.most_read(period)),
    "unread": lambda period: unread_table(*counting.never_read(period)),
    "gaps": lambda period: gaps_table(gaps(period)),
}


def percent(part: int, whole: int) -> int | None:
    """The share in whole percents; None of nothing."""
    return round(100 * part / whole) if whole else None


def _ends(ends: Counter[str]) -> tuple[Cell, ...]:
    return ends.total(), *(ends[end] for end in ENDS), percent(ends[SOLVED], ends.total())


_END_COLUMNS = ("Walks", *(END_NAMES[end] for end in ENDS), "Self-service (%)")


def _guide(slug: str, anchor: str = "") -> str:
    address = reverse("kb:guide-detail", args=[slug]) if slug else ""
    return f"{address}#{anchor}" if anchor else address
