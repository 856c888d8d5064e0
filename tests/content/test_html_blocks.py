"""Raw HTML in a guide is read as the lists, tables and paragraphs that it stands for."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content import outline
from kb.content.blocks import Block, Code, ListBlock, Paragraph, Table
from kb.content.document import ErrorCode
from kb.content.reading import read_guide
from kb.content.rendering import render_fragment


def blocks(text: str) -> tuple[Block, ...]:
    return outline.parse(dedent(text)).parts[0].blocks


def test_a_list_has_items_and_they_can_be_steps() -> None:
    (found,) = blocks("<ol start=3><li>Free the <b>disk</b><li>Run <code>mq flush</code></ol>\n")
    assert isinstance(found, ListBlock)
    assert (found.ordered, found.start, [item.text for item in found.items]) == (
        True,
        3,
        ["Free the disk", "Run mq flush"],
    )
    steps = "<ol><li>Free the disk</li><li>Run <code>mq flush</code></li></ol>"
    text = f"# Queue stuck\n\n## Problem\n\nMail waits.\n\n## Solution\n\n{steps}\n"
    (problem,) = read_guide(text, "a.md").structure.problems
    assert [(step.text, step.markdown) for step in problem.steps] == [
        ("Free the disk", "Free the disk"),
        ("Run mq flush", "Run `mq flush`"),
    ]


def test_the_markdown_of_an_item_shows_what_the_item_showed() -> None:
    words = '*not* a_b _c_ &lt;x&gt; <a href="n%20.md">[n]</a> <b>so </b>bold'
    (found,) = blocks(f"<ul><li>{words}<pre>a\nb</pre><ul><li>in</li></ul></li></ul>\n")
    assert isinstance(found, ListBlock)
    html = render_fragment(found.items[0].source, {"n .md": "/n/"})
    assert "*not* a_b _c_ &lt;x&gt;" in html
    assert "[n]" in html
    assert "<strong>so</strong> bold" in html
    assert "a\nb" in html
    assert "<ul>\n<li>in</li>\n</ul>" in html


def test_cells_are_apart_and_a_table_can_define_codes() -> None:
    text = """\
        # Lamp

        <table>
        <tr><th>Code</th><th>Meaning</th><th>Action</th></tr>
        <tr><td>E-77</td><td>Bulb hot</td><td>Let it cool</td></tr>
        </table>
        """
    structure = read_guide(dedent(text), "a.md").structure
    assert structure.error_codes == (ErrorCode("E-77", "Bulb hot", "Let it cool", "lamp", 5),)
    assert "Code Meaning Action\nE-77 Bulb hot Let it cool" in structure.sections[0].text


def test_cells_span_rows_and_columns() -> None:
    (table,) = blocks("<table><tr><th>A<th>B<th>C<tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td>4</table>\n")
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [["1", "2", ""], ["1", "3", "4"]]


def test_markdown_between_tags_stays_where_it_stands() -> None:
    found = blocks(
        "<table><tr><td>\n\nSee **this**\n\n</td><td>x</td></tr></table>\n\n<div>\n\n- a\n- b\n\n</div>\n\nAfter\n"
    )
    table, bullets, after = found
    assert isinstance(table, Table)
    assert [cell.text for cell in table.header] == ["See this", "x"]
    assert isinstance(bullets, ListBlock)
    assert after.text == "After"


def test_paragraphs_code_and_headings() -> None:
    found = blocks(
        "<div class=panel><h3>Cause</h3><p>One<br>two</p>text <i>more</i><pre><code>x\ny</code></pre></div>\n"
    )
    assert [(type(block), block.text) for block in found] == [
        (Paragraph, "Cause"),
        (Paragraph, "One\ntwo"),
        (Paragraph, "text more"),
        (Code, "x\ny"),
    ]


def test_headings_of_html_are_labels_like_bold_lines() -> None:
    text = (
        "# Queue\n\n<h2>Symptoms</h2><ul><li>Mail waits</li></ul><h2>Resolution</h2><ol><li>Free the disk</li></ol>\n"
    )
    (problem,) = read_guide(text, "a.md").structure.problems
    assert [one.text for one in problem.symptoms] == ["Mail waits"]
    assert [step.text for step in problem.steps] == ["Free the disk"]


@pytest.mark.parametrize(
    "html", ["<!-- <p>x</p> -->\n", "<script>let x = 1</script>\n", "<style>p {}</style>\n", "<div></div>\n"]
)
def test_what_no_page_shows_is_no_block(html: str) -> None:
    assert [block.text for block in blocks(f"{html}\nText\n")] == ["Text"]


def test_no_element_is_deeper_or_wider_than_can_be_read() -> None:
    deep = blocks("<div>" * 5_000 + "x" + "</div>" * 5_000 + "\n")
    assert [block.text for block in deep] == ["x"]
    (wide,) = blocks("<table><tr>" + "<td>x" * 5_000 + "<tr><td rowspan=9999 colspan=9999>y</table>\n")
    assert isinstance(wide, Table)
    assert len(wide.header) == len(wide.rows[0]) <= 60
