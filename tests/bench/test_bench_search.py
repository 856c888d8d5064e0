"""What the measurement of search rests on."""

from __future__ import annotations

from pathlib import Path

from tests.bench.bench_search import cut_short, fts5_build, short_queries, tantivy_search
from tests.support.indexed import LIBRARY

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


def test_the_peers_hold_the_same_guides(tmp_path: Path) -> None:
    assert "Connection timeouts" in tantivy_search(LIBRARY)("firewall [port] (443")
    fts5_build(LIBRARY, tmp_path / "fts5.sqlite3")
    assert (tmp_path / "fts5.sqlite3").stat().st_size > 0
