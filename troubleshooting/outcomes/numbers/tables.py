"""Makes tables of what was counted, as pages show them and as files have them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from kb.models.wording import spoken
from troubleshooting.models import WalkStep
from troubleshooting.outcomes.numbers import counting
from troubleshooting.outcomes.numbers.counting import ENDS, SOLVED, Searches, Walks
from troubleshooting.outcomes.numbers.gaps import Gap, gaps
from troubleshooting.outcomes.numbers.period import Period

Cell: TypeAlias = str | int | dt.date | None

END_NAMES = {
    counting.SOLVED: gettext_lazy("Solved"),
    counting.ESCALATED: gettext_lazy("Escalated"),
    counting.NOT_COVERED: gettext_lazy("Not covered"),
    counting.LEFT: gettext_lazy("Left"),
}
NOT_SAID = gettext_lazy("Not said")
LEFT_AT = {
    WalkStep.Shown.QUESTION: gettext_lazy("A question"),
    WalkStep.Shown.CHOICE: gettext_lazy("Problems to choose from"),
    WalkStep.Shown.SOLUTION: gettext_lazy("A solution"),
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
    columns = (
        gettext("Day"),
        gettext("Searches"),
        gettext("Found something"),
        gettext("Opened a guide"),
        gettext("Found (%)"),
        gettext("Opened (%)"),
    )
    rows = [Row((day, *_success(by_day.get(day, Searches())))) for day in period.days()]
    return Table("searches", gettext("Searches by day"), columns, tuple(rows))


def _success(day: Searches) -> tuple[Cell, ...]:
    shares = percent(day.found, day.searches), percent(day.opened, day.searches)
    return day.searches, day.found, day.opened, *shares


def walks_table(period: Period, walks: Walks) -> Table:
    """Walks and their ends, day by day."""
    rows = [Row((day, *_ends(walks.by_day.get(day, Counter())))) for day in period.days()]
    return Table("walks", gettext("Walks by day"), (gettext("Day"), *_end_columns()), tuple(rows))


def grouped_table(key: str, title: str, name: str, groups: dict[str, Counter[str]]) -> Table:
    """Walks and their ends by what they were about, most walks first."""
    listed = counting.commonest(groups)
    rows = tuple(Row((group or str(NOT_SAID), *_ends(groups[group]))) for group in listed)
    return Table(key, title, (name, *_end_columns()), rows, len(groups) - len(listed))


def guides_table(walks: Walks) -> Table:
    """Walks by the guide that they ended at: what solved them, or was tried or shown last."""
    listed = [guide for guide in counting.commonest(walks.by_guide) if guide in walks.titles]
    rows = tuple(
        Row((walks.titles[guide][0], *_ends(walks.by_guide[guide])), _guide(walks.titles[guide][1])) for guide in listed
    )
    more = len(walks.by_guide) - len(listed)
    return Table("guides", gettext("Walks by guide"), (gettext("Guide"), *_end_columns()), rows, more)


def left_table(walks: Walks) -> Table:
    """What people saw last in walks that they left."""
    rows = tuple(Row((str(name), walks.left_at[shown])) for shown, name in LEFT_AT.items() if walks.left_at[shown])
    return Table("left", gettext("Where people leave"), (gettext("Last page"), gettext("Walks left")), rows)


def questions_table(asked: Sequence[counting.AskedQuestion]) -> Table:
    """Questions, and how often people left at them."""
    columns = (
        gettext("Question"),
        gettext("Asked"),
        gettext("Answered"),
        gettext("Not sure"),
        gettext("Left there"),
        gettext("Left there (%)"),
    )
    rows = tuple(
        Row((spoken(one.text) or one.id, one.asked, one.answered, one.unsure, one.left, percent(one.left, one.asked)))
        for one in asked
    )
    return Table("questions", gettext("Questions asked"), columns, rows)


def read_table(sections: Sequence[counting.ReadSection]) -> Table:
    """The sections that were read most."""
    rows = tuple(Row((one.title, one.guide, one.times), _guide(one.slug, one.anchor)) for one in sections)
    return Table(
        "read", gettext("Sections read most"), (gettext("Section"), gettext("Guide"), gettext("Times read")), rows
    )


def unread_table(number: int, sections: Sequence[counting.ReadSection]) -> Table:
    """The sections that nobody read."""
    rows = tuple(Row((one.title, one.guide), _guide(one.slug, one.anchor)) for one in sections)
    return Table(
        "unread", gettext("Sections never read"), (gettext("Section"), gettext("Guide")), rows, number - len(sections)
    )


def gaps_table(closed: Sequence[Gap]) -> Table:
    """How long it took until a guide answered what people missed."""
    columns = (
        gettext("What people missed"),
        gettext("First seen"),
        gettext("Guide published"),
        gettext("Days"),
        gettext("Guide"),
    )
    rows = tuple(
        Row((gap.title, gap.first_seen, gap.published, gap.days, gap.guide), _guide(gap.slug)) for gap in closed
    )
    return Table("gaps", gettext("From a gap to a guide"), columns, rows)


def _grouped(key: str, title: Promise, name: Promise, groups: Callable[[Walks], dict[str, Counter[str]]]) -> Made:
    return lambda period: grouped_table(key, str(title), str(name), groups(counting.walks(period)))


Made: TypeAlias = Callable[[Period], Table]
TABLES: dict[str, Made] = {
    "searches": lambda period: searches_table(period, counting.searches_by_day(period)),
    "walks": lambda period: walks_table(period, counting.walks(period)),
    "categories": _grouped(
        "categories", gettext_lazy("Walks by category"), gettext_lazy("Category"), lambda walks: walks.by_category
    ),
    "products": _grouped(
        "products", gettext_lazy("Walks by product"), gettext_lazy("Product"), lambda walks: walks.by_product
    ),
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


def _end_columns() -> tuple[str, ...]:
    return gettext("Walks"), *(str(END_NAMES[end]) for end in ENDS), gettext("Self-service (%)")


def _guide(slug: str, anchor: str = "") -> str:
    address = reverse("kb:guide-detail", args=[slug]) if slug else ""
    return f"{address}#{anchor}" if anchor else address
