"""The choice of weights on some of the questions."""

from __future__ import annotations

from pathlib import Path

from kb.search.text.query import parse
from tests.bench.choose_weights import (
    GRID,
    Case,
    Setting,
    Trial,
    alone,
    choose,
    goals_of,
    mrr,
    segments_in,
    set_all,
    shipped,
    table,
)
from tests.bench.large_library import indexed
from tests.support.indexed import guide

TITLE = list(GRID).index("FIELD_WEIGHTS[title]")
SATURATION = list(GRID).index("SATURATION")


def case(file: str, half: int) -> Case:
    return Case(file, half, parse("x"), frozenset({1}))


CASES = [case("a", 0), case("a", 1), case("b", 0), case("b", 1)]


def ranks(setting: Setting) -> list[int]:
    """A search whose questions of file a like heavy titles, and those of b late saturation."""
    first = 1 if setting[TITLE] == 16.0 else 2
    return [first, first, *([1, 1] if setting[SATURATION] == 8.0 else [4, 2])]


def test_each_goal_takes_what_is_best_for_its_own_questions() -> None:
    start = shipped()
    goals = goals_of(CASES)
    chosen, tried = choose(start, goals, lambda settings: list(map(ranks, settings)))
    assert goals == {
        "all questions": [0, 1, 2, 3],
        "without a": [2, 3],
        "without b": [0, 1],
        "half 1 of the guides": [0, 2],
        "half 2 of the guides": [1, 3],
    }
    assert [(own[TITLE], own[SATURATION]) for own in chosen.values()] == [
        (16.0, 8.0),
        (start[TITLE], 8.0),
        (16.0, start[SATURATION]),
        (16.0, 8.0),
        (16.0, 8.0),
    ]
    lines = table(CASES, chosen, tried, start).splitlines()
    assert lines[2] == "| as it is | 0.500 | 0.375 | 0.375 | 0.500 | - |"
    assert lines[4] == "| without a | 0.500 | 1.000 | 0.750 | 0.750 | SATURATION 8 |"
    assert f"| `SATURATION` | **{start[SATURATION]:.2g}** | 0.500 | 0.375 |" in alone(CASES, tried, start)


def test_values_that_make_no_difference_stay_as_they_are() -> None:
    start = shipped()
    chosen, _ = choose(start, {"all": [0]}, lambda settings: [[1] for _ in settings])
    assert chosen == {"all": start}


def test_the_values_as_they_are_stand_in_the_grid() -> None:
    assert all(value in values for value, values in zip(shipped(), GRID.values(), strict=True))


def test_the_reciprocal_rank_is_zero_for_what_is_not_found() -> None:
    assert mrr([1, 2, 0], [0, 1, 2]) == 0.5


def test_search_ranks_by_the_values_that_are_tried(tmp_path: Path) -> None:
    guides = [guide(1, "Printer jams", "Nothing of it."), guide(2, "Other things", "A printer, the printer, printers.")]
    indexed(guides, tmp_path / "index")
    trial = Trial([Case("a", 0, parse("printer"), frozenset({0}))], segments_in(tmp_path / "index"))
    start = shipped()
    try:
        assert trial.ranks(start) == [1]
        without = {"FIELD_WEIGHTS[title]": 0.0, "HEADING_SAYS_IT": 0.0}
        assert trial.ranks(tuple(without.get(name, value) for name, value in zip(GRID, start, strict=True))) == [2]
    finally:
        set_all(start)


def test_a_value_that_is_set_holds_in_every_module() -> None:
    start = shipped()
    other = tuple(values[0] for values in GRID.values())
    try:
        set_all(other)
        assert shipped() == other
    finally:
        set_all(start)
    assert shipped() == start
