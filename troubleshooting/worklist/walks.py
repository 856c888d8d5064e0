"""Reads how the walks of late ended, and finds the questions that people left at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from troubleshooting.models import Outcome, WalkStep
from troubleshooting.outcomes import step_log
from troubleshooting.worklist.gaps import LEFT_AT_QUESTION, LEFT_WITHOUT, WINDOW, Event, Gap, Kind, key_of

MOST_STEPS = 50_000
EVER = datetime.min.replace(tzinfo=UTC)
STILL_WALKING = timedelta(hours=2)
LEAST_LEFT = 2
SHARE_LEFT = 0.2

Shown = WalkStep.Shown
HELPED = (Outcome.Kind.SOLVED, Outcome.Kind.INCIDENT)  # a known incident is nothing that a guide could put right
ENDS = (*HELPED, Outcome.Kind.ESCALATED)
UNHELPED = frozenset({Shown.ESCALATED.value, Shown.NOT_COVERED.value})


@dataclass(frozen=True, slots=True)
class Place:
    """A question: its id, and how it is worded."""

    id: str
    text: str


@dataclass(slots=True)
class Walk:
    """One walk as its steps tell it: what was typed at its start, the questions it was shown, and where it ended."""

    key: str
    audience: str
    words: str = ""
    asked: list[Place] = field(default_factory=list)
    answered: Place | None = None
    shown: str = ""
    last: datetime = EVER
    is_solved: bool = False
    is_escalated: bool = False

    @property
    def is_unhelped(self) -> bool:
        """Whether it ended with nothing but whom to ask, or 'no guide covers this'."""
        return not self.is_solved and (self.shown in UNHELPED or self.is_escalated)

    def left_at(self, now: datetime) -> Place | None:
        """The question at which it was left, or whose answers led to no guide when nothing had been typed."""
        if self.is_solved:
            return None
        if self.shown == Shown.QUESTION and not self.is_escalated:
            return self.asked[-1] if self.asked and now - self.last > STILL_WALKING else None
        return self.answered if self.is_unhelped and not self.words else None


def walks_of_late(now: datetime) -> list[Walk]:
    """The walks of the last 30 days, the newest steps first when there are too many. Two queries."""
    step_log.flush()
    since = now - WINDOW
    first = ("walk", "position", "words", "audience", "shown_at")
    columns = (*first, "question", "asked", "shown", "next_id", "next_text")
    rows = list(WalkStep.objects.filter(shown_at__gte=since).order_by("-pk").values_list(*columns)[:MOST_STEPS])
    walks: dict[str, Walk] = {}
    for walk, _, words, audience, at, *page in sorted(rows, key=lambda row: row[:2]):
        question, asked, shown, next_id, next_text = page
        found = walks.setdefault(walk, Walk(walk, audience))
        found.words = found.words or words
        if shown == Shown.QUESTION and next_id:
            found.asked.append(Place(next_id, next_text))
        if question:
            found.answered = Place(question, asked)
        found.shown, found.last = shown, max(found.last, at)
        found.is_solved |= shown == Shown.SOLVED
    ends = Outcome.objects.filter(said_at__gte=since, kind__in=ENDS)
    for key, kind in ends.order_by("-pk").values_list("walk", "kind")[:MOST_STEPS]:
        if key in walks:
            walks[key].is_solved |= kind in HELPED
            walks[key].is_escalated |= kind == Outcome.Kind.ESCALATED
    return list(walks.values())


def questions_left(walks: Iterable[Walk], now: datetime) -> Iterator[Gap]:
    """The questions that walks were left at, one gap for each and for each audience."""
    gaps: dict[tuple[str, str], Gap] = {}
    left = defaultdict[tuple[str, str], Counter[str]](Counter)
    for walk in walks:
        seen = [*walk.asked, *([walk.answered] if walk.answered else [])]
        for place in {place.id: place for place in seen}.values():
            key = walk.audience, place.id
            gap = gaps.setdefault(
                key, Gap(Kind.QUESTION, [key_of("question", *key)], walk.audience, place.text or place.id)
            )
            gap.tried.append(Event(walk.last))
        if left_at := walk.left_at(now):
            key = walk.audience, left_at.id
            is_end = walk.is_unhelped
            gaps[key].harmed.append(Event(walk.last, LEFT_WITHOUT if is_end else LEFT_AT_QUESTION))
            left[key]["led_nowhere" if is_end else "left"] += 1
    for key, gap in gaps.items():
        gap.is_listed = len(gap.harmed) >= max(LEAST_LEFT, SHARE_LEFT * len(gap.tried))
        gap.details = {**left[key], "walks": len(gap.tried)}
        yield gap
