"""Steps, boxes and tabs of MDX whose tags stand beside text, and what the head says in expressions."""

from __future__ import annotations

import pytest

from kb.content.document import Document
from kb.content.reading import read_guide

HEAD = '---\ntitle: Lamp\nversion: "4.2"\n---\n\n'


def read(text: str, source: str = "lamp.mdx") -> Document:
    return read_guide(f"{HEAD}{text}\n", source)


def told(text: str, source: str = "lamp.mdx") -> list[tuple[int, str]]:
    return [(finding.line, str(finding.message)) for finding in read(text, source).findings]


ONE_AND_TWO = "<li><strong>A.</strong> one</li>\n<li><strong>B.</strong> two</li>"
STEPS = '<Step title="A">one</Step><Step title="B">two</Step>'


@pytest.mark.parametrize(
    "text",
    [
        f"<Steps>\n{STEPS}\n</Steps>",
        f"<Steps>{STEPS}</Steps>",
        f"Before.\n\n<Steps>{STEPS}</Steps>\n\nBehind.",
        f"1. x\n\n\n<!-- -->\n\n{STEPS}",
        f"  <Steps>\n    {STEPS}\n  </Steps>",
        '<Steps>\n<Step title="A">one</Step>\n<Step title="B">two</Step>\n</Steps>',
    ],
)
@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
def test_steps_beside_one_another_are_steps(text: str, source: str) -> None:
    document = read(text, source)
    assert ONE_AND_TWO in document.html
    assert document.findings == ()
    assert "Behind." not in text or "<p>Behind.</p>" in document.html


def test_steps_without_room_are_readable_and_told_and_each_line_keeps_its_number() -> None:
    text = f"- x\n\n{STEPS}\n\n- y\n\n<Weather />"
    document = read(text)
    assert "<strong>A.</strong> one <strong>B.</strong> two" in document.html
    assert [line for line, _ in told(text)] == [8, 12]
    assert "Steps stand beside one another" in told(text)[0][1]


def test_a_step_within_a_sentence_keeps_its_title() -> None:
    assert "<p>Do <strong>A.</strong> one now</p>" in read('Do <Step title="A">one</Step> now').html


def test_a_step_whose_tags_stand_beside_its_words_is_one() -> None:
    html = read('<Steps>\n  <Step title="A">one\n  more</Step>\n  <Step title="B">two</Step>\n</Steps>').html
    assert "<li><strong>A.</strong> one\nmore</li>\n<li><strong>B.</strong> two</li>" in html


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("<Note>One\ntwo</Note>", "note", "Note"),
        ("<Note>One\n\ntwo\n</Note>", "note", "Note"),
        ('Before.\n\n<Aside type="caution" title="Hot">One\n\n```\nx\n```\n\ntwo</Aside>\n\nBehind.', "caution", "Hot"),
        ("<Warning>\nOne\n\ntwo</Warning>", "warning", "Warning"),
        ("- a\n\n  <Tip>One\n  two</Tip>", "tip", "Tip"),
    ],
)
@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
def test_boxes_whose_tags_stand_beside_their_words_are_boxes(text: str, kind: str, title: str, source: str) -> None:
    html = read(text, source).html
    box = html.partition(f'<div class="admonition {kind}">\n<p class="admonition-title">{title}</p>')[2]
    assert "One" in box.partition("</div>\n<p>Behind")[0]
    assert "two" in box.partition("</div>\n<p>Behind")[0]
    assert "&lt;" not in html


@pytest.mark.parametrize(
    "text",
    [
        '<Tabs><TabItem value="a" label="A">\none\n</TabItem><TabItem value="b" label="B">\ntwo\n</TabItem></Tabs>',
        '<Tabs>\n<TabItem label="A">\n\none\n\n</TabItem><TabItem label="B">\n\ntwo\n\n</TabItem></Tabs>',
        'Before.\n<Note>A: one\n</Note>\n\n<Accordion title="B">two\n\n</Accordion>',
        '<Accordion title="A">one\n\n<Note>B: two\n</Note></Accordion>',
    ],
)
def test_others_leave_their_titles_and_no_tags(text: str) -> None:
    html = read(text).html
    assert [word for word in ("A:", "one", "B:", "two") if word not in html] == []
    assert "&lt;" not in html


def test_tags_that_stand_in_code_or_never_close_change_nothing_else() -> None:
    html = read("Write `<Note>` first.\n\nThen words.\n\nWrite `</Note>` last.").html
    assert "<code>&lt;Note&gt;</code>" in html
    assert "<code>&lt;/Note&gt;</code>" in html
    assert "admonition" not in html


def test_what_the_head_says_stands_in_place_of_expressions_and_others_are_told() -> None:
    assert "Lamp, 4.2." in read("{frontMatter.title}, {frontmatter.version}.").html
    assert "Lamp." in read("{frontMatter.title}.", "lamp.md").html
    assert [line for line, _ in told("{frontMatter.gone}", "lamp.md")] == [6]
    of_docusaurus = "import X from './x';\n\nSays {props.lamp}, {x}."
    assert [message[:14] for _, message in told(of_docusaurus, "lamp.md")] == ["'{props.lamp}'"]
