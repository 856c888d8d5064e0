"""Small forms of Confluence, Learn, VuePress and MkDocs that readers saw as they were written, or not at all."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide

PATHS = {"w/Crane-stops_100002.md": "/guides/crane-stops/"}
STOPS = '<a href="/guides/crane-stops/">the crane</a>'


def html_of(text: str) -> str:
    return read_guide(f"# T\n\n{text}\n", "w/Hook_100001.md", PATHS).html


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("see [the crane|Crane stops]", f"<td>see {STOPS}</td>"),
        ("[no crane|Nowhere]", "<td>[no crane|Nowhere]</td>"),
        ("[door|#top]", '<td><a href="#top">door</a></td>'),
    ],
)
def test_a_link_of_a_wiki_does_not_end_the_cell_that_it_stands_in(cell: str, shown: str) -> None:
    html = html_of(f"||Do||See||\n|call|{cell}|")
    assert shown in html
    assert html.count("<td>") == 2


def test_a_link_of_a_wiki_leads_to_the_page_of_that_title() -> None:
    assert f"<p>See {STOPS} or [a|b].</p>" in html_of("{info}\nx\n{info}\n\nSee [the crane|Crane stops] or [a|b].")


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_tasks_of_confluence_say_what_is_done(end: str) -> None:
    tasks = "".join(
        f"<ac:task>{end}<ac:task-id>{number}</ac:task-id>{end}<ac:task-status>{status}</ac:task-status>{end}"
        f"<ac:task-body>{text}</ac:task-body>{end}</ac:task>{end}"
        for number, (status, text) in enumerate([("incomplete", "Order"), ("complete", "Call")])
    )
    html = html_of(f"<ac:task-list>{end}{tasks}</ac:task-list>")
    assert '<input type="checkbox" disabled="disabled" aria-label="To do"> Order' in html
    assert '<input type="checkbox" disabled="disabled" checked="checked" aria-label="Done"> Call' in html
    assert "complete" not in html


def test_a_box_to_tick_that_is_part_of_a_form_is_left_out_and_told() -> None:
    document = read_guide("# T\n\n<input type=checkbox name=a> A\n\n<input type=checkbox disabled> B\n", "a.md")
    assert document.html.count("<input") == 1
    assert [finding.line for finding in document.findings if "<input>" in finding.message] == [3]


@pytest.mark.parametrize("sign", ['"', "'"])
def test_an_image_of_learn_is_described_whatever_quotes_are_used(sign: str) -> None:
    document = read_guide(f"# T\n\n:::image source={sign}x.png{sign} alt-text={sign}The plug{sign}:::\n", "a.md")
    assert "[Image: The plug]" in document.html
    assert read_guide(f"# T\n\n:::image source={sign}x.png{sign}:::\n", "a.md", {"x.png": "/m/x.png"}).html.count(
        "<img"
    )


@pytest.mark.parametrize("opening", ["code-tabs", "code-tabs#shell", "tabs"])
def test_the_tabs_of_vuepress_have_their_titles(opening: str) -> None:
    html = html_of(f"::: {opening}\n@tab pnpm\n```sh\na\n```\n@tab:active npm\n\n```sh\nb\n```\n:::")
    assert html.count('class="tab-title"') == 2
    assert "@tab" not in html


@pytest.mark.parametrize("name", ["raw", "v-pre"])
def test_what_ends_a_plain_part_is_not_shown(name: str) -> None:
    html = html_of(f"::: {name}\n<div>x</div>\n:::\n\nAfter **it**.")
    assert ":::" not in html
    assert "<div>x</div>" in html
    assert "<p>After <strong>it</strong>.</p>" in html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('++ctrl+"My Key"++', "<kbd>Ctrl</kbd>+<kbd>My Key</kbd>"),
        ('++"<b>"++', "<kbd>&lt;b&gt;</kbd>"),
        ("++page-up++", "<kbd>Page up</kbd>"),
        ("The [valve][] is", "The valve is"),
        ("x[a][] and `[valve][]`", "x[a][] and <code>[valve][]</code>"),
        ("[valve][]\n\n[valve]: https://a.example/", '<a href="https://a.example/"'),
    ],
)
def test_keys_and_links_without_an_address_are_shown_as_words(written: str, shown: str) -> None:
    assert shown in html_of(written)


def test_what_learn_takes_in_in_bold_leaves_no_line_and_names_of_buttons_are_their_words() -> None:
    document = read_guide("# T\n\nA.\n\n**[!INCLUDE [n](a.md)]**\n\nSelect [!UICONTROL Save] in [!DNL Lamp].\n", "t.md")
    assert "<hr" not in document.html
    assert "Select Save in Lamp." in document.html
    assert [found.line for found in document.findings] == [5]


@pytest.mark.parametrize("written", ['[!div class="op_single_selector"]', "[!BANNER x]", "[!NOTE]"])
def test_a_mark_that_stands_for_nothing_here_is_told_with_its_line(written: str) -> None:
    found = read_guide(f"# T\n\nA.\n\n{written}\nx\n", "t.md").findings
    assert [(each.line, written[:6] in str(each.message)) for each in found] == [(5, True)]
    assert read_guide("# T\n\n> [!NOTE]\n> x\n\n> [!STAFF]\n> y\n\n`[!NOTE]` z\n", "t.md").findings == ()
