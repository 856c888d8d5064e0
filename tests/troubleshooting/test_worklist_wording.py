"""Each kind of row says in a sentence what happened, and whether it helped that it was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from troubleshooting.models import WorklistItem
from troubleshooting.worklist.helped import Effect, verdict
from troubleshooting.worklist.wording import what

Kind = WorklistItem.Kind


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        (Kind.QUESTION, {"left": 1, "led_nowhere": 2, "walks": 9}, "1 walk was left here, 2 led to no guide, of 9."),
        (Kind.QUESTION, {"walks": 4}, "No walk was left here, of 4."),
        (Kind.CAUSE, {"handed_over": 1}, "1 hand-over turned out to be this."),
        (Kind.CAUSE, {"handed_over": 3}, "3 hand-overs turned out to be this."),
        (Kind.FLAG, {"flags": {"wrong": 2, "unclear": 1}}, "Staff say: wrong (2 times), unclear."),
        (Kind.LINK, {"number": 1}, "1 link or image leads nowhere."),
        (
            Kind.STALE,
            {"review_by": "2026-01-31"},
            "Was to be checked by 31 January 2026; read never in the last 30 days.",
        ),
        (
            Kind.NOTHING_FOUND,
            {"walks": 2, "handed_over": 1, "found_nothing": 1},
            "2 walks ended without a guide, 1 was handed over, 1 search found nothing.",
        ),
        (Kind.NOTHING_OPENED, {"opened_nothing": 5}, "5 searches found something that nobody opened."),
        (Kind.NOT_COVERED, {}, "Nobody asked in vain."),
        (
            Kind.VOTES,
            {"bad": 3, "votes": 4, "sure": 30},
            "3 of 4 say that it did not help (at least 30 in 100 of all readers would).",
        ),
    ],
)
def test_a_row_says_what_happened(kind: Kind, details: dict[str, Any], said: str) -> None:
    assert what(WorklistItem(kind=kind, details=details)) == said


@pytest.mark.parametrize(
    ("days", "times", "effect"),
    [(40, 2, Effect.HELPED), (40, 20, Effect.LITTLE), (40, 90, Effect.NOT), (1, 0, Effect.EARLY)],
)
def test_what_was_done_helped_when_it_happens_half_as_often(days: int, times: int, effect: Effect) -> None:
    done = timezone.now() - timedelta(days=days)
    item = WorklistItem(kind=Kind.QUESTION, times_before=30, times=times, done_at=done)
    assert verdict(item).effect == effect


def test_what_lasts_helped_when_nothing_of_it_is_left() -> None:
    assert verdict(WorklistItem(kind=Kind.LINK, harm=0.0)).effect == Effect.HELPED
    assert verdict(WorklistItem(kind=Kind.LINK, harm=2.0)).effect == Effect.EARLY
