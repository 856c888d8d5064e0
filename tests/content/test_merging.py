"""Two texts that were made from one are merged by lines, as git merges them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.line_endings import lines
from kb.content.merging import Agreed, Clash, merge

GIT = shutil.which("git")
texts = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=10).map(
    lambda written: "".join(f"{line}\n" for line in written)
)


@st.composite
def edited_apart(draw: st.DrawFn) -> tuple[str, str, str]:
    """A text whose lines differ, and two texts made from it: some lines gone, and new ones before some.

    What stayed is plain then, so that nobody can find other lines to be the same. Both may write the same new lines.
    """
    size = draw(st.integers(0, 8))
    new_lines = st.lists(st.sampled_from(["new", "newer"]), max_size=2)

    def edited() -> str:
        written: list[str] = []
        for number in range(size + 1):
            if draw(st.booleans()) and draw(st.booleans()):
                written += draw(new_lines)
            if number < size and draw(st.integers(0, 3)):
                written.append(f"line {number}")
        return "".join(f"{line}\n" for line in written)

    return "".join(f"line {number}\n" for number in range(size)), edited(), edited()


def test_changes_in_different_places_are_both_taken() -> None:
    merged = merge("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nd\ne\n")
    assert (merged.clean, merged.text) == (True, "A\nb\nc\nd\ne\n")


def test_a_line_that_both_changed_clashes_and_what_is_around_it_does_not() -> None:
    merged = merge("a\nb\nc\nd\n", "a\nB\nc\nd\n", "a\nbb\nc\nD\n")
    assert merged.parts == (Agreed("a\n"), Clash("b\n", "B\n", "bb\n", 2), Agreed("c\n"), Agreed("D\n"))
    assert merged.marked == "a\n<<<<<<< published\nB\n=======\nbb\n>>>>>>> yours\nc\nD\n"


def test_changes_of_lines_that_touch_clash() -> None:
    """Nobody can say whether one was meant to stand beside the other."""
    assert not merge("a\nb\n", "A\nb\n", "a\nB\n").clean
    assert not merge("a\nb\n", "a\nx\nb\n", "a\n").clean


def test_a_line_that_one_took_out_and_the_other_changed_clashes() -> None:
    assert merge("a\nb\nc\n", "a\nc\n", "a\nB\nc\n").parts[1] == Clash("b\n", "", "B\n", 2)


def test_a_clash_is_where_it_stands_in_the_merged_text() -> None:
    merged = merge("a\nb\nc\nd\ne\n", "A\nb\nC\nd\nE", "aa\nb\ncc\nd\nee")
    places = [part.line for part in merged.parts if isinstance(part, Clash)]
    assert places == [1, 4, 7]
    assert [lines(merged.text)[line - 1] for line in places] == ["A\n", "C\n", "E\n"]


@given(texts, texts)
def test_what_both_wrote_alike_never_clashes(base: str, changed: str) -> None:
    merged = merge(base, changed, changed)
    assert (merged.clean, merged.text) == (True, changed)


@given(texts, texts)
def test_what_only_one_changed_is_taken_without_a_clash(base: str, changed: str) -> None:
    for merged in (merge(base, changed, base), merge(base, base, changed)):
        assert (merged.clean, merged.text) == (True, changed)


@given(texts, texts, texts)
def test_who_came_first_makes_no_difference(base: str, theirs: str, mine: str) -> None:
    first, second = merge(base, theirs, mine), merge(base, mine, theirs)
    assert [part if isinstance(part, Agreed) else (part.base, part.theirs, part.mine) for part in first.parts] == [
        part if isinstance(part, Agreed) else (part.base, part.mine, part.theirs) for part in second.parts
    ]


@given(texts, texts, texts)
def test_what_somebody_wrote_anew_is_in_what_was_merged(base: str, theirs: str, mine: str) -> None:
    """No line that somebody wrote anew is lost, and none comes from nowhere."""
    merged = lines(merge(base, theirs, mine).text)
    assert set(merged) <= {*lines(base), *lines(theirs), *lines(mine)}
    assert {*lines(theirs), *lines(mine)} - set(lines(base)) <= set(merged)


def merged_by_git(base: str, theirs: str, mine: str) -> tuple[int, str]:
    """How many conflicts git finds, and the text that it writes."""
    assert GIT
    with TemporaryDirectory() as folder:
        for name, text in (("base", base), ("theirs", theirs), ("mine", mine)):
            Path(folder, name).write_text(text)
        done = subprocess.run(
            [GIT, "merge-file", "-p", "--diff3", "theirs", "base", "mine"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    return done.returncode, done.stdout


@pytest.mark.skipif(GIT is None, reason="git is not there to compare with")
@given(edited_apart())
def test_git_finds_the_same_clashes_and_the_same_text(written: tuple[str, str, str]) -> None:
    merged = merge(*written)
    conflicts, text = merged_by_git(*written)
    assert conflicts == sum(isinstance(part, Clash) for part in merged.parts)
    if not conflicts:
        assert merged.text == text
