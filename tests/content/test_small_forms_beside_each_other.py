"""Small forms of other tools where their pages have them: in items, in HTML, in braces, escaped, and unknown ones."""

from __future__ import annotations

from time import process_time

import pytest

from kb.content.document import Document
from kb.content.reading import read_guide


def _read(text: str, source: str = "lamp.md") -> Document:
    return read_guide(f"# Lamp\n\nFirst.\n\n{text}\n\nBehind.\n", source)


def _told(document: Document) -> list[int]:
    return [finding.line for finding in document.findings]


@pytest.mark.parametrize("before", ["", "<Note>\nx\n</Note>\n\n"])
def test_a_box_may_begin_on_the_line_of_its_item(before: str) -> None:
    document = _read(f"{before}- one\n- <Warning>\n  hot\n  </Warning>\n- :::tip\n  cold\n  :::", "lamp.mdx")
    assert document.html.count('class="admonition warning"') == 1
    assert document.html.count('class="admonition tip"') == 1
    assert "&lt;" not in document.html
    assert document.findings == ()


def test_a_fence_on_the_line_of_an_item_hides_no_box_below() -> None:
    html = _read("- ```js\n  x\n  ```\n- y\n\n:::note\nA box\n:::").html
    assert 'class="admonition note"' in html


def test_attributes_behind_the_title_of_a_container_leave_it_alone() -> None:
    html = _read(":::note[A **bold** title]{#id .cls}\nx\n:::").html
    assert '<p class="admonition-title">A <strong>bold</strong> title</p>' in html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\\<Note>", "&lt;Note&gt;"),
        ("\\==x==", "==x=="),
        ("\\[[x]]", "[[x]]"),
        ("\\{not a value}", "{not a value}"),
    ],
)
def test_what_is_escaped_stays_and_is_not_told(written: str, shown: str) -> None:
    document = _read(f"Type {written} here.", "lamp.mdx" if "{" in written or "<" in written else "lamp.md")
    assert f"Type {shown} here." in document.html
    assert document.findings == ()


def test_a_button_of_mdx_is_a_link() -> None:
    assert (
        '<a href="https://a.example"' in _read('<LinkButton href="https://a.example">Go</LinkButton>', "lamp.mdx").html
    )


def test_in_mdx_a_line_of_html_has_markdown_in_it() -> None:
    text = "<ul><li>Press **it** and `x`</li></ul>"
    assert "<li>Press <strong>it</strong> and <code>x</code></li>" in _read(text, "lamp.mdx").html
    assert "**it**" in _read(text).html
    assert "<div>" not in _read("<div style={{color: 'red'}}>\n    in *it*\n</div>", "lamp.mdx").html


@pytest.mark.parametrize("attribute", ['v-if="version === 2"', "#header", 'v-slot:header="x"'])
def test_a_template_of_vue_shows_what_it_encloses(attribute: str) -> None:
    document = _read(f"<template {attribute}>\n\nOne\n\n</template>\n<template v-else>\n\nTwo\n\n</template>")
    assert "<p>One</p>" in document.html
    assert "<p>Two</p>" in document.html
    assert "template" not in document.html
    assert "One" not in _read("<template>One</template>").html
    assert "One" not in _read('<template v-if="false">One</template>').html


def test_components_that_are_not_known_are_left_out_and_told_and_other_elements_only_told() -> None:
    document = _read(
        '<my-box a="b">In it</my-box>\n\n<my-chart />\n\n<widget size="1">There</widget>\n\nssh <host>@<your-name>'
    )
    assert "<p>In it</p>" in document.html
    assert "my-" not in document.html
    assert "&lt;widget" in document.html
    assert "ssh &lt;host&gt;@&lt;your-name&gt;" in document.html
    assert _told(document) == [5, 7, 9]
    assert _read("`<my-box a='b'>` and\n\n```\n<my-box a='b'>\n```").findings == ()


@pytest.mark.parametrize("name", ["mermaid", "{mermaid}", "plantuml"])
def test_a_diagram_that_pages_show_as_code_is_told(name: str) -> None:
    document = _read(f"```{name}\ngraph LR\n```\n\n```\nmermaid\n```")
    assert "graph LR" in document.html
    assert _told(document) == [5]


def test_tabs_of_hugo_may_have_their_titles_around_them() -> None:
    tabs = "".join(f"{{{{< tab >}}}}\n{text}\n{{{{< /tab >}}}}\n" for text in ("click", "tap"))
    html = _read(f'{{{{< tabs items="Windows,Mac" >}}}}\n{tabs}{{{{< /tabs >}}}}').html
    assert html.index("Windows</p>") < html.index("click") < html.index("Mac</p>") < html.index("tap")


def test_a_box_of_hugo_that_ends_itself_says_its_text() -> None:
    html = _read('{{< callout emoji="x" text="Mind the step" />}}\n\nleft\n<--->\nright').html
    assert "Mind the step" in html
    assert "---" not in html


def test_a_folded_part_of_hugo_on_one_line_is_folded() -> None:
    html = _read('{{% expand "More" %}}Inside{{% /expand %}}').html
    assert "<summary" in html
    assert html.index("More</summary>") < html.index("Inside")


def test_attributes_of_kramdown_below_html_make_a_box_that_is_none_of_it() -> None:
    html = _read("<div>x</div>\n\n**Watch out!** text\n{: .notice--warning}").html
    assert "&gt;" not in html
    assert "<strong>Warning:</strong> <strong>Watch out!</strong> text" in html


@pytest.mark.parametrize("text", ["{: .note }\n> Mind it", "> Mind it\n{: .prompt-info }"])
def test_attributes_of_a_quotation_make_one_box_of_it(text: str) -> None:
    html = _read(text).html
    assert 'class="admonition note"' in html
    assert "<blockquote>" not in html
    assert "<p>Mind it</p>" in html


def test_what_jekyll_takes_in_has_its_caption_and_its_name() -> None:
    html = _read(
        '{% include figure image_path="/a.png" alt="A lamp" caption="Seen *here*" %}\n\n{% gist ann/123 %}'
    ).html
    assert "<em>Seen" in html
    assert "ann/123</a>" in html


def test_a_container_may_begin_right_below_html() -> None:
    document = _read("<details><summary>More</summary>\n:::tip\nInside\n:::\n</details>")
    assert 'class="admonition tip"' in document.html
    assert document.html.index("<p>Inside</p>") < document.html.index("</details>")
    assert document.findings == ()


def test_so_may_a_box_of_a_shortcode_and_of_mdx() -> None:
    text = "<details>\n<summary>More</summary>\n{{< alert >}}Inside{{< /alert >}}\n</details>"
    assert 'class="admonition warning"' in _read(text).html
    html = _read("<div>\n<Note>\nInside\n</Note>\n</div>", "lamp.mdx").html
    assert 'class="admonition note"' in html
    assert "&lt;" not in html


@pytest.mark.parametrize("around", [("<div>\n<!--", "-->\n</div>"), ("<pre>", "</pre>")])
def test_one_in_a_comment_or_in_code_of_html_is_none(around: tuple[str, str]) -> None:
    document = _read(f"{around[0]}\n:::tip\nInside\n:::\n{around[1]}")
    assert "admonition" not in document.html
    assert document.findings == ()


VUE = "<script setup>\nconst isOld = ref(false)\nconst isNew = true\n</script>\n\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('<p v-if="isOld">Not</p>\n<p v-else>Shown</p>', 10),
        ('<p v-if="isNew">Shown</p>\n<p v-else>Not</p>', 11),
        ('<p v-if="!isNew">Not</p>\n<p v-else>Shown</p>', 10),
    ],
)
def test_of_two_sides_that_which_a_page_itself_settles_is_shown(text: str, line: int) -> None:
    document = _read(VUE + text)
    assert "Shown" in document.html
    assert ">Not<" not in document.html
    assert line in _told(document)


def test_what_constants_of_mdx_settle_is_shown_or_not_without_more_words() -> None:
    text = "export const beta = false;\nexport const ga = true;\n\n# Lamp\n\n"
    text += "{beta && <b>Not</b>} {ga && <b>Shown</b>}\n\n{x && <b>Also</b>}\n"
    document = read_guide(text, "lamp.mdx")
    assert "Not" not in document.html
    assert "Shown" in document.html
    assert "Also" in document.html
    assert _told(document) == [6, 8]


def test_a_constant_that_a_page_changes_settles_nothing() -> None:
    text = VUE.replace("</script>", "isOld.value = true\n</script>")
    assert "Maybe" in _read(f'{text}<p v-if="isOld">Maybe</p>').html


def test_a_callout_of_notion_may_close_beside_its_words() -> None:
    html = _read("<aside>\n❗ Alone</aside>\n\n## Solution\n\n1. Do it\n\n   <aside>\n   💡 In it\n\n   </aside>").html
    assert 'class="admonition warning"' in html
    assert 'class="admonition tip"' in html
    assert '<h2 id="solution">' in html


def test_a_property_of_notion_that_says_what_is_wrong_is_text_of_its_page() -> None:
    name = "Lamp 0a1b2c3d4e5f60718293a4b5c6d7e8f9.md"
    text = "# Lamp\n\nStatus: Published\nTags: net\nSymptom: Light is red\nCause: Cable loose\n"
    text += "Fix: Plug it in\nOwner: Ann\n\nWords.\n"
    document = read_guide(text, name)
    problem = document.structure.problems[0]
    assert [each.text for each in problem.symptoms] == ["Light is red"]
    assert list(problem.causes) == ["Cable loose"]
    assert document.metadata.owner == "Ann"
    assert "Status" not in document.html
    assert read_guide(text, "lamp.md").structure.problems == ()


def test_questions_steps_and_tooltips_of_hugo_keep_their_words() -> None:
    text = (
        '{{< faq-item "Why?" >}}\nBecause\n{{< /faq-item >}}\n\n{{< step "Open it" >}}\nTake the lid\n{{< /step >}}\n\n'
    )
    text += 'A {{< tooltip text="light" >}}lamp{{< /tooltip >}} and '
    text += '{{< video src="https://a.example/x.mp4" caption="Seen" >}}'
    html = _read(text).html
    assert html.index("Why?</summary>") < html.index("Because")
    assert "<li><strong>Open it</strong>" in html
    assert "A lamp (light) and" in html
    assert ">Seen</a>" in html


def test_the_title_of_a_box_of_html_is_its_title() -> None:
    text = '<div class="admonition warning" markdown>\n<p class="admonition-title">Mind it</p>\nIt is **hot**.\n</div>'
    html = _read(text).html
    assert '<p class="admonition-title">Mind it</p>' in html
    assert "<strong>hot</strong>" in html


def test_links_to_blocks_of_a_vault_lead_to_the_note() -> None:
    html = read_guide("# Lamp\n\n[here](#^id1) and [there](door.md#^id2)\n", "lamp.md", {"door.md": "/g/door/"}).html
    assert '<p>here and <a href="/g/door/">there</a>' in html


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "<div>\n:::tip\nx\n:::\n",
        "<div>\n<Note>\n",
        '<my-box a="b">',
        "<If cond={isStaff}>\n<Else>\n",
        "{note}a\n",
        "<p v-if='a'>\n",
        "| a |\n",
    ],
)
def test_hostile_pieces_take_time_by_their_length(piece: str) -> None:
    seconds = []
    for count in (500, 2_000):
        begun = process_time()
        read_guide(piece * count, "lamp.mdx")
        seconds.append(process_time() - begun)
    assert seconds[1] < max(2.0, 9 * seconds[0])
