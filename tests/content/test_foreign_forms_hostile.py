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
from tests.support.foreign_forms import FORMS, PIECES, VECTORS

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


@pytest.mark.night
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
