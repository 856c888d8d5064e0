"""Parts of a rendered page: from a section on, of whole blocks, fit to stand elsewhere."""

from __future__ import annotations

from kb.content.excerpts import excerpt
from kb.content.reading import read_guide

TEXT = """# Title

First words with [a link](#second).

## Second

- one
- two

## Third

Last words.
"""


def shown(anchor: str = "", longest: int = 3000) -> tuple[str, bool]:
    found = excerpt(read_guide(TEXT.encode(), "a.md").html, anchor, "/guides/a/", longest)
    return found.html, found.is_whole


def test_a_short_page_is_shown_whole_wherever_it_matches() -> None:
    html, is_whole = shown("third")
    assert is_whole
    assert "First words" in html
    assert "Last words" in html


def test_a_long_one_is_shown_from_the_section_on() -> None:
    html, is_whole = shown("second", 20)
    assert not is_whole
    assert html.startswith("<h2>Second</h2>")
    assert "two" in html
    assert "First words" not in html


def test_it_ends_with_no_bare_heading() -> None:
    html, _ = shown("", 36)
    assert "First words" in html
    assert "Second" not in html


def test_one_block_is_shown_however_long_it_is() -> None:
    assert "First words" in shown("", 1)[0]


def test_a_section_that_is_gone_leads_to_the_beginning() -> None:
    assert "First words" in shown("gone", 30)[0]


def test_it_has_no_ids_and_its_links_lead_to_the_page() -> None:
    html, _ = shown()
    assert " id=" not in html
    assert 'class="anchor"' not in html
    assert 'href="/guides/a/#second"' in html


def test_an_empty_page_gives_nothing() -> None:
    assert excerpt("", "x", "/").html == ""
