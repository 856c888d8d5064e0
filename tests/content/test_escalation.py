"""When a guide says to escalate, and along which path: under labels, and in the prose of what tells of a problem."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content.document import Structure
from kb.content.reading import read_guide

PROBLEM = "# Printer fails to start\n\n## Symptoms\n\n- It does not start\n\n## Solution\n\n1. Restart the printer.\n\n"


def structure(text: str) -> Structure:
    return read_guide(dedent(text), "guide.md").structure


@pytest.mark.parametrize(
    "sentence",
    [
        "If you cannot resolve the issue, open a support case with the serial number.",
        "If this does not help, contact support.",
        "If it stays dark, contact the technical support team.",
        "When all else fails, raise a ticket with the makers.",
        "If the lamp blinks red, ask your support team.",
        "If the lamp blinks red, call the help desk.",
    ],
)
def test_a_sentence_that_sends_for_help_is_a_trigger_where_the_guide_tells_of_a_problem(sentence: str) -> None:
    assert structure(f"{PROBLEM}{sentence}\n").triggers == (sentence.rstrip("."),)


@pytest.mark.parametrize(
    "sentence",
    [
        "Open the support page to read on.",
        "The printer supports colour.",
        "Restart the printer once more.",
        "Contact sheets are printed in colour.",
    ],
)
def test_other_sentences_are_none(sentence: str) -> None:
    assert structure(f"{PROBLEM}{sentence}\n").triggers == ()


def test_where_nothing_goes_wrong_nobody_is_sent_for_help() -> None:
    told = "You can contact support at any time."
    assert structure(f"# Our support\n\n{told}\n").triggers == ()
    assert structure(f"# Our support\n\n## The printer fails\n\n{told}\n").triggers == (told.rstrip("."),)


def test_what_prevents_trouble_or_leads_elsewhere_sends_nobody() -> None:
    assert structure(f"{PROBLEM}## Prevention\n\nContact support once a year.\n").triggers == ()


def test_items_and_sentences_under_the_label_are_triggers() -> None:
    found = structure(f"{PROBLEM}## When to escalate\n\nIt smells. It smokes.\n\n- The lamp blinks red.\n")
    assert found.triggers == ("It smells", "It smokes", "The lamp blinks red")
    assert found.path == ()


def test_numbers_below_escalation_are_the_path_and_the_rest_are_triggers() -> None:
    found = structure(f"{PROBLEM}## Escalation\n\n- The lamp blinks red.\n\n1. Help desk\n2. Hardware team\n")
    assert (found.triggers, found.path) == (("The lamp blinks red",), ("Help desk", "Hardware team"))
    assert structure(f"{PROBLEM}## Escalation path\n\n- Help desk\n").path == ("Help desk",)


def test_what_is_said_twice_is_one_trigger() -> None:
    found = structure(f"{PROBLEM}Contact support.\n\n## When to escalate\n\n- Contact support.\n")
    assert found.triggers == ("Contact support",)
