"""Writers are told what is understood of a text, line by line, or why no problem is found and what makes it sure."""

from __future__ import annotations

import contextlib

import pytest

from kb.content import template_leftovers
from kb.content.document import ContentError
from kb.content.explaining import ASKS, NO_PROBLEM, Explanation, explain
from kb.content.labelling import Insertion, Place, inserted
from kb.content.reading import read_guide
from kb.content.workers import explain_bounded
from tests.conftest import CONTENT
from tests.support.doubtful import IN_PROSE, MADE_SURE

WHOLE = """\
---
title: Printing fails
---
# Printing fails

## Paper jam

### Symptoms

- The printer stops with E42 (always)

### Cause

The *rollers* of the tray
are worn.

### Solution

#### Option 1: By hand

1. Open the flap.
2. Delete the queue.

#### Option 2: With the service menu

If the flap is locked, hold **Menu**:

1. Choose Reset.

## When to escalate

- The flap stays closed

## Escalation path

1. Office

## Error codes

| Code | Meaning |
| --- | --- |
| E42 | Jam |
"""
IN_A_LIST = """\
# The report page

## Old figures

The report shows the figures of last month. To reset the cache, take these steps:

- the folder `cache` goes away
- the page is opened again
"""
HOW_TO = """\
# Enable logging

Logging is off at first.

## Steps

1. Open the panel.
2. Choose **Logging**.
"""
NO_TROUBLE = """\
# The report page

The report page has two parts. To reset
the cache, delete the folder `cache` and open the page again.
"""


def told(text: str) -> Explanation:
    return explain(text, "guide.md")


def suggested(text: str) -> str:
    """The text with the label that is suggested for it."""
    doubt = told(text).doubt
    assert doubt
    assert doubt.suggestion
    return inserted(text, doubt.suggestion.insertions)


def test_everything_that_was_found_is_told_with_its_line() -> None:
    assert list(told(WHOLE).as_lines()) == [
        "line 6: Problem: Paper jam (1 symptom, 1 cause, 3 steps)",
        "  line 10: Symptom: The printer stops with E42 (always)",
        "  line 14: Cause: The rollers of the tray are worn.",
        "  line 21: Way: 1. By hand",
        "    line 21: Step: Open the flap.",
        "    line 22: Step (dangerous): Delete the queue.",
        "  line 28: Way: 2. With the service menu (If the flap is locked)",
        "    line 28: Step (dangerous): Choose Reset.",
        "  line 10: Code: E42",
        "line 42: Error code: E42 (Jam)",
        "line 32: Escalate when: The flap stays closed",
        "line 36: Escalate to: Office",
    ]


def test_a_step_is_told_with_its_condition() -> None:
    text = "# No sound\n\n## Solution\n\nIf you use a headset:\n\n1. Plug it out.\n2. Plug it in.\n"
    steps = [row for row in told(text).rows if row.kind == "Step"]
    assert [(row.line, row.note) for row in steps] == [(7, "If you use a headset"), (8, "If you use a headset")]


def test_a_cause_that_is_worded_twice_is_told_at_its_own_problem() -> None:
    part = "## {} fails\n\n**Cause:** The disk is full.\n\n**Solution:**\n1. Empty it.\n\n"
    text = part.format("Saving") + part.format("Loading")
    assert [row.line for row in told(text).rows if row.kind == "Cause"] == [3, 10]


def test_the_lines_of_a_text_with_other_line_ends_are_the_same() -> None:
    assert told(WHOLE.replace("\n", "\r\n")) == told(WHOLE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (IN_PROSE, 'No fix was found: is "An update of the agent is out." (line 5) one?'),
        (IN_A_LIST, 'No fix was found: is "the folder cache goes away" (line 7) one?'),
        (
            HOW_TO,
            (
                'A fix was found ("Open the panel.", line 7), but nothing says what goes wrong. '
                "That is right for a how-to."
            ),
        ),
        (
            NO_TROUBLE,
            (
                'A fix was found ("To reset the cache, delete the folder cache and open the page again.", line 3), '
                "but nothing says what goes wrong. That is right for a how-to."
            ),
        ),
        (
            "# Error 502 on the gateway\n\nThe gateway fails with error 502 in the morning.\n",
            "No fix was found: no sentence says what to do when it goes wrong. Write that under '## Solution'.",
        ),
        (
            "# How the cache works\n\nThe cache holds what was read last.\n",
            (
                "Nothing here says what goes wrong, or what to do then. That is right for a guide that explains; where "
                "something goes wrong, say so under '## Symptoms', and what to do under '## Solution'."
            ),
        ),
        ("## Questions\n\n- Is it on?\n  - Yes: [a](a.md)\n  - No: [b](b.md)\n", ASKS),
    ],
)
def test_a_guide_without_a_problem_is_told_why(text: str, message: str) -> None:
    doubt = told(text).doubt
    assert doubt
    assert doubt.message == message
    assert list(told(text).as_lines())[-3 if doubt.suggestion else -2] == NO_PROBLEM


def test_a_guide_with_a_problem_leaves_no_doubt() -> None:
    assert told(WHOLE).doubt is None


# Labels


def test_a_label_parts_a_paragraph_before_the_sentence_in_question() -> None:
    assert suggested(IN_PROSE) == MADE_SURE


def test_a_label_goes_before_what_leads_to_a_list() -> None:
    assert suggested(IN_A_LIST) == IN_A_LIST.replace(" To reset", "\n\n### Solution\n\nTo reset")


def test_a_label_goes_before_a_sentence_that_is_on_two_lines() -> None:
    assert suggested(NO_TROUBLE) == NO_TROUBLE.replace(" To reset\n", "\n\n## Solution\n\nTo reset\n")


def test_symptoms_that_nothing_tells_are_to_be_filled_in_and_lint_asks_for_it() -> None:
    text = suggested(HOW_TO)
    before = "## Symptoms\n\n- What a person sees, word for word, such as `the message on the screen` (always)\n\n"
    assert text == HOW_TO.replace("## Steps", f"{before}## Steps")
    assert [finding.line for finding in template_leftovers.findings(text)] == [7]


@pytest.mark.parametrize("text", [IN_PROSE, IN_A_LIST, HOW_TO, NO_TROUBLE])
def test_a_label_makes_it_sure(text: str) -> None:
    assert not read_guide(text, "guide.md").structure.problems
    assert read_guide(suggested(text), "guide.md").structure.problems


def test_labels_of_one_place_keep_their_order() -> None:
    first, second = (Insertion(Place(2), f"{word}\n\n", word) for word in ("## Symptoms", "## Solution"))
    assert inserted("a\nb", [first, second]) == "a\n## Symptoms\n\n## Solution\n\nb"


@pytest.mark.slow
def test_whatever_is_suggested_for_the_shipped_guides_makes_it_sure_and_takes_nothing_away() -> None:
    tried = 0
    for path in CONTENT.rglob("*.md"):
        text = path.read_text()
        found = told(text)
        if found.doubt is None or found.doubt.suggestion is None:
            continue
        tried += 1
        changed = inserted(text, found.doubt.suggestion.insertions)
        assert read_guide(changed, path.name).structure.problems
        left = iter(changed.split())
        assert all(word in left for word in text.split())
    assert tried > 3


def test_a_suggestion_is_known_by_its_name_alone() -> None:
    found = told(IN_PROSE)
    assert found.doubt
    assert found.suggestion("solution-5") == found.doubt.suggestion
    assert found.suggestion("solution-6") is None


# Bounds


def test_a_worker_explains_what_the_caller_would() -> None:
    assert explain_bounded(IN_PROSE, "guide.md") == told(IN_PROSE)


@pytest.mark.parametrize("text", ["", "\n", "---\ntitle: A\n---\n", "# A\n", "- " * 3000, "> " * 3000, "`" * 9000])
def test_odd_texts_are_explained_or_refused_in_time(text: str) -> None:
    with contextlib.suppress(ContentError):
        assert explain_bounded(text, "guide.md").doubt
