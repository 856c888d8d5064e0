"""What kramdown and Liquid write beside the text of Jekyll's pages is followed or left out, and never shown."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide


def html_of(text: str, head: str = "layout: page") -> str:
    return read_guide(f"---\n{head}\n---\n# T\n\n{text}\n", "guide.md").html


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("A `{% raw %}{{ x }}{% endraw %}` b.", "<code>{{ x }}</code>"),
        ("```\n{% raw %}\n{{ x }}\n{% endraw %}\n```", "<code>{{ x }}\n</code>"),
        ("```\n{% raw %}{{ x }}{% endraw %}\n```", "<code>{{ x }}\n</code>"),
        ("```\na\n{%- raw -%}\n{{ x }}\n```", "<code>a\n\n{{ x }}\n</code>"),
    ],
)
def test_code_does_not_show_what_keeps_liquid_from_reading_it(code: str, shown: str) -> None:
    assert shown in html_of(code)


def test_code_of_pages_that_are_not_jekylls_stays_as_it_is() -> None:
    code = "```\n{% raw %}\n{{ x }}\n{% endraw %}\n```"
    assert "{% raw %}\n{{ x }}\n{% endraw %}" in html_of(code, "title: Ansible")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A `b`{:.language-ruby} c `d`{: .x } e", "<p>A <code>b</code> c <code>d</code> e</p>"),
        ("- {: .x} item\n- two", "<li>item</li>"),
        ("1. {: .x #y} item\n2. two", '<span id="y"></span></a>item</li>'),
        ("A\n\n^\n\nB", "<p>A</p>\n<p>B</p>"),
        ("`{: .x}` and `- {: .x} y`", "<code>{: .x}</code> and <code>- {: .x} y</code>"),
    ],
)
def test_attributes_and_ends_of_blocks_are_left_out(text: str, shown: str) -> None:
    assert shown in html_of(text)


@pytest.mark.parametrize(
    "table",
    [
        "| a | b |\n|---|---|\n| 1 | 2 |\n|---\n| 3 | 4 |\n|===\n| 5 | 6 |",
        "|---\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n|=====\n| 5 | 6 |\n|---",
    ],
)
def test_rules_between_the_rows_of_a_table_are_no_rows(table: str) -> None:
    html = html_of(f"{table}\n\nAfter.")
    assert html.count("<tr>") == 4
    assert "--" not in html
    assert "==" not in html
    assert "<p>After.</p>" in html


def test_a_table_of_one_column_keeps_its_rule() -> None:
    assert "<th>a</th>" in html_of("| a |\n|---|\n| b |")


def test_a_box_may_have_the_first_words_of_a_quotation_for_its_title() -> None:
    html = html_of("{: .warning-title }\n> Mind the gap\n>\n> It is wide.")
    assert '<p class="admonition-title">Mind the gap</p>\n<p>It is wide.</p>' in html
    assert '<div class="admonition warning">' in html


def test_a_box_within_a_step_stays_in_it() -> None:
    document = read_guide("# T\n\n1. Open.\n\n   {: .note }\n   > It is hot.\n\n2. Close.\n", "guide.md")
    assert document.html.count("<ol") == 1
    assert '<div class="admonition note">' in document.html.partition("Close")[0]
    assert "It is hot." in next(iter(document.structure.sections)).text


def test_a_summary_on_several_lines_is_the_title_of_what_is_folded() -> None:
    html = html_of(
        '<details open markdown="block">\n  <summary>\n    The *other* way\n  </summary>\n\n**Open** it.\n</details>'
    )
    assert ">The <em>other</em> way</summary>\n<p><strong>Open</strong> it.</p>" in html


def test_a_summary_stays_where_nothing_ends_what_is_folded() -> None:
    assert "The other way" in html_of('<details markdown="1">\n<summary>\nThe other way\n</summary>\n\nOpen it.')


def test_a_list_of_the_pages_own_headings_is_left_out_with_what_it_is_folded_in() -> None:
    html = html_of(
        '<details open markdown="block">\n  <summary>\n    Table of contents\n  </summary>\n  {: .text-delta }\n'
        "1. TOC\n{:toc}\n</details>\n\nText."
    )
    assert "contents" not in html
    assert "<details" not in html
    assert "<p>Text.</p>" in html
