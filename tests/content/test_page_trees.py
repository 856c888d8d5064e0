"""A page is read into a tree, whatever characters its writer pasted."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html

from kb.content import handing_on, page_links
from kb.content.comparing import Text, changes
from kb.content.page_trees import tree_of
from kb.content.reading import read_guide

CONTROLS = [*(chr(code) for code in range(1, 32) if chr(code) not in "\t\n\r"), "\x7f", "\x85", "\ufffe", "\uffff"]
GUIDE = (
    "# Jam\n\n## Log{0}\n\n[a{0}b](https://example.com/{0} \"t{0}\") <span title='{0}'>x</span>{0}y\n\n"
    "```\n\x1b[31mred{0}\n```\ntail{0}\n"
)


@pytest.mark.parametrize("sign", CONTROLS, ids=repr)
def test_a_log_with_signs_that_no_tree_holds_is_compared_linked_and_copied(sign: str) -> None:
    text, other = GUIDE.replace("{0}", sign), GUIDE.replace("{0}", "")
    document = read_guide(text, "jam.md")
    shown = "".join(c.html for c in changes(Text(text, document), Text(other, read_guide(other, "jam.md"))))
    assert "tail" in shown
    assert any("log" in anchor for anchor in page_links.anchors_in(document.html))
    assert "red" in handing_on.as_text(document.html, "https://kb.example/guides/jam/")
    section = handing_on.section_of(document.html, document.structure.sections[1].anchor)
    assert "red" in handing_on.for_mail(section, "https://kb.example/guides/jam/")


def test_the_tree_holds_what_the_page_held() -> None:
    html = "<p>a\tb\nc é <b>x</b></p>\x1b"
    assert lxml_html.tostring(tree_of(html), encoding="unicode") == f"<div>{html[:-1]}\N{REPLACEMENT CHARACTER}</div>"
