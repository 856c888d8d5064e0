"""Containers in colons that are not known, and what Docsy's panes, cards and banners say."""

from __future__ import annotations

import pytest

from kb.content.document import Document
from kb.content.reading import read_guide


def read(text: str) -> Document:
    return read_guide(f"# Lamp\n\n{text}\n", "lamp.md")


def told(text: str) -> list[tuple[int, str]]:
    return [(finding.line, str(finding.message)) for finding in read(text).findings]


@pytest.mark.parametrize(
    "text",
    [
        "::: tip\nx\n:::",
        ":::{note}\nx\n:::",
        "::: {#id .column width=40%}\nx\n:::",
        "::: code-group\n```js [a]\nx\n```\n:::",
        "> ::: note\n> x\n> :::",
        ":::: tabs\n::: tab A\nx\n:::\n::::",
        ":::note\n```\n:::\n```\nx\n:::",
        ":::row:::\n:::column:::\nx\n:::column-end:::\n:::row-end:::",
        '::: zone pivot="windows"\nx\n::: zone-end',
        "see ::: note, x",
        "`:::`\n\n```\n::: note\n```\nx",
    ],
)
def test_nothing_is_told_of_others(text: str) -> None:
    assert told(text) == []


def test_a_container_that_is_not_known_is_a_note_of_its_title_or_told() -> None:
    html = read("::: pros Our best\nWords.\n:::").html
    assert '<p class="admonition-title">Our best</p>\n<p>Words.</p>' in html
    assert [line for line, _ in told("::: pros\nWords.\n:::")] == [3]
    assert told("::: pros Our best\nWords.\n:::") == []


PANE = (
    '{{{{< tabpane {pane} >}}}}\n{{{{{left} tab header="A" {tab} {right}}}}}\nls *a*\n{{{{{left} /tab {right}}}}}\n'
    "{{{{< /tabpane >}}}}"
)


@pytest.mark.parametrize(
    ("pane", "tab", "sign", "is_code"),
    [
        ("text=true", 'lang="en"', "<>", False),
        ("", 'lang="en" text=true', "<>", False),
        ("", 'lang="en"', "%%", False),
        ('lang="sh"', "", "<>", True),
        ("", 'lang="sh"', "<>", True),
        ('lang="sh" text=true', "", "<>", False),
    ],
)
def test_tabs_of_a_pane_show_code_where_they_are_no_text(pane: str, tab: str, sign: str, is_code: bool) -> None:
    html = read(PANE.format(pane=pane, tab=tab, left=sign[0], right=sign[1])).html
    assert '<p class="tab-title">A</p>' in html
    assert ("ls *a*" in html) == is_code
    assert ("<em>a</em>" in html) != is_code


def test_a_label_between_tabs_is_words_and_what_a_tab_takes_in_is_told() -> None:
    label = '{{% tab header="**Languages**:" disabled=true /%}}'
    text = f'{{{{< tabpane >}}}}\n{label}\n{{{{% tab "A" %}}}}\nx\n{{{{% /tab %}}}}\n{{{{< /tabpane >}}}}'
    assert "<p><strong>Languages</strong>:</p>" in read(text).html
    assert [line for line, _ in told('{{< tabs >}}\n{{< tab name="B" include="b.md" />}}\n{{< /tabs >}}')][:1] == [4]


def test_tabs_and_boxes_on_a_line_do_not_run_together() -> None:
    html = read('{{< tabpane >}}{{< tab "A" >}}x{{< /tab >}}{{< tab "B" >}}y{{< /tab >}}{{< /tabpane >}}').html
    assert "<strong>A:</strong> x <strong>B:</strong> y" in html
    assert read('{{< alert title="T" >}}one\n\ntwo{{< /alert >}}').html.count("<blockquote>") == 1


def test_cards_and_banners_keep_their_words() -> None:
    card = '{{% card header="**Imagine**" subtitle="Sub" footer="Foot" %}}\nText.\n{{% /card %}}'
    card = f"{{{{% cardpane %}}}}\n{card}\n{{{{% /cardpane %}}}}"
    assert '<p class="admonition-title">Imagine \N{EN DASH} Sub \N{EN DASH} Foot</p>\n<p>Text.</p>' in read(card).html
    code = '{{< card code=true header="Main" lang="C" >}}\nprintf("*hi*");\n{{< /card >}}'
    assert '<p class="code-title">Main</p>' in read(code).html
    assert "*hi*" in read(code).html
    assert (
        "<p><strong>Welcome!</strong>" in read('{{< blocks/cover title="Welcome!" >}}\nx\n{{< /blocks/cover >}}').html
    )
    assert [told(text) for text in (card, code)] == [[], []]


def test_an_alert_of_docsy_is_a_note_unless_it_says_another_colour() -> None:
    assert 'class="admonition note"' in read("{{% alert %}}\nx\n{{% /alert %}}").html
    assert 'class="admonition note"' in read('{{< alert title="T" >}}\nx\n{{< /alert >}}').html
    assert 'class="admonition warning"' in read('{{% alert color="warning" %}}\nx\n{{% /alert %}}').html
    assert 'class="admonition warning"' in read("{{< alert >}}\nx\n{{< /alert >}}").html


def test_names_and_versions_that_stand_in_comments_of_mkdocs_material_are_shown_and_others_are_not() -> None:
    text = (
        "## A\n\n<!-- md:plugin [optimize] -->\n<!-- md:version 9.1 -->\n\nAs of <!-- md:version 9.7.0 -->, b.\n\n"
        "## C\n\n<!-- md:extension [abbr][Abbreviations] -->\n\nd <!-- md:version hidden words --> <!-- md:x hidden -->"
    )
    html = read(text).html
    assert "<code>optimize</code>" in html
    assert "<code>abbr</code>" in html
    assert "As of 9.7.0, b." in html
    assert "9.1" not in html
    assert "hidden" not in html


def test_a_division_of_pandoc_only_arranges_and_a_container_with_classes_is_told() -> None:
    document = read_guide("# T\n\n::: {.sidebar .wide}\nOne.\n:::\n\n::: pros {.wide}\nTwo.\n:::\n", "page.md")
    assert [(finding.line, "pros" in finding.message) for finding in document.findings] == [(7, True)]
    assert ":::" not in document.html
