"""What the measurement of search rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.bench_search import Row, Times, by_turns, cut_short, fts5_build, short_queries, tantivy_search
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


def test_a_row_compares_the_95th_percentiles() -> None:
    peer = Times(tuple(0.001 for _ in range(100)))
    ours = Times((*(0.002 for _ in range(94)), *(0.01 for _ in range(6))))
    assert ours.at(0.5) == pytest.approx(2)
    assert Row("x", ours, peer, allowed=20).ratio == pytest.approx(10)
    assert str(Row("x", ours, peer, allowed=20)).endswith("ok")
    assert str(Row("x", ours, peer, allowed=9)).endswith("MISSED")


def test_the_peers_hold_the_same_guides(tmp_path: Path) -> None:
    assert "Connection timeouts" in tantivy_search(LIBRARY)("firewall [port] (443")
    fts5_build(LIBRARY, tmp_path / "fts5.sqlite3")
    assert (tmp_path / "fts5.sqlite3").stat().st_size > 0
