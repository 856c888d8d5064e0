"""No pattern takes more time than the length of a text accounts for, whatever somebody pastes, types or writes."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator

import pytest

from kb.content.patterns import linear
from tests import slowing_texts
from tests.patterns_found import Use, hidden, uses

USES = uses()
SHORT, LONG, TIMES = 500, 2_000, 4
FAST, WORTH_ASKING, MOST = 0.002, 0.01, 10


def test_no_pattern_is_hidden_from_these_tests() -> None:
    """Compile it with `re.compile` (or `kb.content.patterns`) where a module is loaded, and give it a name there."""
    assert hidden() == []
    assert len(USES) > 150


@pytest.mark.parametrize("name", ["s", "d", "w"])
def test_the_classes_of_re2_know_the_scripts_that_those_of_python_know(name: str) -> None:
    """But for letters that are newer than either."""
    assigned = "".join(chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs"))
    for expression in (rf"\{name}+", rf"[.\{name}]+", rf"\{name.upper()}+"):
        spans = [(found.start(), found.end()) for found in linear(expression).finditer(assigned)]
        assert spans == [found.span() for found in re.compile(expression).finditer(assigned)]


def test_what_re2_would_understand_otherwise_is_refused() -> None:
    for expression in (r"\bword", r"[\W_]", r"end\Z"):
        with pytest.raises(ValueError, match="can't be written for re2"):
            linear(expression)


def test_lone_surrogates_keep_their_places() -> None:
    pattern = linear(r"\S*\[(?:secret)\]\S*")
    assert pattern.sub(" ", "é\ud800 x\udfff[secret]y \ud801") == "é\ud800   \ud801"
    found = pattern.search("\ud800 [secret]")
    assert found is not None
    assert (found.start(), found.end(), found.group()) == (2, 10, "[secret]")


@pytest.mark.slow
@pytest.mark.parametrize("use", USES, ids=[use.name for use in USES])
def test_four_times_the_text_takes_about_four_times_the_time(use: Use) -> None:
    """The one test that asserts a time: of the processor, and of one text against another of its kind."""
    assert list(too_slow(use)) == []


def test_a_pattern_that_is_too_slow_is_found() -> None:
    for expression, method in ((r"\s+$", "search"), (r"[.\w]*\w", "finditer"), (r"\S*\[x\]", "search")):
        assert list(too_slow(Use("slow", re.compile(expression), frozenset({method}))))


def too_slow(use: Use) -> Iterator[str]:
    """The texts whose time grows with more than their length."""
    for method in sorted(use.methods):
        for start, piece in slowing_texts.pieces(use.pattern.pattern, getattr(use.pattern, "flags", 0)):
            for end in slowing_texts.ENDS:
                grown = _growth(use, method, start, piece, end)
                if grown > MOST:
                    yield f"{method}: {start!r} and {piece!r} again and again, {end!r}: {grown:.0f} times"
                    return


def _growth(use: Use, method: str, start: str, piece: str, end: str) -> float:
    """How many times the time four times the length takes; 1 when it is too little to tell."""
    short = SHORT if _seconds(use, method, slowing_texts.text_of(start, piece, SHORT, end)) > FAST else LONG
    long_text = slowing_texts.text_of(start, piece, TIMES * short, end)
    if _seconds(use, method, long_text) < WORTH_ASKING:
        return 1.0
    short_text = slowing_texts.text_of(start, piece, short, end)
    least = min(_seconds(use, method, short_text) for _ in range(3))
    return min(_seconds(use, method, long_text) for _ in range(2)) / least


def _seconds(use: Use, method: str, text: str) -> float:
    before = time.process_time()
    found = getattr(use.pattern, method)(text)
    if method == "finditer":
        for _ in found:
            pass
    return time.process_time() - before
