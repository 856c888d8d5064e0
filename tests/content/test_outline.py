"""A body's sections with their anchors, lines and text, its blocks, links and images."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import outline
from kb.content.anchors import unique_anchor
from kb.content.blocks import Block, Code, Item, ListBlock, Other, Outline, Paragraph, Quote, Table
from kb.content.outline import slugify_heading


def parse(text: str, first_line: int = 1) -> Outline:
    return outline.parse(dedent(text), first_line)


def blocks(text: str) -> tuple[Block, ...]:
    return parse(text).parts[0].blocks


def first_list(text: str) -> ListBlock:
    found = next(block for block in blocks(text) if isinstance(block, ListBlock))
    assert isinstance(found, ListBlock)
    return found


@pytest.mark.parametrize(
    ("title", "anchor"),
    [
        ("Connection Timeout Error", "connection-timeout-error"),
        ("SSL/TLS Certificate Errors", "ssltls-certificate-errors"),
        ("What's new?", "whats-new"),
        ("a - b", "a---b"),
        ("snake_case and-dash", "snake_case-and-dash"),
        ("Über Größe", "über-größe"),
        ("हिन्दी", "हिन्दी"),
        ("!?", "section"),
        ("", "section"),
        ("x" * 300, "x" * 150),
    ],
)
def test_anchors_are_those_of_github(title: str, anchor: str) -> None:
    assert slugify_heading(title) == anchor


def test_repeated_headings_are_numbered() -> None:
    found = [
        section.anchor for section in parse("# A\n# A\n# A-1\n# A\n# {#a-2}\n# B {#my-id}\n# C {: #c .wide }").sections
    ]
    assert found == ["a", "a-1", "a-1-1", "a-2", "a-2-1", "my-id", "c"]


@given(st.lists(st.sampled_from(["a", "a-1", "a-1-1", "b", "b-2"])))
def test_anchors_are_unique(slugs: list[str]) -> None:
    taken: dict[str, int] = {}
    found = [unique_anchor(slug, taken) for slug in slugs]
    assert len(set(found)) == len(found)


def test_sections_have_titles_levels_lines_and_text() -> None:
    text = (
        "Before.\n\n# The `code` **title**\n\nText with `code`, [a link](x.md) and\na second line.\n\n"
        "Setext\n------\n- one\n- two\n\n### Empty\n"
    )
    found = parse(text, first_line=10)
    assert [(each.anchor, each.title, each.level, each.line, each.end_line, each.text) for each in found.sections] == [
        ("", "", 0, 10, 11, "Before."),
        ("the-code-title", "The code title", 1, 12, 16, "Text with code, a link and\na second line."),
        ("setext", "Setext", 2, 17, 21, "one\ntwo"),
        ("empty", "Empty", 3, 22, 22, ""),
    ]
    assert (found.title, found.title_anchor, found.first_line, found.last_line) == (
        "The code title",
        "the-code-title",
        10,
        22,
    )


def test_the_title_is_the_first_heading_of_level_one_that_is_no_label() -> None:
    assert parse("## A\n# Symptoms\n# The title\n# Other").title == "The title"
    assert parse("## A\n\nText").title_anchor is None


def test_an_empty_body_has_no_sections() -> None:
    for text in ("", "\n", " \n\n"):
        assert parse(text).sections == ()
        assert parse(text).last_line >= 1


def test_a_list_item_keeps_its_source_without_marker_and_indentation() -> None:
    found = first_list("""\
        3. **First**, with
           a second line

           ```sh
             ls -l
           ```
           - inner
        4.  second

        5.
        """)
    assert (found.ordered, found.start, found.line, found.end_line) == (True, 3, 1, 10)
    assert [item.source for item in found.items] == [
        "**First**, with\na second line\n\n```sh\n  ls -l\n```\n- inner",
        "second",
        "",
    ]
    assert [type(block) for block in found.items[0].blocks] == [Paragraph, Code, ListBlock]
    assert found.items[0].text == "First, with\na second line\n  ls -l\ninner"
    assert found.items[2].lead is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-\ttab\n\n\tmore", "tab\n\nmore"),
        ("-     code", "    code"),
        ("-\n  next line", "next line"),
        ("* a\nlazy", "a\nlazy"),
        ("10) ten\n\n    more", "ten\n\nmore"),
    ],
)
def test_markers_of_every_form_are_taken_off(source: str, expected: str) -> None:
    assert first_list(source).items[0].source.strip("\n") == expected.strip("\n")


def test_runs_say_what_is_code_bold_linked_and_a_picture() -> None:
    [found] = blocks("A `b` **c `d`** __e__ <b>f</b> [g](h.md) ![i](j.png) \\*k\\* <name> <i>l</i><br>m &amp; n")
    assert isinstance(found, Paragraph)
    assert [run.text for run in found.runs if run.code] == ["b", "d"]
    assert [run.text for run in found.runs if run.strong] == ["c ", "d", "e", "f"]
    assert [(run.text, run.target) for run in found.runs if run.target] == [("g", "h.md"), ("i", "j.png")]
    assert found.text == "A b c d e f g i *k* <name> l m & n"


def test_a_label_in_capitals_is_a_paragraph_of_its_own() -> None:
    found = blocks("words\nRESOLVING THE PROBLEM\nmore words\n\n1. item\nCAUSE\n\n    CAUSE\n\nSYMPTOM\n=======\n")
    assert [block.text for block in found] == ["words", "RESOLVING THE PROBLEM", "more words", "item", "CAUSE", "CAUSE"]
    assert [type(block) for block in found[-3:]] == [ListBlock, Paragraph, Code]
    assert [(block.line, block.end_line) for block in found] == [(1, 1), (2, 2), (3, 3), (5, 5), (6, 6), (8, 8)]
    assert parse("x\n\nSYMPTOM\n=======\n").sections[1].title == "SYMPTOM"


def test_tables_quotations_notes_and_the_rest_are_told_apart() -> None:
    found = blocks("""\
        | Code | Meaning |
        |------|---------|
        | `1`  | a **b** |
        | 2    |

        > quoted
        > - list

        > [!WARNING]
        > Careful.

        !!! note "Title"
            Text.

        <div>html <!-- no --> words</div>

        ---

        [^1]: A footnote.
        """)
    table, quote, warning, note, html, rule, footnote = found
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in (table.header, *table.rows)] == [
        ["Code", "Meaning"],
        ["1", "a b"],
        ["2", ""],
    ]
    assert [row[0].line for row in table.rows] == [3, 4]
    assert table.text == "Code Meaning\n1 a b\n2"
    assert isinstance(quote, Quote)
    assert (quote.alert, quote.text) == ("", "quoted\nlist")
    assert [getattr(each, "alert", None) for each in (warning, note)] == ["WARNING", "NOTE"]
    assert [each.text for each in (warning, note, html, rule, footnote)] == [
        "Careful.",
        "Title\nText.",
        "html words",
        "",
        "A footnote.",
    ]
    assert isinstance(footnote, Other)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Tom &amp; Jerry</p>", "Tom & Jerry"),
        ("<div>\n<b>bo</b>ld\n<!-- not\nthis -->\nend</div>", "bold end"),
        ("<table><tr><td>one</td>\n<td>two", "one two"),
        ("<div>a<script>if (b) c()</script><style>d {}</style>e</div>", "ae"),
        ("<script>never closed", ""),
        ("<!-- never closed", "<!-- never closed"),
        ("<div>\ud800</div>", "\ud800"),
        ("<div>" * 400 + "deep" + "</div>" * 400, "deep"),
    ],
)
def test_of_raw_html_the_words_are_read_that_pages_show(html: str, words: str) -> None:
    assert [block.text for part in parse(html).parts for block in part.blocks] == ([words] if words else [])


def test_headings_in_lists_and_quotations_make_no_sections() -> None:
    found = parse("# A\n\n- # B\n\n> ## C\n")
    assert [section.title for section in found.sections] == ["A"]
    assert found.sections[0].text == "B\nC"


def test_relative_links_and_images_are_listed_with_their_lines() -> None:
    found = parse(
        """\
        # A [b](#b)

        [one](../a%20b.md#part) and
        [two](c.md?x=1 "title"), [three][ref], [site](/guides/d.md), ![four](e.png)

        - [five](f.md)

        | x |
        |---|
        | [six](g.md) |

        <p><a href="h.md">h</a>
        <img src='i.png' alt=""></p>

        Inline <img src="k.png" alt="K"> here.

        [no](https://example.com), [no](//example.com), [no](/docs/x), [no](mailto:a@b.c), [no](), <https://example.com>

        [ref]: <l.md>
        """,
        first_line=5,
    )
    assert [(link.target, link.anchor, link.line, link.image, link.text) for link in found.links] == [
        ("", "b", 5, False, "b"),
        ("../a b.md", "part", 7, False, "one"),
        ("c.md", "", 8, False, "two"),
        ("l.md", "", 8, False, "three"),
        ("/guides/d.md", "", 8, False, "site"),
        ("e.png", "", 8, True, "four"),
        ("f.md", "", 10, False, "five"),
        ("g.md", "", 14, False, "six"),
        ("h.md", "", 16, False, ""),
        ("i.png", "", 17, True, ""),
        ("k.png", "", 19, True, "K"),
        ("/docs/x", "", 21, False, "no"),
    ]
    assert found.images_without_text == (17,)


def test_what_other_tools_read_degrades_to_words() -> None:
    image = ':::image type="content" source="a.png" alt-text="The dialog.":::'
    text = f'{image}\n\n[!INCLUDE [x](y.md)]\n\n> [!div class="a"]\n> Words.\n'
    assert parse(text).sections[0].text.split("\n") == ["The dialog.", "Words."]


def test_lines_are_counted_whatever_ends_them() -> None:
    for newline in ("\n", "\r\n", "\r"):
        found = outline.parse(newline.join(["# A", "", "text", "", "# B"]))
        assert [section.line for section in found.sections] == [1, 5]


MARKUP = st.text(alphabet=st.sampled_from("#*_`-[]()!<>|:1.\n\t aBÄ\\~={}^&\u2028"), max_size=120)


@given(st.one_of(MARKUP, st.text(max_size=60)), st.integers(min_value=1, max_value=40))
def test_any_text_has_an_outline_with_unique_anchors_and_lines_of_the_file(text: str, first_line: int) -> None:
    found = outline.parse(text, first_line)
    anchors = [section.anchor for section in found.sections]
    assert len(set(anchors)) == len(anchors)
    last = first_line + text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    lines = [line for section in found.sections for line in (section.line, section.end_line)]
    lines += [link.line for link in found.links]
    lines += [line for part in found.parts for block in part.blocks for line in (block.line, block.end_line)]
    assert all(first_line <= line <= last for line in lines)
    assert [section.line for section in found.sections] == sorted({section.line for section in found.sections})


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "> " * 3000 + "a",
        "- " * 3000 + "a",
        "".join("  " * depth + "- a\n" for depth in range(400)),
        "[" * 20_000,
        "*a" * 5000,
    ],
)
def test_nesting_without_end_is_read_to_its_end(text: str) -> None:
    assert outline.parse(text).last_line >= 1


def _depth(block: Block | Item) -> int:
    inner = getattr(block, "blocks", getattr(block, "items", ()))
    return 1 + max((_depth(each) for each in inner), default=0)


def test_nesting_is_cut_at_a_depth() -> None:
    assert _depth(blocks("> " * 3000 + "a")[0]) < 100
