"""What the measurement of search rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.bench_search import (
    Round,
    Row,
    Times,
    by_turns,
    cut_short,
    fts5_build,
    rounds_of,
    short_queries,
    tantivy_search,
)
from tests.indexed import LIBRARY

TITLES = ["One two three four five six", "Seven", "Eight nine"]


def test_short_queries_are_words_of_titles_and_the_same_for_a_seed() -> None:
    queries = short_queries(TITLES, 50, seed=1)
    assert queries == short_queries(TITLES, 50, seed=1)
    assert queries != short_queries(TITLES, 50, seed=2)
    assert len(queries) == 50
    assert all(2 <= len(query.split()) <= 5 for query in queries)
    assert {word for query in queries for word in query.split()} <= set(" ".join(TITLES).split()) - {"Seven"}


def test_a_text_that_is_being_typed_lacks_its_end_and_is_never_too_short_for_suggestions() -> None:
    assert cut_short("mail server") == "mail serv"
    assert [cut_short(text) for text in ("ab", "abc")] == ["ab", "ab"]


def test_tasks_take_turns() -> None:
    calls: list[str] = []
    times = by_turns(["a", "b"], lambda text: calls.append(f"1{text}"), lambda text: calls.append(f"2{text}"))
    assert calls == ["1a", "2a", "1b", "2b"]
    assert [len(each.seconds) for each in times] == [2, 2]


def test_a_row_compares_the_95th_percentiles_round_by_round() -> None:
    peer = Times(tuple(0.001 for _ in range(100)))
    ours = Times((*(0.002 for _ in range(94)), *(0.01 for _ in range(6))))
    slow = Times((0.03,) * 100)
    assert ours.at(0.5) == pytest.approx(2)
    row = Row("x", [Round(ours, peer), Round(slow, peer), Round(ours, peer)], allowed=20)
    assert row.ratio.shown(1) == "10.0 (10.0-30.0)"
    assert str(row).endswith("ok")
    assert str(Row("x", row.rounds, allowed=9)).endswith("MISSED")


def test_rounds_in_which_others_were_at_the_machine_do_not_count_and_too_many_of_them_give_no_ratio() -> None:
    times, twice = Times((0.001,)), Times((0.002,))
    some = Row("x", [Round(times, times), Round(twice, times, others=0.2)], allowed=1.5)
    assert some.ratio.shown(1) == "1.0 (1.0-1.0)"
    assert some.is_met
    none = Row("x", [Round(times, times), *[Round(times, times, others=0.25)] * 2], allowed=20)
    assert str(none).endswith("no figures: others took 25% of the machine")
    assert not none.is_met


def test_each_task_has_its_rounds_beside_the_peer() -> None:
    searched, completed = rounds_of([["a", "b"], ["c"]], *[lambda _: None] * 3)
    assert [len(each.ours.seconds) for each in searched] == [2, 1]
    assert [each.peer for each in searched] == [each.peer for each in completed]


def test_the_peers_hold_the_same_guides(tmp_path: Path) -> None:
    assert "Connection timeouts" in tantivy_search(LIBRARY)("firewall [port] (443")
    fts5_build(LIBRARY, tmp_path / "fts5.sqlite3")
    assert (tmp_path / "fts5.sqlite3").stat().st_size > 0
