"""Forms of other tools as real pages use them: each is understood, or leaves no litter, and nothing of it gets lost."""

from __future__ import annotations

import pytest

from kb.content.document import Document
from kb.content.html_tags import words_in
from kb.content.reading import read_guide


def read(text: str, source: str = "page.md") -> Document:
    return read_guide(text, source)


def shown(text: str, source: str = "page.md") -> str:
    """The words of the page, spaces made one."""
    return " ".join(words_in(read(text, source).html).split())


def test_a_heading_that_says_more_than_the_title_of_the_head_is_shown() -> None:
    head = "---\ntitle: Error when sharing\n---\n"
    told = read(f"{head}# Policy does not allow granting permissions\n\nText.\n")
    assert told.metadata.title == "Error when sharing"
    assert '<h1 id="policy-does-not-allow-granting-permissions">' in told.html
    assert "<h1" not in read(f"{head}# Error when Sharing.\n\nText.\n").html


def test_a_page_whose_only_top_heading_is_reference_is_called_so() -> None:
    page = "# Reference\n\nAll that there is.\n\n## Usage\n\nUse it.\n"
    assert read(page, "reference/index.md").metadata.title == "Reference"
    labelled = "# Overview\n\nText.\n\n# Symptoms\n\n- It beeps\n\n# Solution\n\n1. Switch it off\n"
    assert read(labelled, "beeping-fan.md").metadata.title == "Beeping fan"


@pytest.mark.parametrize(
    ("written", "link"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/abc" title="How to clean it"></iframe>',
            '<a href="https://www.youtube.com/embed/abc" rel="noopener noreferrer">How to clean it</a>',
        ),
        (
            '<iframe\n  src="https://example.org/sandbox?x=1"\n  sandbox="allow-scripts"\n></iframe>',
            '<a href="https://example.org/sandbox?x=1" rel="noopener noreferrer">example.org/sandbox</a>',
        ),
        (
            '<video controls><source src="https://example.org/film.mp4"></video>',
            '<a href="https://example.org/film.mp4" rel="noopener noreferrer">Watch the video</a>',
        ),
    ],
)
def test_pages_and_films_of_other_sites_are_linked(written: str, link: str) -> None:
    document = read(f"# Fan\n\n{written}\n")
    assert link in document.html
    assert not document.findings


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)"])
def test_a_frame_leads_to_no_program(address: str) -> None:
    assert "href" not in read(f'# Fan\n\n<iframe src="{address}"></iframe>\n').html


def test_orders_about_code_are_no_part_of_it() -> None:
    code = (
        "```yaml\na: 1 # (1)!\n// highlight-next-line\nb: 2 // [!code ++]\n{{</* note */>}}\nwidth: 3 !important\n```\n"
    )
    assert shown(code) == "a: 1 # (1) b: 2 {{< note >}} width: 3 !important"


def test_shortcodes_that_a_page_writes_about_are_shown_as_they_are_used() -> None:
    assert shown('Write {{</* ref "a" */>}} or {{%/* b */%}}.') == 'Write {{< ref "a" >}} or {{% b %}}.'


def test_a_button_of_hugo_says_its_words_once() -> None:
    page = '{{< button href="https://example.org" >}}Go there{{< /button >}}'
    assert '<a href="https://example.org" rel="noopener noreferrer">Go there</a>' in read(page).html
    assert shown(page) == "Go there"


def test_what_the_names_of_a_program_mean_are_no_steps() -> None:
    page = "# Store\n\n## Methods\n\n`Set`\n: Set the value of a key.\n\n`Delete`\n: Delete the key.\n"
    assert "steps" not in read(page).html


def test_terms_that_are_linked_to_have_anchors() -> None:
    page = "# Words\n\nSee [the key](#key).\n\n`Key`\n: {{< unknown >}}\n: It opens the door.\n"
    html = read(page).html
    assert '<span id="key"></span>' in html
    assert "<li></li>" not in html


def test_what_stands_deep_below_a_definition_is_read_like_the_rest() -> None:
    page = (
        "Icon\n\n:   Take one of these:\n\n    * :material-eye: \N{EN DASH} `eye`\n"
        "    * :material-eye-off:{ .big } + :octicons-x-16: \N{EN DASH} `off`\n"
    )
    assert shown(page) == "Icon Take one of these: eye off"


def test_an_icon_that_stands_for_a_word_becomes_it() -> None:
    assert shown("Use e.g. :fontawesome-brands-mastodon: or :octicons-mail-16:, as you like.") == (
        "Use e.g. mastodon or mail, as you like."
    )
    assert shown(":material-check: Yes") == "Yes"


def test_the_language_of_code_in_a_line_is_not_shown() -> None:
    assert shown('Write `#!css "dark"`, not `#!/bin/sh`.') == 'Write "dark", not #!/bin/sh.'


def test_small_formulas_are_code_where_a_text_has_others() -> None:
    assert "<code>f(a)=f(b)</code>" in read("Where $\\exists a$ there is $f(a)=f(b)$.").html
    assert "<code>" not in read("From $a to b$, it costs $5 or 6$.").html


def test_a_table_whose_rule_is_longer_than_its_head_is_one() -> None:
    document = read("|**Name**|a \\| b|\n|:-----|:-----|:-----|\n|x|y|\n")
    assert document.html.count("<th ") == 2
    assert ">y</td>" in document.html


def test_blocks_between_slashes_are_boxes_folds_and_captions() -> None:
    page = (
        "![The pump](pump.png)\n/// caption\nFrom the left\n///\n\n"
        "/// details | More\n    type: warning\nHidden part\n///\n\n"
        "/// warning | Hot\nLet it cool.\n///\n\nSee a /// b.\n"
    )
    html = read(page).html
    assert "<em>From the left</em>" in html
    assert '<summary class="admonition-title">More</summary>' in html
    assert '<div class="admonition warning">\n<p class="admonition-title">Hot</p>' in html
    assert html.count("///") == 1


def test_files_that_are_taken_in_together_are_told() -> None:
    document = read("Text.\n\n--8<--\na.md\nb.md\n--8<--\n\n@include(./c.md)\n")
    assert [found.message.split("'")[1] for found in document.findings if "taken in" in found.message] == [
        "a.md",
        "b.md",
        "./c.md",
    ]
    assert shown("Text.\n\n--8<--\na.md\n--8<--\n\nMore.\n") == "Text. More."


def test_tabs_of_vuepress_may_have_a_key() -> None:
    html = read("::: tabs key:os\n@tab Linux\n\n1. Run a\n\n@tab Windows\n\nClick b\n\n:::\n").html
    assert html.count('class="tab"') == 2
    assert ":::" not in html


def test_what_is_hidden_in_wiki_markup_reaches_nobody() -> None:
    page = "Before.\n\n{excerpt:name=a|hidden=true}for us only{excerpt}\n\n{hide}nor this{hide}\n\nAfter.\n"
    document = read(page)
    assert shown(page) == "Before. After."
    assert "only" not in str(document.structure)


def test_wiki_markup_beside_macros_leaves_no_litter() -> None:
    page = (
        "# Fan\n\n{info}\nText\n{info}\n\n|| Sign || Meaning ||\n| red | {color:red}hot{color} |\n\n"
        "Run {{fan -x}}, see [the maker|https://example.org].\n"
    )
    html = read(page).html
    assert "<th>Sign</th>" in html
    assert "<td>hot</td>" in html
    assert "<code>fan -x</code>" in html
    assert ">the maker</a>" in html


def test_columns_of_learn_are_no_code() -> None:
    page = (
        ':::row:::\n   :::column span="2":::\n      Left **side**\n   :::column-end:::\n'
        "   :::column:::\n      Right\n   :::column-end:::\n:::row-end:::\n"
    )
    assert "<p>Left <strong>side</strong></p>\n<p>Right</p>" in read(page).html


def test_liquid_tabs_and_films_have_their_names_and_addresses() -> None:
    page = (
        '{% tabs log %}\n{% tab log php %}\nOne\n{% endtab %}\n{% endtabs %}\n\n{% youtube "https://youtu.be/abc" %}\n'
    )
    html = read(page).html
    assert '<p class="tab-title">php</p>' in html
    assert '<a href="https://youtu.be/abc" rel="noopener noreferrer">Watch the video</a>' in html
    assert shown("a {::nomarkdown}<b>c</b>{:/nomarkdown}") == "a c"


def test_anchors_below_underlined_headings_and_in_empty_links_are_kept() -> None:
    assert '<h2 id="signs">' in read("# A\n\nWhat you see\n------------\n{: #signs }\n\nText.\n").html
    assert '<h2 id="signs">Heads<a aria-label' in read('# A\n\n## Heads <a href="#signs" id="signs"></a>\n').html


def test_mdx_loses_no_titles_and_shows_no_tags() -> None:
    page = (
        '<Steps>\n  <Step title="Open it">Take off the lid.</Step>\n</Steps>\n\n'
        '<Check>Fine</Check> <Info>or not</Info> <a href="https://example.org" onClick={() => go(1)}>there</a> '
        "<>all</> {'{'}x{'}'}\n\n<div style={{color: 'red'}}>\n    in *it*\n</div>\n\n"
        "{rows.map((row) => (\n  <li>{row.name}</li>\n))}\n"
    )
    document = read(page, "a.mdx")
    assert shown(page, "a.mdx") == "Open it. Take off the lid. Check: Fine Info: or not there all {x} in it"
    assert "<em>it</em>" in document.html
    assert [found.line for found in document.findings if "rows.map" in found.message] == [11]


def test_a_frame_that_never_ends_and_columns_in_code_stay_as_they_are() -> None:
    for text in ('<iframe src="x', "<video title='a\" src=>"):
        assert read_guide(f"# Guide\n\nWords.\n\n{text}\n", "guide.md").html
    code = "```\n:::row:::\n:::column:::\n    deep\n:::column-end:::\n```\n"
    shown = read_guide(f"# Guide\n\n{code}", "guide.md").html
    assert ":::row:::" in shown
    assert "    deep" in shown
