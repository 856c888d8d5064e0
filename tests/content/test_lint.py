"""What is wrong with one guide, and at which line."""

from __future__ import annotations

from textwrap import dedent

from kb.content import front_matter, lint, outline, problems
from kb.content.document import Metadata, Problem, Structure


def check(text: str) -> list[tuple[int, str]]:
    body = outline.parse(dedent(text))
    metadata, _ = front_matter.metadata({}, outline=body, source="a.md")
    return [(finding.line, finding.message) for finding in lint.check(problems.find(body), metadata, body)]


def test_a_good_guide_has_no_findings() -> None:
    assert check("# Jam\n\n## Symptoms\n- It blinks\n\n## Steps\n1. Pull ![tray](tray.png)\n") == []


def test_an_empty_guide_is_said() -> None:
    assert check("") == [
        (1, "This guide has no title: begin it with a line '# Title'."),
        (1, "This guide is empty: write what readers need."),
    ]
    assert check("# Title\n\n## Part\n") == [(1, "This guide is empty: write what readers need.")]


def test_a_problem_needs_a_symptom_and_a_step() -> None:
    assert check("# G\n\n## How to export\n\n**Fix:**\n1. Press\n") == [
        (3, "The problem 'How to export' has no symptom: write what a person sees under 'Symptoms'.")
    ]
    body = outline.parse("# G\n\nText.")
    bare = Problem("a", "A", 3, (), (), ())
    found = lint.check(Structure(sections=body.sections, problems=(bare,)), Metadata(title="G"), body)
    assert [finding.message.split(":")[0] for finding in found] == [
        "The problem 'A' has no step",
        "The problem 'A' has no symptom",
    ]


def test_headings_that_can_not_be_told_apart_are_said() -> None:
    text = "# G\n\nText.\n\n## A\n### X\n## B\n### X\n### x\n## a\n##\n"
    assert check(text) == [
        (9, "The heading 'x' is there twice at one level: make them differ."),
        (10, "The heading 'a' is there twice at one level: make them differ."),
        (11, "This heading is empty: write its words or take it out."),
    ]


def test_a_heading_keeps_nothing_from_readers() -> None:
    said = (
        "Everyone reads what stands below '{}': put it into a '> [!STAFF]' box, or into a guide with 'audience: staff'."
    )
    text = "# G\n\n## 🔒 Internal only\nA\n\n## Staff room\nB\n\n### For staff:\nC\n"
    assert check(text) == [(3, said.format("🔒 Internal only")), (9, said.format("For staff:"))]
    body = outline.parse(text)
    assert lint.check(problems.find(body), Metadata(title="G", audience="staff"), body) == []


def test_images_need_a_description() -> None:
    assert check("# G\n\nText.\n\n![](a.png) and\n![](https://example.com/b.png)\n![c](c.png)\n") == [
        (5, "This image has no description: write one between [ and ]."),
        (6, "This image has no description: write one between [ and ]."),
    ]


def test_findings_come_in_the_order_of_the_text_with_the_lines_of_the_file() -> None:
    body = outline.parse("# G\n\n![](a.png)\n\n## Questions\n- A?\n  - Yes: [x](x.md)\n", first_line=11)
    metadata, _ = front_matter.metadata({}, outline=body, source="a.md")
    found = lint.check(problems.find(body), metadata, body)
    assert [(finding.line, finding.severity) for finding in found] == [(13, "warning"), (16, "error")]


LOST = "Pages do not show <{}>: say it in words, or link to where it can be seen."


def test_what_pages_never_show_is_said_once_for_each_kind_with_its_line() -> None:
    text = (
        '# G\n\nText.\n\n<iframe src="https://example.com/a > b"></iframe>\n\nSee <video src="a.mp4"></video> and\n'
        "<video></video>, <object></object>.\n\n<div>\n<embed src=x>\n<form>\n<input></form></div>\n\n"
        "<script>\nlet a = '<svg>';\n</script>\n\n<!-- <canvas> -->\n\n`<audio>`\n\n```html\n<math>\n```\n"
    )
    assert check(text) == [
        (5, LOST.format("iframe")),
        (7, LOST.format("video")),
        (8, LOST.format("object")),
        (11, LOST.format("embed")),
        (12, LOST.format("form")),
        (13, LOST.format("input")),
        (15, LOST.format("script")),
    ]


def test_html_that_pages_show_has_no_finding() -> None:
    text = "# G\n\n<details><summary>A</summary>\n\nText <kbd>x</kbd> <br> <font>y</font> <namespace>.\n\n</details>\n"
    assert check(text) == []


def test_an_image_in_a_comment_is_none_and_one_with_a_sign_in_its_description_is_one() -> None:
    assert check('# G\n\nText.\n\n<!-- <img src="a.png"> -->\n\n<p>\n<img alt="a > b" src="b.png">\n</p>\n') == []
