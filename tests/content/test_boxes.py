"""Boxes, tabs and folded parts of other tools: what they mean, on the page and in the structure."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content import outline
from kb.content.blocks import Quote
from kb.content.document import Document
from kb.content.reading import read_guide


def guide(text: str) -> Document:
    return read_guide(dedent(text), "guide.md")


def boxes(text: str) -> list[tuple[str, str, str]]:
    """Kind, title and text of each box of a text."""
    blocks = outline.parse(dedent(text)).parts[0].blocks
    return [(box.alert, box.title, "\n".join(b.text for b in box.blocks)) for box in blocks if isinstance(box, Quote)]


TABS = {
    "Material for MkDocs": '=== "Linux"\n    1. Run a\n    2. Run b\n\n=== "Windows"\n    1. Click c\n    2. Click d\n',
    "VuePress": "::: tabs\n@tab Linux\n1. Run a\n2. Run b\n\n@tab:active Windows#win\n1. Click c\n2. Click d\n:::\n",
    "VitePress": ":::tabs\n== Linux\n1. Run a\n2. Run b\n\n== Windows\n1. Click c\n2. Click d\n:::\n",
    "MyST": (
        "::::{tab-set}\n:::{tab-item} Linux\n1. Run a\n2. Run b\n:::\n"
        ":::{tab-item} Windows\n1. Click c\n2. Click d\n:::\n::::\n"
    ),
    "Docusaurus": (
        '<Tabs groupId="os">\n  <TabItem value="linux" label="Linux">\n\n    1. Run a\n    2. Run b\n\n  </TabItem>\n'
        '  <TabItem\n    value="win"\n    label="Windows"\n  >\n  1. Click c\n  2. Click d\n  </TabItem>\n</Tabs>\n'
    ),
}


@pytest.mark.parametrize("tool", TABS)
def test_the_steps_of_each_tab_are_an_alternative_of_their_own(tool: str) -> None:
    found = guide(f"# Lamp\n\n## Symptoms\n\n- Lamp is dark\n\n## Fix\n\n{TABS[tool]}").structure.problems
    told = [(each.title, [step.text for step in each.steps]) for problem in found for each in problem.procedures]
    assert told == [("Linux", ["Run a", "Run b"]), ("Windows", ["Click c", "Click d"])]


@pytest.mark.parametrize("tool", TABS)
def test_a_page_shows_every_tab_under_its_label_without_a_script(tool: str) -> None:
    html = guide(f"# Lamp\n\n{TABS[tool]}\nAfter\n").html
    assert '<div aria-label="Linux" class="tab" role="group">\n<p class="tab-title">Linux</p>\n<ol>' in html
    assert '<div aria-label="Windows" class="tab" role="group">\n<p class="tab-title">Windows</p>\n<ol>' in html
    assert html.endswith("</ol>\n</div>\n<p>After</p>")
    for sign in ("===", "@tab", ":::", "Tab"):
        assert sign not in html


def test_a_tab_that_holds_nothing_but_code_is_a_step() -> None:
    tabs = '=== "apt"\n    ```\n    apt a\n    ```\n\n=== "dnf"\n    ```\n    dnf a\n    ```\n'
    (problem,) = guide(f"# Lamp\n\n## Symptoms\n\n- Dark\n\n## Fix\n\n{tabs}").structure.problems
    assert [(step.under, step.markdown) for step in problem.steps] == [
        ("apt", "```\napt a\n```"),
        ("dnf", "```\ndnf a\n```"),
    ]


BOXES = {
    ":::danger Hot\nIt burns\n:::\n": ("DANGER", "Hot", "caution", "Hot"),
    ":::tip[My tip]\nIt burns\n:::\n": ("TIP", "My tip", "tip", "My tip"),
    "::: warning\nIt burns\n:::\n": ("WARNING", "", "warning", "Warning"),
    "::: {.note}\nIt burns\n:::\n": ("NOTE", "", "note", "Note"),
    '!!! warning "Take care"\n    It burns\n': ("WARNING", "Take care", "warning", "Take care"),
    "!!!tip\n    It burns\n": ("TIP", "", "tip", "Tip"),
    "> [!CAUTION]\n> It burns\n": ("CAUTION", "", "caution", "Caution"),
    "<Note>It burns</Note>\n": ("NOTE", "", "note", "Note"),
    '<Aside type="caution" title="Hot">\nIt burns\n</Aside>\n': ("CAUTION", "Hot", "caution", "Hot"),
}


@pytest.mark.parametrize("text", BOXES)
def test_a_box_has_its_kind_and_its_title(text: str) -> None:
    kind, title, shown, heading = BOXES[text]
    assert boxes(text) == [(kind, title, "It burns")]
    html = guide(f"# Lamp\n\n{text}\nAfter\n").html
    assert (
        f'<div class="admonition {shown}">\n<p class="admonition-title">{heading}</p>\n<p>It burns</p>\n</div>' in html
    )
    assert html.endswith("<p>After</p>")


@pytest.mark.parametrize(
    "html",
    [
        (
            '<div class="confluence-information-macro confluence-information-macro-warning"><p class="title">Hot</p>'
            '<span class="aui-icon"></span><div class="confluence-information-macro-body"><p>It burns</p></div></div>'
        ),
        '<div class="admonition warning"><p class="admonition-title">Hot</p><p>It burns</p></div>',
        '<div class="alert alert-warning"><p class="title">Hot</p><p>It burns</p></div>',
    ],
)
def test_an_element_of_html_can_be_a_box(html: str) -> None:
    assert boxes(html) == [("WARNING", "Hot", "It burns")]
    shown = guide(f"# Lamp\n\n{html}\n").html
    assert '<div class="admonition warning"><p class="admonition-title">Hot</p>' in shown
    assert "<p>It burns</p>" in shown


def test_a_box_of_html_without_a_title_has_that_of_its_kind() -> None:
    shown = guide('# Lamp\n\n<div class="confluence-information-macro-note"><p>On Mondays</p></div>\n').html
    assert '<div class="admonition note"><p class="admonition-title">Note</p><p>On Mondays</p></div>' in shown
    shown = guide("# Lamp\n\n<aside>\n\nWith **Markdown**\n\n</aside>\n\nAfter\n").html
    assert '<p class="admonition-title">Note</p>\n<p>With <strong>Markdown</strong></p>\n</div>\n<p>After</p>' in shown
    assert "admonition" not in guide('# Lamp\n\n<div class="panel"><p>Plain</p></div>\n').html


@pytest.mark.parametrize(
    "text", ["!!!Do not delete this\n", ":::zone pivot='x'\n\ntext\n\n:::zone-end\n", ":::note\n\nunclosed\n"]
)
def test_what_only_looks_like_a_box_is_none(text: str) -> None:
    assert boxes(text) == []
    assert "admonition" not in guide(text).html


def test_boxes_nest_and_code_in_them_ends_none() -> None:
    html = guide("# A\n\n:::note Outer\n\n:::tip Inner\nx\n:::\n\n```\n:::\n```\n\nlast\n:::\n\nAfter\n").html
    assert html.index("Outer") < html.index("Inner") < html.index("last</p>\n</div>\n<p>After</p>")


ANSWER = "The proxy is down.\n\n1. Restart the proxy.\n2. Save again.\n"
INDENTED = "    The proxy is down.\n\n    1. Restart the proxy.\n    2. Save again.\n"
IN_HTML = "<p>The proxy is down.</p>\n<ol><li>Restart the proxy.</li><li>Save again.</li></ol>"
FOLDS = {
    "HTML and Markdown": f"<details>\n<summary>Error 502 when saving</summary>\n\n{ANSWER}\n</details>\n",
    "HTML alone": f"<details><summary><b>Error 502</b> when saving</summary>{IN_HTML}</details>\n",
    "VuePress": f"::: details Error 502 when saving\n{ANSWER}:::\n",
    "MkDocs": f'??? question "Error 502 when saving"\n{INDENTED}',
    "Mintlify": f'<Accordion title="Error 502 when saving">\n{ANSWER}</Accordion>\n',
}


@pytest.mark.parametrize("form", FOLDS)
def test_a_folded_part_can_be_a_problem(form: str) -> None:
    found = guide(f"# Saving\n\n## Known problems\n\n{FOLDS[form]}\n## Other\n\nText\n").structure.problems
    assert [(problem.title, problem.anchor, [step.text for step in problem.steps]) for problem in found] == [
        ("Error 502 when saving", "known-problems", ["Restart the proxy.", "Save again."])
    ]


def test_labels_hold_within_a_folded_part() -> None:
    text = """\
        # Printer

        <details>
        <summary>Prints nothing</summary>

        **Symptoms**

        - Pages are blank

        **Solution**

        1. Replace the cartridge

        </details>
        """
    (problem,) = guide(text).structure.problems
    assert (problem.title, [s.text for s in problem.symptoms]) == ("Prints nothing", ["Pages are blank"])
    assert [step.text for step in problem.steps] == ["Replace the cartridge"]


def test_folded_parts_under_a_solution_are_parts_of_it() -> None:
    text = """\
        # Lamp is dark

        ## Solution

        <details><summary>Linux</summary>

        1. Run a

        </details>
        <details><summary>Windows</summary>

        1. Click b

        </details>
        """
    (problem,) = guide(text).structure.problems
    assert [(each.title, [s.text for s in each.steps]) for each in problem.procedures] == [
        ("Linux", ["Run a"]),
        ("Windows", ["Click b"]),
    ]


def test_lists_after_a_folded_part_keep_their_place_on_the_page() -> None:
    fold = "<details><summary>Why</summary>\n\n- x\n\n</details>"
    found = guide(f"# Lamp is dark\n\n## Solution\n\n{fold}\n\n1. Do this\n2. Do that\n")
    (place,) = found.structure.step_lists
    assert place.index == 1
    assert '<ol class="steps"' in found.html
