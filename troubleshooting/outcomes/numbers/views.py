"""The page of numbers, and its tables as files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from kb.models.audience import PUBLIC
from kb.models.wording import spoken
from kb.web.access import for_staff
from kb.web.errors import NothingHere
from kb.web.query_strings import with_query
from troubleshooting.outcomes.numbers import charts, counting, tables
from troubleshooting.outcomes.numbers.counting import ENDS, Searches
from troubleshooting.outcomes.numbers.downloads import as_csv
from troubleshooting.outcomes.numbers.gaps import gaps, middle_days
from troubleshooting.outcomes.numbers.period import DAYS, WHO, Period, PeriodForm, usual
from troubleshooting.walk.links import Link

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from troubleshooting.outcomes.numbers.charts import Bars, Columns
    from troubleshooting.outcomes.numbers.tables import Table

DAILY = ("searches", "walks")
SEARCH_NAMES = {
    "opened": gettext_lazy("Opened a guide"),
    "found": gettext_lazy("Found, not opened"),
    "nothing": gettext_lazy("Found nothing"),
}
WALK_NAMES = {end: tables.END_NAMES[end] for end in ENDS}
QUESTION_NAMES = {"answered": gettext_lazy("Answered"), "left": gettext_lazy("Left there")}


@dataclass(frozen=True, slots=True)
class Block:
    """One picture with its table; `columns` or `bars` is the picture, `empty` what is said where there is nothing."""

    table: Table
    empty: str
    note: str = ""
    columns: Columns | None = None
    bars: Bars | None = None
    csv: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show: days are listed only where something happened on one."""
        return not self.table.rows or (self.columns is None and self.table.key in DAILY)


@require_safe
@for_staff("desk:numbers")
def numbers(request: HttpRequest) -> HttpResponse:
    """How well search and walks do, for the days that the address names. 9 queries, and 2 for who it is.

    At `/desk/numbers/`, for staff.
    """
    form = PeriodForm(request.GET)
    is_valid = form.is_valid()
    period = form.period() if is_valid else usual(form.cleaned_data.get("who") or PUBLIC)
    by_day, walks = counting.searches_by_day(period), counting.walks(period)
    searches = sum_of(by_day)
    closed = gaps(period)
    context = {
        "form": form,
        "period": period,
        "ranges": [_range(days, period, is_chosen=is_valid) for days in DAYS],
        "whose": WHO,
        "is_searches_off": not settings.SEARCH_LOG,
        "is_walks_off": not settings.WALK_LOG,
        "searches": searches,
        "found": tables.percent(searches.found, searches.searches),
        "opened": tables.percent(searches.opened, searches.searches),
        "walks": walks,
        "ends": [(tables.END_NAMES[end], walks.total[end]) for end in ENDS],
        "self_service": tables.percent(walks.total[counting.SOLVED], walks.number),
        "gap_days": middle_days(closed),
        "blocks": [_with_csv(block, period) for block in (*_of_searches(period, by_day), *_of_walks(period, walks))],
        "others": [
            _with_csv(block, period)
            for block in (
                _questions(period),
                Block(tables.read_table(counting.most_read(period)), gettext("No reading was counted in these days.")),
                Block(
                    tables.unread_table(*counting.never_read(period)),
                    gettext("None, or no reading was counted in these days."),
                    gettext("Of guides that were here before these days."),
                ),
                Block(
                    tables.gaps_table(closed),
                    gettext("No guide that the worklist asked for was published in these days."),
                    gettext(
                        "From the day on which somebody first looked in vain to the day on which the guide was "
                        "published that answers it, as a writer said in the worklist."
                    ),
                ),
            )
        ],
    }
    status = HTTPStatus.OK if is_valid else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "troubleshooting/numbers.html", context, status=status)


@require_safe
@for_staff("desk:numbers")
def numbers_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One of the tables as a file, for the same days.

    At `/desk/numbers/<table>.csv`, for staff.
    """
    if table not in tables.TABLES:
        raise NothingHere(gettext("There is no table of this name among the numbers."))
    form = PeriodForm(request.GET)
    if not form.is_valid():
        sentences = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return HttpResponse(sentences, "text/plain; charset=utf-8", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    period = form.period()
    response = HttpResponse(as_csv(tables.TABLES[table](period)), "text/csv; charset=utf-8")
    name = f"{table}-{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sum_of(by_day: dict[dt.date, Searches]) -> Searches:
    """The searches of all days together."""
    total = Searches()
    for day in by_day.values():
        total.add(day)
    return total


def _range(days: int, period: Period, *, is_chosen: bool) -> Link:
    is_this = (period.last - period.first).days + 1 == days and period.last == timezone.localdate()
    return Link(
        ngettext("{number} day", "{number} days", days).format(number=days),
        with_query("", {"days": days, "who": period.who}),
        is_given=is_chosen and is_this,
    )


def _with_csv(block: Block, period: Period) -> Block:
    address = reverse("desk:numbers-csv", args=[block.table.key])
    return Block(
        block.table, block.empty, block.note, block.columns, block.bars, with_query(address, period.parameters())
    )


def _of_searches(period: Period, by_day: dict[dt.date, Searches]) -> list[Block]:
    days = [(day, _parts(by_day.get(day, Searches()))) for day in period.days()]
    picture = charts.columns("searches", gettext("Searches by day"), SEARCH_NAMES, days) if by_day else None
    table = tables.searches_table(period, by_day)
    return [Block(table, gettext("Nothing was searched for in these days."), columns=picture)]


def _parts(day: Searches) -> Counter[str]:
    return Counter(opened=day.opened, found=day.found - day.opened, nothing=day.searches - day.found)


def _of_walks(period: Period, walks: counting.Walks) -> list[Block]:
    empty = gettext("Nobody walked in these days.")
    days = [(day, walks.by_day.get(day, Counter())) for day in period.days()]
    picture = charts.columns("walks", gettext("Walks by day"), WALK_NAMES, days) if walks.number else None
    note = gettext(
        "Each walk once, on the day of its last page. One that is under way counts as left until it goes on."
    )
    guides = {walks.titles[pk][0]: ends for pk, ends in walks.by_guide.items() if pk in walks.titles}
    return [
        Block(tables.walks_table(period, walks), empty, note, columns=picture),
        _group("categories", gettext("Walks by category"), gettext("Category"), walks.by_category, empty),
        _group("products", gettext("Walks by product"), gettext("Product"), walks.by_product, empty),
        Block(
            tables.guides_table(walks),
            gettext("No walk came to a guide in these days."),
            gettext("By the guide that solved it, or that was tried or shown last."),
            bars=_bars("guides", gettext("Walks by guide"), guides),
        ),
        Block(tables.left_table(walks), gettext("No walk was left in these days.")),
    ]


def _group(key: str, title: str, name: str, groups: dict[str, Counter[str]], empty: str) -> Block:
    named = {group or str(tables.NOT_SAID): ends for group, ends in groups.items()}
    return Block(tables.grouped_table(key, title, name, groups), empty, bars=_bars(key, title, named))


def _bars(key: str, title: str, groups: dict[str, Counter[str]]) -> Bars | None:
    listed = [(group, groups[group]) for group in counting.commonest(groups)]
    return charts.bars(key, title, WALK_NAMES, listed) if listed else None


def _questions(period: Period) -> Block:
    asked = counting.questions(period)
    groups = [(spoken(one.text) or one.id, Counter(answered=one.answered, left=one.left)) for one in asked]
    picture = charts.bars("questions", gettext("Questions asked"), QUESTION_NAMES, groups) if groups else None
    note = gettext("In how many walks each was shown, and was the last page that somebody saw; most left first.")
    return Block(tables.questions_table(asked), gettext("No question was asked in these days."), note, bars=picture)
