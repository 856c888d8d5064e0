"""A box whose first words say that it is for staff is for staff, for tools whose boxes have no title of their own."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide
from kb.content.staff_blocks import has_mark

WORD = "KANARIE"
TITLES = ("Staff only", "**Staff only**", "\N{LOCK} **Staff only:**", "### For staff only", "Internal use only:")
BOXES = {
    "Notion": "<aside>\n{title}\n\n{word}\n\n</aside>",
    "Notion, with a sign above": "<aside>\n\N{LOCK}\n\n{title}\n\n{word}\n\n</aside>",
    "GitBook": '{{% hint style="danger" %}}\n{title}\n\n{word}\n{{% endhint %}}',
    "Hugo": '{{{{< alert type="info" >}}}}\n{title}\n\n{word}\n{{{{< /alert >}}}}',
    "a component": '<Callout type="info">\n\n{title}\n\n{word}\n\n</Callout>',
    "colons": ":::warning\n{title}\n\n{word}\n:::",
    "slashes": "/// note\n{title}\n\n{word}\n///",
    "exclamation marks": "!!! warning\n    {title}\n\n    {word}",
    "a callout": "> [!warning]\n> {title}\n>\n> {word}",
    "a quotation": "> {title}\n> {word}",
    "Obsidian's plugin": "```ad-note\n{title}\n{word}\n```",
    "wiki markup": "{{panel:bgColor=#fff}}\n{title}\n{word}\n{{panel}}",
}
HTML = {
    "a macro": '<ac:structured-macro ac:name="panel"><ac:parameter ac:name="bgColor">#fff</ac:parameter>'
    "<ac:rich-text-body><p><strong>Staff only</strong></p><p>{word}</p></ac:rich-text-body></ac:structured-macro>",
    "what an exporter made of a macro": '<div class="confluence-information-macro"><p class="title">Staff only</p>'
    '<div class="confluence-information-macro-body"><p>{word}</p></div></div>',
    "a panel": '<div class="panel" style="border-width: 1px;"><div class="panelHeader"><b>Staff only</b></div>'
    '<div class="panelContent"><p>{word}</p></div></div>',
    "what folds": '<div id="x" class="expand-container"><div class="expand-control"><span>Staff only</span></div>'
    '<div class="expand-content"><p>{word}</p></div></div>',
    "a panel of the new editor": '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note'
    "</ac:adf-attribute><ac:adf-content><p>Staff only</p><p>{word}</p></ac:adf-content></ac:adf-node>"
    "</ac:adf-extension>",
    "a summary with a sign": "<details><summary>\N{LOCK} Staff only</summary>\n\n{word}\n\n</details>",
    "a title with a sign": "> [!danger] \N{LOCK} Staff only\n> {word}",
    "a plugin's kind": "```ad-staff\n{word}\n```",
    "a plugin's title": "```ad-note\ntitle: Staff only\n{word}\n```",
}


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("box", BOXES)
def test_a_box_that_begins_so_reaches_nobody_else(box: str, title: str) -> None:
    _is_for_staff(BOXES[box].format(title=title, word=WORD))


@pytest.mark.parametrize("box", HTML)
def test_so_does_one_of_html(box: str) -> None:
    _is_for_staff(HTML[box].format(word=WORD))


@pytest.mark.parametrize(
    "words", ["Staff only accounts can do that.", "Ask for staff at the desk.", "Internally only one runs."]
)
def test_a_sentence_that_begins_alike_is_for_everyone(words: str) -> None:
    for box in BOXES.values():
        document = read_guide(f"# T\n\nBefore.\n\n{box.format(title=words, word=WORD)}\n", "t.md")
        assert document.for_staff is None
        assert WORD in document.html


def test_columns_that_a_table_keeps_from_readers_are_on_no_page_but_where_a_card_leads_is() -> None:
    table = (
        '<table data-view="cards"><thead><tr><th></th><th data-hidden>Note</th>'
        '<th data-hidden data-card-target data-type="content-ref"></th></tr></thead><tbody>'
        f'<tr><td>Card</td><td>{WORD} <em>x</em></td><td><a href="b.md">b.md</a></td></tr>'
        "<tr><td>Other</td><td></td><td></td></tr></tbody></table>"
    )
    html = read_guide(f"# T\n\n{table}\n\nAfter.\n", "t.md", {"b.md": "/guides/b/"}).html
    assert WORD not in html
    assert "Note" not in html
    assert 'href="/guides/b/"' in html
    assert html.count("<td>") == 4
    assert "After." in html


def _is_for_staff(box: str) -> None:
    text = f"# T\n\nBefore.\n\n{box}\n\n## After\n\nBehind.\n"
    document = read_guide(text, "t.md")
    assert WORD not in str((document.html, document.structure, document.metadata))
    assert document.for_staff is not None
    assert WORD in document.for_staff.html
    assert WORD not in document.for_staff.public_text
    assert "Behind." in document.html
    assert has_mark(text)
