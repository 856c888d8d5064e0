"""Guides indexed in memory for one search."""

from __future__ import annotations

from kb.search.index.entries import entry
from kb.search.index.lexicon import MOST_HELD, Lexicon
from kb.search.index.memory import MemorySegment
from kb.search.index.postings import counts_within, stretches
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


def test_the_words_of_titles_and_headings_stand_in_the_body_as_often() -> None:
    terms = {term for field in ("title", "headings") for term in SEGMENT.beginning(field, "", 99)}
    assert {"printer", "code", "detail"} <= terms
    bounds = stretches([head.headings for head in SEGMENT.heads])
    for term in terms:
        body = SEGMENT.postings("body", term)
        for field, counts in zip(("title", "headings"), counts_within(body, *bounds), strict=True):
            own = SEGMENT.postings(field, term)
            assert dict(zip(own.documents.tolist(), own.counts.tolist(), strict=True)) == {
                number: count for number, count in zip(body.documents.tolist(), counts.tolist(), strict=True) if count
            }


def test_what_no_guide_has_is_known_without_a_look_once_the_words_were_read() -> None:
    lexicon = Lexicon([SEGMENT], 2)
    assert lexicon.lacks("codes", "e_8")
    assert not lexicon.lacks("codes", "e_7")
    assert not lexicon.lacks("body", "zebra")
    assert "primer" in lexicon.vocabulary
    assert lexicon.lacks("body", "zebra")
    assert not lexicon.lacks("body", "printer")
    assert not Lexicon([SEGMENT], MOST_HELD + 1).lacks("body", "zebra")
