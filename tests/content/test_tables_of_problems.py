"""Tables that tell of problems: one in each row, or one in all, with labels beside what they say."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content.document import Problem
from kb.content.reading import read_guide


def problems(text: str) -> tuple[Problem, ...]:
    return read_guide(dedent(text), "guide.md").structure.problems


def told(problem: Problem) -> tuple[str, list[str], list[str], list[str]]:
    return (
        problem.title,
        [one.text for one in problem.symptoms],
        list(problem.causes),
        [step.text for step in problem.steps],
    )


CONFLUENCE = """\
# Mail queue stuck

Created by Alex Example, last modified on Mar 03, 2024

|     |     |
| --- | --- |
| **Symptoms** | Mail waits in the queue<br>Log says `MQ_STUCK` |
| **Cause** | Disk is full |
| **Resolution** | 1.  Free the disk<br>2.  Run `mq flush` |

## Attachments:

![](images/icons/bullet_blue.gif) [log.txt](attachments/98765432/98765433.txt) (text/plain)
"""
HTML = """\
# Mail queue stuck

<table class="confluenceTable"><tbody>
<tr><th>Problem</th><td><p>Mail waits in the queue</p><p>Log says <code>MQ_STUCK</code></p></td></tr>
<tr><th>Cause</th><td>Disk is full</td></tr>
<tr><th>Resolution</th><td><ol><li>Free the disk</li><li>Run <code>mq flush</code></li></ol></td></tr>
</tbody></table>
"""
HEADED = """\
# Mail queue stuck

| Field | Value |
| --- | --- |
| Environment | Linux |
| Symptom | - Mail waits in the queue<br>- Log says `MQ_STUCK` |
| Root cause | Disk is full |
| Fix | 1. Free the disk 2. Run `mq flush` |
"""


@pytest.mark.parametrize("text", [CONFLUENCE, HTML, HEADED])
def test_a_table_of_labels_and_values_is_one_problem(text: str) -> None:
    (problem,) = problems(text)
    assert told(problem) == (
        "Mail queue stuck",
        ["Mail waits in the queue", "Log says MQ_STUCK"],
        ["Disk is full"],
        ["Free the disk", "Run mq flush"],
    )
    assert problem.steps[1].markdown == "Run `mq flush`"


@pytest.mark.parametrize(
    "table",
    [
        "| Name | Phone |\n|---|---|\n| Support | 1 |\n| Solution desk | 2 |\n",
        "| Key | Value |\n|---|---|\n| Solution | Press the button |\n| Version | 2 |\n",
        "| Symptoms | Mail waits |\n|---|---|\n| Environment | Linux |\n",
    ],
)
def test_a_table_without_both_a_solution_and_what_it_solves_is_none(table: str) -> None:
    assert problems(f"# Desk\n\n{table}") == ()


def test_who_wrote_a_page_and_its_attachments_are_no_summary() -> None:
    assert read_guide(CONFLUENCE, "a.md").metadata.summary == ""
    text = "# A\n\nCreated by Alex Example, last modified on Mar 03, 2024\n\nThe queue keeps all mail.\n"
    assert read_guide(text, "a.md").metadata.summary == "The queue keeps all mail."
    for date in (
        "2024\u5e743\u67084\u65e5",
        "4 \u0645\u0627\u0631\u0633\u060c \u0662\u0660\u0662\u0664",
        "4 \u043c\u0430\u0440\u0442\u0430 2024 \u0433.",
    ):
        text = f"# A\n\nCreated by \u738b\u4f1f, last modified on {date}\n\nThe queue keeps all mail.\n"
        assert read_guide(text, "a.md").metadata.summary == "The queue keeps all mail."
    text = "# A\n\nCreated by the installer, the queue keeps all mail.\n"
    assert read_guide(text, "a.md").metadata.summary == "Created by the installer, the queue keeps all mail."


ROWS = """\
# Lamp

| Symptom | Cause | Solution |
|---|---|---|
| Lamp flickers | Loose bulb | Tighten the bulb |
| Lamp dead \\| dark | No `a|b` power | 1. Check the plug 2. Check the fuse |
"""


def test_numbers_in_a_cell_part_its_steps() -> None:
    flickers, dead = problems(ROWS)
    assert told(flickers) == ("Lamp flickers", ["Lamp flickers"], ["Loose bulb"], ["Tighten the bulb"])
    assert told(dead)[3] == ["Check the plug", "Check the fuse"]


@pytest.mark.parametrize("cell", ["Set 1. to 2. in the menu", "Run `x 1. y 2. z`"])
def test_numbers_that_count_nothing_part_no_steps(cell: str) -> None:
    (problem,) = problems(f"# Lamp\n\n| Symptom | Solution |\n|---|---|\n| Lamp fails | {cell} |\n")
    assert cell.replace("`", "") in " ".join(step.text for step in problem.steps)


def test_a_pipe_in_code_parts_no_cells_here_as_on_the_page() -> None:
    assert told(problems(ROWS)[1])[:3] == ("Lamp dead | dark", ["Lamp dead | dark"], ["No a|b power"])
    html = read_guide(ROWS, "a.md").html
    assert "<td>Lamp dead | dark</td>\n<td>No <code>a|b</code> power</td>" in html
    assert "<td>`</td>\n<td>`</td>" in read_guide("| A | B |\n|---|---|\n| ` | ` |\n", "a.md").html


def test_a_row_has_the_codes_of_its_own_row_only() -> None:
    codes = (
        "| Code | Error | Action |\n|---|---|---|\n| E-1 | Disk is full | Free it |\n| E-2 | No mail | Restart it |\n"
    )
    assert [problem.codes for problem in problems(f"# Codes\n\n{codes}")] == [("E-1",), ("E-2",)]
    text = f"{ROWS}\n| Code | Meaning |\n|---|---|\n| E-77 | Bulb hot |\n"
    assert [problem.codes for problem in problems(text)] == [(), ()]


@pytest.mark.parametrize("cell", ["-", "\u2014", "N/A", "None."])
def test_a_row_whose_solution_says_nothing_is_no_problem(cell: str) -> None:
    table = f"| Error | Action |\n|---|---|\n| Disk is full | {cell} |\n| No mail | Restart it |\n"
    assert [problem.title for problem in problems(f"# Mail\n\n{table}")] == ["No mail"]
