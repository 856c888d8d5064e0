"""What stands inside a line becomes what is meant by it: links, pictures, emphasis, within bounds."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kb.content import outline
from kb.content.rendering import parser, render_fragment
from kb.content.workers import read_guide_bounded

MANY = 10_000
PIECES = st.sampled_from([*"*_~`[]()<>\\&\"' \n", "a", "b c", "**", "](x)", "<b>", "&amp;", "é", "."])


class Words(HTMLParser):
    """The words of a page, and how deep its elements are nested."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.deepest = self._depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
        """Go one deeper."""
        self._depth += tag not in {"br", "img"}
        self.deepest = max(self.deepest, self._depth)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        """Come back."""
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        """Keep words."""
        self.words.append(data)


def line(markdown: str, resolve: dict[str, str] | None = None) -> str:
    return render_fragment(markdown, resolve).removeprefix("<p>").removesuffix("</p>")


def link(address: str, text: str) -> str:
    rel = ' rel="noopener noreferrer"' if address.startswith("http") else ""
    return f'<a href="{address}"{rel}>{text}</a>'


def picture(address: str) -> str:
    return f'<img alt="a" decoding="async" loading="lazy" src="{address}">'


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("see https://a.example/b_c_d.", f"see {link('https://a.example/b_c_d', 'https://a.example/b_c_d')}."),
        ("**http://a.example**", f"<strong>{link('http://a.example', 'http://a.example')}</strong>"),
        ("(http://a.example/(x))", f"({link('http://a.example/(x)', 'http://a.example/(x)')})"),
        ("[http://a.example/x]", f"[{link('http://a.example/x', 'http://a.example/x')}]"),
        ("http://a.example?a=1&amp;b=2", link("http://a.example?a=1&amp;b=2", "http://a.example?a=1&amp;b=2")),
        ("http://a.example?a=1&copy=2", link("http://a.example?a=1&amp;copy=2", "http://a.example?a=1&amp;copy=2")),
        (r"http://a.example/b\_c", link("http://a.example/b_c", "http://a.example/b_c")),
        ("such as http://... or https://\\<host>", "such as http://... or https://&lt;host&gt;"),
        ("xhttps://a.example /https://a.example", "xhttps://a.example /https://a.example"),
        ("[see https://a.example](http://b.example)", link("http://b.example", "see https://a.example")),
        ("at www.a.example/b!", f"at {link('http://www.a.example/b', 'www.a.example/b')}!"),
        ("awww.a.example www. www", "awww.a.example www. www"),
        ("a@b.example,", f"{link('mailto:a@b.example', 'a@b.example')},"),
        (r"C:\users\a@b.example.ost and ssh://git@b.example/x", r"C:\users\a@b.example.ost and ssh://git@b.example/x"),
        ("`a@b.example https://a.example`", "<code>a@b.example https://a.example</code>"),
    ],
)
def test_addresses_that_stand_in_a_text_are_links(markdown: str, html: str) -> None:
    assert line(markdown) == html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[it](my file.md)", '<a href="/guides/x/">it</a>'),
        ("[*it*](my file.md#top)", '<a href="/guides/x/#top"><em>it</em></a>'),
        ('[it]({{< ref "my file.md" >}})', '<a href="/guides/y/">it</a>'),
        ("[it](not a file) [it](my file.md", "[it](not a file) [it](my file.md"),
        ("![a](my pic.png)", picture("/media/1.png")),
        ("![a](p.png =20x10)", picture("/media/2.png").replace(" l", ' height="10" l').replace(">", ' width="20">')),
        ('![a](p.png "Title")', picture("/media/2.png").replace(">", ' title="Title">')),
    ],
)
def test_links_are_read_as_they_are_meant(markdown: str, html: str) -> None:
    pages = {"my file.md": "/guides/x/", '{{< ref "my file.md" >}}': "/guides/y/"}
    assert line(markdown, {**pages, "my pic.png": "/media/1.png", "p.png": "/media/2.png"}) == html


def test_the_outline_knows_the_links_and_pictures_that_the_page_shows() -> None:
    found = outline.parse("![a](my pic.png) [b](my file.md#c) <tenant:id>\n")
    assert [(each.target, each.anchor, each.image) for each in found.links] == [
        ("my pic.png", "", True),
        ("my file.md", "c", False),
    ]
    assert found.parts[0].blocks[0].text == "a b <tenant:id>"


def test_what_is_written_is_what_is_read() -> None:
    assert line(r"C:\dir\  " + "\nnext &amp;copy; \\&copy; &copy;") == "C:\\dir\\<br>\nnext &amp;copy; &amp;copy; ©"
    assert line("<tenant:id> <irc://x> <b>c</b>") == "&lt;tenant:id&gt; &lt;irc://x&gt; <b>c</b>"


def test_a_form_is_none_within_code_and_keeps_its_words_in_a_link() -> None:
    assert line("`[!INCLUDE [a](b.md)]`") == "<code>[!INCLUDE [a](b.md)]</code>"
    assert line('[see :::image source="a.png" alt-text="b":::](/guides/)') == (
        '<a href="/guides/">see <span class="missing-image">[Image: b]</span></a>'
    )


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(deadline=None, max_examples=200)
def test_words_are_those_of_a_commonmark_viewer(text: str) -> None:
    """HTML is left out, which is made harmless, and so are pictures, for which words stand where they are absent."""
    text = f"x{text}".replace("<", "&lt;")
    shown, wanted = (Words(html).words for html in (render_fragment(text), as_commonmark(text)))
    assert "".join("".join(shown).split()) == "".join("".join(wanted).split())


def as_commonmark(text: str) -> str:
    viewer = MarkdownIt("commonmark", {"strikethrough_single_tilde": True}).enable(["strikethrough", "table"])
    return str(viewer.render(text))


@pytest.mark.parametrize(
    ("signs", "many"),
    [
        (["*", "_", "`", "[", "<", "&"], MANY),
        (["![", "[^", "[a](", "~a", "a@b.", "www.a ", "*a **b ", "{{<"], MANY // 10),
    ],
    ids=["alone", "with others"],
)
def test_signs_without_end_are_read_within_the_bound_of_each_guide(signs: list[str], many: int) -> None:
    document = read_guide_bounded("# A\n\n" + "\n\n".join(f"x{sign * many}" for sign in signs), "a.md")
    assert document.html.count("<p>") == len(signs)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["*a " * MANY + "b*" * MANY, "**a " * MANY + "b**" * MANY, "~a " * MANY + "b~" * MANY])
def test_nesting_is_cut_at_a_depth_and_no_word_is_lost(text: str) -> None:
    words = Words(render_fragment(text))
    assert words.deepest < 50
    assert "".join(words.words).count("a") == MANY


def test_forms_beyond_the_specification_are_those_of_the_library_and_ours() -> None:
    """The specification's own are read in one pass: a pattern among these would be asked beside it."""
    assert {item.name for item in parser().inlinePatterns._priority} == {
        *("include", "video", "image-form", "footnote", "lone-footnote")
    }


@pytest.mark.parametrize(
    "comment", ["<!-- hid -->", "<!--> hid -->", "<!---> hid -->", "<!-- hid\nden -->", "<?hid ?>"]
)
def test_what_is_hidden_within_a_line_is_neither_on_the_page_nor_in_the_outline(comment: str) -> None:
    assert line(f"a {comment} b").split() == ["a", "b"]
    assert outline.parse(f"a {comment} b").parts[0].section.text.split() == ["a", "b"]
