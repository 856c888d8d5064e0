"""Notion's own Markdown, whose boxes, columns and toggles hold what stands one tab deeper, looks as it did there."""

from __future__ import annotations

from time import process_time

import pytest

from kb.content.document import Document
from kb.content.foreign.lines import Lines
from kb.content.foreign.notion_blocks import read
from kb.content.reading import read_guide

DOOR = "Door 0a1b2c3d4e5f60718293a4b5c6d7e8f9.md"


def _read(text: str) -> Document:
    return read_guide(f"# Lamp\n\nFirst.\n\n{text}\n\nBehind.\n", "lamp.md", {DOOR: "/guides/door/"})


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ('<callout icon="⚠️" color="red_bg">', "warning"),
        ('<callout color="red_bg">', "caution"),
        ('<callout icon="💡">', "tip"),
        ("<callout>", "note"),
    ],
)
def test_a_callout_is_a_box(opening: str, kind: str) -> None:
    html = _read(f"{opening}\n\tDo **not** touch:\n\t- it\n\t- that\n</callout>").html
    assert f'class="admonition {kind}"' in html
    assert "<strong>not</strong>" in html
    assert "<li>it</li>" in html
    assert "callout" not in html


def test_a_callout_between_colons_and_one_on_a_line_are_boxes_too() -> None:
    html = _read('::: callout {icon="⚠️"}\nHot\n:::\n\n<callout icon="💡">Look here</callout>').html
    assert 'class="admonition warning"' in html
    assert 'class="admonition tip"' in html
    assert "Look here" in html


def test_columns_and_synced_blocks_show_what_stands_in_them() -> None:
    text = '<columns>\n\t<column>\n\t\tLeft\n\t\t- a\n\t</column>\n\t<column>\n\t\t<callout icon="💡">\n\t\t\tRight\n\t\t</callout>\n\t</column>\n</columns>'  # noqa: E501
    document = _read(f'{text}\n<synced_block url="x">\n\tSame everywhere\n</synced_block>\n<empty-block/>')
    assert "<p>Left</p>" in document.html
    assert "<li>a</li>" in document.html
    assert 'class="admonition tip"' in document.html
    assert "<p>Same everywhere</p>" in document.html
    assert not any(sign in document.html for sign in ("&lt;", "<pre", "\t"))
    assert document.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "<details>\n<summary>More here</summary>\n\tInside\n\t1. One\n\t2. Two\n</details>",
        "<toggle>\n\tMore here\n\tInside\n\t1. One\n\t2. Two\n</toggle>",
        "▶ More here\n\tInside\n\n\t1. One\n\t2. Two",
    ],
)
def test_a_toggle_is_folded(text: str) -> None:
    html = _read(text).html
    assert html.count("More here</summary>") == 1
    assert html.index("<summary") < html.index("<p>Inside") < html.index("<li>One</li>") < html.index("</details>")
    assert html.index("</details>") < html.index("Behind.")


@pytest.mark.parametrize("sign", ["", "▶"])
def test_what_stands_in_headings_that_fold_is_of_their_sections(sign: str) -> None:
    given = "" if sign else ' {toggle="true" color="red"}'
    text = f"{sign}## Symptoms{given}\n\t- It beeps\n{sign}## Solution{given}\n\t1. Press\n\t2. Hold\n"
    text += '## Later {color="blue"}'
    document = _read(text)
    assert [each.text for each in document.structure.problems[0].symptoms] == ["It beeps"]
    assert [each.text for each in document.structure.problems[0].steps] == ["Press", "Hold"]
    assert [each.title for each in document.structure.sections][-1] == "Later"


def test_mentions_and_files_are_links_or_words_and_what_says_nothing_is_told() -> None:
    document = _read(
        '<page url="https://www.notion.so/Door-0a1b2c3d4e5f60718293a4b5c6d7e8f9">Door</page>, '
        '<mention-page url="https://a.example/x">Other</mention-page>, <mention-user url="u">Jane</mention-user>, '
        '<mention-date start="2024-03-03" end="2024-03-04"/>, <file src="https://a.example/y.pdf">Manual</file>\n'
        '<mention-user url="u"/>\n<unknown url="x" alt="button"/>\n$`E=mc^2`$ [^https://b.example]'
    )
    assert '<a href="/guides/door/">Door</a>' in document.html
    assert ">Other</a>, Jane, 2024-03-03 \N{EN DASH} 2024-03-04, <a" in document.html
    assert ">Manual</a>" in document.html
    assert "<code>E=mc^2</code>" in document.html
    assert 'href="https://b.example"' in document.html
    assert [finding.line for finding in document.findings] == [6, 7]


def test_cells_of_its_tables_show_their_markdown_and_have_a_head() -> None:
    text = '<table fit-page-width="true" header-row="true">\n<tr>\n<td>Code</td>\n<td>Meaning</td>\n</tr>\n<tr color="red">\n<td>`E-77`</td>\n<td>Bulb **hot**</td>\n</tr>\n</table>'  # noqa: E501
    html = _read(text).html
    assert "<th>Code</th>" in html
    assert "<td><code>E-77</code></td>" in html
    assert "<td>Bulb <strong>hot</strong></td>" in html


@pytest.mark.parametrize(
    "text",
    [
        "`<callout>` and `<columns>`",
        "```\n<callout>\n\tx\n</callout>\n```",
        "<details>\n<summary>HTML</summary>\n\n\tcode\n\n</details>",
        "- one\n\t- two\n\n\tthree",
    ],
)
def test_other_texts_stay(text: str) -> None:
    lines = Lines(text, 1)
    read(lines)
    assert lines.body == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["<callout>\n", "\t<columns>\n", "▶ a\n\t", "<toggle>\n\tx\n", '## a {toggle="true"}\n\tb\n']
)
def test_hostile_blocks_take_time_by_their_length(piece: str) -> None:
    seconds = []
    for count in (2_500, 10_000):
        begun = process_time()
        read(Lines(piece * count, 1))
        seconds.append(process_time() - begun)
    assert seconds[1] < max(1.0, 8 * seconds[0])
