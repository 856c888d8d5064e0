"""Confluence's storage format between the Markdown: macros in each other, links, anchors, and newer panels."""

from __future__ import annotations

import pytest

from kb.content.document import Document
from kb.content.reading import read_guide

PATHS = {"Lost-key_65601.md": "/guides/lost-key/", "plan.pdf": "/files/plan.pdf"}


def _macro(name: str, inner: str, **given: str) -> str:
    parameters = "".join(f'<ac:parameter ac:name="{key}">{value}</ac:parameter>' for key, value in given.items())
    return f'<ac:structured-macro ac:name="{name}">{parameters}<ac:rich-text-body>{inner}</ac:rich-text-body></ac:structured-macro>'  # noqa: E501


def _read(text: str) -> Document:
    return read_guide(f"# T\n\n{text}\n", "t.md", PATHS)


def test_a_macro_has_its_own_title_and_not_that_of_one_within_it() -> None:
    html = _read(_macro("info", "<p>a</p>" + _macro("note", "<p>b</p>", title="Inner"))).html
    assert html.count("Inner") == 1
    html = _read(_macro("panel", _macro("expand", "<p>b</p>", title="Inner"), title="Outer")).html
    assert html.index("Outer") < html.index("Inner")
    assert html.count("Outer") == html.count("Inner") == 1


@pytest.mark.parametrize(
    ("link", "href"),
    [
        (
            '<ac:link><ri:page ri:content-title="Lost key" /><ac:link-body>it</ac:link-body></ac:link>',
            "/guides/lost-key/",
        ),
        ('<ac:link ac:anchor="a b"><ri:page ri:content-title="Lost key" /></ac:link>', "/guides/lost-key/#a-b"),
        ('<ac:link><ri:attachment ri:filename="plan.pdf" /></ac:link>', "/files/plan.pdf"),
        (
            '<ac:link ac:anchor="a b"><ac:plain-text-link-body><![CDATA[it]]></ac:plain-text-link-body></ac:link>',
            "#a-b",
        ),
    ],
)
@pytest.mark.parametrize("around", ["See {}.", "<table><tbody><tr><td>{}</td></tr></tbody></table>", "- {}"])
def test_a_link_leads_where_it_did(around: str, link: str, href: str) -> None:
    document = _read(f"{around.format(link)}\n\n<p>{_macro('anchor', '', **{'': 'a b'})}There</p>")
    assert f'href="{href}"' in document.html
    assert 'id="a-b"' in document.html
    assert "[" not in document.html


def test_a_link_to_a_page_that_is_not_there_is_its_words_and_can_be_told() -> None:
    document = _read('<td><ac:link><ri:page ri:content-title="Gone &amp; lost" /></ac:link></td>')
    assert "Gone &amp; lost" in document.html
    assert [link.target for link in document.structure.links] == ["/*/Gone & lost.md"]


def test_a_panel_of_the_newer_editor_is_shown_once() -> None:
    own = '<ac:adf-node type="panel"><ac:adf-attribute key="panel-type">warning</ac:adf-attribute><ac:adf-content><p>Hot</p></ac:adf-content></ac:adf-node>'  # noqa: E501
    other = '<ac:adf-fallback><div class="panel"><p>Hot</p></div></ac:adf-fallback>'
    html = _read(f"<ac:adf-extension>{own}{other}</ac:adf-extension>").html
    assert html.count("Hot") == 1
    assert 'class="admonition warning"' in html
    assert ">warning<" not in html


def test_of_other_forms_of_the_newer_editor_what_may_be_shown_in_their_place_is() -> None:
    own = '<ac:adf-node type="decision-list"><ac:adf-attribute key="state">DECIDED</ac:adf-attribute></ac:adf-node>'
    other = "<ac:adf-fallback><ul><li>We go.</li></ul></ac:adf-fallback>"
    html = _read(f"<ac:adf-extension>{own}\n{other}</ac:adf-extension>").html
    assert "<li>We go.</li>" in html
    assert "DECIDED" not in html


def test_a_macro_that_never_ends_is_told_and_takes_nothing_with_it() -> None:
    text = (
        '<ac:structured-macro ac:name="panel"><ac:parameter ac:name="title">Hot</ac:parameter><p>a</p>\n\n## Later\n\nb'
    )
    document = _read(text)
    assert [(found.line, "panel (Confluence)" in found.message) for found in document.findings] == [(3, True)]
    for words in ("Hot", "a", "Later", "b"):
        assert words in document.html
    assert "admonition" not in document.html


def test_code_keeps_its_title_and_its_empty_lines() -> None:
    code = "<ac:plain-text-body><![CDATA[one\n\n    two]]></ac:plain-text-body>"
    title = '<ac:parameter ac:name="title">run.sh</ac:parameter>'
    macro = f'<ac:structured-macro ac:name="code">{title}{code}</ac:structured-macro>'
    for text in (macro, f"<div>{macro}</div>"):
        html = _read(text).html
        assert "run.sh" in html
        assert "<p>" not in html[html.index("<pre>") : html.index("</pre>")]
        assert "    two</pre>" in html


def test_a_macro_that_says_where_more_is_says_so_and_is_told() -> None:
    document = _read(
        '<ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">ABC-7</ac:parameter></ac:structured-macro>\n\n'
        '<ac:structured-macro ac:name="include"><ac:parameter ac:name="">'
        '<ac:link><ri:page ri:content-title="Lost key" /></ac:link>'
        "</ac:parameter></ac:structured-macro>\n\n"
        '<ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name"><ri:attachment ri:filename="plan.pdf" />'
        "</ac:parameter></ac:structured-macro>"
    )
    assert "ABC-7" in document.html
    assert 'href="/guides/lost-key/"' in document.html
    assert 'href="/files/plan.pdf"' in document.html
    assert [found.line for found in document.findings] == [3, 5]


@pytest.mark.parametrize("text", ['<a href="https://a.example"><img src="https://b.example/i.png" alt="Plan">it</a>'])
@pytest.mark.parametrize("around", ["{}", "<div>{}</div>"])
def test_a_picture_of_another_site_in_a_link_ends_it_not(text: str, around: str) -> None:
    html = _read(around.format(text)).html
    assert html.count("<a ") == 1
    assert html.index("https://a.example") < html.index("Plan") < html.index("it</a>")


def test_tabs_and_folded_parts_of_plugins_keep_their_titles() -> None:
    tabs = _macro(
        "ui-tabs", _macro("ui-tab", "<p>click</p>", title="Windows") + _macro("ui-tab", "<p>tap</p>", title="Mac")
    )
    document = _read(tabs + _macro("ui-expand", "<p>folded</p>", title="More of it"))
    assert "<strong>Windows</strong></p><p>click</p>" in document.html
    assert "<strong>Mac</strong></p><p>tap</p>" in document.html
    assert "<details><summary>More of it</summary><p>folded</p></details>" in document.html
    assert document.findings == ()


def test_an_emoticon_is_the_sign_that_may_be_shown_in_its_place() -> None:
    sign = '<ac:emoticon ac:name="blue-star" ac:emoji-shortname=":rocket:" ac:emoji-fallback="🚀"/>'
    assert "<p>🚀 go" in _read(f"{sign} go").html
