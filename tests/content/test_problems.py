"""The problems that prose tells of: every form in which people write symptoms, causes and solutions."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import front_matter, lint, outline, problems
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


LABELLED = "# Guide\n\n## Printer jam\n\n{}\n- The light blinks\n\n{}\n1. Open tray 2\n2. Pull\n"


FORMS = ["**{}**", "**{}:**", "**{}**:", "__{}__", "#### {}", "#### {}:", "#### **{}**", "{}:"]


SYMPTOMS = ["Symptoms", "SYMPTOM", "What you see", "Problem", "Issue", "Error symptoms", "symptoms", "Issues"]


SOLUTIONS = ["Solutions", "resolution", "Fix", "Workaround", "MITIGATION", "Steps", "Method 2", "What to do"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("symptom", "solution"), list(zip(SYMPTOMS, SOLUTIONS, strict=True)))
def test_labels_are_headings_or_bold_words_in_any_case(symptom: str, solution: str, form: str) -> None:
    found = only(LABELLED.format(form.format(symptom) + "\n", form.format(solution) + "\n"))
    assert (found.anchor, found.title, found.line) == ("printer-jam", "Printer jam", 3)
    assert symptoms(found) == ["The light blinks"]
    assert steps(found) == ["Open tray 2", "Pull"]


def test_text_may_follow_a_bold_label_on_its_line() -> None:
    found = only(
        """\
        ## Login fails
        **Symptom:** The page says "Login failed".
        **Cause** - The cache is stale.
        **Solution**: Clear the cache, then
        sign in `again`.
        """
    )
    assert symptoms(found) == ['The page says "Login failed"']
    assert found.causes == ("The cache is stale.",)
    assert [(step.text, step.markdown, step.line) for step in found.steps] == [
        ("Clear the cache, then sign in again.", "Clear the cache, then\nsign in `again`.", 4)
    ]


def test_bold_words_that_begin_a_sentence_are_no_label() -> None:
    assert find("## A\n\n**Fix** the cable, then:\n\n- one\n- two\n").problems == ()


def test_items_of_a_list_may_be_labelled() -> None:
    found = only(
        "## Jam\n\n- **Symptoms:** It blinks.\n- **Cause:** Dust.\n- **Solution:**\n"
        "  1. Open\n  2. Clean\n- and close\n"
    )
    assert (symptoms(found), found.causes, steps(found)) == (
        ["It blinks"],
        ("Dust.",),
        ["Open", "Clean", "and close"],
    )


def test_labels_in_capitals_stand_in_the_prose() -> None:
    found = only(
        """\
        # Portal upgrade fails

        TECHNOTE

        PROBLEM(ABSTRACT)
        The upgrade fails. It stops at "ejbdeploy".

        CAUSE
        The workspace is locked.

        RESOLVING THE PROBLEM
        1. Stop the server.
        2. Delete the workspace.
        RELATED INFORMATION
        1. Another technote
        """
    )
    assert (found.anchor, found.title) == ("", "Portal upgrade fails")
    assert symptoms(found) == ["The upgrade fails", 'It stops at "ejbdeploy"']
    assert (found.causes, steps(found)) == (
        ("The workspace is locked.",),
        ["Stop the server.", "Delete the workspace."],
    )


def test_another_line_in_capitals_ends_a_solution_in_capitals() -> None:
    found = only("# A fails\n\nSYMPTOM\nIt fails.\n\nLOCAL FIX\nRestart it.\n\nGET NOTIFIED\nSubscribe.\n")
    assert steps(found) == ["Restart it."]


def test_a_bold_line_that_is_no_label_ends_symptoms_and_parts_solutions() -> None:
    found = only(
        """\
        ## Jam

        **Symptoms:**
        - It blinks

        **Environment:**
        - Floor two

        **Solution:**

        **By hand**
        1. Pull

        **With tools**

        Cut the paper.

        Remove it.
        """
    )
    assert symptoms(found) == ["It blinks"]
    assert [(step.text, step.under, step.line) for step in found.steps] == [
        ("Pull", "By hand", 12),
        ("Cut the paper.", "With tools", 16),
        ("Remove it.", "With tools", 18),
    ]


def test_the_whole_guide_is_the_problem_below_its_title_heading() -> None:
    text = "---\n---\n# Slow pages\n\n## Symptoms\n\nPages are slow.\n\n## Resolution\n\nRestart the cache.\n"
    found = only(text.removeprefix("---\n---\n"))
    assert (found.anchor, found.title, found.line) == ("", "Slow pages", 1)
    untitled = find("## Symptoms\n\nSlow.\n\n## Fix\n\nRestart.\n", "Slow pages").problems[0]
    assert (untitled.anchor, untitled.title, untitled.line) == ("", "Slow pages", 1)


def test_a_guide_holds_several_problems_in_order() -> None:
    text = "# G\n\n" + "".join(
        f"## P{n}\n\n**Symptoms:**\n- It fails {n}\n\n**Fix:**\n- Restart it\n\n" for n in range(3)
    )
    found = find(text).problems
    assert [(problem.anchor, symptoms(problem)) for problem in found] == [
        (f"p{n}", [f"It fails {n}"]) for n in range(3)
    ]


def test_numbered_labels_over_their_own_solution_are_problems() -> None:
    text = (
        "# G\n## Issue 1: No sound\n### Resolution\n1. Turn it up\n"
        "## Problem 2\nYou see a blank page.\n### Fix\n1. Reload\n"
    )
    assert [(problem.anchor, symptoms(problem)) for problem in find(text).problems] == [
        ("issue-1-no-sound", ["Issue 1: No sound"]),
        ("problem-2", ["You see a blank page"]),
    ]


def test_chapters_of_problems_are_no_labels() -> None:
    text = (
        "# G\n## Problems\n### No sound\n**Symptoms:** It is silent\n\n**Fix:** Turn it up\n"
        "### No light\nIf it stays dark:\n\n1. Plug it in\n"
    )
    assert [(problem.anchor, symptoms(problem)) for problem in find(text).problems] == [
        ("no-sound", ["It is silent"]),
        ("no-light", ["It stays dark"]),
    ]


def test_a_problem_below_a_label_keeps_its_own_heading() -> None:
    text = "# G\n## Solutions\n### Jam\n#### Symptoms\n- It blinks\n#### Steps\n1. Pull\n"
    assert [problem.anchor for problem in find(text).problems] == ["jam"]


def test_an_alert_is_known_by_its_name_and_by_what_it_means() -> None:
    found = only(
        """\
        # NoLeader
        ## Meaning
        This alert fires when no leader is elected. It is rare.

        It needs care.

        - This is not told.
        ## Impact
        Nothing works.
        ## Diagnosis
        1. Look
        ## Mitigation
        Restart the pods.
        """
    )
    assert symptoms(found) == ["NoLeader", "No leader is elected"]
    assert found.causes == ()
    assert steps(found) == ["Restart the pods."]


def test_what_an_error_means_is_its_cause_when_no_other_is_given() -> None:
    found = only("# E5\n\n## Meaning\nThe disk is full. It is rare.\n\n## Fix\nEmpty the disk.\n")
    assert found.causes == ("The disk is full.", "It is rare.")


def test_without_a_symptoms_label_the_opening_or_the_title_tells() -> None:
    assert symptoms(only("# Mail\n\nIf you can't send mail, read on.\n\n## Fix\n\nRestart.\n")) == [
        "You can't send mail"
    ]
    assert symptoms(only("# Mail stays in the outbox\n\nSome words.\n\n## Fix\n\nRestart.\n")) == [
        "Mail stays in the outbox"
    ]
    assert symptoms(only("# How to export mail\n\n## Fix\n\nRestart.\n")) == []


def test_the_steps_of_a_task_are_no_problem() -> None:
    assert find("# How to export mail\n\n## Steps\n\n1. Press Export.\n").problems == ()
    assert find("# Set the server address\n\n## Method 1: by hand\n\n1. Open the file.\n").problems == ()


@pytest.mark.parametrize("label", ["Methods", "Alternative methods", "Other options"])
def test_ways_to_do_a_task_are_no_problem_however_they_are_qualified(label: str) -> None:
    assert not find(f"# Installation\n\n## {label}\n\n1. Open the shop\n2. Choose the app\n").problems


@pytest.mark.parametrize("label", ["#### How do I fix it?", "**How to fix it?**", "#### What can you do?"])
def test_a_label_may_be_a_question(label: str) -> None:
    problem = only(f"# Guide\n\n## Printer jam\n\n**Symptoms**\n\n- The light blinks\n\n{label}\n\n1. Pull\n")
    assert (problem.title, symptoms(problem), steps(problem)) == ("Printer jam", ["The light blinks"], ["Pull"])


@pytest.mark.parametrize("remark", ["**Summary:** it needs a reset.", "**Status:** known.", "**Support:** Lamp 2."])
def test_a_remark_on_one_line_does_not_take_the_fix_below_it(remark: str) -> None:
    text = (
        "# Troubleshooting\n\n## The lamp fails to start with an error\n\n{}\n\nYou see this error:\n\n"
        "```\nError: lamp failed to start\n```\n\nTo resolve this, press the reset button.\n"
    )
    assert steps(only(text.format(remark))) == ["To resolve this, press the reset button."]
    assert find(text.format("**More information:**")).problems == ()


def test_a_quoted_message_is_no_symptom_twice() -> None:
    problem = only(
        """\
        # Troubleshooting

        ## The lamp module is rejected

        When the lamp is started, these errors happen.

        > Failed to load "lamp". This module is too old but it was started by `run`.

        > "lamp" is a file of an old form. Such a file cannot be started by `run`.

        We recommend converting your lamp to the new form by either:

        - adding `"form": "new"` to the nearest `lamp.json`
        - renaming `lamp.old` to `lamp.new`
        """
    )
    assert sum('Failed to load "lamp"' in one for one in symptoms(problem)) == 1


def test_causes_are_paragraphs_and_items_with_the_name_of_the_cause() -> None:
    found = only(
        """\
        # It fails
        ## Cause 1: Dust
        Dust blocks it.
        ## Cause 2: Rust
        ## Root cause
        One of these:

        - Age
        - Water

        ![picture](x.png)
        ## Causes
        Unknown
        ## Solution
        Clean it.
        """
    )
    assert found.causes == ("Dust: Dust blocks it.", "Rust", "Age", "Water")


def test_escalation_is_told_by_items_sentences_and_numbers() -> None:
    structure = find(
        """\
        # G
        ## Escalation procedures
        ### When to escalate
        Escalate when:

        - data may be lost;
        - **security** incidents
        ### Escalation path
        1. Support
        2. Team
           lead
        """
    )
    assert structure.triggers == ("data may be lost", "security incidents")
    assert structure.path == ("Support", "Team lead")
    plain = find(
        "# G\n\n**When to escalate:** Data is lost. Call at once if a breach is suspected.\n\n"
        "**Escalation path:**\n- Desk\n- Boss\n"
    )
    assert plain.triggers == ("Data is lost", "Call at once if a breach is suspected")
    assert plain.path == ("Desk", "Boss")
    mixed = find("# G\n\n## Escalation\n\nCall when it burns.\n\n- It smokes\n\n1. Desk\n2. Boss\n")
    assert (mixed.triggers, mixed.path) == (("Call when it burns", "It smokes"), ("Desk", "Boss"))


def test_long_texts_are_cut() -> None:
    long = "word " * 400
    found = only(f"# {long}\n\n## Symptoms\n\n- fails {long}\n\n## Cause\n\n{long}\n\n## Fix\n\n1. {long}\n")
    assert max(len(found.title), len(found.symptoms[0].text), len(found.steps[0].text)) <= 300
    assert len(found.causes[0]) <= 500


MARKUP = st.lists(
    st.sampled_from(
        [
            "# A", "## Symptoms", "## Resolution", "### Method 2: X", "**Symptoms:**", "**Solution**: do it", "CAUSE",
            "- it fails (often)", "1. press", "   more", "2. release", "```", "If you see errors:", "To fix this:",
            "| Code | Meaning |", "|---|---|", "| 1 | x |", "> [!NOTE]", "> quoted", "", "", "## Questions", "- Ask?",
            "  - Yes: [a](#a)", "  - No:", "## When to escalate", "## Escalation path", "**Error codes:**",
            "- `E_X`: broken", "## Meaning", "This alert fires when x.", "*", "[", "::: x", "<b>", "====", "{#a}",
        ]
    ),
    max_size=25,
)  # fmt: skip


@given(MARKUP)
def test_whatever_is_written_is_understood_within_its_lines(rows: list[str]) -> None:
    text = "\n".join(rows)
    body = outline.parse(text)
    structure = problems.find(body)
    anchors = {section.anchor for section in structure.sections} | {""}
    assert len({problem.anchor for problem in structure.problems}) == len(structure.problems)
    for problem in structure.problems:
        assert problem.anchor in anchors
        assert problem.steps
        lines = [problem.line, *(each.line for each in (*problem.symptoms, *problem.steps))]
        assert all(1 <= line <= len(rows) + 1 for line in lines)
        assert all(each.text for each in (*problem.symptoms, *problem.steps))
    for place in structure.step_lists:
        assert place.anchor in anchors
        assert place.first_step < sum(
            len(problem.steps) for problem in structure.problems if problem.anchor == place.problem
        )
    metadata, _ = front_matter.metadata({}, outline=body, source="a.md")
    assert all(1 <= finding.line <= len(rows) + 1 for finding in lint.check(structure, metadata, body))


@given(st.text(max_size=200))
def test_any_text_at_all_is_understood(text: str) -> None:
    find(text)
