"""Forms of other tools beside code, beside each other, and never closed: code stays as it is, and nothing leaks."""

from __future__ import annotations

import pytest

from kb.content.foreign.litter import NO_ADDRESS
from kb.content.foreign.statements import NEVER_CLOSES
from kb.content.foreign.translating import translated
from kb.content.front_matter import split
from kb.content.html_tags import words_in
from kb.content.phrases import Phrase
from kb.content.reading import read_guide

MACRO = '<ac:structured-macro ac:name="tip"><ac:parameter ac:name="title">x</ac:parameter>y</ac:structured-macro>'


def html_of(text: str, source: str = "page.md") -> str:
    return read_guide(f"# T\n\n{text}\n", source).html


def body_of(text: str, source: str = "page.md") -> str:
    """The text in our forms, from its third line on."""
    return translated(split(f"# T\n\n{text}\n"), source).head.body.partition("\n\n")[2].removesuffix("\n")


@pytest.mark.parametrize(
    "shown",
    [
        f"```xml\n{MACRO}\n```",
        f"Write `{MACRO}` for it.",
        "```html\n<ac:link>\n    <ri:user />\n</ac:link>\n```",
        "Write `[!INCLUDE [a](b.md)]` for it.",
        "Write `> [!VIDEO x]` for it.",
        "1. a\n   - b\n\n```\n    deep\n  less\n```",
        "~~~\n/// note\n    type: x\n///\n~~~",
    ],
)
def test_forms_that_code_shows_stay_as_they_are(shown: str) -> None:
    assert body_of(f"<ri:user />\n\n{shown}").endswith(shown)


def test_code_below_a_list_is_not_moved_with_it() -> None:
    assert "<code>    deep\n  less\n</code>" in html_of("1. a\n  - b\n\n```\n    deep\n  less\n```")
    assert "<code>    deep\n</code>" in html_of("1. a\n  - b\n\n    ```\n        deep\n    ```")


def test_code_in_a_step_has_no_headings() -> None:
    assert "# no heading" in html_of("{% step %}\n## Do it\n```\n# no heading\n```\n{% endstep %}")


def test_a_frame_that_never_ends_takes_no_code_into_its_line() -> None:
    assert "<code>code\n  x /&gt;\n</code>" in html_of('See <iframe src="https://a.example">\n```\ncode\n  x />\n```')


@pytest.mark.parametrize(
    "condition",
    [
        "{% case visitor.role %}\n{% when 'staff' %}\nCANARY\n{% else %}\nCANARY\n{% endcase %}",
        "{% unless visitor.isPublic %}\nCANARY\n{% else %}\nCANARY\n{% endunless %}",
        "{% if a %}\nA.\n{% elsif visitor.claims.staff %}\n{% if b %}x{% else %}y{% endif %}\nCANARY\n{% endif %}",
        "{% if a %}\nA.\n{% elsif page.private %}\nCANARY\n{% else %}\nB.\n{% endif %}",
    ],
)
def test_every_kind_of_condition_for_some_readers_hides_what_it_encloses(condition: str) -> None:
    document = read_guide(f"# T\n\n{condition}\n\nBehind it.\n", "page.md")
    assert "CANARY" not in repr(document)
    assert "Behind it." in document.html
    assert ("A." in document.html, "B." in document.html) == ("A." in condition, "B." in condition)


def test_alerts_that_follow_each_other_in_one_quotation_are_boxes_of_their_own() -> None:
    html = html_of("> [!NOTE]\n> a\n> [!WARNING]\n> b\n>\n> [!TIP] Title\n> c")
    assert [kind for kind in ("note", "warning", "tip") if f'<div class="admonition {kind}">' in html] == [
        "note",
        "warning",
        "tip",
    ]
    assert html.count("</div>") == html.count("<div") == 3
    assert "[!" not in html


def test_an_alert_with_a_slip_in_its_sign_is_one() -> None:
    html = html_of("> [ !IMPORTANT]\n> a\n\n> [! TIP] b\n> c\n\n> [ !STAFF]\n> CANARY")
    assert '<div class="admonition important">' in html
    assert '<div class="admonition tip">\n<p class="admonition-title">b</p>' in html
    assert "CANARY" not in html


def test_what_stands_in_a_block_for_staff_never_leaves_it() -> None:
    for text in ("> [!STAFF]\n> a\n> [!NOTE]\n> CANARY", "> [!NOTE]\n> a\n> [!STAFF]\n> CANARY\n> [!TIP]\n> CANARY"):
        assert "CANARY" not in html_of(text)


@pytest.mark.parametrize(
    ("block", "inside"),
    [
        ("| a | b |\n|---|---|\n| c | d |", "<table>"),
        ("```\ncode\n```", "<pre"),
        ("- one\n- two", "<ul>"),
        ("Words.", "<p>Words.</p>"),
    ],
)
def test_attributes_make_a_box_of_the_whole_block_above_them(block: str, inside: str) -> None:
    html = html_of(f"Before.\n\n{block}\n{{: .warning }}\n\n{block}\n{{: .note}}\n\nBehind.")
    first, second = html.partition('<div class="admonition note">')[::2]
    assert inside in first.partition('<div class="admonition warning">')[2]
    assert inside in second
    assert "<p>Behind.</p>" in second.rpartition("</div>")[2]


def test_a_block_between_slashes_that_never_ends_is_told() -> None:
    document = read_guide("# T\n\n/// note | A\ntext\n", "page.md")
    assert [finding.line for finding in document.findings if "'/// note" in finding.message] == [3]
    assert "/// note | A" in document.html


@pytest.mark.parametrize("tag", ['{% include a.html content="', "{{< figure src=", "{% hint"])
def test_a_tag_that_never_ends_takes_no_words_away(tag: str) -> None:
    document = read_guide(f"# T\n\n{tag}\n\nKept.\n\n{{% step %}}\n\nBehind.\n", "page.md")
    assert "<p>Kept.</p>" in document.html
    assert any(tag.split()[1] in finding.message and finding.line == 3 for finding in document.findings)


def test_a_word_of_programs_at_the_start_of_a_line_of_prose_takes_no_words_away() -> None:
    html = html_of("To share it, write\nexport const a = {\nand what follows.\n\nBehind.")
    assert "and what follows." in html
    assert "export" not in html_of("export const a = {\n  b: 1,\n}\nexport const c = 2\n\nBehind.")


def test_an_aside_ends_outside_of_code_and_stays_in_its_item() -> None:
    html = html_of("<aside>\n💡 a\n\n```\n</aside>\n```\n\nb\n</aside>\n\nEnd")
    assert html.index("<p>b</p>") < html.index("</div>\n<p>End</p>")
    assert (
        "admonition tip"
        in html_of("- item\n\n  <aside>\n  💡 a\n  </aside>").partition("<li>")[2].partition("</li>")[0]
    )


def test_headings_between_wiki_markup_stay_headings_and_items_are_counted() -> None:
    html = html_of("h2. Head\n\n# One\n# Two\n\n## Alone\n\ntext")
    assert "<li>One</li>\n<li>Two</li>" in html
    assert '<h2 id="alone">' in html


def test_code_of_wiki_markup_may_hold_fences() -> None:
    assert "<code>a\n```\nb\n```\n</code>" in html_of("{code}\na\n```\nb\n```\n{code}")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Text {flag && <Foo/>} more.", "Text more."),
        ("{isNew && <b>fresh</b>} words", "fresh words"),
        ("{a ? <b>one</b> : <i>two</i>}", "one two"),
        ("{a ? (<b>one</b>) : null} words", "one words"),
        ("{version > 2 && (\n  <Note>\n  one\n  </Note>\n)}\n\ntwo", "Note one two"),
        ("{a ? (\n<b>one</b>\n) : (\n<b>two</b>\n)}", "one two"),
    ],
)
def test_conditions_of_mdx_leave_their_words_and_are_told(written: str, words: str) -> None:
    document = read_guide(f"# T\n\n{written}\n", "page.mdx")
    assert " ".join(words_in(document.html).split()) == words
    assert any("is left out" in finding.message and finding.line == 3 for finding in document.findings)


@pytest.mark.parametrize(
    "written",
    [
        "{isStaff && <b>CANARY</b>} A.",
        "{process.env.NODE_ENV === 'development' && <Note>CANARY</Note>} A.",
        "{user.isAdmin && (\n  <Note>\n  CANARY\n  </Note>\n)}\n\nA.",
        "{false && <b>CANARY</b>} A.",
    ],
)
def test_conditions_of_mdx_for_some_readers_hide_what_they_enclose(written: str) -> None:
    document = read_guide(f"# T\n\n{written}\n", "page.mdx")
    assert "CANARY" not in document.html
    assert "A." in document.html
    assert any("is not for all readers" in finding.message for finding in document.findings)


QUOTED_BLOCKS = [
    ("> /// note | Hot\n> a\n> ///\n>\n> b", ["Hot", "a", "b"], ["admonition note"]),
    (">/// note | Hot\n>a\n>///", ["Hot", "a"], ["admonition note"]),
    ("> /// details | Hot\n>     type: warning\n> a\n> ///", ["Hot", "a"], ["<details"]),
    ("> > /// tip\n> > a\n> > ///\n> b", ["Tip", "a", "b"], ["admonition tip"]),
    (
        "> /// note\n> a\n> //// tip\n> b\n> ////\n> ///",
        ["Note", "a", "Tip", "b"],
        ["admonition note", "admonition tip"],
    ),
    ("/// note\n> /// tip\n> a\n> ///\nb\n///", ["Note", "Tip", "a", "b"], ["admonition note", "admonition tip"]),
    ("> /// caption\n> a\n> ///\n> b", ["a", "b"], ["<em>a</em>"]),
    ("> /// html | div\n> a\n> ///\n> b", ["a", "b"], []),
]


@pytest.mark.parametrize(("text", "words", "elements"), QUOTED_BLOCKS)
def test_blocks_between_slashes_are_read_in_quotations_too(text: str, words: list[str], elements: list[str]) -> None:
    document = read_guide(f"# T\n\n{text}\n\nBehind.\n", "page.md")
    assert words_in(document.html).split() == [*words, "Behind."]
    assert all(element in document.html for element in ["<blockquote>", *elements])
    assert document.html.index("Behind.") > document.html.index("</blockquote>")
    assert document.findings == ()


@pytest.mark.parametrize("text", ["> /// note\n> a\n\nb\n\n> ///", "/// note\na\n> ///", "> /// note\n> a\n///"])
def test_a_block_that_does_not_end_in_its_own_quotation_is_told(text: str) -> None:
    document = read_guide(f"# T\n\n{text}\n", "page.md")
    assert [finding.line for finding in document.findings] == [3]
    assert "/// note" in document.html


def test_slashes_that_a_quotation_shows_as_code_stay() -> None:
    text = "> ```\n> /// note\n> a\n> ///\n> ```"
    assert body_of(text) == text


@pytest.mark.parametrize(
    "text", ["/// staff\nCANARY\n///", "> /// staff\n> CANARY\n> ///", "/// staff\nCANARY", "> /// staff\n> CANARY"]
)
def test_blocks_between_slashes_for_staff_reach_nobody_else_also_where_they_never_end(text: str) -> None:
    document = read_guide(f"# T\n\nBefore.\n\n{text}\n", "page.md")
    assert "Before." in document.html
    assert "CANARY" not in repr(document.structure) + document.html
    assert document.for_staff is not None
    assert "CANARY" in document.for_staff.html


@pytest.mark.parametrize(
    ("below", "kept"),
    [
        ("Read this.\n\nThen {x}, and that.\n\n## Next\n\n}\n", ["Read this.", "and that", "Next"]),
        ("\nAfter.\n", ["After."]),
        ("\nAfter.\n\n```js\n}\n```\n\nBehind.\n", ["After.", "}", "Behind."]),
        ("  b: 1,\n\nexport const c = {\n\nLast.", ["b: 1,", "Last."]),
        ("a\n" * 400 + "Last.", ["Last."]),
    ],
)
@pytest.mark.parametrize("source", ["page.mdx", "page.md"])
def test_an_export_that_never_closes_is_told_and_takes_nothing_with_it(
    below: str, kept: list[str], source: str
) -> None:
    document = read_guide(f"# T\n\nBefore.\n\nexport const a = {{\n{below}", source)
    words = words_in(document.html)
    assert all(each in words for each in ["Before.", *kept]), words
    assert "export" not in words
    told = [(finding.line, finding.message) for finding in document.findings if "never closes" in finding.message]
    assert told[0] == (5, NEVER_CLOSES.filled(written="export const a = {"))
    assert len(told) == 1 + below.count("export")


def test_brackets_in_strings_close_and_open_nothing() -> None:
    document = read_guide("# T\n\nexport const s = '{'\nHello.\n\nMore }.\n", "page.mdx")
    assert words_in(document.html).split() == ["Hello.", "More", "}."]
    assert document.findings == ()


def test_an_export_is_left_out_however_long_it_is() -> None:
    rows = "".join(f"  a{number}: '{number}',\n\n" for number in range(300))
    document = read_guide(f"# T\n\nexport const a = {{\n{rows}}}\n\nAfter.\n", "page.mdx")
    assert words_in(document.html).strip() == "After."
    assert document.findings == ()


def test_a_loop_that_never_closes_stays_and_takes_nothing_with_it() -> None:
    document = read_guide("# T\n\n{items.map((i) =>\nText.\n\nAfter.\n", "page.mdx")
    assert all(each in document.html for each in ("items.map", "Text.", "After."))
    assert [finding.line for finding in document.findings] == [3]


def test_a_link_whose_label_is_defined_nowhere_is_its_words_and_told() -> None:
    told = "See `x`, [the page][nope], [`foo`][foo.bar] and [that][1]."
    kept = "`[the page][nope]` arr[i][j], [ERROR][main], [a][b]."
    document = read_guide(f"# T\n\n{told}\n\n{kept}\n", "page.md")
    assert "See <code>x</code>, the page, <code>foo</code> and that." in document.html
    assert "<code>[the page][nope]</code> arr[i][j], [ERROR][main], [a][b]." in document.html
    found = [(finding.line, finding.message) for finding in document.findings if isinstance(finding.message, Phrase)]
    assert found == [(3, NO_ADDRESS.filled(label=label)) for label in ("nope", "foo.bar", "1")]
    assert found[0][1] == (
        "The link label '[nope]' has no address: define it with a line '[nope]: https://...', or write the link out: "
        "'[text](https://...)'."
    )


@pytest.mark.parametrize("words", ["[nope]: https://a.example\n", "a [page](https://a.example)\n"])
def test_what_the_finding_of_a_label_says_to_do_is_what_helps(words: str) -> None:
    text = "# T\n\nSee [the page][nope].\n\n" if words.startswith("[nope]") else "# T\n\n"
    document = read_guide(f"{text}{words}", "page.md")
    assert [finding for finding in document.findings if "label" in finding.message] == []
    assert '<a href="https://a.example"' in document.html
