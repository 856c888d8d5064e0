"""Each problem has an anchor of its own that is on the page, also where it is a row, an item or a bold line."""

from __future__ import annotations

import re

import pytest

from kb.content.document import Document, Landmark
from kb.content.guide_words import DANGER
from kb.content.reading import read_guide
from kb.content.rendering import render, render_fragment

GUIDE = """\
---
category: Office
---
# Printer trouble

## Common errors

| Symptom | Cause | Solution |
| --- | --- | --- |
| The printer is offline | No network | Restart the printer. |
| Paper jams in tray 2 | Worn rollers | Open tray 2 and remove the paper. |
| Other problems | Worn rollers | Clean the rollers. |

## Other problems

- **The page is blank**

  The cartridge failed. To fix this, replace the cartridge.

- **The queue is stuck**

  The spooler has crashed. To fix this, restart the spooler.

<details>
<summary>The driver fails to install</summary>

The installer fails with error 1603. To fix this, run the installer as administrator.

</details>

## More errors

**The scanner is not found**

The scanner fails with an error. To fix this, unplug the scanner and restart the computer.

**The fax fails with an error**

The fax does not dial and fails with an error. To fix this, restart the fax.
"""
WAYS = """\
# The mailbox does not open

## Symptoms

- The mailbox does not open

## Solution

### Method 1: Reset

1. Delete the profile.
2. Create it again.

### Method 2: Restart

1. Close the program.

   It takes a minute.

2. Call the shop. {danger}
"""


@pytest.fixture(scope="module")
def printer() -> Document:
    return read_guide(GUIDE, "printer.md")


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]*)"', html)


def test_each_problem_has_an_anchor_that_is_an_id_of_the_page_once(printer: Document) -> None:
    anchors = [problem.anchor for problem in printer.structure.problems]
    assert len(anchors) == len(set(anchors)) > 6
    assert {"the-printer-is-offline", "paper-jams-in-tray-2", "the-queue-is-stuck", "the-scanner-is-not-found"} <= {
        *anchors
    }
    assert {anchor: ids(printer.html).count(anchor) for anchor in anchors} == dict.fromkeys(anchors, 1)
    assert len(ids(printer.html)) == len(set(ids(printer.html)))


def test_the_id_stands_where_the_problem_does(printer: Document) -> None:
    assert re.search(r'<tr id="paper-jams-in-tray-2">\s*<td>Paper jams', printer.html)
    assert re.search(r'<li id="the-queue-is-stuck">\s*<p><strong>The queue', printer.html)
    assert re.search(r'<p id="the-fax-fails-with-an-error"><strong>The fax', printer.html)


def test_a_heading_goes_before_a_row_of_the_same_words(printer: Document) -> None:
    row = next(problem for problem in printer.structure.problems if problem.title == "Other problems")
    assert row.anchor == "other-problems-1"
    assert '<h2 id="other-problems">' in printer.html


def test_a_landmark_names_the_section_that_it_lies_in(printer: Document) -> None:
    found = {landmark.anchor: landmark.section for landmark in printer.structure.landmarks}
    assert found["paper-jams-in-tray-2"] == "common-errors"
    assert found["the-fax-fails-with-an-error"] == "more-errors"


@pytest.mark.parametrize(
    ("markdown", "line", "expected"),
    [
        ("<details>\n<summary>One</summary>\n\nText.\n\n</details>", 1, '<span id="here"></span>'),
        ("Text.\n\n```\ncode\n```", 3, '<span id="here"></span>'),
        ("Text.\n\n> - **One**\n>\n>   Two", 3, '<li id="here">'),
        ("Text.\n\n**One**\n\nTwo", 4, '<p id="here"><strong>One'),
        ("| a |\n| --- |\n| b |", 3, '<tr id="here">\n<td>b'),
        ("1. - a\n   - b", 2, '<li id="here">b'),
    ],
)
def test_whatever_stands_at_the_line_gets_the_id_or_one_before_it(markdown: str, line: int, expected: str) -> None:
    html = render(markdown, sections=(), landmarks=[Landmark("here", "", line)])
    assert expected in html
    assert ids(html).count("here") == 1


def test_two_problems_at_one_place_are_both_found() -> None:
    html = render("**One**: a", sections=(), landmarks=[Landmark("one", "", 1), Landmark("two", "", 1)])
    assert sorted(ids(html)) == ["one", "two"]


def test_dangerous_steps_are_marked_in_words_and_the_writers_mark_is_not_shown() -> None:
    document = read_guide(WAYS, "mailbox.md")
    warned = re.findall(
        rf'<li id="(step-guide-\d)">\s*(?:<p>)?<span class="step-danger">{DANGER}</span>', document.html
    )
    assert warned == ["step-guide-1", "step-guide-4"]
    assert "danger}" not in document.html + "".join(document.step_html[0])
    assert all("danger}" not in section.text for section in document.structure.sections)


def test_a_mark_of_danger_within_a_text_is_text() -> None:
    assert "{danger} is a mark" in render_fragment("{danger} is a mark")


def test_the_lists_of_all_ways_belong_to_the_problem_and_are_numbered_on() -> None:
    document = read_guide(WAYS, "mailbox.md")
    assert document.html.count('data-problem="guide"') == 2
    assert [name for name in ids(document.html) if name.startswith("step-")] == [
        f"step-guide-{n}" for n in (1, 2, 3, 4)
    ]


def test_the_list_of_a_problem_under_a_bold_line_is_its_own() -> None:
    said = "The scan fails with error 1603. Try the following:\n\n- Unplug the scanner.\n- Restart the computer."
    document = read_guide(f"# Common problems\n\n## Scanner\n\n**The scanner is not found**\n\n{said}\n", "scanner.md")
    assert re.findall(r'<ul class="steps" data-problem="([^"]*)"', document.html) == ["the-scanner-is-not-found"]


def test_an_answer_may_lead_to_a_row() -> None:
    text = "## Decision tree\n\n- Does it jam?\n  - Yes: [Jam](#{})\n  - No: [Offline](#the-printer-is-offline)\n\n"
    rows = "| Symptom | Solution |\n| --- | --- |\n| The printer is offline | Plug it in. |\n| Jam | Open it. |"
    right = read_guide(f"# Printer\n\n{text.format('jam')}## Errors\n\n{rows}", "printer.md")
    wrong = read_guide(f"# Printer\n\n{text.format('ham')}## Errors\n\n{rows}", "printer.md")
    assert [finding for finding in right.findings if finding.severity == "error"] == []
    assert [finding.message for finding in wrong.findings if finding.severity == "error"] == [
        "The answer leads to '#ham', but no heading of this guide has that anchor."
    ]
