"""The labels that say what stands under a heading, a bold line or an item, as people write them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content.document import Problem
from kb.content.labels import Kind, read_label
from kb.content.reading import read_guide


def problems(text: str) -> tuple[Problem, ...]:
    return read_guide(dedent(text), "guide.md").structure.problems


def told(problem: Problem) -> tuple[list[str], list[str], list[str]]:
    """The symptoms, the causes, and the steps."""
    return [each.text for each in problem.symptoms], list(problem.causes), [step.text for step in problem.steps]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Solution/Workaround", Kind.SOLUTION),
        ("Cause\\Possible Cause(s)", Kind.CAUSE),
        ("[Resolution]", Kind.SOLUTION),
        ("Resolve", Kind.SOLUTION),
        ("Apply the patch", Kind.SOLUTION),
        ("Required action", Kind.SOLUTION),
        ("Manual steps to fix", Kind.SOLUTION),
        ("How do I fix it", Kind.SOLUTION),
        ("Confirm the cause", Kind.DIAGNOSIS),
        ("What this error means", Kind.MEANING),
        ("Actual results", Kind.SYMPTOMS),
        ("Error message", Kind.SYMPTOMS),
        ("Symptom 1", Kind.SYMPTOMS),
        ("Applies to", Kind.INFORMATION),
        ("Affected versions", Kind.INFORMATION),
        ("Resolution for version 2", Kind.SOLUTION),
        ("Steps to reproduce", Kind.INFORMATION),
        ("Expected results", Kind.INFORMATION),
        ("Solutions architect", None),
        ("Fix the printer", None),
        ("Manage high availability", None),
        ("Solution/Printer", None),
    ],
)
def test_labels_are_read_in_many_forms_and_titles_are_none(label: str, kind: Kind | None) -> None:
    found = read_label(label)
    assert (found.kind if found else None) is kind


@pytest.mark.parametrize(
    "label",
    [
        *("Symptom", "Symptoms", "What you see", "What you may see", "What you might see", "What you notice"),
        *("What you will see", "What users see", "What customers see", "What happens", "What it looks like"),
        *("Error messages", "Actual result", "Actual behavior", "Actual behaviour", "Observed results"),
        *("Observed behavior", "Observed behaviour", "What you experience", "What goes wrong", "Problem description"),
        *("Problem statement", "Problem summary", "Problem details", "Issue description", "Issue summary"),
        *("Error description", "Alert description", "Error symptoms", "Issue symptom", "Problem symptoms"),
    ],
)
def test_these_stand_over_symptoms(label: str) -> None:
    found = read_label(label)
    assert found is not None
    assert found.kind is Kind.SYMPTOMS


@pytest.mark.parametrize("form", ["## {}", "**{}**", "**{}:**", "**[{}]**"])
def test_headings_and_bold_lines_in_brackets_or_not_are_labels(form: str) -> None:
    (found,) = problems(
        f"# Mail is stuck\n\n{form.format('Symptoms')}\n\n- Mail stays\n\n{form.format('Cause/Reason')}\n\n"
        f"The queue is full.\n\n{form.format('Solution/Workaround')}\n\n1. Empty the queue.\n"
    )
    assert told(found) == (["Mail stays"], ["The queue is full."], ["Empty the queue."])


def test_a_message_in_code_under_its_label_is_the_symptom() -> None:
    (found,) = problems(
        "# Mail is stuck\n\n**Error message**\n\n```\nError: QUEUE_FULL\n```\n\n**Solution**\n\n1. Empty the queue.\n"
    )
    assert told(found) == (["Error: QUEUE_FULL"], [], ["Empty the queue."])
    assert found.codes == ("QUEUE_FULL",)


def test_numbered_symptoms_with_their_own_reasons_and_solutions_are_problems() -> None:
    found = problems(
        """\
        # Mail

        ## Symptom 1

        Mail hangs

        ### Reason

        The queue is full.

        ### Solution

        1. Empty the queue.

        ## Symptom 2

        Mail is slow

        ### Reason

        The disk is old.

        ### Solution

        1. Replace the disk.
        """
    )
    assert [told(problem)[1:] for problem in found] == [
        (["The queue is full."], ["Empty the queue."]),
        (["The disk is old."], ["Replace the disk."]),
    ]


def test_items_that_open_with_labels_are_blocks_of_one_problem() -> None:
    (found,) = problems(
        "# Mail is stuck\n\n- **Symptoms:** Mail stays\n- **Cause:** The queue is full.\n"
        "- **Solution:** Empty the queue.\n"
    )
    assert told(found) == (["Mail stays"], ["The queue is full."], ["Empty the queue."])


def test_items_that_open_with_other_bold_words_are_items() -> None:
    (found,) = problems(
        "# Mail is stuck\n\n## Symptoms\n\n- Mail stays\n\n## Solution\n\n"
        "1. **Open** the queue.\n2. **Queue:** empty it.\n"
    )
    assert told(found)[2] == ["Open the queue.", "Queue: empty it."]


def test_next_steps_are_the_solution_of_a_problem_that_has_no_other_and_of_nothing_else() -> None:
    seen = "# Mail is stuck\n\n## Symptoms\n\n- Mail stays\n\n"
    following = "## Next steps\n\n1. Empty the queue.\n"
    (found,) = problems(f"{seen}{following}")
    assert told(found)[2] == ["Empty the queue."]
    (found,) = problems(f"{seen}## Fix\n\n1. Restart it.\n\n{following}")
    assert told(found)[2] == ["Restart it."]
    assert problems(f"# Set up mail\n\n1. Install it.\n\n{following}") == ()
