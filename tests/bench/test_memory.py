"""What a process that searches keeps in memory is bounded, counted in bytes."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import pytest

from kb.search.engine import reader
from kb.search.index import snapshot as snapshots
from kb.search.text import analysis
from tests.bench.large_library import Source, indexed, library, queries, source
from tests.bench.memory import deep_size, limit, parts, search_all, search_on

CONTENT = Path(__file__).resolve().parent.parent.parent / "content"
GUIDES, SEARCHES = 240, 400
LITTLE = 400_000  # bytes: what these searches go through is several times that
FEW = 30
UNKNOWN = ("certifcate", "pasword2x")  # words like these have lists of all words made, once for staff and once for all


@pytest.fixture(scope="module")
def given() -> Source:
    return source(CONTENT)


@pytest.mark.night
def test_what_was_read_and_worked_out_is_kept_within_its_bounds(
    given: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_BYTES", "MOST_BYTES_OF_BODIES"):
        monkeypatch.setattr(snapshots, name, LITTLE)
    monkeypatch.setattr(snapshots, "MOST_WORDS", FEW)
    monkeypatch.setattr(reader, "MOST_RESULTS", FEW)
    monkeypatch.setattr(analysis, "MOST_CACHED", FEW)
    folder = tmp_path / "index"
    indexed(library(given, GUIDES), folder)
    texts = list(islice(queries(library(given, GUIDES), 3), SEARCHES))
    engine, sizes, done = search_all(folder, ()), [], 0
    for word in UNKNOWN:
        search_on(engine, (word, word))
    for many in (2, SEARCHES // 2, SEARCHES):
        search_on(engine, texts[done:many])
        sizes.append(deep_size(engine))
        done = many
    few, some, all_ = sizes
    assert some > few + LITTLE
    assert all_ < some + LITTLE


def test_a_library_is_the_same_for_the_same_seed_and_titles_are_distinct(given: Source) -> None:
    made = list(library(given, GUIDES))
    assert made == list(library(given, GUIDES))
    assert made != list(library(given, GUIDES, seed=1))
    assert len({guide.title for guide in made}) == len({guide.guide_id for guide in made}) == GUIDES
    assert {guide.audience for guide in made} == {"public", "staff"}


def test_the_vocabulary_grows_as_heaps_law_says(given: Source) -> None:
    words, seen, sizes = 0, set[str](), list[float]()
    for guide in library(given, 4 * GUIDES):
        found = [word for section in guide.sections for word in section.text.lower().split()]
        words += len(found)
        seen.update(found)
        if guide.guide_id in (GUIDES, 4 * GUIDES):
            sizes.append(len(seen) / words**0.5)
    assert 0.7 < sizes[1] / sizes[0] < 1.4  # four times the words, twice the vocabulary


def test_what_is_asked_is_not_asked_twice(given: Source) -> None:
    texts = list(queries(library(given, 40), 5))
    assert len(texts) == len(set(texts)) > 150
    assert {1, 2, 3, 4, 5, 6} <= {len(text.split()) for text in texts if not text.endswith("?")}
    assert any(text.startswith("How do I") for text in texts)


def test_the_size_of_what_is_reached_counts_each_thing_once() -> None:
    text = "x" * 1000
    assert deep_size([text, text]) == sys.getsizeof([text, text]) + sys.getsizeof(text)
    assert deep_size({"a": [1.5]}) > deep_size({"a": 1.5}) > deep_size({})


def test_the_parts_of_the_memory_are_named(given: Source, tmp_path: Path) -> None:
    indexed(library(given, 20), tmp_path / "index")
    found = parts(search_all(tmp_path / "index", queries(library(given, 20), 1)))
    assert found == sorted(found, reverse=True)
    assert {"Snapshot.heads", "kb.search.text.analysis"} <= {name for _, name in found}


def test_a_limit_holds_for_libraries_up_to_its_size() -> None:
    assert [limit(guides) for guides in (1, 851, 852, 7_000, 70_000, 80_000)] == [200, 200, 250, 250, 400, 400]
