"""What two sequences have in common is found in bounded time, as difflib finds it where that is quick."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.comparing import Text, changes, line_changes
from kb.content.identity import KnownSection, keys_for
from kb.content.marked_pages import marked_page
from kb.content.matching import Block, BoundedMatcher, Budget, UsedUp, matching_blocks, opcodes
from kb.content.merging import merge
from kb.content.reading import read_guide

words = st.lists(st.sampled_from("abcd"), max_size=30)
MANY = 4000


def alternating(other: str, size: int = MANY) -> list[str]:
    """Lines of which every second one is the same in all such texts, and the others in none."""
    return list(chain.from_iterable(("same", f"{other} {number}") for number in range(size)))


def hundred_lines(shift: int) -> list[str]:
    """The same hundred lines again and again, in another order for each shift."""
    return [f"line {(number * shift) % 101}" for number in range(20_000)]


def said_by(found: Sequence[Block], a: Sequence[str], b: Sequence[str]) -> None:
    """Blocks are in order, of what is the same, and none touches the next."""
    assert found[-1] == (len(a), len(b), 0)
    i = j = 0
    for at, now_at, size in found[:-1]:
        assert size
        assert at >= i
        assert now_at >= j
        assert (at, now_at) != (i, j) or (i, j) == (0, 0)
        assert list(a[at : at + size]) == list(b[now_at : now_at + size])
        i, j = at + size, now_at + size


@given(words, words, st.integers(0, 400))
def test_blocks_are_the_same_in_both_whatever_may_be_spent(a: list[str], b: list[str], pairs: int) -> None:
    said_by(matching_blocks(a, b, Budget(pairs)), a, b)


@given(words, words)
def test_what_differs_makes_one_of_the_other(a: list[str], b: list[str]) -> None:
    made: list[str] = []
    last = (0, 0)
    for tag, i, to, j, now_to in opcodes(a, b):
        assert (i, j) == last
        assert (tag == "equal") == (a[i:to] == b[j:now_to])
        made += a[i:to] if tag == "equal" else b[j:now_to]
        last = (to, now_to)
    assert made == b


@given(st.lists(st.integers(0, 5), max_size=12), st.lists(st.integers(6, 9), max_size=6))
def test_it_is_found_as_difflib_finds_it(a: list[int], more: list[int]) -> None:
    b = [*a[:4], *more, *a[7:]]
    known = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    assert sum(size for _i, _j, size in matching_blocks(a, b)) >= sum(block.size for block in known)


def test_what_would_take_hours_is_held_together_by_what_stands_once() -> None:
    a = [*alternating("mine"), "the one", *alternating("mine")]
    b = [*alternating("yours"), "the one", *alternating("yours")]
    with pytest.raises(UsedUp):
        BoundedMatcher(a, b, Budget()).get_matching_blocks()
    found = matching_blocks(a, b)
    said_by(found, a, b)
    assert any(i <= 2 * MANY < i + size for i, _j, size in found)


@pytest.mark.slow
def test_texts_that_repeat_themselves_are_merged_and_nothing_is_lost() -> None:
    base, theirs, mine = ("\n".join([*hundred_lines(shift), "The end"]) for shift in (1, 7, 13))
    found = merge(base, theirs, mine)
    assert not found.clean
    assert found.marked.endswith("The end")
    assert sorted({*theirs.split(), *mine.split()}) == sorted(set(found.text.split()))


@pytest.mark.night
@pytest.mark.parametrize("way", [alternating, lambda other: hundred_lines(7 if other == "mine" else 13)])
def test_texts_that_repeat_themselves_are_compared_by_lines(way: type[list[str]]) -> None:
    before, now = "\n".join(way("mine")), "\n".join(way("yours"))
    found = line_changes(before, now, context=None)
    assert "\n".join(line.text for line in found if line.sign in " +") == now


@pytest.mark.night
def test_long_lines_that_repeat_themselves_are_compared_by_words() -> None:
    before, now = (" ".join(alternating(other, 900)) for other in ("mine", "yours"))
    found = line_changes("\n".join([before] * 50), "\n".join([now] * 50))
    assert len([line for line in found if line.sign == "+"]) == 50
    assert found[-1].text == now


@pytest.mark.slow
def test_pages_that_repeat_themselves_are_compared_as_written() -> None:
    before, now = (" ".join(f"w{(number * shift) % 211}" for number in range(9000)) for shift in (1, 7))
    assert marked_page(f"<p>{before}</p>", f"<p>{now}</p>") == ""


def test_a_link_that_changed_says_where_it_leads() -> None:
    page = marked_page('<p>See <a href="/a/?b&c">it</a> now.</p>', '<p>See <a href="/d/">it</a> now.</p>')
    assert "Link:" not in page
    assert "<del> (<code>/a/?b&amp;c</code>) " in page
    assert "<ins> (<code>/d/</code>)</ins>" in page
    same = marked_page('<p>See <a href="/a/">it</a> now.</p>', '<p>See <a href="/a/">it</a> then.</p>')
    assert "<code>" not in same


def test_a_block_of_code_keeps_its_lines_in_the_difference() -> None:
    code = '<div class="highlight"><pre><span class="k">def</span> <span class="n">it</span>\n\n    one\n</pre></div>'
    page = marked_page(f"<p>Do it now</p>{code}<p>Go on</p>", f"<p>Do it then</p>{code}<p>Go on</p>")
    assert page.startswith("<p>Do it")
    assert '<span class="n">it</span>\n\n    one\n</pre>' in page
    now = marked_page(code, code.replace("one", "two"))
    assert now.index("two") > now.index("<ins>")
    assert now.index("one") > now.index("<del>")


def test_a_block_within_a_block_and_one_that_stands_twice_are_shown_in_the_difference() -> None:
    outer, twice = "<pre>out\n<pre>in\n\n  end</pre></pre>", "<pre>a\n\n  b</pre>"
    page = marked_page(f"<p>Do</p>{outer}{twice}{twice}", f"<p>Go</p>{outer}{twice}{twice}")
    assert page.count("in\n\n  end") == 1
    assert page.count("a\n\n  b") == 2
    assert "<img" not in page


@pytest.mark.slow
def test_sections_that_repeat_themselves_are_recognised_in_bounded_time() -> None:
    def text(other: str) -> str:
        return " ".join(f"same same {other}{number}" for number in range(200))

    before = [KnownSection(f"a{number}", f"a{number}", f"A {number}", text(f"a{number}x")) for number in range(60)]
    now = [(f"b{number}", f"B {number}", text(f"b{number}x")) for number in range(60)]
    assert len(keys_for(before, [*now, ("a3", "A 3", "")])) == 61


def test_what_went_stands_where_it_was() -> None:
    def guide(*titles: str) -> Text:
        source = "".join(f"## {title}\n\nAbout {title} {title * 3}.\n\n" for title in titles)
        return Text(source, read_guide(f"# Guide\n\n{source}", "a.md"))

    found = changes(guide("Ape", "Bee", "Cat", "Dog"), guide("Cat", "Elk", "Ape", "Fly"))
    assert [change.title for change in found if change.kind == "gone"] == ["Bee", "Dog"]
    assert len({(change.kind, change.title) for change in found}) == len(found)
