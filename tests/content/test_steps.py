"""The steps of a solution: which lists they are, what belongs to each, and where they stand."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content import outline, problems
from kb.content.document import Problem, StepList, Structure


def find(text: str, title: str = "") -> Structure:
    return problems.find(outline.parse(dedent(text)), title)


def only(text: str) -> Problem:
    found = find(text).problems
    assert len(found) == 1, [problem.title for problem in found]
    return found[0]


def steps(problem: Problem) -> list[str]:
    return [step.text for step in problem.steps]


def test_all_lists_below_a_label_count_with_the_heading_that_they_stand_under() -> None:
    found = only(
        """\
        # Mail is stuck
        ## Symptoms
        Mail stays in the outbox.
        ## Resolution
        Choose one.
        ### For version 1
        1. Open
        2. Close
        ### 2. For version 2
        - Press send
        ### Option 3: For version 3
        Ask the administrator.

        Wait a day.
        ## Method 2: Reset it
        1. Reset
        ## More information
        1. Read this
        """
    )
    assert [(step.text, step.under) for step in found.steps] == [
        ("Open", "For version 1"),
        ("Close", "For version 1"),
        ("Press send", "For version 2"),
        ("Ask the administrator.", "For version 3"),
        ("Wait a day.", "For version 3"),
        ("Reset", "Reset it"),
    ]


def test_a_step_keeps_its_sub_list_code_and_pictures() -> None:
    found = only(
        """\
        # It fails
        ## Symptoms
        It fails.
        ## Steps
        1. **Run** this:
           ```sh
           make x
           ```
           - as root
           ![log](log.png)
        2. [ ] Wait
        """
    )
    assert [(step.text, step.markdown) for step in found.steps] == [
        ("Run this:", "**Run** this:\n```sh\nmake x\n```\n- as root\n![log](log.png)"),
        ("Wait", "Wait"),
    ]


def test_what_interrupts_a_numbered_list_belongs_to_the_step_before() -> None:
    found = only("# It fails\n## Fix\n1. Run:\n\n```\na\n```\n\nNote this.\n\n2. Stop:\n\n```\nb\n```\n\nDone.\n")
    assert [step.markdown for step in found.steps] == [
        "Run:\n\n```\na\n```\n\nNote this.",
        "Stop:\n\n```\nb\n```\n\nDone.",
    ]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("- Unplug the cable\n- Plug the cable in\n", ["Unplug the cable", "Plug the cable in"]),
        ("Restart. Then wait.\n", ["Restart.", "Then wait."]),
        ("Apply it.\n\nFor more information, see:\n\n- the long manual\n", ["Apply it."]),
        ("Apply it.\n\n- [One](a.md)\n- [Two](b.md)\n", ["Apply it."]),
        ("It may be used with:\n\n- ceph\n- kafka\n", ["It may be used with:"]),
        ("None known.\n", []),
        ("There are no plans to change this behaviour.\n", []),
        ("There is currently no workaround.\n", []),
        ("No solution is known. Restart it.\n", ["Restart it."]),
        ("- N/A\n", []),
        ("> [!NOTE]\n> Careful.\n\nRestart. ![a picture](x.png)\n", ["Restart."]),
    ],
)
def test_steps_are_items_and_bullets_and_sentences_that_tell_what_to_do(block: str, expected: list[str]) -> None:
    found = find(f"# It fails\n\n## Symptoms\n\nIt fails.\n\n## Workaround\n\n{block}").problems
    assert [step for problem in found for step in steps(problem)] == expected


def test_what_a_list_tells_of_conditions_places_and_kinds_is_no_step() -> None:
    when = """\
        # It fails
        ## Symptoms
        It fails.
        ## Workaround
        This applies if either of the following conditions is true:

        - You run version 1, which can't do it
        - You are connected to a server that is older than it

        Use the other menu.

        When you restart it, the following actions will occur:

        - All jobs that are new are printed
        - The old list is removed from the screen
        """
    assert steps(only(when)) == ["Use the other menu."]
    where = """\
        # It fails
        ## Symptoms
        It fails.
        ## Workaround
        Delete the file from one of these folders:

        - C:\\Program Files\\Print Server\\spool
        - %APPDATA%\\Print Server\\old spool
        - Paper\\Old trays\\Print jobs
        """
    assert steps(only(where)) == ["Delete the file from one of these folders:"]
    kinds = """\
        # It fails
        ## Symptoms
        It fails.
        ## Workaround
        Tell the following kinds of printers apart:

        - A printer that is in the list and shows a status
        - A printer that has only an address

        Restart those with a status.
        """
    assert steps(only(kinds)) == ["Restart those with a status."]


def test_a_step_for_each_of_several_things_is_one_among_the_others() -> None:
    found = only(
        """\
        # It fails
        ## Symptoms
        It fails.
        ## Workaround
        1. Open the list.
        2. For each job that is stuck:

           1. Select it.
           2. Cancel it.

        3. Close the list.
        """
    )
    assert steps(found) == ["Open the list.", "For each job that is stuck:", "Close the list."]
    assert {step.procedure for step in found.steps} == {0}


def test_one_numbered_step_that_begins_with_if_keeps_its_place_and_several_are_ways() -> None:
    lone = """\
        # It fails
        ## Symptoms
        It fails.
        ## Workaround
        1. Open the list.
        2. If the folder isn't shown, do this:

           1. Open the options.
           2. Show all folders.

        3. Rename the folder.
        """
    found = only(lone)
    assert [(step.text[:10], step.procedure) for step in found.steps] == [
        ("Open the l", 0),
        ("If the fol", 0),
        ("Rename the", 0),
    ]
    several = lone.replace("3. Rename the folder.", "3. If the folder is shown, do this:\n\n           1. Rename it.")
    assert [(step.text, step.procedure) for step in only(several).steps] == [
        ("Open the list.", 0),
        ("Open the options.", 1),
        ("Show all folders.", 1),
        ("Rename it.", 2),
    ]


def test_a_solution_that_breaks_off_at_a_colon_goes_on_under_the_next_headings() -> None:
    found = only(
        """\
        # It fails
        ## Symptoms
        It fails.
        ## Solution
        To mend it, follow these steps:
        ## In Paper 2010
        1. Open the lid
        ## In Paper 2007
        1. Open the flap
        ## More information
        1. Read this
        """
    )
    assert [(step.text, step.under) for step in found.steps] == [
        ("Open the lid", "In Paper 2010"),
        ("Open the flap", "In Paper 2007"),
    ]


def test_a_long_text_is_a_step_for_each_sentence_that_tells_what_to_do() -> None:
    told = [
        f"Open the settings and look at the port, which {'is shown on the third tab and ' * 8}may be wrong.",
        "Choose the port that the manual names for your model, and confirm.",
        "Restart the spooler from the services window, wait until it says that it runs, and print a test page.",
    ]
    (problem,) = find(f"# It fails\n\n## Symptoms\n\nIt fails.\n\n## Solution\n\n{' '.join(told)}\n").problems
    assert steps(problem) == told


def test_step_lists_say_which_list_holds_the_steps() -> None:
    structure = find(
        """\
        # G
        ## Jam
        - not these
        - nor these

        **Symptoms:**
        - It blinks

        **Solution:**
        1. Open
        2. Close

        Then:

        1. Wait
        2.
        ### Method 2
        - Call support
        """
    )
    assert structure.step_lists == (
        StepList("jam", 2, "jam", 0),
        StepList("method-2", 0, "jam", 3),
    )
    assert steps(structure.problems[0]) == ["Open", "Close", "Wait", "Call support"]
