"""Guides indexed in memory for one search."""

from __future__ import annotations

from kb.search.index.entries import entry
from kb.search.index.memory import MemorySegment
from tests.support.indexed import guide, section

SEGMENT = MemorySegment(
    map(
        entry,
        (
            guide(1, "Slow printer", "The printer prints slowly.", section("Codes", "E_7 is shown.", codes=("E_7",))),
            guide(2, "Printers", "Two printers, and a primer."),
        ),
    )
)


def test_postings_say_where_a_term_stands_in_which_guides() -> None:
    found = SEGMENT.postings("words", "printer")
    assert found.documents.tolist() == [0]
    assert found.within(0).tolist() == [1, 6]
    stems = SEGMENT.postings("body", "printer")
    assert stems.documents.tolist() == [0, 1]
    assert stems.counts.tolist() == [2, 2]
    assert SEGMENT.postings("codes", "e_7").documents.tolist() == [0]
    assert not SEGMENT.postings("words", "nowhere")
    assert not SEGMENT.postings("no field", "printer")


def test_words_are_counted_by_guide_and_listed_by_how_they_begin() -> None:
    assert SEGMENT.frequencies(["printers", "printer", "the", "nowhere"]) == {"printers": 1, "printer": 1, "the": 1}
    assert SEGMENT.beginning("words", "pri", 3) == {"primer": 1, "printer": 1, "printers": 1}
    assert SEGMENT.beginning("words", "pri", 2) == {"primer": 1, "printer": 1}
    assert SEGMENT.beginning("headlines", "printer", 9) == {"printer": 1, "printers": 1}


def test_a_segment_of_no_guides_has_nothing() -> None:
    nothing = MemorySegment(())
    assert not nothing.postings("words", "printer")
    assert nothing.beginning("words", "", 9) == {}


def test_bodies_hold_the_sections() -> None:
    assert [part.title for part in SEGMENT.bodies([0])[0].parts] == ["Details", "Codes"]
