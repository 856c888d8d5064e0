"""Problems that stand under no label: what tells of trouble and of a way out is one, a task or a tutorial is none."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from kb.content import learned
from kb.content.document import Problem
from kb.content.reading import read_guide


def problems(text: str) -> tuple[Problem, ...]:
    return read_guide(dedent(text), "guide.md").structure.problems


def only(text: str) -> Problem:
    found = problems(text)
    assert len(found) == 1, [problem.title for problem in found]
    return found[0]


def symptoms(problem: Problem) -> list[str]:
    return [symptom.text for symptom in problem.symptoms]


def steps(problem: Problem) -> list[str]:
    return [step.text for step in problem.steps]


# Whatever is asked to do something is a step, and whatever is under no label tells of a problem: so that what is
# refused nevertheless is refused by a rule, and not by what was learned.
CERTAIN: Mapping[str, Mapping[str, float]] = {
    "problem": {learned.ALWAYS: 9.0},
    "step": {learned.ALWAYS: -9.0, "m^imperative": 18.0},
    "symptom": {learned.ALWAYS: -9.0, "c:trouble": 18.0},
    "cause": {learned.ALWAYS: -9.0, "c:because": 18.0},
}


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        ("To fix this issue, restart the server.", ["To fix this issue, restart the server."]),
        ("To work around this issue, restart the server.", ["To work around this issue, restart the server."]),
        ("To resolve this problem, restart the server.", ["To resolve this problem, restart the server."]),
        ("Make sure that the server is running.", ["Make sure that the server is running."]),
        ("Restart the server.", ["Restart the server."]),
        ("- Restart the server.\n- Clear the cache.", ["Restart the server.", "Clear the cache."]),
        (
            "To resolve the problem, do the following:\n\n- Open the settings.\n- Click **Rebuild**.",
            ["Open the settings.", "Click Rebuild."],
        ),
    ],
)
def test_a_fix_under_a_title_that_tells_of_trouble_makes_a_problem(fix: str, expected: list[str]) -> None:
    found = only(
        f"# Troubleshooting common errors\n\n## The export fails with an error\n\n"
        f"The export fails because the server is too slow.\n\n{fix}\n"
    )
    assert (found.title, found.anchor) == ("The export fails with an error", "the-export-fails-with-an-error")
    assert symptoms(found) == ["The export fails with an error"]
    assert found.causes == ("The export fails because the server is too slow.",)
    assert steps(found) == expected


def test_each_heading_that_tells_of_trouble_is_a_problem_of_its_own() -> None:
    found = problems(
        """\
        # Troubleshooting

        ## Printing fails with an error

        To fix this issue, open the front cover and press the pin.

        ## The printer is not found

        To resolve this problem, restart the printer.
        """
    )
    assert [(problem.title, steps(problem)) for problem in found] == [
        ("Printing fails with an error", ["To fix this issue, open the front cover and press the pin."]),
        ("The printer is not found", ["To resolve this problem, restart the printer."]),
    ]


def test_a_question_about_trouble_is_a_problem() -> None:
    found = only(
        """\
        # FAQ

        ## Why does the login fail?

        The login fails because the password has expired. To fix this, change the password.
        """
    )
    assert found.title == "Why does the login fail?"
    assert found.causes == ("The login fails because the password has expired.",)
    assert steps(found) == ["To fix this, change the password."]


def test_quoted_messages_head_what_is_told_of_each() -> None:
    found = problems(
        """\
        # Troubleshooting

        ## Errors of the web server

        > `Error: port 80 is already in use`

        The service fails because another server is running. To fix this error, stop the other web server.

        > `Error: disk is full`

        The disk is full because of old log files. To fix this error, empty the folder of logs.
        """
    )
    assert [(problem.title, symptoms(problem), steps(problem)) for problem in found] == [
        (
            "Error: port 80 is already in use",
            ["Error: port 80 is already in use"],
            ["To fix this error, stop the other web server."],
        ),
        ("Error: disk is full", ["Error: disk is full"], ["To fix this error, empty the folder of logs."]),
    ]
    assert len({problem.anchor for problem in found}) == 2


def test_messages_joined_by_or_head_one_problem_together() -> None:
    with learned.using(CERTAIN):
        found = problems(
            "# Troubleshooting\n\n## Errors\n\n> `Error: port in use`\n\nor\n\n> `Error: port taken`\n\n"
            "Stop the other server.\n\n> `Error: disk full`\n\nDelete old files.\n"
        )
    assert [(problem.title, steps(problem)) for problem in found] == [
        ("Error: port in use", ["Stop the other server."]),
        ("Error: disk full", ["Delete old files."]),
    ]


def test_items_that_open_in_bold_are_problems() -> None:
    found = problems(
        """\
        # Troubleshooting

        ## Common problems

        - **The screen stays black**

          The screen is black because the cable is broken. To fix this problem, replace the cable.

        - **No sound comes out**

          The sound is missing because the volume is too low. To fix this issue, increase the volume.
        """
    )
    assert [(problem.title, problem.causes, steps(problem)) for problem in found] == [
        (
            "The screen stays black",
            ("The screen is black because the cable is broken.",),
            ["To fix this problem, replace the cable."],
        ),
        (
            "No sound comes out",
            ("The sound is missing because the volume is too low.",),
            ["To fix this issue, increase the volume."],
        ),
    ]


def test_a_bold_line_is_the_title_of_what_stands_below_it() -> None:
    with learned.using(CERTAIN):
        found = problems(
            "# Screens\n\n## Common problems\n\n**The screen fails**\n\nReplace the cable.\n\n"
            "**The screen is slow**\n\nRestart it.\n"
        )
    assert [(problem.title, problem.anchor, steps(problem)) for problem in found] == [
        ("The screen fails", "the-screen-fails", ["Replace the cable."]),
        ("The screen is slow", "the-screen-is-slow", ["Restart it."]),
    ]


def test_what_is_folded_away_is_a_problem_with_the_summary_as_its_title() -> None:
    found = only(
        """\
        # Troubleshooting

        <details>
        <summary>Mail fails with an error</summary>

        The mail is stuck because the queue is full. To fix this problem, empty the queue.

        </details>
        """
    )
    assert (found.title, steps(found)) == (
        "Mail fails with an error",
        ["To fix this problem, empty the queue."],
    )


def test_a_message_in_a_block_of_code_is_the_symptom_with_its_codes() -> None:
    found = only(
        """\
        # Troubleshooting

        ## Install fails

        The installation fails with this error:

        ```
        $ npm install
        npm ERR! code EACCES
        npm ERR! permission denied
        ```

        This error occurs because the folder belongs to root. To fix this problem, change the owner of the folder.
        """
    )
    assert symptoms(found) == ["npm ERR! permission denied"]
    assert found.codes == ("EACCES",)


def test_a_heading_tells_what_goes_wrong_and_those_below_it_what_to_do() -> None:
    with learned.using({**CERTAIN, "problem": {learned.ALWAYS: -9.0, "code first": 18.0, "whole guide": 18.0}}):
        found = only(
            """\
            # Agent cannot reach the server

            If the agent can't connect, there are two possible solutions.

            ## Open the firewall

            Open port 443. Restart the agent.

            ## Use a proxy

            Enter the address of the proxy.
            """
        )
    assert found.title == "Agent cannot reach the server"
    assert [(step.text, step.under, step.procedure) for step in found.steps] == [
        ("Open port 443.", "Open the firewall", 0),
        ("Restart the agent.", "Open the firewall", 0),
        ("Enter the address of the proxy.", "Use a proxy", 1),
    ]


NONE = {
    "what prevents trouble": """\
        # Troubleshooting

        ## Backups

        To prevent data loss, run a backup each night. Keep the copies in two places.
        """,
    "a task": """\
        # Cluster

        ## Manage high availability

        Configure the failover of your cluster. Add a second node. Restart the cluster.
        """,
    "a task in steps": "# How to export contacts\n\n1. Open the menu.\n2. Click **Export**.\n",
    "a task without steps": "# Export contacts\n\nOpen the menu. Click **Export**.\n",
    "a tutorial": """\
        # Tutorial: build a first app

        In this tutorial you create an app.

        1. Install the package.
        2. Open the browser.

        To stop the app, press Ctrl+C.
        """,
    "a reference": """\
        # Settings of the cache

        The cache has a size and a lifetime. The default size is 100.

        ## Size

        Set the size to the number of users.
        """,
    "trouble without a way out": "# Troubleshooting\n\n## The export fails\n\nThe export fails because of a bug.\n",
    "a link to what helps": "# Known issues\n\n## The export fails\n\n[Export contacts](export.md)\n",
}


@pytest.mark.parametrize("text", NONE.values(), ids=list(NONE))
def test_what_tells_of_no_problem_with_a_way_out_is_none(text: str) -> None:
    assert problems(text) == ()


def test_nothing_is_a_problem_in_which_only_the_steps_are_spoken_of() -> None:
    """However likely it is by what was learned: something has to tell of trouble."""
    told = "# Guide\n\n## {}\n\n{}Restart the server.\n"
    with learned.using(CERTAIN):
        assert problems(told.format("Nightly work", "")) == ()
        assert steps(only(told.format("The server hangs", ""))) == ["Restart the server."]
        assert steps(only(told.format("Nightly work", "The server is stuck. "))) == ["Restart the server."]
        assert steps(only(told.format("Nightly work", "```\nfatal: no space\n```\n\n"))) == ["Restart the server."]


def test_a_guess_needs_a_chance_and_a_step() -> None:
    text = "# Guide\n\n## The server hangs\n\nThe server is stuck. {}\n"
    with learned.using(CERTAIN):
        assert problems(text.format("Patience is a virtue.")) == ()
        assert steps(only(text.format("Restart it."))) == ["Restart it."]
    with learned.using({**CERTAIN, "problem": {learned.ALWAYS: -2.0}}):
        assert problems(text.format("Restart it.")) == ()


def test_what_is_likely_seen_is_the_symptom_and_a_list_of_messages_is() -> None:
    with learned.using(CERTAIN):
        seen = only("# Guide\n\n## The server hangs\n\nPages are slow. Restart the server.\n")
        listed = only(
            "# Guide\n\n## The server hangs\n\nYou see one of these error messages:\n\n"
            "- Queue at rest\n- Peer at lunch\n\nRestart the server.\n"
        )
        untold = only("# Guide\n\n## The server hangs\n\nRestart the server.\n")
    assert symptoms(seen) == ["Pages are slow"]
    assert symptoms(listed) == ["Queue at rest", "Peer at lunch"]
    assert symptoms(untold) == ["The server hangs"]


def test_what_stands_under_a_label_is_guessed_no_second_time() -> None:
    with learned.using(CERTAIN):
        found = only(
            "# Mail is stuck\n\n## Symptoms\n\n- Mail stays\n\n## Solution\n\n1. Restart it.\n\n## Prevention\n\n"
            "The queue fails. Empty the queue each day.\n"
        )
    assert steps(found) == ["Restart it."]
