"""Says whether it helped that something was written or mended, and whether its harm goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from troubleshooting.models import WorklistItem
from troubleshooting.worklist.gaps import WINDOW

LEAST_TRIES = 5
LEAST_AGAIN = 3
PATIENCE = timedelta(days=7)
LONG_ENOUGH = timedelta(days=14)
PER = 100

Kind = WorklistItem.Kind
_SHARE_OF_BOTH = gettext_lazy(
    "Left without help: {before} of {tries_before} searches and walks before ({per_before} per {per}), "
    "{after} of {tries} since"
)
_SHARES = {
    Kind.QUESTION: gettext_lazy(
        "Left without help: {before} of {tries_before} walks before ({per_before} per {per}), {after} of {tries} since"
    ),
    Kind.VOTES: gettext_lazy(
        "Left without help: {before} of {tries_before} votes before ({per_before} per {per}), {after} of {tries} since"
    ),
}


class Effect(StrEnum):
    """What came of it."""

    EARLY = "early"
    HELPED = "helped"
    LITTLE = "little"
    NOT = "not"


LABELS = {
    Effect.EARLY: gettext_lazy("Too early to say"),
    Effect.HELPED: gettext_lazy("It helped"),
    Effect.LITTLE: gettext_lazy("It helped a little"),
    Effect.NOT: gettext_lazy("It did not help"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it, and the counts that say so."""

    effect: Effect
    sentence: str

    @property
    def label(self) -> str:
        """What came of it, in words."""
        return str(LABELS[self.effect])


def verdict(item: WorklistItem, now: datetime | None = None) -> Verdict:
    """Whether it helped that a row was done: the same searches, walks or votes before and after."""
    days = max(((now or timezone.now()) - (item.done_at or timezone.now())).days, 0)
    if item.kind in WorklistItem.LASTING:
        is_over = not item.harm
        return Verdict(
            Effect.HELPED if is_over else Effect.EARLY,
            gettext("It is mended.") if is_over else gettext("It is still there."),
        )
    if item.tries_before:
        return _by_share(item)
    before, after = item.times_before / WINDOW.days, item.times / max(min(days, WINDOW.days), 1)
    told = gettext("{before} in the {days} days before, {after} in {days_since} since.")
    sentence = told.format(
        before=ngettext("{number} time", "{number} times", item.times_before).format(number=item.times_before),
        days=WINDOW.days,
        after=times_in_words(item.times),
        days_since=ngettext("{number} day", "{number} days", days).format(number=days),
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
    before, after = item.times_before / item.tries_before, item.times / max(item.tries, 1)
    told = _SHARES.get(Kind(item.kind), _SHARE_OF_BOTH)
    sentence = str(told).format(
        before=item.times_before,
        tries_before=item.tries_before,
        per_before=round(PER * before),
        per=PER,
        after=item.times,
        tries=item.tries,
    )
    if item.tries < LEAST_TRIES:
        more = gettext("{sentence}. {number} are needed to say more.").format(sentence=sentence, number=LEAST_TRIES)
        return Verdict(Effect.EARLY, more)
    whole = gettext("{sentence} ({share} per {per}).").format(sentence=sentence, share=round(PER * after), per=PER)
    return Verdict(_effect(before, after), whole)


def _effect(before: float, after: float) -> Effect:
    if after <= before / 2:
        return Effect.HELPED
    return Effect.LITTLE if after < before else Effect.NOT


def times_in_words(number: int) -> str:
    """How often: never, once, so many times."""
    if not number:
        return gettext("never")
    return gettext("once") if number == 1 else ngettext("{number} time", "{number} times", number).format(number=number)
