"""The forms of other tools: understood or made readable, told where they stay, and hidden where their authors hide."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.document import Document
from kb.content.foreign.comments import without_hidden
from kb.content.foreign.translating import translated
from kb.content.front_matter import split
from kb.content.html_tags import tags_in, words_in
from kb.content.reading import read_guide

SAMPLES = Path(__file__).parents[1] / "data" / "foreign"


def paths_of(tool: str) -> dict[str, str]:
    files = [file for file in (SAMPLES / tool).rglob("*.md*") if file.is_file()]
    return {file.relative_to(SAMPLES / tool).as_posix(): f"/guides/{file.stem}/" for file in files}


def sample(tool: str, source: str) -> Document:
    return read_guide((SAMPLES / tool / source).read_text(), source, paths_of(tool))


def steps(document: Document) -> list[tuple[str, list[str]]]:
    problems = document.structure.problems
    return [(way.title, [step.text for step in way.steps]) for problem in problems for way in problem.procedures]


def told(document: Document) -> list[tuple[int, str]]:
    return [(found.line, found.message.split("'")[1]) for found in document.findings if "'" in found.message]


def test_obsidian_notes_link_by_name_fold_their_callouts_and_tag_themselves() -> None:
    document = sample("obsidian", "Network/Router offline.md")
    for link in (
        '<a href="/guides/Modem blinks/">the modem guide</a>',
        '<a href="/guides/Modem blinks/#cause">Modem blinks &gt; Cause</a>',
        '<details class="admonition warning">\n<summary class="admonition-title">Folded warning</summary>',
        "<mark>hot</mark>",
        "<code>if [[ -f x ]]</code>",
    ):
        assert link in document.html
    assert document.metadata.tags == ("network/wifi", "offline", "network/lan")
    assert [symptom.text for symptom in document.structure.problems[0].symptoms] == ["No light on the front"]
    assert ("*/Gone note.md", 7) in [(link.target.lstrip("/"), link.line) for link in document.structure.links]
    back = sample("obsidian", "Modem blinks.md")
    assert '<a href="/guides/Router offline/#fix">its fix</a>' in back.html
    assert '<a href="#symptoms">Symptoms</a>' in back.html


def test_jekyll_pages_lose_their_liquid_and_keep_what_it_says() -> None:
    document = sample("jekyll", "_docs/tray.md")
    assert '<a href="/guides/paper/">the paper guide</a>' in document.html
    assert "<strong>Note:</strong> Switch it <strong>off</strong> first." in document.html
    assert (
        '<div class="admonition warning">\n<p class="admonition-title">Warning</p>\n<p>The roller is hot.'
        in document.html
    )
    assert "tray" in document.html
    assert "# no heading" in document.html.replace("</span>", "").replace('<span class="c1">', "")
    assert "<code>{{ page.x }}</code> stays." in document.html
    assert 'id="signs"' in document.html
    assert told(document)[:2] == [(36, "{% include ad.html %}"), (37, "{{ site.version }}")]
    assert "{%" not in document.html


def test_gitbook_pages_have_boxes_tabs_titles_of_code_and_films() -> None:
    document = sample("gitbook", "hardware/lamp.md")
    assert steps(document) == [("Linux", ["Run a", "Run b"]), ("Windows", ["Click c", "Click d"])]
    assert '<div class="admonition caution">' in document.html
    assert "<strong>lamp.sh</strong>" in document.html
    assert '<a href="/guides/bulb/">' in document.html
    assert ">Watch the video</a>" in document.html
    assert told(document) == [(43, '{% openapi src="x.yaml" path="/lamps" %}')]


def test_mdx_pages_lose_their_program_and_keep_their_text() -> None:
    document = sample("docusaurus", "docs/01-basics/start.mdx")
    assert steps(document) == [("Linux", ["Run fan --on", "Wait"]), ("Windows", ["Click On", "Wait here"])]
    for sign in ("import", "export", "speed: 1", "Chart", "{/*", "Tab"):
        assert sign not in document.html
    assert 'id="signs"' in document.html
    assert '<span id="old-place"></span>' in document.html
    assert '<a href="/guides/noise/">the noise guide</a>' in document.html
    assert told(document) == [(45, "<Chart data={fan} height={3} />"), (47, "{fan.speed}")]


def test_pages_of_material_for_mkdocs_have_keys_and_no_icons() -> None:
    document = sample("mkdocs", "docs/pump.md")
    assert "The pump is wet. Press <kbd>Ctrl</kbd>+<kbd>C</kbd>." in document.html
    assert '<p class="tab-title">Shell</p>' in document.html
    assert ":material" not in document.html
    assert "md-button" not in document.html
    assert steps(document) == [("", ["Close the valve.", "Change the seal.", "Open the valve."])]
    assert document.html.count('id="step-guide-') == 3
    assert '<ol class="task-list steps" data-problem="guide">' in document.html
    assert told(document) == [(27, "includes/help.md")]


def test_shortcodes_of_hugo_become_boxes_tabs_images_code_and_links() -> None:
    document = sample("hugo", "content/network/cable.md")
    assert steps(document) == [("Linux", ["Run a", "Run b"]), ("Windows", ["Click c", "Click d"])]
    assert '<div class="admonition warning">' in document.html
    assert '<p class="admonition-title">Good to know</p>\n<p>Plugs click.</p>' in document.html
    assert "[Image: The plug]" in document.html
    assert '{{< ref "x" >}}' in words_in(document.html)
    assert '<a href="/guides/switch/#fix">the switch</a>' in document.html
    assert '<a href="https://www.youtube.com/watch?v=abcdefghijk"' in document.html
    assert "The alert says {{ $labels.lamp }}." in document.html
    assert told(document) == [(50, '{{< weather city="Rome" >}}'), (52, "{{ $labels.lamp }}")]


def test_articles_of_microsoft_learn_have_tabs_zones_and_tell_what_they_take_in() -> None:
    document = sample("learn", "articles/mail.md")
    assert steps(document) == [("Windows", ["Select Send.", "Wait."]), ("Mac", ["Press Send.", "Look."])]
    assert '<p class="tab-title">csharp</p>' in document.html
    assert ":::" not in document.html
    assert told(document) == [(10, "../includes/note.md"), (40, "~/code/a.cs")]


def test_pages_of_notion_have_properties_asides_and_no_ids() -> None:
    name = "VPN drops 1f0c2d3e4a5b6c7d8e9f0a1b2c3d4e5f.md"
    document = sample("notion", name)
    meta = document.metadata
    assert (meta.owner, meta.tags, meta.summary) == ("Alex Example", ("network", "vpn"), "")
    assert str(meta.dated) == "2024-03-03 00:00:00"
    assert '<div class="admonition tip">' in document.html
    assert "Tell the desk <strong>first</strong>." in document.html
    assert "Owner" not in document.html
    assert "Untitled" not in document.html
    assert read_guide("No heading here, only words.", name).metadata.title == "VPN drops"


def test_pages_of_confluence_have_boxes_and_steps_and_no_byline() -> None:
    document = sample("confluence", "Queue-stuck_98765432.md")
    assert document.metadata.summary == "The queue of outgoing mail does not move any more."
    assert '<div class="admonition warning"><p class="admonition-title">Hot</p>' in document.html
    assert '<li id="step-guide-2">Run <code>mq flush</code></li>' in document.html
    assert '<ol class="steps" data-problem="guide">' in document.html
    assert "mq &lt;all&gt;" in document.html
    assert "[Image" not in document.html
    assert told(document)[0] == (19, "jira (Confluence)")


@pytest.mark.parametrize("file", sorted(SAMPLES.rglob("*.md*")), ids=lambda file: file.name)
def test_what_authors_hide_is_on_no_page_and_in_no_text_and_each_line_stays_at_its_number(file: Path) -> None:
    text = file.read_text()
    document = read_guide(text, file.relative_to(SAMPLES).as_posix())
    if not document.metadata.withheld:
        assert "CANARY" not in repr(document)
        assert "CANARY" not in without_hidden(text)
        assert without_hidden(text).count("\n") == text.count("\n")
    body = split(text).body
    assert translated(split(text), file.name).head.body.count("\n") == body.count("\n")


HIDDEN = {
    "Obsidian": "%%CANARY%%",
    "Obsidian, in a line": "a %% CANARY %% b",
    "Obsidian, never closed": "%%\n\nCANARY\n\nmore",
    "MDX": "{/* CANARY\n\nCANARY */}",
    "Hugo": "{{/* CANARY */}}",
    "Hugo's themes": "{{% comment %}}CANARY{{% /comment %}}",
    "Liquid": "{%- comment -%}\n```\nCANARY\n{% endcomment %}",
    "kramdown": "{::comment}\nCANARY\n{:/comment}",
    "Nunjucks": "a {# CANARY #} b",
    "Handlebars": "{{!-- CANARY --}}",
    "CriticMarkup": "{>>CANARY<<}",
    "HTML": "<!-- CANARY -->",
    "HTML, never closed": "a <!-- CANARY",
    "hidden element": '<div class="x" hidden>\n\n- CANARY\n\n<div>x</div>CANARY</div>',
    "no display": "<span style='color: red; Display : none'>CANARY</span>",
    "a template": "<template>CANARY</template>",
}


@pytest.mark.parametrize("tool", HIDDEN)
def test_each_way_to_hide_hides(tool: str) -> None:
    text = f"# T\n\nBefore it all.\n\n{HIDDEN[tool]}\n"
    assert "CANARY" not in repr(read_guide(text, "a.mdx"))
    assert "CANARY" not in without_hidden(text)
    assert "Before it all." in without_hidden(text)


SHOWN = {
    "a share": "All 100%% of them and 50%% more.",
    "a batch file": "Type for %%i in (*) do echo %%i to see.",
    "code": "```\n%%code%% {/* x */} {% comment %} [[x]] ==y==\n```",
    "inline code": "See `%%code%%` and `{{< x >}}` and `[[x]]`.",
    "a shell": "Run if [[ -f x ]]; then ok.",
    "a link with brackets": "See [[1]](https://example.org/) here.",
    "an issue": "#1234",
    "escaped XML": "\\<ServiceName>Outlook\\</ServiceName>",
    "a placeholder": "Type <ServerName> here, and <Name>x</Name>.",
}


@pytest.mark.parametrize("case", SHOWN)
def test_what_only_looks_like_a_form_of_another_tool_stays(case: str) -> None:
    body = f"# T\n\n{SHOWN[case]}\n"
    assert translated(split(body), "a.md").head.body == body


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "{{< tab x >}}\n",
        "{% hint %}\n",
        "{{< hint >}}a{{< /hint >}} ",
        "%%",
        "%% a\n",
        "<div hidden>\n",
        "</div>\n",
        "[[x|y]] ",
        "![[",
        "{/*",
        "```\n",
        "<Foo a={",
        "# [T](#tab/x)\n",
        '::: zone pivot="x"\n',
        "1. a\n  - b\n",
        "{: .note }\n",
        "import {\n",
        "> /// note\n",
        "> /// note\n> ///\n\n",
        "export const a = [\n",
        "export const a = [\n\n",
        "{a.map(b => (\n\n",
        '<ac:structured-macro ac:name="info">',
        "<aside>\n",
        "==a== ",
        '<a id="x"></a>',
        "`",
        "#a #b\n",
    ],
)
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    """Four times as much takes no more than some eight times as long: by steps of the processor, not of the clock."""
    seconds = []
    for count in (1_000, 4_000):
        body = piece * count
        start = time.process_time()
        translated(split(f"# T\n\n{body}"), "a.mdx")
        seconds.append(time.process_time() - start)
    assert seconds[1] < 12 * seconds[0] + 1.0


PIECES = st.sampled_from(
    [
        *("%%", "{{< hint >}}", "{{< /hint >}}", "{% tabs %}", "{% endtabs %}", "[[A|b]]", "```", "\n", "\n\n", "1. x"),
        *("  - y", "<Tabs>", "</Tabs>", "<div hidden>", "</div>", "{/*", "*/}", ":::", ":::note", "text", "`", "> "),
        *("    ", "#tag"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_mixture_keeps_its_lines(pieces: list[str]) -> None:
    text = "# T\n\n" + "".join(pieces)
    found = translated(split(text), "a.mdx")
    assert found.head.body.count("\n") == split(text).body.count("\n")
    read_guide(text, "a.mdx")


VECTORS = [
    '<img src=x onerror="alert(1)">',
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
]
FORMS = [
    "[[{}]]",
    "![[{}.png]]",
    '{{{{< figure src="{}" alt="x" >}}}}',
    '{{{{< button href="{}" >}}}}',
    '{{{{< hint title="{}" >}}}}\nx\n{{{{< /hint >}}}}',
    '{{% embed url="{}" %}}',
    '{{% tab title="{}" %}}\nx\n{{% endtab %}}',
    "# [{}](#tab/a)\n\nx",
    '<a id="{}">x</a>',
    '<ac:structured-macro ac:name="info"><ac:parameter ac:name="title">{}</ac:parameter>x</ac:structured-macro>',
    '<Link href="{}" title="x" />',
    "++{}++",
    "=={}==",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("vector", VECTORS)
def test_no_form_lets_a_program_through(form: str, vector: str) -> None:
    html = read_guide(f"# T\n\n{form.format(vector)}\n", "a.mdx").html
    for tag in tags_in(html):
        assert tag.name not in ("script", "svg")
        assert not any(name.startswith("on") for name in tag.attributes)
        assert "javascript:" not in tag.attributes.get("href", tag.attributes.get("src", ""))
