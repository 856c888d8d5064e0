"""Tabs, folded parts, steps, badges and code as MDX writes them on one line, or with their titles elsewhere."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide


def html_of(text: str) -> str:
    return read_guide(f"# T\n\n{text}\n", "guide.mdx").html


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ('<Tabs><TabItem label="A">x</TabItem></Tabs>', ["A"]),
        ('<Tabs>\n<TabItem label="A">x</TabItem><TabItem label="B">y</TabItem>\n</Tabs>', ["A", "B"]),
        ('- a\n\n  <Tabs><TabItem label="A">x</TabItem> <TabItem label="B">y</TabItem></Tabs>', ["A", "B"]),
    ],
)
def test_tabs_on_one_line_are_tabs(text: str, titles: list[str]) -> None:
    html = html_of(text)
    assert [title for title in titles if f'<p class="tab-title">{title}</p>\n<p>' not in html] == []
    assert "Tab" not in html


def test_folded_parts_on_one_line_are_folded_with_their_titles() -> None:
    parts = '<Accordion title="Q?">Yes, **do**.</Accordion><Accordion title="R?">No.</Accordion>'
    html = html_of(f"<AccordionGroup>{parts}</AccordionGroup>")
    assert html.count("<details") == 2
    assert ">Q?</summary>\n<p>Yes, <strong>do</strong>.</p>" in html
    assert ">R?</summary>\n<p>No.</p>" in html


def test_a_tab_within_a_sentence_is_called_by_its_label() -> None:
    assert "<p>See <strong>A:</strong> x there</p>" in html_of('See <TabItem label="A">x</TabItem> there')


def test_a_part_for_staff_beside_another_on_a_line_is_taken_out() -> None:
    html = html_of('<Tabs><TabItem label="A" audience="staff">word</TabItem><TabItem label="B">y</TabItem></Tabs>')
    assert "word" not in html
    assert '<p class="tab-title">B</p>' in html


def test_steps_on_a_line_are_steps_whatever_quotes_their_titles_have() -> None:
    html = html_of("<Steps>\n<Step title=\"S1\">a</Step>\n<Step title='S2'>b</Step>\n</Steps>")
    assert "<li><strong>S1.</strong> a</li>\n<li><strong>S2.</strong> b</li>" in html


def test_tabs_are_called_as_the_element_around_them_calls_their_values() -> None:
    html = html_of(
        "<Tabs values={[{label:'Apple', value:'apple'}, { value: \"pear\", label: \"Pear\" }]}>\n"
        "<TabItem value=\"apple\">\n\nRed.\n\n</TabItem>\n<TabItem value='pear'>Green.</TabItem>\n</Tabs>"
    )
    assert '<p class="tab-title">Apple</p>' in html
    assert '<p class="tab-title">Pear</p>' in html


@pytest.mark.parametrize(
    "text",
    [
        '<CodeBlock title="x.sh">{`echo *a*\n\nsecond <b> {x}`}</CodeBlock>',
        'Before.\n<CodeBlock title="x.sh">{`echo *a*\n\nsecond <b> {x}`}</CodeBlock>\nAfter.',
        '<CodeBlock title="x.sh">\n{`\necho *a*\n\nsecond <b> {x}\n`}\n</CodeBlock>',
    ],
)
def test_an_element_of_code_shows_its_lines(text: str) -> None:
    html = html_of(text)
    assert "echo *a*\n\nsecond &lt;b&gt; {x}" in html
    assert "`" not in html
    assert html.count("<pre") == 1


def test_code_in_an_element_may_have_a_title_and_a_language() -> None:
    html = html_of('<CodeBlock language="bash" title="x.sh">{`a\nb`}</CodeBlock>')
    assert '<div class="highlight" data-language="Bash"><p class="code-title">x.sh</p>' in html


def test_the_words_of_a_badge_in_a_heading_stay_and_its_anchor_is_as_without_them() -> None:
    assert '<h3 id="foo">Foo (beta)<' in html_of('### Foo <Badge text="beta" />')
    html = html_of('### Foo\n\n### Foo <Badge text="beta" />')
    assert '<h3 id="foo-1">Foo (beta)<' in html
