"""The causes of a problem: what stands under their label, else what says why, up to where the fix begins."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kb.content import learned
from kb.content.document import Problem
from kb.content.reading import read_guide


def only(text: str) -> Problem:
    (problem,) = read_guide(dedent(text), "guide.md").structure.problems
    return problem


def labelled(blocks: str, label: str = "Cause") -> tuple[str, ...]:
    return only(
        f"# It hangs\n\n## Symptoms\n\n- It hangs\n\n## {label}\n\n{blocks}\n\n## Fix\n\n1. Restart it.\n"
    ).causes


def test_a_cause_ends_where_the_fix_begins() -> None:
    found = only(
        """\
        # Troubleshooting

        ## Printing fails with an error

        This error occurs because the fuse is blown. To fix this issue, replace the fuse.
        """
    )
    assert found.causes == ("This error occurs because the fuse is blown.",)
    assert [step.text for step in found.steps] == ["To fix this issue, replace the fuse."]


@pytest.mark.parametrize("label", ["Cause", "Root cause", "Possible Cause(s)", "Cause\\Possible Cause(s)", "Reason"])
def test_each_item_and_paragraph_under_the_label_is_one(label: str) -> None:
    assert labelled("The fuse is blown.\n\n- The cable is broken.\n- The plug is loose.", label) == (
        "The fuse is blown.",
        "The cable is broken.",
        "The plug is loose.",
    )


def test_paths_addresses_and_what_leads_to_them_are_none_beside_words() -> None:
    assert labelled("The key is missing.\n\n- HKEY_LOCAL_MACHINE\n- https://example.com\n- N/A\n- Path: x") == (
        "The key is missing.",
    )
    assert labelled("https://example.com/why") == ("https://example.com/why",)


def test_what_is_given_under_the_label_is_all() -> None:
    found = only(
        "# It hangs\n\n## Symptoms\n\n- It hangs because of dust\n\n## Cause\n\nThe fuse is blown.\n\n"
        "## Fix\n\n1. Restart it.\n"
    )
    assert found.causes == ("The fuse is blown.",)


def test_without_a_label_the_sentence_that_says_why_is_the_cause() -> None:
    found = only("# It hangs\n\nIt hangs. This happens because the fuse is blown.\n\n## Fix\n\n1. Replace the fuse.\n")
    assert found.causes == ("This happens because the fuse is blown.",)


def test_a_list_of_causes_is_known_by_its_lead_whatever_its_items_say() -> None:
    text = "# It hangs\n\n{}\n\n- Dust\n- A blown fuse\n\n## Fix\n\n1. Replace the fuse.\n"
    certain = {"step": {}, "symptom": {learned.ALWAYS: -9.0}, "cause": {learned.ALWAYS: -9.0}, "problem": {}}
    with learned.using(certain):
        assert only(text.format("This may be caused by:")).causes == ("Dust", "A blown fuse")
        assert only(text.format("These parts are in it:")).causes == ()
        assert only(text.format("It is solved by these, because it is old:")).causes == ()


def test_that_there_are_several_causes_and_what_leads_to_a_list_are_none() -> None:
    certain = {"step": {}, "symptom": {}, "cause": {learned.ALWAYS: 9.0}, "problem": {}}
    with learned.using(certain):
        found = only(
            "# It hangs\n\nThere are several possible causes. Dust is one. These are others:\n\n- Fuse\n\n"
            "## Fix\n\n1. Replace the fuse.\n"
        )
    assert found.causes == ("Dust is one.", "Fuse")


@pytest.mark.parametrize(
    ("meaning", "causes"),
    [
        ("The tray is empty.", ("The tray is empty.",)),
        ("This alert fires when the queue has more than 100 entries.", ()),
    ],
)
def test_what_an_error_means_is_its_cause_and_what_an_alert_is_raised_for_is_not(
    meaning: str, causes: tuple[str, ...]
) -> None:
    assert labelled(meaning, "Meaning") == causes


def test_what_an_error_means_is_no_cause_beside_one() -> None:
    found = only(
        "# E5\n\n## Symptoms\n\n- It shows E5\n\n## Meaning\n\nThe tray is empty.\n\n## Cause\n\nNobody filled it.\n\n"
        "## Fix\n\n1. Fill it.\n"
    )
    assert found.causes == ("Nobody filled it.",)


def test_how_it_is_diagnosed_and_what_it_applies_to_are_no_causes_and_no_steps() -> None:
    found = only(
        "# It hangs\n\n## Symptoms\n\n- It hangs\n\n## Applies to\n\n- Printer 7\n\n## Confirm the cause\n\n"
        "1. Look into the log because it says why.\n\n## Fix\n\n1. Restart it.\n"
    )
    assert found.causes == ()
    assert [step.text for step in found.steps] == ["Restart it."]
