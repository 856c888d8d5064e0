"""Guides are read as CommonMark's specification and GitHub's extensions of it have it, save what is listed here."""

from __future__ import annotations

import re

import pytest

from kb.content.document import ContentError
from kb.content.foreign.translating import translated
from kb.content.head import split
from tests.content.specification import Example, examples, made_harmless, normalised, page

COMMONMARK = examples("commonmark_0_31_2.jsonl")
GITHUB = examples("github_extensions.jsonl")

# The HTML of these is made harmless: no classes, styles, scripts, comments, unknown elements or open ends.
HARMLESS = {
    *("Backslash escapes 21", "Entity and numeric character references 31", "Code spans 344"),
    *(
        f"HTML blocks {number}"
        for number in (148, 149, 150, 151, 152, 153, 154, 155, 160, 169, 170, 172, 173, 174, 175)
    ),
    *(f"HTML blocks {number}" for number in (176, 179, 181, 182, 183, 184, 187, 190, 191)),
    *("Link reference definitions 201", "Links 491", "Links 494", "Links 524", "Links 536", "Lists 308", "Lists 309"),
    *(f"Emphasis and strong emphasis {number}" for number in (475, 476, 477)),
    *(f"Raw HTML {number}" for number in (613, 614, 615, 616, 617, 623, 625, 627, 628, 629, 630, 631)),
    *("Hard line breaks 642", "Hard line breaks 643"),
}
# So is that of these, and what is left of it stands in a paragraph, for which our pages have room.
IN_A_PARAGRAPH = {f"HTML blocks {number}" for number in (156, 157, 158, 162, 164, 165, 166, 171, 177, 178, 180)}
NOWHERE = '<span class="missing-link" title="This page is not part of the knowledge base">{}</span>'
# A link without an address leads nowhere, which is said.
WITHOUT_ADDRESS = {
    "Link reference definitions 200": f"<p>{NOWHERE.format('foo')}</p>",
    "Links 485": f"<p>{NOWHERE.format('link')}</p>",
    "Links 486": f"<p>{NOWHERE.format('link')}</p>",
    "Links 487": f"<p>{NOWHERE.format('')}</p>",
    "Links 567": f"<p>{NOWHERE.format('foo')}</p>",
}
# What no browser may follow is no address: `<tenant:id>` is meant to be read.
NOT_FOLLOWED = {
    "Autolinks 596": "<p>&lt;irc://foo.bar:2233/baz&gt;</p>",
    "Autolinks 598": "<p>&lt;a+b+c:d&gt;</p>",
    "Autolinks 599": "<p>&lt;made-up-scheme://foo,bar&gt;</p>",
    "Autolinks 601": "<p>&lt;localhost:5001/foo&gt;</p>",
    "Autolinks (extension) 8": '<p><a href="http://commonmark.org">http://commonmark.org</a></p>'
    '<p>(Visit <a href="https://encrypted.google.com/search?q=Markup+(business)">'
    "https://encrypted.google.com/search?q=Markup+(business)</a>)</p>"
    "<p>Anonymous FTP is available at ftp://foo.bar.baz.</p>",
}
# Addresses that stand in a text as they are become links, as on GitHub.
BARE_ADDRESSES = {
    "Autolinks 602": '<p>&lt;<a href="https://foo.bar/baz">https://foo.bar/baz</a> bim&gt;</p>',
    "Autolinks 608": '<p>&lt; <a href="https://foo.bar">https://foo.bar</a> &gt;</p>',
    "Autolinks 611": '<p><a href="https://example.com">https://example.com</a></p>',
    "Autolinks 612": '<p><a href="mailto:foo@bar.example.com">foo@bar.example.com</a></p>',
}
OF_OUR_OWN = {
    # The boxes of other tools are boxes.
    "HTML blocks 163": '<div class="admonition warning"><p class="admonition-title">Warning</p>'
    "<p><em>bar</em></p></div>",
    # What somebody meant to hide stays hidden.
    "Raw HTML 626": "<p>foo</p><p>foo</p>",
    # What these elements hold is left out, or stays without them.
    "Disallowed Raw HTML (extension) 1": "<p><strong> <em></em></strong></p>"
    "<strong><em><blockquote>is disallowed. is also disallowed.</blockquote></em></strong>",
}
# A picture on another site is a link to it: readers load nothing from there.
OF_OUR_OWN |= {
    each.name: each.html.replace(
        '<img src="http://inline.com/image" alt="http://inline.com/image" />',
        '<a href="http://inline.com/image">http://inline.com/image</a>',
    )
    for each in GITHUB
    if "<img" in each.html
}
OURS = {**WITHOUT_ADDRESS, **NOT_FOLLOWED, **BARE_ADDRESSES, **OF_OUR_OWN}
LISTED = {*HARMLESS, *IN_A_PARAGRAPH, *OURS}


# What other tools mean by these is read first, as docs/writers.md and docs/import.md say.
OF_OTHER_TOOLS = {
    "ATX headings 64": "a line of #tags, which are the guide's",
    "Thematic breaks 44": "a head of TOML that never ends",
    "Setext headings 96": "a head of YAML that is none",
    "Setext headings 98": "an empty head",
    "HTML blocks 177": "what is hidden is taken out before anything is read",
    "List items 297": "a list below a step is the step's, however little it is indented",
    "Links 548": "a [[link]] to a page by its name",
    "Links 559": "a [[link]] to a page by its name",
    "Images 590": "a [[link]] to a page by its name",
    "Raw HTML 617": "a component of a site, which nothing here knows: it is left out, and told",
}


def without_paragraphs(html: str) -> str:
    return re.sub(r"</?p>", "", html)


@pytest.mark.parametrize("section", sorted({example.section for example in (*COMMONMARK, *GITHUB)}))
def test_pages_are_as_in_the_specification(section: str) -> None:
    others = [each for each in (*COMMONMARK, *GITHUB) if each.section == section and each.name not in LISTED]
    pages = {each.name: normalised(page(each.markdown)) for each in others}
    assert pages == {each.name: normalised(each.html) for each in others}


@pytest.mark.slow
def test_the_forms_of_other_tools_leave_the_specification_as_it_is() -> None:
    changed = set()
    for each in (*COMMONMARK, *GITHUB):
        try:
            body = translated(split(each.markdown), "a.md").head.body
        except ContentError:
            changed.add(each.name)
            continue
        if normalised(page(body)) != normalised(page(each.markdown)):
            changed.add(each.name)
    assert changed == OF_OTHER_TOOLS.keys()


@pytest.mark.parametrize(
    "example", [each for each in (*COMMONMARK, *GITHUB) if each.name in LISTED], ids=lambda each: each.name
)
def test_what_is_listed_differs_for_its_reason_alone(example: Example) -> None:
    shown, harmless = normalised(page(example.markdown)), normalised(made_harmless(example.html))
    assert shown != normalised(example.html)
    if example.name in HARMLESS:
        assert shown == harmless
    elif example.name in IN_A_PARAGRAPH:
        assert without_paragraphs(shown) == without_paragraphs(harmless)
    else:
        assert shown == normalised(OURS[example.name])


def test_all_examples_are_there_and_few_are_listed() -> None:
    assert len(COMMONMARK) == 652
    assert len({each.name for each in (*COMMONMARK, *GITHUB)}) == 652 + len(GITHUB)
    assert {each.name for each in (*COMMONMARK, *GITHUB)} >= LISTED
