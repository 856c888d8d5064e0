"""Boxes, tabs and folded parts that nothing closes are told with their line, and nothing that they say is lost."""

from __future__ import annotations

import pytest

from kb.content.foreign.rewriting import UNENDED
from kb.content.reading import read_guide

OPENINGS = {
    ":::note": "Note",
    ":::warning Mind the gap": "Mind the gap",
    ':::tip[Mind "it"]': 'Mind "it"',
    "::: details Mind the gap": "Mind the gap",
    "> :::note Mind the gap": "Mind the gap",
    "- :::note Mind the gap": "Mind the gap",
    '{% hint style="warning" %}': "Warning",
    '{% tab title="Windows" %}': "Windows",
    "{{< notice tip >}}": "Tip",
    '{{< callout type="info" title="Mind the gap" >}}': "Mind the gap",
    '<Callout type="info" title="Mind the gap">': "Mind the gap",
    "<Note>": "Note",
    "<Warning>Mind the gap": "Warning",
    "<details><summary>Mind the gap</summary>": "Mind the gap",
    "<aside>": "",
    "{panel:title=Mind the gap}": "Mind the gap",
}


@pytest.mark.parametrize("opening", OPENINGS)
def test_it_is_told_with_its_line_and_its_title_stays(opening: str) -> None:
    document = read_guide(f"# T\n\nBefore.\n\n{opening}\n\nInside.\n\n## Later\n\nMore.\n", "t.md")
    told = [found.line for found in document.findings if getattr(found.message, "template", "") == UNENDED.template]
    assert told == [5]
    for words in ("Before.", "Inside.", "Later", "More.", OPENINGS[opening].replace('"', "")[:4]):
        assert words in document.html
    assert [section.title for section in document.structure.sections if section.level] == ["T", "Later"]
    for sign in (":::", "{%", "{{", "{panel", "<details", "admonition", "&lt;"):
        assert sign not in document.html


@pytest.mark.parametrize(
    "closed",
    [
        ":::note\na\n:::",
        "::::note\n:::tip\na\n:::\n::::",
        "> :::note\n> a\n> :::",
        ":::tabs\n@tab A\na\n:::",
        "::: code-group\n```sh [npm]\na\n```\n:::",
        '<Tabs>\n<TabItem label="A">\n\na\n\n</TabItem>\n</Tabs>',
        "<Note>a</Note>",
        "<details>\n<summary>A</summary>\n\na\n\n</details>",
        "Write `<details>` and `<aside>` around it, or `:::note` above.",
        "```\n:::note\n<details>\n{% hint %}\n```",
        "!!! note\n    a",
        '{% hint style="info" %}\na\n{% endhint %}',
    ],
)
def test_what_is_closed_or_shown_as_code_is_not_told(closed: str) -> None:
    assert read_guide(f"# T\n\n{closed}\n\n## Later\n\nb\n", "t.md").findings == ()


def test_a_box_that_has_its_words_in_its_tag_needs_no_end_and_loses_none() -> None:
    for text in (
        '{{< alert "Mind the step" >}} b',
        '{{< alert "Mind the step" />}} b',
        '{% alert "Mind the step" %} b',
    ):
        document = read_guide(f"# T\n\n{text}\n", "t.md")
        assert "<strong>Warning:</strong> Mind the step b" in document.html
        assert document.findings == ()


def test_a_box_that_another_closes_is_told_and_the_other_is_one() -> None:
    document = read_guide(
        '# T\n\n{% tabs %}\n{% tab title="A" %}\na\n{% tab title="B" %}\nb\n{% endtab %}\n{% endtabs %}\n', "t.md"
    )
    assert [found.line for found in document.findings] == [4]
    assert '<p class="tab-title">B</p>' in document.html
    assert "<strong>A:</strong>" in document.html
