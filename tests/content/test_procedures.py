"""The ways to put a problem right: told apart, with the conditions of their steps, and what is dangerous marked."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content import procedures
from kb.content.document import Problem
from kb.content.reading import read_guide


def solved_by(solution: str) -> Problem:
    """The problem that a guide with this solution under its label tells of."""
    text = f"# Mail is stuck\n\n## Symptoms\n\n- Mail stays in the outbox\n\n## Solution\n\n{dedent(solution)}"
    (problem,) = read_guide(text, "guide.md").structure.problems
    return problem


def ways(solution: str) -> list[tuple[str, str, list[str]]]:
    """Each procedure: its title, its condition, its steps."""
    return [(way.title, way.condition, [step.text for step in way.steps]) for way in solved_by(solution).procedures]


ALTERNATIVES = {
    "numbered methods": """\
        ### Method 1: Restart it

        1. Close the program.
        2. Open the program.

        ### Method 2: Use the web

        1. Open the web page.
        """,
    "letters in bold": """\
        **Option A: Restart it**

        1. Close the program.
        2. Open the program.

        **Option B: Use the web**

        1. Open the web page.
        """,
    "there are two ways": """\
        There are two ways to put this right.

        ### Restart it

        1. Close the program.
        2. Open the program.

        ### Use the web

        1. Open the web page.
        """,
}


@pytest.mark.parametrize("solution", ALTERNATIVES.values(), ids=list(ALTERNATIVES))
def test_sub_headings_and_bold_lines_name_ways_to_choose_from(solution: str) -> None:
    assert [(title.partition(": ")[2] or title, steps) for title, _, steps in ways(solution)] == [
        ("Restart it", ["Close the program.", "Open the program."]),
        ("Use the web", ["Open the web page."]),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [("Outlook 2013", "Outlook 2010"), ("Windows", "Linux"), ("Version 4.2", "Version 5.0"), ("On macOS", "On Ubuntu")],
)
def test_versions_and_systems_in_bold_are_ways(first: str, second: str) -> None:
    found = ways(f"**{first}:**\n\n1. Open **File**.\n2. Click **Options**.\n\n**{second}:**\n\n1. Open **Tools**.\n")
    assert found == [(first, "", ["Open File.", "Click Options."]), (second, "", ["Open Tools."])]


def test_tabs_are_ways() -> None:
    found = ways(
        """\
        === "Windows"

            1. Open **Services**.
            2. Restart the service.

        === "Linux"

            1. Run `systemctl restart mail`.
        """
    )
    assert found == [
        ("Windows", "", ["Open Services.", "Restart the service."]),
        ("Linux", "", ["Run systemctl restart mail."]),
    ]


@pytest.mark.parametrize(
    "lead",
    [
        "Do one of the following:",
        "Use any of these:",
        "There are several ways to solve this:",
        "Choose what suits you:",
        "Try the following workarounds:",
    ],
)
def test_the_items_of_a_list_are_ways_when_its_lead_says_so(lead: str) -> None:
    items = "- Restart the program.\n- Send it from the web page.\n"
    assert ways(f"{lead}\n\n{items}") == [
        ("Option 1", "", ["Restart the program."]),
        ("Option 2", "", ["Send it from the web page."]),
    ]
    assert ways(f"Do the following:\n\n{items}") == [("", "", ["Restart the program.", "Send it from the web page."])]


def test_items_that_end_in_or_are_ways_without_the_word() -> None:
    assert ways("- Restart the program, or\n- Send it from the web page.\n") == [
        ("Option 1", "", ["Restart the program"]),
        ("Option 2", "", ["Send it from the web page."]),
    ]


@pytest.mark.parametrize(
    "begin",
    [
        "Otherwise, restart",
        "Alternatively, restart",
        "Or, restart",
        "As an alternative, restart",
        "Another way: restart",
    ],
)
def test_a_step_that_begins_another_way_parts_it_from_those_before(begin: str) -> None:
    found = ways(f"1. Open the program.\n2. Press **Send**.\n3. {begin} the computer.\n")
    assert [steps for _, _, steps in found] == [
        ["Open the program.", "Press Send."],
        [f"{begin} the computer."],
    ]


def test_items_that_hold_for_one_system_each_are_ways_named_by_their_conditions() -> None:
    assert ways("- On Windows, restart the service.\n- On Linux, run `systemctl restart mail`.\n") == [
        ("On Windows", "On Windows", ["On Windows, restart the service."]),
        ("On Linux", "On Linux", ["On Linux, run systemctl restart mail."]),
    ]


def test_labelled_solutions_beside_each_other_are_ways() -> None:
    (problem,) = read_guide(
        "# Mail is stuck\n\n## Symptoms\n\n- Mail stays\n\n## Workaround\n\n1. Use the web page.\n\n"
        "## Solution\n\n1. Install the update.\n",
        "a.md",
    ).structure.problems
    assert [(way.title, len(way.steps)) for way in problem.procedures] == [("Workaround", 1), ("Solution", 1)]


@pytest.mark.parametrize(
    "solution",
    [
        "### Step 1: Close it\n\n1. Close the program.\n\n### Step 2: Open it\n\n1. Open the program.\n",
        "### Phase 1\n\n1. Close the program.\n\n### Phase 2\n\n1. Open the program.\n",
        "### Empty the queue\n\n1. Open the queue.\n\n### Verify the result\n\n1. Send a message.\n",
        "### Before you begin\n\n1. Open the queue.\n\n### Empty the queue\n\n1. Send a message.\n",
        "1. Close the program.\n2. Open the program.\n",
        "- Close the program.\n- Open the program.\n",
    ],
)
def test_parts_that_are_done_in_turn_are_one_way(solution: str) -> None:
    (way,) = solved_by(solution).procedures
    assert (way.title, len(way.steps)) == ("", 2)


@pytest.mark.parametrize(
    ("title", "names_one"),
    [
        ("Scenario 2", True),
        ("Possibility b", True),
        ("Outlook 2013", True),
        ("In Firefox", True),
        ("If you use a proxy", True),
        ("Alternatively, by hand", True),
        ("1. Windows", False),
        ("Step 2 on Windows", False),
        ("Empty the queue", False),
        ("", False),
    ],
)
def test_a_title_names_a_way_by_its_number_its_system_or_its_condition(title: str, names_one: bool) -> None:
    assert procedures.names_alternative(title) is names_one


def test_each_step_of_several_ways_says_which_it_belongs_to() -> None:
    found = solved_by(ALTERNATIVES["numbered methods"])
    assert [(step.procedure, step.under) for step in found.steps] == [
        (0, "Restart it"),
        (0, "Restart it"),
        (1, "Use the web"),
    ]


def test_ways_of_one_name_are_told_apart_by_a_number() -> None:
    found = ways("**Windows:**\n\n1. Open it.\n\n**Linux:**\n\n1. Stop it.\n\n**Windows:**\n\n1. Close it.\n")
    assert [title for title, _, _ in found] == ["Windows", "Linux", "Windows (3)"]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("If you use a proxy, add it.", "If you use a proxy"),
        ("Unless the mailbox is new, empty it.", "Unless the mailbox is new"),
        ("On Windows, restart the service.", "On Windows"),
        ("When the queue is full you can empty it.", "When the queue is full"),
        ("If the log (a file, not a table) is full, delete it.", "If the log (a file, not a table) is full"),
        ("If you use a proxy, or a gateway, add it.", "If you use a proxy, or a gateway"),
        ("If necessary, restart it.", ""),
        ("When prompted, enter the password.", ""),
        ("For example, restart it.", ""),
        ("For more information, see the manual.", ""),
        ("In the menu, click **Send**.", ""),
        ("If you want, restart it.", ""),
        ("Restart it, if you use a proxy.", ""),
        ("Restart it.", ""),
        ("", ""),
        (f"If {'very ' * 50}long, restart it.", ""),
    ],
)
def test_the_condition_of_a_step_is_the_clause_that_it_begins_with(text: str, condition: str) -> None:
    assert procedures.condition_of(text) == condition


def test_a_step_keeps_its_condition_in_its_text_and_beside_it() -> None:
    found = solved_by("1. If you use a proxy, add the server to its list.\n2. Press **Send**.\n")
    assert [(step.text, step.condition) for step in found.steps] == [
        ("If you use a proxy, add the server to its list.", "If you use a proxy"),
        ("Press Send.", ""),
    ]


def test_the_lead_of_a_list_is_the_condition_of_its_items() -> None:
    found = solved_by("If you use a proxy:\n\n1. Open its list.\n2. Add the server.\n")
    assert [step.condition for step in found.steps] == ["If you use a proxy"] * 2
    (way,) = found.procedures
    assert way.condition == "If you use a proxy"


def test_a_lead_that_names_the_trouble_itself_is_no_condition() -> None:
    found = solved_by("If you see this error, follow these steps:\n\n1. Open the list.\n2. Add the server.\n")
    assert [step.condition for step in found.steps] == ["", ""]


def test_an_item_that_says_when_gives_its_condition_to_the_steps_below_it() -> None:
    found = ways(
        """\
        1. If you use a proxy:
           - Add the server to its list.
           - Restart the proxy.
        2. If you use no proxy:
           - Restart the program.
        """
    )
    assert found == [
        ("If you use a proxy", "If you use a proxy", ["Add the server to its list.", "Restart the proxy."]),
        ("If you use no proxy", "If you use no proxy", ["Restart the program."]),
    ]


@pytest.mark.parametrize(
    ("step", "is_dangerous"),
    [
        ("Delete the mailbox.", True),
        ("Revoke the key.", True),
        ("Reset the password.", True),
        ("Reinstall the program.", True),
        ("Uninstall the program.", True),
        ("Restore the backup.", True),
        ("Purge the queue.", True),
        ("Purchase a larger mailbox.", True),
        ("Consider upgrading to a higher-tier plan for dedicated resources.", True),
        ("Buy another licence.", True),
        ("Regenerate the key if issues persist.", True),
        ("Run `rm -rf /var/mail`.", True),
        ("Run this:\n\n   ```\n   docker system prune\n   ```", True),
        ("Send an invoice {danger}", True),
        ("Restart the program.", False),
        ("Do not delete the mailbox.", False),
        ("Close it without deleting the mailbox.", False),
        ("Look for deleted files.", False),
        ("Move to a quieter room.", False),
        ("Upgrade to a newer version.", False),
        ("Open **Drop box**.", False),
        ("Close it.\n\n   ![The button to delete the mailbox](a.png)", False),
    ],
)
def test_what_destroys_or_costs_something_is_marked_dangerous(step: str, is_dangerous: bool) -> None:
    found = solved_by(f"1. Open the program.\n2. {step}\n")
    assert [each.dangerous for each in found.steps] == [False, is_dangerous]


def test_the_mark_of_danger_is_not_shown() -> None:
    assert solved_by("1. Send an invoice {danger}\n").steps[0].text == "Send an invoice"
