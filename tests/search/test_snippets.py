"""The piece of a section that a result page shows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from kb.search.whoosh.store import changed, segments

from kb.search.index.contract import Snippet
from kb.search.index.entries import entry, read_body
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.plan import Planner
from kb.search.ranking.snippets import LENGTH, Section, sections
from kb.search.text.analysis import tokenize
from kb.search.text.query import parse
from tests.support.indexed import guide, section


def found(text: str, *parts: object, summary: str = "", most: int = 3) -> list[Section]:
    files = changed({}, [entry(guide(1, "Title", *parts, summary=summary))], ())  # type: ignore[arg-type]
    snapshot = Snapshot((segment, deleted) for _, segment, deleted in segments(files, {}))
    return sections(Planner(snapshot, {}).plan(parse(text)), snapshot.body(0), 0, most, 0.4)


def snippet(text: str, source: str) -> Snippet:
    return found(text, source)[0].snippet


def marked(shown: Snippet) -> list[str]:
    return [shown.text[start:end] for start, end in shown.marks]


def test_a_short_text_is_shown_whole_with_single_spaces() -> None:
    shown = snippet("token", "The  token\n\nhas\texpired.")
    assert shown.text == "The token has expired."
    assert marked(shown) == ["token"]


def test_all_forms_of_a_word_are_marked() -> None:
    assert marked(snippet("token expire", "Tokens expired; a token expires.")) == [
        "Tokens",
        "expired",
        "token",
        "expires",
    ]


def test_the_parts_of_an_identifier_are_one_mark() -> None:
    assert marked(snippet("conn_timeout", "It says CONN_TIMEOUT: conn timeout.")) == ["CONN_TIMEOUT", "conn", "timeout"]


def test_a_long_text_is_cut_between_words_around_what_was_found() -> None:
    source = "Nothing here. " * 40 + "At last the quick fox jumps. " + "Nothing there. " * 40
    shown = snippet("quick fox", source)
    assert marked(shown) == ["quick", "fox"]
    assert shown.text.startswith("… ")
    assert shown.text.endswith(" …")
    assert len(shown.text) <= LENGTH + 4
    assert all(word in {"…", *source.split()} for word in shown.text.split())


def test_the_stretch_with_most_different_words_is_shown() -> None:
    source = "quick quick quick quick. " + "Nothing. " * 60 + "quick fox jumps. " + "Nothing. " * 60
    assert "fox jumps" in snippet("quick fox jumps", source).text


def test_the_section_that_matches_best_comes_first() -> None:
    parts = [section("Cause", "The disk is full."), section("Fix", "Empty the disk: the disk has a bin.")]
    assert [each.part.anchor for each in found("empty disk", *parts)] == ["fix", "cause"]


def test_sections_that_match_much_less_are_left_out() -> None:
    parts = [section("Fix", "Empty the disk bin now."), section("Other", "The " * 300 + "bin")]
    assert [each.part.anchor for each in found("empty disk bin now", *parts)] == ["fix"]


def test_a_heading_counts_more_than_a_text() -> None:
    parts = [section("Other", "A certificate is needed here."), section("Certificate", "It is needed here.")]
    assert found("certificate", *parts)[0].part.anchor == "certificate"


def test_a_match_in_the_title_alone_shows_the_summary() -> None:
    parts = [section("Title", "", level=1), section("Cause", "The disk is full.")]
    shown = found("title", *parts, summary="All about  titles.")[0]
    assert shown.part.anchor == "title"
    assert shown.snippet == Snippet("All about titles.")


def test_a_section_without_a_text_shows_that_of_the_one_below_it() -> None:
    parts = [section("Token", ""), section("Symptoms", "It has expired.", level=3), section("Other", "Nothing.")]
    assert found("token", *parts)[0].part.anchor == "token"
    assert found("token", *parts)[0].snippet == Snippet("It has expired.")
    assert found("other", section("Title", "x", level=1), section("Other", ""))[0].snippet == Snippet("")


def test_words_marked_twice_by_overlapping_pieces_are_marked_once() -> None:
    shown = snippet("数据库", "关于数据库的文章")
    assert marked(shown) == ["数据库"]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["quick", "fox", "a" * 70, "x" * 50, "\n", "über", "CONN_TIMEOUT", "<b>", "日本語"]),
        max_size=120,
    )
)
def test_marks_lie_in_the_snippet_in_order(pieces: list[str]) -> None:
    source = " ".join(pieces)
    for text in ("quick fox", "uber conn", "日本"):
        for each in found(text, source):
            shown = each.snippet
            assert len(shown.text) <= LENGTH + 4
            assert shown.text.replace("· ", "").strip("… ·") in " ".join(source.split())
            end = 0
            for start, stop in shown.marks:
                assert end <= start < stop <= len(shown.text)
                end = stop


def shown(text: str) -> str:
    """The text of a section as results show it."""
    return read_body(entry(guide(1, "Other", section("Details", text))).body).parts[0].text


def test_short_lines_are_set_apart_and_wrapped_prose_is_not() -> None:
    listed = "Common error codes:\nRATE_LIMITED (always)\nOnly some fail (often)\nCause: too many"
    assert shown(listed) == "Common error codes: RATE_LIMITED (always) · Only some fail (often) · Cause: too many"
    prose = "This alert fires when the collector of the workload of the\nPrometheus fails. See\nExpired tokens.\n\nWait"
    assert shown(prose) == " ".join(prose.split())


def test_backticks_around_words_are_not_shown() -> None:
    assert shown("Node.js says `ETIMEDOUT`, ``ENOTFOUND`` and a`b.") == "Node.js says ETIMEDOUT, ENOTFOUND and a`b."


def test_what_is_set_apart_changes_no_word() -> None:
    text = "Common `codes`:\nRATE_LIMITED (always)\nOnly `some` fail"
    assert tokenize(shown(text)).words == tokenize(text).words


def test_a_snippet_starts_with_the_sentence_that_matches() -> None:
    text = f"{'It goes on and on. ' * 12}Now you have to open the firewall. {'And so on it goes. ' * 20}"
    assert snippet("firewall", text).text.startswith("… Now you have to open the firewall.")
