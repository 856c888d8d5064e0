"""The heads of tables that tell of problems, and what in their cells is what."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content.document import Problem
from kb.content.reading import read_guide


def problems(text: str) -> tuple[Problem, ...]:
    return read_guide(dedent(text), "guide.md").structure.problems


def told(problem: Problem) -> tuple[list[str], list[str], list[str]]:
    """The symptoms, the causes, and the steps."""
    return [each.text for each in problem.symptoms], list(problem.causes), [step.text for step in problem.steps]


@pytest.mark.parametrize(
    "head",
    [
        ("Symptom", "Cause", "Solution"),
        ("Symptoms", "Possible cause", "Workaround"),
        ("Problem", "Reason", "Resolution / Workaround"),
        ("Error", "What it means", "Action"),
        ("Error message", "Probable cause", "Recommended action"),
        ("**Issue**", "**Why**", "**What to do**"),
        ("If you see", "Explanation", "Try this"),
        ("Message", "Meaning", "Next steps"),
        ("Behavior", "Root cause", "How to fix it"),
        ("Warning", "Cause or reason", "Remedy"),
    ],
)
def test_a_table_headed_by_what_is_seen_and_what_to_do_tells_a_problem_in_each_row(head: tuple[str, str, str]) -> None:
    found = problems(
        f"# Lamp\n\n| {' | '.join(head)} |\n|---|---|---|\n"
        "| Lamp is dark | No power | Plug it in. |\n| Lamp flickers | Loose bulb | Tighten the bulb. |\n"
    )
    assert [told(problem) for problem in found] == [
        (["Lamp is dark"], ["No power"], ["Plug it in."]),
        (["Lamp flickers"], ["Loose bulb"], ["Tighten the bulb."]),
    ]


def test_the_columns_may_stand_in_any_order_and_others_between() -> None:
    (problem,) = problems(
        "# Lamp\n\n| Fix | Severity | Symptom |\n|---|---|---|\n| Plug it in. | Low | Lamp is dark |\n"
    )
    assert (problem.title, told(problem)) == ("Lamp is dark", (["Lamp is dark"], [], ["Plug it in."]))


@pytest.mark.parametrize(
    "head",
    [
        ("Part", "Description"),
        ("Symptom", "Description"),
        ("Setting", "Action"),
        ("Product", "Solution"),
        ("Cause", "Solution"),
        ("Problem", "Symptom"),
    ],
)
def test_a_table_that_lacks_either_tells_none(head: tuple[str, str]) -> None:
    assert problems(f"# Lamp\n\n| {' | '.join(head)} |\n|---|---|\n| Bulb | Gives light |\n") == ()


def test_a_row_without_either_is_none() -> None:
    rows = "| Lamp is dark | Plug it in. |\n| | Wait. |\n| Lamp is red | |\n"
    found = problems(f"# Lamp\n\n| Symptom | Solution |\n|---|---|\n{rows}")
    assert [problem.title for problem in found] == ["Lamp is dark"]


def test_each_row_has_an_address_of_its_own() -> None:
    text = "# Lamp\n\n| Symptom | Solution |\n|---|---|\n| Lamp is dark | Plug it in. |\n| Lamp is dark | Wait. |\n"
    document = read_guide(text, "a.md")
    anchors = [problem.anchor for problem in document.structure.problems]
    assert anchors[0] == "lamp-is-dark"
    assert len(set(anchors)) == 2
    assert all(f'id="{anchor}"' in document.html for anchor in anchors)


def test_the_lists_in_a_cell_are_its_steps() -> None:
    (problem,) = problems(
        """\
        # Lamp

        <table><tr><th>Symptom</th><th>Solution</th></tr>
        <tr><td>Lamp is dark</td><td><ul><li>Check the plug.</li><li>Check the fuse.</li></ul></td></tr></table>
        """
    )
    assert told(problem) == (["Lamp is dark"], [], ["Check the plug.", "Check the fuse."])


def test_a_cell_in_which_nothing_stands_out_is_one_step() -> None:
    (problem,) = problems("# Lamp\n\n| Symptom | Solution |\n|---|---|\n| Lamp is dark | A new bulb |\n")
    assert told(problem)[2] == ["A new bulb"]


def test_labels_and_values_are_one_problem_that_has_the_title_of_the_heading() -> None:
    (problem,) = problems(
        "# Lamps\n\n## Lamp stays dark\n\n| | |\n|---|---|\n| Symptom | No light |\n| Reason | Blown fuse |\n"
        "| Fix | Replace the fuse. |\n"
    )
    assert problem.title == "Lamp stays dark"
    assert told(problem) == (["No light"], ["Blown fuse"], ["Replace the fuse."])
