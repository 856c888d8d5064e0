"""Long symptoms, cut down to what can be taken in at a glance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.short_symptoms import LONGEST_SHORTENED, shortened


@pytest.mark.parametrize(
    ("symptom", "short"),
    [
        ("The printer\n  is offline", "The printer is offline"),
        (
            (
                "When you move items to the lowest folder of your mailbox, you cannot see the items in the list of "
                "folders or anywhere else"
            ),
            "You cannot see the items in the list of folders or anywhere else",
        ),
        (
            (
                "The job that ran on the oldest of all printers in the house stopped and left the sentence "
                "“The spooler refuses the job” on the screen"
            ),
            "“The spooler refuses the job”",
        ),
        (
            (
                "A disk is so busy (as measured by the share of time in which it has something to do, per minute) that "
                "it fails to answer"
            ),
            "A disk is so busy that it fails to answer",
        ),
        (
            (
                "It is a fine day in the office, and everybody is pleased with the new machine that stands there. "
                "The paper tray cannot be opened"
            ),
            "The paper tray cannot be opened",
        ),
        (
            (
                "The synchronisation of folders between two computers takes an extended amount of time, indicating "
                "issues with the disk of one"
            ),
            "The synchronisation of folders between two computers takes an extended amount of time",
        ),
        (
            (
                "You see this on the screen of the new computer, which stands beside the old one. Error message: "
                "the folder is full"
            ),
            "the folder is full",
        ),
    ],
)
def test_a_long_symptom_is_its_message_or_what_is_wrong(symptom: str, short: str) -> None:
    assert shortened(symptom) == short


def test_what_can_not_be_parted_is_cut_between_words() -> None:
    short = shortened("word " * 60)
    assert len(short) <= LONGEST_SHORTENED
    assert short.endswith("word…")


@given(st.text(max_size=600))
def test_nothing_is_longer_than_allowed_or_empty(symptom: str) -> None:
    short = shortened(symptom)
    assert len(short) <= LONGEST_SHORTENED
    assert bool(short) == bool(symptom.split())
