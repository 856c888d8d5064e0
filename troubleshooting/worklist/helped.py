"""Says whether it helped that something was written or mended, and whether its harm goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from troubleshooting.models import WorklistItem
from troubleshooting.worklist.gaps import WINDOW

LEAST_TRIES = 5
LEAST_AGAIN = 3
PATIENCE = timedelta(days=7)
LONG_ENOUGH = timedelta(days=14)
PER = 100

Kind = WorklistItem.Kind
TRIES = {Kind.QUESTION: "walks", Kind.VOTES: "votes"}


class Effect(StrEnum):
    """What came of it."""

    EARLY = "early"
    HELPED = "helped"
    LITTLE = "little"
    NOT = "not"


LABELS = {
    Effect.EARLY: "Too early to say",
    Effect.HELPED: "It helped",
    Effect.LITTLE: "It helped a little",
    Effect.NOT: "It did not help",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it, and the counts that say so."""

    effect: Effect
    sentence: str

    @property
    def label(self) -> str:
        """What came of it, in words."""
        return LABELS[self.effect]


def verdict(item: WorklistItem, now: datetime | None = None) -> Verdict:
    """Whether it helped that a row was done: the same searches, walks or votes before and after."""
    days = max(((now or timezone.now()) - (item.done_at or timezone.now())).days, 0)
    if item.kind in WorklistItem.LASTING:
        is_over = not item.harm
        return Verdict(Effect.HELPED if is_over else Effect.EARLY, "It is mended." if is_over else "It is still there.")
    if item.tries_before:
        return _by_share(item)
    before, after = item.times_before / WINDOW.days, item.times / max(min(days, WINDOW.days), 1)
    sentence = (
        f"{item.times_before} times in the {WINDOW.days} days before, {_times(item.times)} in {_days(days)} since."
    )
    if days < LONG_ENOUGH.days and item.times < LEAST_AGAIN:
        return Verdict(Effect.EARLY, sentence)
    return Verdict(_effect(before, after), sentence)


def goes_on(item: WorklistItem, now: datetime) -> bool:
    """Whether what was done has to be looked at again: people are left as they were, some days later."""
    if item.done_at is None or now - item.done_at < PATIENCE:
        return False
    if item.kind in WorklistItem.LASTING:
        return item.harm > 0
    return item.times >= LEAST_AGAIN and verdict(item, now).effect in {Effect.NOT, Effect.LITTLE}


def _by_share(item: WorklistItem) -> Verdict:
    """By how many of a hundred were left without help."""
    what = TRIES.get(Kind(item.kind), "searches and walks")
    before, after = item.times_before / item.tries_before, item.times / max(item.tries, 1)
    sentence = (
        f"Left without help: {item.times_before} of {item.tries_before} {what} before "
        f"({round(PER * before)} per {PER}), {item.times} of {item.tries} since"
    )
    if item.tries < LEAST_TRIES:
        return Verdict(Effect.EARLY, f"{sentence}. {LEAST_TRIES} are needed to say more.")
    return Verdict(_effect(before, after), f"{sentence} ({round(PER * after)} per {PER}).")


def _effect(before: float, after: float) -> Effect:
    if after <= before / 2:
        return Effect.HELPED
    return Effect.LITTLE if after < before else Effect.NOT


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times" if number else "never"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
