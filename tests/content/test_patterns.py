"""No pattern takes more time than the length of a text accounts for, whatever somebody pastes, types or writes."""

from __future__ import annotations

import math
import re
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
import re2
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from kb.content.expressions import for_re2
from kb.content.patterns import COUNTED, Counted, Linear, Pattern, counted, linear
from kb.search.text.query import MAX_LENGTH
from tests.support import markdown_patterns, slowing_texts
from tests.support.patterns_found import Use, hidden, uses
from tests.support.rounds import rounds

SHARES = 20  # that processes which run tests divide among them; to look for all patterns takes a second
SHORT, LONG, TIMES = 500, 2_000, 4
FEW, MUCH_FOR_FEW = 25, 0.1
FAST, WORTH_ASKING, MOST = 0.002, 0.01, 10
LONGEST = 2 * MAX_LENGTH

# Patterns that re2 could take and that stay on `re`, each with the length to which a text is cut for it, and why: re2
# makes each match in Python, so that these would take up to half as long again to read guides, search and build the
# index, and most of what re2 adds to that.
MANY_WORDS = "it finds each word of a text"
MANY_TEXTS = "it is asked of each line that may be a label"
ALONG = "it is asked again and again along one line, which re2 would read as a whole each time"
IN_PLACE = "it is asked at one place of a text, of which re2 would make a copy each time"
KEPT = {
    "kb.content.bare_addresses._WEB": (COUNTED, IN_PLACE),
    "kb.content.bare_addresses._WWW": (COUNTED, IN_PLACE),
    "kb.content.inline_grammar._MAIL_LINK": (COUNTED, IN_PLACE),
    "kb.content.inline_grammar._SCHEME_LINK": (COUNTED, IN_PLACE),
    "kb.content.loose_links._LOOSE": (COUNTED, IN_PLACE),
    "kb.content.codes._RUN": (COUNTED, MANY_WORDS),
    "kb.content.comparing._WORD": (COUNTED, MANY_WORDS),
    "kb.content.cues.WORD": (COUNTED, MANY_WORDS),
    "kb.content.head_words._WORD": (COUNTED, MANY_WORDS),
    "kb.content.labels._CAPITALS": (150, MANY_TEXTS),
    "kb.content.labels._CODE_WORDS": (150, MANY_TEXTS),
    "kb.content.labels._NUMBER": (150, MANY_TEXTS),
    "kb.content.labels._PRACTICES": (150, MANY_TEXTS),
    "kb.content.languages._WORD": (COUNTED, MANY_WORDS),
    "kb.content.outline._MARKER": (COUNTED, "it is asked of each line of a list"),
    "kb.content.sentence_evidence._QUOTED": (COUNTED, "it is asked of each sentence of a text"),
    "kb.content.withheld._WORD": (COUNTED, MANY_WORDS),
    "kb.content.wording._JOINED": (COUNTED, "it is asked of each word of a text"),
    "kb.content.wording._PLAIN_WORD": (COUNTED, MANY_WORDS),
    "kb.content.wording._WORD": (COUNTED, MANY_WORDS),
    "kb.content.template_leftovers._MARK": (COUNTED, ALONG),
    "kb.search.text.condensing._WORD": (COUNTED, MANY_WORDS),
    "kb.search.index.entries._WORD": (COUNTED, MANY_WORDS),
    "kb.search.text.masking._RUN": (LONGEST, MANY_WORDS),
    "kb.search.text.masking._WORD": (LONGEST, MANY_WORDS),
    "kb.library.links.site._GOES_ON": (COUNTED, ALONG),
    "troubleshooting.catalogue.recognising._WORD": (COUNTED, MANY_WORDS),
}
# Patterns of Python-Markdown whose time grows with more than the length of a text.
UNCLOSED = "it looks for the end of each bracket that opens"
ONLY_IN_WORKERS = {
    "markdown.extensions.footnotes.RE_REFERENCE": UNCLOSED,
}


@pytest.mark.slow
def test_no_pattern_is_hidden_from_these_tests() -> None:
    """Make it with `linear` or `counted` where a module is loaded, and give it a name there."""
    assert hidden() == []
    assert len(uses()) > 150


def test_each_pattern_runs_on_re2_or_on_a_text_of_counted_length() -> None:
    assert [use.name for use in uses() if not isinstance(use.pattern, Linear | Counted)] == []
    longest = {use: use.pattern.longest for use in uses() if isinstance(use.pattern, Counted)}
    assert [use.name for use in longest if not 0 < longest[use] <= LONGEST] == []
    by_choice = {use.name: longest[use] for use in longest if takes(use.pattern)}
    assert by_choice == {name: most for name, (most, _) in KEPT.items()}


def takes(pattern: Any) -> bool:
    """Whether re2 could run it."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(for_re2(pattern.pattern, pattern.flags), options)
    except (ValueError, re2.error):
        return False
    return True


def test_each_pattern_can_be_compiled() -> None:
    """It is when it is first asked, so that nothing waits for what it does not need."""
    for use in uses():
        if isinstance(use.pattern, Pattern):
            assert use.pattern.match("") is None or use.pattern.match("") is not None


def test_re_never_sees_more_than_a_counted_length() -> None:
    seen = counted(r"(?s:.+)", longest=10)
    text = "one two\nthree fourteenth " + "x" * 25
    pieces = [found.group() for found in seen.finditer(text)]
    assert "".join(pieces) == text
    assert pieces[:3] == ["one two\n", "three ", "fourteenth"]
    assert max(map(len, pieces)) == 10
    assert seen.findall(text) == pieces
    assert seen.sub(".", text) == "." * len(pieces)
    assert seen.sub("", text, count=1) == text[8:]
    assert seen.split(text, maxsplit=1) == ["", text[8:]]
    found = seen.search(text)
    assert found is not None
    assert found.span() == (0, 8)
    assert seen.fullmatch(text) is None
    start, within = seen.match(text), seen.match(text, 8)
    assert start is not None
    assert within is not None
    assert (start.span(), within.span()) == ((0, 10), (8, 18))


@pytest.mark.parametrize("between", [" ", "\n", "-"])
def test_a_match_of_several_words_is_found_wherever_the_pieces_are_cut(between: str) -> None:
    words = counted(r"\bprinter (?:is|was)\s+very slow\b", longest=320)
    others = between.join(["of"] * 300)
    for place in range(len(others)):
        text = f"{others[:place]} printer is very slow {others[place:]}"
        assert words.findall(text) == ["printer is very slow"], place
        assert words.sub(".", text) == f"{others[:place]} . {others[place:]}"


def test_pieces_that_overlap_find_nothing_twice_and_no_part_of_a_word() -> None:
    word, text = counted(r"\w+", longest=40), "one two three " * 40
    assert word.findall(text) == text.split()
    assert word.split(text) == ["", *[" "] * 120]


def test_what_ends_a_text_is_looked_for_at_its_end_alone() -> None:
    last = counted(r"\b\w+$", longest=10)
    assert last.sub(".", "one two three four five") == "one two three four ."


@pytest.mark.slow
@pytest.mark.parametrize("name", ["s", "d", "w"])
def test_the_classes_of_re2_know_the_scripts_that_those_of_python_know(name: str) -> None:
    """But for letters that are newer than either."""
    assigned = "".join(chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs"))
    for expression in (rf"\{name}+", rf"[.\{name}]+", rf"\{name.upper()}+"):
        spans = [(found.start(), found.end()) for found in linear(expression).finditer(assigned)]
        assert spans == [found.span() for found in re.compile(expression).finditer(assigned)]


@pytest.mark.slow
@pytest.mark.parametrize("expression", [r"[^\W_]+", r"[^\W\d_]+", r"[\W_]+"])
def test_classes_that_subtract_mean_the_same(expression: str) -> None:
    assigned = "".join(chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs"))
    spans = [found.span() for found in linear(expression).finditer(assigned)]
    assert spans == [found.span() for found in re.compile(expression).finditer(assigned)]


@pytest.mark.parametrize(
    ("expression", "flags", "text"),
    [
        ("a b # not this\n (?P<last>[ #]\\#)", re.VERBOSE, "ab # ab##"),
        (r"^#[ \t]+(.*)", re.MULTILINE, "no\n# Title\nno"),
        (r"<.*>", re.DOTALL, "<a\nb>"),
        (r"STRASSE|\u00e9\]", re.IGNORECASE, "strasse É]"),
        (r"[-\w]+", re.ASCII, "a-bé c"),
        (r"[]\u201c]+|[^]a]", 0, "]\u201cab"),
        (r"x\Z", 0, "x\nx"),
    ],
)
def test_an_expression_means_to_re2_what_it_means_to_python(expression: str, flags: int, text: str) -> None:
    compiled = re.compile(expression, flags)
    found = [(each.span(), each.groups()) for each in linear(expression, flags).finditer(text)]
    assert found == [(each.span(), each.groups()) for each in compiled.finditer(text)]
    assert found


def test_what_re2_would_understand_otherwise_is_refused() -> None:
    for expression in (r"\bword", r"[\W.]", r"(a)\1", r"[\ud800-\udfff]"):
        with pytest.raises(ValueError, match="can't be written for re2"):
            linear(expression)
    with pytest.raises(ValueError, match="LOCALE"):
        linear("a", re.LOCALE)


def test_what_stands_between_and_what_takes_its_place_are_as_in_python() -> None:
    for expression, replacement in ((r"\s*([,;])\s*", r"<\1>"), (r"\d*", "-"), (r"(?P<n>\d)|x", r"[\g<n>]")):
        compiled, ours, text = re.compile(expression), linear(expression), "1 , two;33 x, é"
        assert ours.split(text) == compiled.split(text)
        assert ours.split(text, maxsplit=1) == compiled.split(text, maxsplit=1)
        assert ours.findall(text) == compiled.findall(text)
        assert ours.sub(replacement, text) == compiled.sub(replacement, text)
        assert ours.sub(replacement, text, count=1) == compiled.sub(replacement, text, count=1)


def test_lone_surrogates_keep_their_places() -> None:
    pattern = linear(r"\S*\[(?:secret)\]\S*")
    assert pattern.sub(" ", "é\ud800 x\udfff[secret]y \ud801") == "é\ud800   \ud801"
    found = pattern.search("\ud800 [secret]")
    assert found is not None
    assert (found.start(), found.end(), found.group()) == (2, 10, "[secret]")


@pytest.mark.slow
def test_the_patterns_of_python_markdown_read_in_bounded_processes_alone() -> None:
    names = {use.name for use in markdown_patterns.uses()}
    assert len(names) > 10
    assert markdown_patterns.asked_outside() == []
    assert set(ONLY_IN_WORKERS) <= names
    assert not any(name.startswith("_") for name in ONLY_IN_WORKERS)


def test_addresses_of_the_site_are_told_by_fixed_words_and_simple_converters() -> None:
    """The one expression of ours takes everything; those of the library's own pages for administrators stand here."""
    assert {text for text in _expressions(get_resolver()) if text} <= {
        "^/",
        "(?P<url>.*)$",
        "^(?P<app_label>auth|axes)/$",
    }


def _expressions(resolver: URLResolver) -> Iterator[str]:
    for each in (resolver, *resolver.url_patterns):
        if isinstance(each.pattern, RegexPattern):
            yield str(each.pattern)
        if isinstance(each, URLResolver) and each is not resolver:
            yield from _expressions(each)
        assert isinstance(each, URLResolver | URLPattern)


@pytest.mark.night
@pytest.mark.parametrize("share", range(SHARES))
def test_four_times_the_text_takes_about_four_times_the_time(share: int) -> None:
    """The one test that asserts a time: of the processor, and of one text against another of its kind."""
    asked = rounds(uses(), [use for use in uses() if isinstance(use.pattern, Counted)])  # re2 promises the rest
    assert {use.name: found for use in asked[share::SHARES] if (found := list(too_slow(use)))} == {}


@pytest.mark.night
@pytest.mark.parametrize("share", range(SHARES))
def test_only_named_patterns_of_python_markdown_take_longer(share: int) -> None:
    """The same, but for those which only the bound of the processes holds."""
    asked = markdown_patterns.uses()[share::SHARES]
    found = {use.name: found for use in asked if (found := list(too_slow(use)))}
    assert found.keys() == ONLY_IN_WORKERS.keys() & {use.name for use in asked}, found


@pytest.mark.night
def test_a_pattern_that_is_too_slow_is_found() -> None:
    for expression, method in ((r"\s+$", "search"), (r"[.\w]*\w", "finditer"), (r"\S*\[x\]", "search")):
        assert list(too_slow(Use("slow", re.compile(expression), frozenset({method}))))


@pytest.mark.night
def test_so_is_one_that_only_several_members_of_a_class_or_another_end_make_slow() -> None:
    for expression in (r"x[^y\n]*y", r"(?:[a-c][x-z])+=", r"(?:a[^a]+)+;"):
        assert list(too_slow(Use("slow", re.compile(expression), frozenset({"search"})))), expression


@pytest.mark.night
def test_and_one_whose_texts_are_cut() -> None:
    assert list(too_slow(Use("slow", counted(r"\s+$", longest=100), frozenset({"search"}))))


def too_slow(use: Use) -> Iterator[str]:
    """The texts whose time grows with more than their length; not cut, for a pattern that sees only cut ones."""
    pattern = re.compile(use.pattern.pattern, use.pattern.flags) if isinstance(use.pattern, Counted) else use.pattern
    flags = use.pattern.flags & ~re.UNICODE
    pattern.match("")  # so that it is compiled
    for method in sorted(use.methods):
        for start, piece in slowing_texts.pieces(use.pattern.pattern, flags):
            for end in slowing_texts.ends(use.pattern.pattern, flags):
                grown = _growth(pattern, method, start, piece, end)
                if grown > MOST:
                    yield f"{method}: {start!r} and {piece!r} again and again, {end!r}: {grown:.0f} times"
                    return


def _growth(pattern: Any, method: str, start: str, piece: str, end: str) -> float:
    """How many times the time four times the length takes; 1 when it is too little to tell."""
    if _seconds(pattern, method, slowing_texts.text_of(start, piece, FEW, end)) > MUCH_FOR_FEW:
        return math.inf
    short = SHORT if _seconds(pattern, method, slowing_texts.text_of(start, piece, SHORT, end)) > FAST else LONG
    long_text = slowing_texts.text_of(start, piece, TIMES * short, end)
    if _seconds(pattern, method, long_text) < WORTH_ASKING:
        return 1.0
    short_text = slowing_texts.text_of(start, piece, short, end)
    least = min(_seconds(pattern, method, short_text) for _ in range(3))
    return min(_seconds(pattern, method, long_text) for _ in range(2)) / least


def _seconds(pattern: Any, method: str, text: str) -> float:
    before = time.process_time()
    found = getattr(pattern, method)(text)
    if method == "finditer":
        for _ in found:
            pass
    return time.process_time() - before
