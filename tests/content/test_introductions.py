"""Problems without labels: an introduction that names what is seen, and a numbered list that puts it right."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content import outline, problems
from kb.content.document import Problem, Structure


def find(text: str, title: str = "") -> Structure:
    return problems.find(outline.parse(dedent(text)), title)


def only(text: str) -> Problem:
    found = find(text).problems
    assert len(found) == 1, [problem.title for problem in found]
    return found[0]


def symptoms(problem: Problem) -> list[str]:
    return [symptom.text for symptom in problem.symptoms]


def steps(problem: Problem) -> list[str]:
    return [step.text for step in problem.steps]


@pytest.mark.parametrize(
    ("introduction", "symptom"),
    [
        ("If you see certificate errors:", "Certificate errors"),
        ("If you're experiencing connection timeout errors, try these steps:", "Connection timeout errors"),
        ('If you receive "Invalid key" errors:', '"Invalid key" errors'),
        ("When users still get a 503, then do this:", "Error 503"),
        ("If the display shows E5, check the paper, the tray and the door:", "The display shows E5"),
        ("If you're unable to log in, follow these steps.", "Unable to log in"),
        ('If the client reports E5, "No host" or "x":', 'The client reports E5, "No host" or "x"'),
        ("When you click Save, you get an error:", "When you click Save, you get an error"),
        ("Tokens expire after a day. To handle this:", "Tokens expire after a day"),
        ("You can't sign in. Try the following:", "You can't sign in"),
        ("To improve response times:", "Slow pages"),
        ("Follow these steps:", "Slow pages"),
        ("Pages take long.\n\nTo fix this, do the following.", "Slow pages"),
    ],
)
def test_an_introduction_to_a_numbered_list_is_the_symptom(introduction: str, symptom: str) -> None:
    found = only(f"# G\n\n## Slow pages\n\n{introduction}\n\n1. Measure\n2. Cache\n\nMore prose.\n\n- no step\n")
    assert (found.anchor, symptoms(found), steps(found)) == ("slow-pages", [symptom], ["Measure", "Cache"])


@pytest.mark.parametrize(
    "text",
    [
        "## Good habits\n\n1. Log\n2. Test\n",
        "## Error handling best practices\n\nTo avoid errors:\n\n1. Log\n",
        "## Prevention\n\nIf you see errors:\n\n1. Log\n",
        "## Diagnosis\n\nIf you see errors:\n\n1. Log\n",
        "## Escalation path\n\nIf nothing helps:\n\n1. Support\n",
        "## Decision tree\n\nIf you see errors:\n\n1. Log\n",
        "## How to export contacts\n\nIf you want a copy, do this:\n\n1. Export\n",
        "## Enable logging\n\nTo do this, follow these steps:\n\n1. Open\n",
        "## Error codes\n\nFollow these guidelines:\n\n1. Log\n",
        "## Components\n\nThere are three components:\n\n1. Cache\n",
        "## Errors\n\nConsider two users. If they see errors:\n\n1. One\n",
        "## Setup\n\nIf necessary, do this:\n\n1. One\n",
        "## Slow pages\n\nPages are slow:\n\n- a bullet\n",
        "## Symptoms\n\nIt fails.\n\n## Cause\n\nDust.\n",
    ],
)
def test_what_puts_nothing_right_is_no_problem(text: str) -> None:
    assert find(f"# Guide\n\n{text}").problems == ()


def test_a_fix_may_follow_the_symptoms_without_a_label() -> None:
    found = only("## Jam\n\n**Symptoms:**\n- It blinks\n\nTo fix this:\n\n1. Pull\n")
    assert (symptoms(found), steps(found)) == (["It blinks"], ["Pull"])


def test_ways_to_see_the_symptom_are_no_fix() -> None:
    assert (
        find("# It fails\n\n## Symptoms\n\nIt fails when you follow these steps:\n\n1. Open\n2. Close\n").problems == ()
    )


@pytest.mark.parametrize(
    "prose",
    ["If a node fails, another one takes over. Follow these steps:", "Two servers share the load. Do the following:"],
)
def test_to_manage_high_availability_is_a_task(prose: str) -> None:
    assert find(f"# Manage high availability\n\n{prose}\n\n1. Open the console.\n2. Add a node.\n").problems == ()
