"""Small forms of Obsidian, Notion, Jekyll and GitBook: boxes of plugins, anchors, blocks of interfaces."""

from __future__ import annotations

import pytest

from kb.content.document import Document
from kb.content.head import split
from kb.content.reading import read_guide
from kb.content.withheld import withheld

PATHS = {"Net/Router.md": "/guides/router/", "a.png": "/i/a.png", "_posts/2023-05-06-cut.markdown": "/guides/cut/"}


def _read(text: str, name: str = "t.md") -> Document:
    return read_guide(f"# T\n\n{text}\n", name, PATHS)


def test_fences_of_a_plugin_are_boxes_with_markdown_in_them() -> None:
    html = _read("```ad-warning\ntitle: Hot\nSee [[Router]].\n%% hidden %%\n```\n\nAfter.").html
    assert '<div class="admonition warning">' in html
    assert '<p class="admonition-title">Hot</p>' in html
    assert 'href="/guides/router/"' in html
    assert "hidden" not in html
    assert "<p>After.</p>" in html


def test_fences_of_a_plugin_fold_stand_in_each_other_and_in_quotations() -> None:
    html = _read("````ad-note\ntitle: Outer\ncollapse: closed\n```ad-my-own\na\n```\nb\n````").html
    assert html.index("<details") < html.index("Outer") < html.index("My own") < html.index("<p>b</p>")
    assert "<blockquote>" in (quoted := _read("> ```ad-tip\n> a\n> ```\n> b").html)
    assert '<div class="admonition tip">' in quoted


@pytest.mark.parametrize("text", ["```ad\nx\n```", "```ad-note\nnever closed", "    ```ad-note\n    x\n    ```"])
def test_what_is_no_such_fence_stays_code(text: str) -> None:
    assert "admonition" not in _read(text).html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[it](<Net/Router.md#Fix it>)", 'href="/guides/router/#fix-it"'),
        ("[it](obsidian://open?vault=V&file=Net%2FRouter)", 'href="/guides/router/"'),
        ("![[a.png|A door|200x100]]", 'alt="A door"'),
        ("| a |\n| --- |\n| ![[a.png\\|A door\\|50]] |", 'alt="A door"'),
        ("[it]({% post_url 2023-05-06-cut %})", 'href="/guides/cut/"'),
        (
            '{% include video id="abcdefghijk" provider="youtube" %}',
            'href="https://www.youtube.com/watch?v=abcdefghijk"',
        ),
    ],
)
def test_links_and_pictures_are_what_they_were(written: str, shown: str) -> None:
    document = _read(written)
    assert shown in document.html
    assert document.findings == ()


@pytest.mark.parametrize(
    "block",
    [
        "Some words\non two lines.\n{: #a}",
        "Some words.\n{: .warning #a}",
        "{: #a}\nSome words.",
        "{: #a .note}\nSome words.",
        "| a | b |\n|---|---|\n| c | d |\n{: #a .table}",
        "{: #a}\n| a | b |\n|---|---|\n| c | d |",
        "- a\n- b\n{: #a}",
        "- {: #a} b",
        "1. a\n   {: #a}\n\n   b",
        "```sh\na\n```\n{: #a}",
        "> a\n{: #a}",
        "*Words*{: #a .b} there",
        "[it](#b){: #a }",
    ],
)
def test_an_id_that_attributes_give_is_an_anchor(block: str) -> None:
    document = _read(f"{block}\n\n[To it](#a)")
    assert document.html.count('id="a"') == 1
    assert "{:" not in document.html
    assert ("<table>" in document.html) == ("|" in block)
    assert ("<pre" in document.html) == ("```" in block)


def test_the_icon_of_a_callout_is_not_shown_and_its_words_are() -> None:
    icon = (
        '<img src="https://www.notion.so/icons/warning_red.svg" alt="https://www.notion.so/icons/x.svg" width="40px" />'
    )
    html = _read(f"<aside>\n{icon} Mind the step\n\n</aside>", f"Door {'0123456789abcdef' * 2}.md").html
    assert "notion.so" not in html
    assert "<p>Mind the step</p>" in html


def test_blocks_of_an_interface_say_what_they_take_and_give() -> None:
    document = _read(
        '{% swagger method="get" path="/pets" summary="All pets" %}\n{% swagger-description %}\nThem.\n'
        '{% endswagger-description %}\n{% swagger-parameter in="query" name="kind" type="string" %}\nWhich.\n'
        '{% endswagger-parameter %}\n{% swagger-response status="200: OK" description="Good" %}\n'
        '{% endswagger-response %}\n{% endswagger %}\n\n{% api-method-parameter name="id" type="number" %}\nThe pet.\n'
        "{% endapi-method-parameter %}"
    )
    for words in ("<strong>GET</strong> <code>/pets</code> All pets", "Them.", "<strong>kind</strong> (string)"):
        assert words in document.html
    for words in ("Which.", "<strong>200: OK</strong> Good", "<strong>id</strong> (number)", "The pet."):
        assert words in document.html
    assert document.findings == ()


def test_old_tabs_of_gitbook_are_tabs() -> None:
    html = _read(
        '{% code-tabs %}\n{% code-tabs-item title="a.js" %}\nx\n{% endcode-tabs-item %}\n{% endcode-tabs %}'
    ).html
    assert '<p class="tab-title">a.js</p>' in html


def test_a_text_that_is_captured_for_elsewhere_is_told() -> None:
    document = _read("{% capture notice %}\nWords.\n{% endcapture %}\n\nAfter.")
    assert [(found.line, "{% capture notice %}" in found.message) for found in document.findings] == [(3, True)]


def test_a_second_name_of_a_note_may_stand_alone() -> None:
    assert read_guide("---\nalias: The box\n---\nText.\n", "t.md").metadata.aliases == ("The box",)


def test_a_drawing_is_kept_from_readers() -> None:
    marks = withheld(split("---\nexcalidraw-plugin: parsed\n---\n# Text Elements\n").fields, "Drawing.excalidraw.md")
    assert [mark.written for mark in marks] == ["excalidraw-plugin: parsed"]


@pytest.mark.parametrize("line", ["Restricted to: Staff", "Visible to: Team", "Available to: Employees"])
def test_a_property_that_names_who_may_see_a_page_keeps_it_from_others(line: str) -> None:
    fields = split(f"# X\n\nOwner: Ann\n{line}\n\nBody.\n", f"X {'0123456789abcdef' * 2}.md").fields
    assert [mark.written for mark in withheld(fields)] == [line]


def test_markdown_in_what_a_toggle_is_called_is_read() -> None:
    html = _read("<details>\n<summary>**Bold** and `code`</summary>\n\na\n\n</details>").html
    assert "<summary><strong>Bold</strong> and <code>code</code></summary>" in html
