"""Hostile text in each form of other tools: no program runs, nothing takes long, no line is lost, nothing leaks."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from kb.content.foreign.comments import without_hidden
from kb.content.foreign.translating import translated
from kb.content.front_matter import split
from kb.content.html_tags import tags_in
from kb.content.reading import read_guide

VECTORS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    '<img src=x onerror="alert(1)">',
    "<img src=x onerror=alert(1)//",
    '"><svg onload=alert(1)>',
    "'><svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><img src onerror=alert(1)></mtext></math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT&colon;alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<link rel=stylesheet href='javascript:alert(1)'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:alert(1)//'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<x onclick=alert(1)>y</x>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "&#x6A;avascript:alert(1)",
    "java&NewLine;script:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "](javascript:alert(1))",
    ">](<javascript:alert(1)>)",
    "`<script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "{alert(1)}",
    '\\"><script>alert(1)</script>',
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
FORMS = {
    "wiki link": "[[@]]",
    "wiki link with words": "[[a|@]]",
    "embedded picture": "![[@.png]]",
    "embedded page": "![[a.pdf#page=@]]",
    "callout": "> [!@] @\n> x",
    "own callout": "> [!own-kind] @\n> @",
    "task": "- [/] @",
    "mark": "==@==",
    "note in the line": "x^[@]",
    "small letters": "H~@~ 2^@^",
    "abbreviation": "The @ is.\n\n*[The]: @\n*[@]: x",
    "formula": "$$\n@\n$$\n\n$$ @ $$ and $\\a @$",
    "keys": "++@++",
    "edits": "{++@++}{==@==}{~~a~>@~~}",
    "attributes": 'x\n{: .note title="@" }\n\n## H {#@}',
    "definition": "@\n: @",
    "admonition": '!!! note "@"\n    @',
    "tab of MkDocs": '=== "@"\n    @',
    "container": "::: tip @\n@\n:::",
    "details": "::: details @\n@\n:::",
    "code group": ":::: code-group\n::: code-group-item @\n@\n:::\n::::",
    "code with a title": '```js title="@"\nx\n```\n\n```sh [@]\nx\n```',
    "figure": '{{< figure src="@" alt="@" caption="@" >}}',
    "button": '{{< button href="@" >}}@{{< /button >}}',
    "hint": '{{< hint title="@" >}}\n@\n{{< /hint >}}',
    "tab of Hugo": '{{< tab "@" >}}\n@\n{{< /tab >}}',
    "embedded address": '{% embed url="@" caption="@" %}',
    "tab of GitBook": '{% tab title="@" %}\n@\n{% endtab %}',
    "code of GitBook": '{% code title="@" %}\n```\n@\n```\n{% endcode %}',
    "step of GitBook": "{% step %}\n## @\n\n@\n{% endstep %}",
    "file": '{% file src="@" %}\n@\n{% endfile %}',
    "update": '{% update date="@" %}\n@\n{% endupdate %}',
    "include": '{% include note.html content="@" %}{% include figure.html src="@" alt="@" %}',
    "gist": "{% gist @ @ %}",
    "loop": "{% for a in b %}\n@\n{% endfor %}",
    "condition": "{% if site.x %}\n@\n{% else %}\n@\n{% endif %}",
    "raw": "{% raw %}@{% endraw %}",
    "value of the head": "{{ page.title }} {{ $frontmatter.title }}",
    "mention": '[@.md](@.md "mention")',
    "tab of Learn": "# [@](#tab/a)\n\n@\n\n***",
    "zone": '::: zone pivot="@"\n@\n::: zone-end',
    "moniker": '::: moniker range=">=@"\n@\n::: moniker-end',
    "picture of Learn": ':::image source="@" alt-text="@":::',
    "film of Learn": ':::video source="@":::\n\n> [!VIDEO @]',
    "word of Learn": ':::no-loc text="@"::: <xref:@>',
    "text of Learn": "[!INCLUDE [@](@)]",
    "aside": "<aside>\n💡 @\n\n</aside>",
    "macro": '<ac:structured-macro ac:name="tip"><ac:parameter ac:name="title">@</ac:parameter>@</ac:structured-macro>',
    "code macro": '<ac:structured-macro ac:name="code"><![CDATA[@]]></ac:structured-macro>',
    "status": '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">@</ac:parameter>'
    "</ac:structured-macro>",
    "link of Confluence": '<ac:link><ri:page ri:content-title="@" /><ac:link-body>@</ac:link-body></ac:link>',
    "picture of Confluence": '<ac:image><ri:attachment ri:filename="@" /></ac:image>',
    "time": '<time datetime="@" />',
    "wiki markup": "h2. @\n\n{info:title=@}\n@\n{info}\n\n{code:@}\n@\n{code}",
    "Markdown in HTML": '<div markdown="1" class="note @">\n@\n</div>',
    "details with Markdown": "<details markdown>\n<summary>@</summary>\n@\n</details>",
    "step of MDX": '<Steps>\n  <Step title="@">\n    @\n  </Step>\n</Steps>',
    "card": '<Card title="@" href="@">\n@\n</Card>\n<LinkCard title="@" href="@" description="@" />',
    "tabs of MDX": "<Tabs items={['@']}>\n<Tabs.Tab>@</Tabs.Tab>\n</Tabs>",
    "group of code": "<CodeGroup>\n\n```js @\nx\n```\n\n</CodeGroup>",
    "field": '<ParamField path="@" type="@">\n@\n</ParamField>',
    "tooltip": '<Tooltip tip="@">@</Tooltip>',
    "badge": '<Badge text="@" />',
    "link of Vue": '<RouteLink to="@">@</RouteLink>',
    "picture of MDX": '<Image src="@" alt="@" />',
    "player": '<YouTube id="@" />',
    "text of MDX": "{'@'} {`@`}",
    "constant": "export const a = '@'\n\n{a}",
    "frame": '<Frame caption="@">\n@\n</Frame>',
    "anchor": '<a id="@" name="@">x</a>',
}
NO_TAGS = frozenset(
    [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "link",
        "meta",
        "svg",
        "math",
        "template",
        "noscript",
        "frame",
        "applet",
        "textarea",
        "select",
    ]
)
SAFE = ("http://", "https://", "mailto:", "tel:", "/", "#")


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_no_form_lets_a_program_through(form: str) -> None:
    for vector in VECTORS:
        text = f"---\ntitle: {vector!r}\n---\n\n{FORMS[form].replace('@', vector)}\n"
        for source in ("a.mdx", "a_1000001.md"):
            document = read_guide(text if "\t" not in vector else text.partition("---\n\n")[2], source)
            for html in (document.html, *(step for problem in document.step_html for step in problem)):
                _assert_inert(html, (form, vector))


def _assert_inert(html: str, what: tuple[str, str]) -> None:
    for tag in tags_in(html):
        assert tag.name not in NO_TAGS, what
        assert not any(name.startswith("on") or name in ("style", "srcdoc", "formaction") for name in tag.attributes), (
            what
        )
    for element in lxml_html.fromstring(f"<div>{html}</div>").iter():
        assert element.tag not in NO_TAGS, what
        for name in ("href", "src", "action", "data", "xlink:href"):
            address = element.get(name, "#")
            assert address.lower().startswith(SAFE) or address.startswith("data:image/"), (*what, address)


PIECES = [
    *("{% if x %}\n", "{% if false %}a{% else %}", "{% for a in b %}\n", "{% step %}\n", "{% endstep %}\n", "{% # "),
    *('<Step title="x">\n', "<Step>\n</Step>\n", "<Tabs items={['a']}>\n", "<Tab>\n", "</Tab>\n", "<Card title='a'>"),
    *("$$\n", "$a\\b$ ", "x^[a", "H~2~", "2^a^", "*[a]: b\n", "{code}\n", "{info}\n", "h1. a\n", ":tada: "),
    *('<div markdown="1">\n', "<details markdown>\n<summary>x</summary>\n", "</div>\n", "> [!x-y]\n", "- [/] a\n"),
    *("```dataview\n", "https://a.b/pages/123456 ", "[x.md](x.md) ", ':::no-loc text="', "<xref:a> ", "{`a`} "),
    *('<ac:parameter ac:name="x">', "<ac:placeholder>", '<ac:structured-macro ac:name="excerpt">', "<ac:task-list>"),
    *(
        '::: zone pivot="x"\n',
        '::: moniker range="x"\n# a\n',
        "> [!div]\n",
        "\t",
        "\t\n",
        "a\n: b\n",
        ":::",
        "{{ page.x }} ",
    ),
    *('<Tooltip tip="a">', '<Badge text="x"/> ', "![a|100](x) ", "{a} ", "((", "[[", "<aside>\n", "{: #a}\n", "| "),
]


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
def test_ten_thousand_of_a_piece_take_time_in_proportion(piece: str) -> None:
    """Four times as much takes no more than some eight times as long: by steps of the processor, not of the clock."""
    seconds = []
    for count in (2_500, 10_000):
        start = time.process_time()
        translated(split(f"# T\n\n{piece * count}"), "a.mdx", {"a_123456.md": "/guides/a/"})
        seconds.append(time.process_time() - start)
    assert seconds[1] < 12 * seconds[0] + 1.0


FRAGMENTS = st.sampled_from(
    [*PIECES, "\n", "\n\n", "    ", "  ", "1. x\n", "text ", "`", "> ", "# T\n", "</Step>\n", "@"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(FRAGMENTS, max_size=40))
def test_any_mixture_keeps_its_lines_and_can_be_read(pieces: list[str]) -> None:
    text = "# T\n\n" + "".join(pieces)
    assert translated(split(text), "a.mdx").head.body.count("\n") == split(text).body.count("\n")
    assert without_hidden(text).count("\n") == text.count("\n")
    read_guide(text, "a.mdx")


WORDS = st.text(string.ascii_letters + string.digits + " .,-", min_size=1, max_size=20)
HIDDEN = [
    "{% comment %}\n@\n{% endcomment %}",
    "{% # @ %}",
    "{% if false %}\n@\n{% endif %}",
    "{% if visitor.claims.staff %}\n{% if x %}y{% endif %}\n@\n{% endif %}",
    '<ac:structured-macro ac:name="excerpt"><ac:parameter ac:name="hidden">true</ac:parameter>@</ac:structured-macro>',
    (
        '<ac:structured-macro ac:name="details"><ac:parameter ac:name="hidden">true</ac:parameter>\n'
        '<ac:structured-macro ac:name="info">x</ac:structured-macro>@</ac:structured-macro>'
    ),
    "<ac:placeholder>@</ac:placeholder>",
]


@pytest.mark.parametrize("form", HIDDEN)
@settings(max_examples=20, deadline=None)
@given(words=WORDS)
def test_what_is_for_nobody_or_for_some_is_in_no_text(form: str, words: str) -> None:
    text = f"# T\n\nBefore it all.\n\n{form.replace('@', f'{words}CANARY{words}')}\n\nBehind it all.\n"
    document = read_guide(text, "a.md")
    assert "CANARY" not in document.html
    assert "CANARY" not in repr(document.structure)
    assert "CANARY" not in without_hidden(text)
    assert "Behind it all." in document.html
