"""Wiki markup of Confluence between the Markdown: nested items, macros, links, tables, and what is never closed."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from kb.content.document import Document
from kb.content.reading import read_guide

PATHS = {"Mail-setup_65602.md": "/guides/mail/", "plan.pdf": "/files/plan.pdf", "door.png": "/i/door.png"}
SIGN = "{info}\nx\n{info}\n\n"


def _read(text: str) -> Document:
    return read_guide(f"# T\n\n{text}\n", "t.md", PATHS)


def _html(text: str) -> str:
    return "".join(_read(text).html.partition("</span>")[2].split("\n"))


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("* a\n** b\n*** c\n* d", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"),
        ("- a\n-- b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("# a\n## b\n## c\n# d", "<ol><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ol>"),
        ("# a\n#* b\n# c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("* a\n*# b", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
        (
            "# a\n{code}\nx\n\ny\n{code}\n# b",
            '<ol><li>a<div class="highlight"><pre tabindex="0"><code>xy</code></pre></div></li><li>b</li></ol>',
        ),
        ("* a\nh2. Head\n* b\n** c", '</ul><h2 id="head">'),
        ("* a\nh2. Head\n* b\n** c", "<ul><li>b<ul><li>c</li></ul></li></ul>"),
        ("Set {*}it{*} so.", "<p>Set <strong>it</strong> so.</p>"),
        ("bq. Mind the step.", "<blockquote><p>Mind the step.</p></blockquote>"),
        ("{color:red}hot{color} ??Book??", "<p>hot <em>Book</em></p>"),
        ("{status:colour=Green|title=Done} now", "<p>Done now</p>"),
        ("{excerpt}a{excerpt}", "<p>a</p>"),
        ("{details}\na\n{details}", "<p>a</p>"),
        ("a {warning:title=Hot}It burns.{warning}", "<p>a <strong>Hot:</strong> It burns.</p>"),
        ("{code:bash}echo *1*{code}", "<p><code>echo *1*</code></p>"),
        ("a \\\\\nb", "<p>a <br>b</p>"),
        ("(/) yes (x) no", "<p>\N{HEAVY CHECK MARK} yes \N{CROSS MARK} no</p>"),
        ("!door.png|thumbnail!", '<p><img alt="door" decoding="async" loading="lazy" src="/i/door.png"></p>'),
    ],
)
def test_it_is_put_into_markdown(written: str, becomes: str) -> None:
    assert becomes in _html(SIGN + written)


@pytest.mark.parametrize(
    "written",
    ["# One\n## Two\n\ntext", "See [a|b] and [c] or \\\\server\\x.", "Call /api/{section}/{x}.", "* a\n\n** b"],
)
def test_what_may_be_something_else_stays(written: str) -> None:
    html = _html(SIGN + written)
    for words in ("[a|b]", "[c]", "\\server", "/api/{section}/{x}"):
        assert (words in html) == (words in written)
    assert ('<h2 id="two">' in html) == ("## Two" in written)


def test_without_any_sign_of_a_wiki_items_and_links_stay() -> None:
    assert "** b" in _html("* a\n** b")
    assert "{color}" in _html("Set {color} to red.")


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("[Mail setup]", "/guides/mail/"),
        ("[it|Mail setup]", "/guides/mail/"),
        ("[it|KB:Mail setup#First step]", "/guides/mail/#first-step"),
        ("[#Here it is]", "#Here-it-is"),
        ("[it|#Here it is]", "#Here-it-is"),
        ("[it|#Some heading]", "#some-heading"),
        ("[^plan.pdf]", "/files/plan.pdf"),
        ("[it|^plan.pdf]", "/files/plan.pdf"),
        ("[https://a.example/x]", "https://a.example/x"),
        ("{include:Mail setup}", "/guides/mail/"),
    ],
)
def test_links_lead_where_they_did(written: str, href: str) -> None:
    twice = written if written.startswith("{") else f"{written} {written}"
    html = _html(f"{SIGN}{twice}\n\nh2. Some heading\n\n{{anchor:Here it is}}There")
    assert f'href="{href}"' in html
    assert 'id="Here-it-is"' in html


def test_an_anchor_in_a_heading_leaves_it_its_own() -> None:
    html = _html("h2. Keys {anchor:old}\n\n[#old] [#Keys]")
    assert '<h2 id="keys">' in html
    assert 'id="old"' in html
    assert 'href="#old"' in html
    assert 'href="#keys"' in html


@pytest.mark.parametrize(
    "above",
    [
        "Text.\n\n",
        "Text.\n\nh3. Codes\n",
        "Text.\n\n----\n",
        "Text.\n\n# a\n{code}\nx\n\ny\n{code}\n# b\nh3. Codes\n",
        "Text.\n\n* a\n* b\n",
    ],
)
def test_a_table_with_a_head_is_one_wherever_it_stands(above: str) -> None:
    html = _html(f"{above}||Code||Meaning||\n|401|no [it|Mail setup]|\n||402|not yet|\n\nAfter.")
    assert "<th>Code</th><th>Meaning</th>" in html
    assert '<td>no <a href="/guides/mail/">it</a></td>' in html
    assert "<td><strong>402</strong></td>" in html
    assert "<p>After.</p>" in html


def test_bold_words_are_bold_where_all_is_wiki_markup() -> None:
    document = _read("h2. Lost\n\n*Symptoms:*\n* It is gone\n\n*Solution:*\n# Look for it\n# Ask")
    assert "<strong>Symptoms:</strong>" in document.html
    assert [step.text for step in document.structure.problems[0].steps] == ["Look for it", "Ask"]


@pytest.mark.parametrize("macro", ["{info}", "{panel:title=Hot}", "{expand:More of it}", "{quote}", "{code:bash}"])
def test_a_macro_that_nothing_closes_is_told_with_its_line_and_takes_nothing_with_it(macro: str) -> None:
    document = _read(f"{macro}\nInside.\n\n* a\n** b\n\n## Later\n\nMore.")
    assert [(found.line, macro in found.message) for found in document.findings] == [(3, True)]
    for words in ("Inside.", "Later", "More.", *(["Hot"] if "Hot" in macro else [])):
        assert words in document.html
    assert "admonition" not in document.html
    assert "{" not in document.html


def test_macros_in_each_other_keep_their_own_ends() -> None:
    html = _html("{panel:title=Outer}\na\n{info:title=Inner}\nb\n{info}\nc\n{panel}\n\nd")
    outer = html[html.index("Outer") :]
    assert outer.index("Inner") < outer.index("<p>c</p>") < outer.index("</div><p>d</p>")
    assert html.count("admonition-title") == 2


@pytest.mark.parametrize(
    "macro", ["{jira:ABC-7}", "{jira:key=ABC-7|showSummary=false}", "{gallery}", "{chart:type=pie}"]
)
def test_a_macro_that_only_the_wiki_knows_is_told_once(macro: str) -> None:
    document = _read(f"h2. Head\n\n{macro}\n\nAfter.")
    assert [found.line for found in document.findings] == [5]
    assert "{" not in document.html
    assert ("ABC-7" in document.html) == ("ABC-7" in macro)


def test_the_pages_above_one_are_left_out_above_its_title() -> None:
    links = "[Home](index.md) / [Net](Net_65603.md)"
    for above in ("1. [Home](index.md)\n2. [Net](Net_65603.md)\n\n", f"{links}\n\n", f"{links} / Lost key\n\n"):
        document = read_guide(f"{above}# Space : Lost key\n\nText.\n", "Lost_65601.md", PATHS)
        assert document.metadata.title == "Lost key"
        assert "Home" not in document.html
    document = read_guide("Read [this](a.md) first.\n\n# Lost key\n\nText.\n", "Lost_65601.md", PATHS)
    assert "Read" in document.html


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["{info}\n", "{info}{note}\n", "** a\n", "# a\n", "|a|\n", "||a|\n\n", "{code}a{", "[a|b", "!a", "*a* ", "h2. a\n"],
)
def test_hostile_wiki_markup_takes_time_in_proportion(piece: str) -> None:
    spent = []
    for times in (2_000, 8_000):
        begun = time.process_time()
        read_guide(SIGN + piece * times, "t.md", PATHS)
        spent.append(time.process_time() - begun)
    assert all(longer < 12 * shorter + 1 for shorter, longer in pairwise(spent))


@pytest.mark.parametrize("name", ["danger", "success", "error", "important", "caution"])
def test_a_box_of_a_plugin_is_a_box(name: str) -> None:
    html = _html(f"{{{name}:title=Mind it}}\nMains voltage.\n{{{name}}}\n\nBelow.")
    assert '<div class="admonition ' in html
    assert "Mind it</p><p>Mains voltage.</p></div><p>Below.</p>" in html


@pytest.mark.parametrize(
    "text",
    [
        "{warning}Mains voltage{warning}",
        "{warning}Mains\nvoltage{warning}",
        "{warning}Mains voltage\n{warning}",
        "{warning}\nMains voltage{warning}",
    ],
)
def test_a_box_may_open_and_close_beside_its_text(text: str) -> None:
    html = _html(f"Above.\n\n{text}\n\nBelow.")
    assert '<div class="admonition warning">' in html
    assert "".join(html.partition("Mains")[2].split()).startswith("voltage</p></div><p>Below.")
    assert "{" not in html


def test_a_word_in_braces_that_opens_nothing_stays_and_is_told() -> None:
    document = _read("It says\n\n{error}\n\nand stops.")
    assert "{error}" in document.html
    assert [finding.line for finding in document.findings] == [5]


def test_what_lists_of_pages_say_where_there_are_none_is_left_out() -> None:
    text = (
        "# T\n\n**On this page:**\n\n- [Fix](#T-Fix)\n\n## Fix\n\n1. Restart it.\n\n## Related articles\n\n"
        "Content by label\n\nThere is no content with the specified labels\n"
    )
    document = read_guide(text, "T_12345678.md")
    assert not any(words in document.html for words in ("On this page", "Related articles", "by label", "specified"))
    assert document.metadata.summary == ""
    assert "Related articles" in read_guide(text, "t.md").html


@pytest.mark.parametrize(
    "told",
    [
        "Created by Ann, last updated by Bob on 12 Mar, 2024 4 minute read",
        "Owned by Ann Lee, last updated: Mar 12, 2024 by Bob",
        "Last updated: 12 March, 2024",
    ],
)
def test_the_day_on_which_a_page_was_changed_is_read_in_other_forms(told: str) -> None:
    dated = read_guide(f"# T\n\n{told}\n\nWords.\n", "T_12345678.md").metadata.dated
    assert dated is not None
    assert dated.date().isoformat() == "2024-03-12"
