"""What a guide for everyone says to staff only is in nothing that everyone is shown, however it is written."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.document import ContentError, Document
from kb.content.reading import read_contact, read_guide
from kb.content.staff_blocks import has_mark, marked, public_text

WORD = "KANARIE"
ODDLY = {
    "in capitals": f"> [!STAFF]\n> {WORD}",
    "in any case": f"> [!Staff]\n> {WORD}",
    "with a title": f"> [!STAFF] {WORD}\n> {WORD}",
    "folded as in Obsidian": f"> [!staff]- Title\n> {WORD}",
    "without a space": f">[!STAFF]\n>{WORD}",
    "lazily continued": f"> [!STAFF]\n> One line\n{WORD} goes on",
    "lazily continued after code": f"> [!STAFF]\n> ```\n> x\n> ```\n{WORD} goes on",
    "with an empty line that has no mark": f"> [!STAFF]\n> One\n\n> {WORD}",
    "with code that is not closed": f"> [!STAFF]\n> ```\n> {WORD}",
    "with a heading": f"> [!STAFF]\n> ## {WORD}\n> {WORD}",
    "with a table": f"> [!STAFF]\n> | Code | Meaning |\n> |---|---|\n> | {WORD}_9 | {WORD} |",
    "with an image and a link": f'> [!STAFF]\n> ![{WORD}](a.png) [x](b.md "{WORD}")',
    "with a definition of a link": f"> [!STAFF]\n> [lamp]: /x '{WORD}'\n\nSee [lamp]",
    "with a footnote": f"> [!STAFF]\n> [^1]: {WORD}\n\nSee[^1]",
    "in an item": f"- One\n\n  > [!STAFF]\n  > {WORD}\n- Two",
    "as an item": f"1. > [!STAFF]\n   > {WORD}\n2. Two",
    "in a quotation": f"> ProductText\n>\n> > [!STAFF]\n> > {WORD}\n>\n> more",
    "later in a quotation": f"> ProductText\n> [!STAFF]\n> {WORD}",
    "in another box": f"> [!NOTE]\n> > [!STAFF]\n> > {WORD}",
    "in a tab": f'=== "Linux"\n    > [!STAFF]\n    > {WORD}\n',
    "in a fold": f"<details><summary>More</summary>\n\n> [!STAFF]\n> {WORD}\n\n</details>",
    "in a fold without empty lines": f"<details><summary>More</summary>\n> [!STAFF]\n> {WORD}\n</details>",
    "as the title of a fold": f"<details><summary>[!STAFF] x</summary>\n\n{WORD}\n\n</details>",
    "in an element": f"<blockquote>[!STAFF]\n{WORD}\n\n{WORD}\n</blockquote>",
    "without a quotation": f"[!STAFF] {WORD}\n{WORD}",
    "as a list item": f"- [!STAFF] One\n\n  {WORD}\n- Two",
    "in a heading": f"## [!STAFF] Inside\n\n{WORD}\n\n### Deeper\n\n{WORD}\n\n## Outside",
    "in a cell": f"| A | B |\n|---|---|\n| [!STAFF] | {WORD} |",
    "in the head of a table": f"| [!STAFF] | B |\n|---|---|\n| {WORD} | {WORD} |",
    "indented as code": f"- One\n\n        > [!STAFF]\n        > {WORD}",
    "in code that is not closed": f"```\n> [!STAFF]\n> {WORD}",
    "with escaped brackets": f"> \\[!STAFF\\]\n> {WORD}",
    "with spaces": f"> [ !STAFF ]\n> {WORD}",
    "with more words": f"> [!STAFF ONLY]\n> {WORD}",
    "with a sign that nobody sees": f"> [\N{ZERO WIDTH SPACE}!STAFF]\n> {WORD}",
    "with wide letters": f"> [!\N{FULLWIDTH LATIN CAPITAL LETTER S}TAFF]\n> {WORD}",
    "Material for MkDocs": f"!!! staff\n    {WORD}",
    "Material for MkDocs, not indented": f"!!! staff\n{WORD}",
    "Docusaurus": f":::staff\n\n{WORD}\n\n:::",
    "Docusaurus, not closed": f":::staff\n\n{WORD}\n\n## More\n\n{WORD}",
    "MDX": f'<Admonition type="staff">\n\n{WORD}\n\n</Admonition>',
    "between backticks of another code": f"Use `` ` `` [!STAFF] `{WORD}`",
    "between backticks that are left over": f"Use ``` x ` [!STAFF] {WORD} `",
    "between code that goes on from the line above": f"Use ` or\nuse ` [!STAFF] ` {WORD}",
    "between escaped backticks": f"Use \\` [!STAFF] {WORD} `",
    "between wide backticks": "Use \N{FULLWIDTH GRAVE ACCENT} [!STAFF] \N{FULLWIDTH GRAVE ACCENT} " + WORD,
    "between backticks of two cells": f"| A | B | C |\n|---|---|---|\n| ` | [!STAFF] {WORD} | ` |",
    "between backticks in tags": f"Use <i title='`'>[!STAFF] {WORD}</i> <i title='`'>x</i>",
    "between backticks in an element": f"<div>\n` [!STAFF] {WORD} `\n</div>",
    "between backticks in code that is not closed": f"```\n` [!STAFF] ` {WORD}",
    "in code that only seems closed": f"```\n> [!STAFF]\n> {WORD}\n```x",
    "without its last bracket": f"> [!STAFF\n> {WORD}",
    "in bold within its brackets": f"> [!**STAFF**]\n> {WORD}",
    "with encoded signs": f"> &#91;&#33;STAFF&#93;\n> {WORD}",
    "twice": f"> [!STAFF]\n> {WORD}\n\nBetween\n\n> [!STAFF]\n> {WORD}",
}


def shown(document: Document) -> str:
    """All that is in a document but for what is for staff."""
    return repr((document.metadata, document.structure, document.html, document.step_html))


def lamp(block: str) -> str:
    return (
        "---\nextra: kept\n---\n# Lamp\n\n## Symptoms\n\n- Lamp is dark\n\n## Fix\n\n1. Press it.\n2. Turn it.\n\n"
        f"{block}\n"
    )


@pytest.mark.parametrize("manner", ODDLY)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_nothing_of_it_is_in_what_everyone_is_shown(manner: str, ending: str) -> None:
    text = lamp(ODDLY[manner]).replace("\n", ending)
    document = read_guide(text, "lamp.md")
    assert document.for_staff is not None
    assert WORD not in shown(document)
    assert WORD not in public_text(text)
    assert has_mark(text)
    assert WORD in document.for_staff.html or "definition" in manner
    assert "Press it." in document.html


@pytest.mark.parametrize("manner", ODDLY)
def test_the_text_without_it_is_read_just_so(manner: str) -> None:
    document = read_guide(lamp(ODDLY[manner]), "lamp.md")
    assert document.for_staff is not None
    again = read_guide(document.for_staff.public_text, "lamp.md")
    assert again.for_staff is None
    assert again.html == document.html


@pytest.mark.parametrize(
    "example",
    [
        f"```markdown\n> [!STAFF]\n> {WORD}\n```",
        f"> ~~~\n> > [!STAFF]\n> > {WORD}\n> ~~~",
        f"Write `> [!STAFF]` and {WORD}.",
        f"The staff says `!` and {WORD}!",
        f"Write ``> [!STAFF] ` `` and {WORD}.",
        f"A <kbd title='x'>key</kbd> and `` ` ``,\nthen `> [!STAFF]` and {WORD}.",
        f"```\nx\n```\nWrite `> [!STAFF]` and {WORD}.",
    ],
)
def test_an_example_of_it_is_shown_as_written(example: str) -> None:
    document = read_guide(lamp(example), "lamp.md")
    assert document.for_staff is None
    assert WORD in document.html


def test_the_rest_keeps_its_lines_and_its_bytes() -> None:
    text = "\ufeff# Lamp\r\n\r\nOne\r\n> [!STAFF]\r\n> x\r\n\r\n## Fix\r\nTwo  \r\n"
    document = read_guide(text, "lamp.md")
    assert [section.line for section in document.structure.sections] == [1, 7]
    assert public_text(text) == "\ufeff# Lamp\r\n\r\nOne\r\n\r\n## Fix\r\nTwo  \r\n"


def test_staff_read_it_as_part_of_what_it_stands_in() -> None:
    document = read_guide(lamp("> [!STAFF] By hand\n> 3. Reset the token.\n> 4. Restart the host."), "lamp.md")
    assert document.for_staff is not None
    (problem,) = document.for_staff.structure.problems
    told = [(step.text, step.line in document.for_staff.lines) for step in problem.steps]
    assert told[:2] == [("Press it.", False), ("Turn it.", False)]
    assert ("Reset the token.", True) in told
    assert '<div class="admonition staff">\n<p class="admonition-title">Staff only: By hand</p>' in document.whole.html


def test_all_of_a_guide_for_staff_is_for_staff() -> None:
    document = read_guide(f"---\naudience: staff\n---\n# Lamp\n\n> [!STAFF]\n> {WORD}\n", "lamp.md")
    assert document.for_staff is None
    assert "Staff only" in document.html
    assert WORD in document.html


def test_writers_are_told_where_more_is_hidden_than_a_box() -> None:
    text = dedent("""\
        # Lamp
        Hello
        [!STAFF] One

        > [!STAFF]
        > Two

        > Three
        """)
    found = [(finding.line, finding.message.partition(":")[0]) for finding in read_guide(text, "lamp.md").findings]
    assert found == [
        (3, "This hides what follows from everyone but staff, but it opens no box"),
        (8, "This quotation follows a block for staff and is hidden with it"),
    ]


def test_a_contact_for_everyone_has_no_block_for_staff() -> None:
    with pytest.raises(ContentError, match="Only guides have blocks for staff") as refused:
        read_contact("---\nname: Desk\n---\nHello\n\n> [!STAFF]\n> x\n", "contacts/desk.md")
    assert refused.value.line == 6
    assert "x" in read_contact("---\nname: D\naudience: staff\n---\n> [!STAFF]\n> x\n", "contacts/d.md").html


PIECES = st.sampled_from(
    [
        *("> [!STAFF]\n", f"> {WORD}\n", f"{WORD}\n", "\n", "- item\n", "> quote\n", "```\n", "    code\n", "# H\n"),
        *("  > [!staff]\n", f"  > {WORD}\n", "<div>\n", "</div>\n", "| a |\n|---|\n", "::: note\n", ":::\n", ">\n"),
    ]
)


@given(st.lists(PIECES, max_size=14))
def test_no_arrangement_shows_what_stands_right_below_the_mark(pieces: list[str]) -> None:
    block = f"> [!STAFF]\n> BELOW{WORD}\n"
    text = f"# Lamp\n\n{''.join(pieces)}\n{block}\n{''.join(pieces)}"
    document = read_guide(text, "lamp.md")
    in_fence = document.for_staff is None or f"BELOW{WORD}" in document.for_staff.public_text
    fences = "".join(pieces).count("```")
    if not in_fence or not fences:
        assert f"BELOW{WORD}" not in shown(document)


def test_what_staff_see_of_a_step_for_everyone_is_marked_where_it_is_more() -> None:
    box = '<div class="admonition staff"><p class="admonition-title">Staff only</p>\n<p>more</p></div>'
    assert marked(f"<p>Turn it.</p>\n{box}", "<p>Turn it.</p>") == f"<p>Turn it.</p>\n{box}"
    assert marked("<p>Turn it. More.</p>", "<p>Turn it.</p>") == (
        '<p>Turn it.</p><div class="admonition staff"><p class="admonition-title">Staff only</p>'
        "<p>Turn it. More.</p></div>"
    )
