"""Finds the words with which people were left without help: by searches, by walks, and by hand-overs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from kb.models import SearchRecord
from kb.search.log import record
from kb.search.meaning import part
from kb.search.text.masking import masked
from troubleshooting.models import Handover
from troubleshooting.worklist.gaps import (
    FOUND_NOTHING,
    LEFT_WITHOUT,
    OPENED_NOTHING,
    WINDOW,
    Event,
    Gap,
    Kind,
    key_of,
)
from troubleshooting.worklist.likeness import Key, key_of_text, leaders
from troubleshooting.worklist.walks import Walk

MOST_SEARCHES = 50_000
MOST_HANDOVERS = 2_000
LEAST_SEARCHES = 2
SHARE_OPENED = 0.25


@dataclass(slots=True)
class _Asked:
    """All that was asked with the same words: `found_nothing` and `opened_nothing` by wording."""

    words: Counter[str] = field(default_factory=Counter)
    found_nothing: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    opened_nothing: list[Event] = field(default_factory=list)
    searches: list[Event] = field(default_factory=list)
    opened: int = 0
    walks: list[Walk] = field(default_factory=list)
    handovers: list[tuple[str, str, datetime]] = field(default_factory=list)

    def take_search(self, text: str, hits: int, opened: str, at: datetime) -> None:
        """Count a search; those before it that found nothing by the same text were answered when it finds something."""
        self.words[text] += 1
        self.searches.append(Event(at))
        self.opened += bool(opened)
        if not hits and not opened:
            self.found_nothing[text].append(Event(at, FOUND_NOTHING))
            return
        self.found_nothing.pop(text, None)
        if not opened:
            self.opened_nothing.append(Event(at, OPENED_NOTHING))

    def join(self, other: _Asked) -> None:
        """Take in what was asked in other words."""
        self.words.update(other.words)
        self.found_nothing.update(other.found_nothing)
        self.opened_nothing += other.opened_nothing
        self.searches += other.searches
        self.opened += other.opened
        self.walks += other.walks
        self.handovers += other.handovers


def words_in_vain(walks: Iterable[Walk], now: datetime) -> Iterator[Gap]:
    """What people asked for, one gap for each group of words, answered ones among them. Three queries."""
    asked: dict[Key, _Asked] = defaultdict(_Asked)
    for text, hits, opened, audience, at in _searches(now):
        asked[key_of_text(audience, text)].take_search(text, hits, opened, at)
    by_walk: dict[str, Key] = {}
    for walk in walks:
        if walk.words:
            key = by_walk[walk.key] = key_of_text(walk.audience, walk.words)
            asked[key].words[walk.words] += 1
            asked[key].walks.append(walk)
    for reference, walk_key, audience, subject, at in _open_handovers(now):
        key = by_walk.get(walk_key) or key_of_text(audience, masked(subject))
        if key in asked:
            asked[key].handovers.append((reference, walk_key, at))
    meaning = part.configured()
    counted = {key: (_commonest(group.words), group.words.total()) for key, group in asked.items()}
    led = leaders(counted, meaning.grouped if meaning else None)
    keys: dict[Key, list[Key]] = defaultdict(list)
    for key, leader in led.items():
        keys[leader].append(key)
        if key != leader:
            asked[leader].join(asked[key])
    for leader, all_keys in keys.items():
        names = [
            key_of("words", audience, *words) for audience, words in sorted(all_keys, key=lambda key: key != leader)
        ]
        yield _gap(names, leader[0], asked[leader])


def _gap(names: list[str], audience: str, asked: _Asked) -> Gap:
    unhelped = [walk for walk in asked.walks if walk.is_unhelped]
    counted_walks = {walk.key for walk in unhelped}
    handovers = [at for _, walk, at in asked.handovers if walk not in counted_walks]
    nothing_found = [event for events in asked.found_nothing.values() for event in events]
    is_ignored = asked.opened < SHARE_OPENED * max(len(asked.searches) - len(nothing_found), 1)
    nothing_opened = [Event(event.at, event.weight if is_ignored else 0.0) for event in asked.opened_nothing]
    left = [Event(walk.last, LEFT_WITHOUT) for walk in unhelped] + [Event(at, LEFT_WITHOUT) for at in handovers]
    kind = Kind.NOT_COVERED if left else Kind.NOTHING_FOUND if nothing_found else Kind.NOTHING_OPENED
    gap = Gap(kind, names, audience, _commonest(asked.words), asked.words)
    gap.harmed = [*left, *nothing_found, *nothing_opened]
    # What one person typed once is nobody else's business.
    in_vain = len(nothing_found) + (len(nothing_opened) if is_ignored else 0)
    gap.is_listed = bool(left) or in_vain >= LEAST_SEARCHES
    gap.tried = [*asked.searches, *(Event(walk.last) for walk in asked.walks), *(Event(at) for at in handovers)]
    gap.details = {
        "found_nothing": len(nothing_found),
        "opened_nothing": len(nothing_opened),
        "searches": len(asked.searches),
        "walks": len(unhelped),
        "handed_over": len(handovers),
    }
    gap.wait_for(reference for reference, _, _ in asked.handovers)
    return gap


def _commonest(words: Counter[str]) -> str:
    """The wording that was used most, the shortest of those."""
    return min(words, key=lambda wording: (-words[wording], len(wording), wording))


def _searches(now: datetime) -> list[tuple[str, int, str, str, datetime]]:
    """The newest searches of the window, the oldest of them first; what waits in this process is written before."""
    record.flush()
    rows = SearchRecord.objects.since(now - WINDOW).order_by("-pk")
    return list(rows.values_list("text", "hits", "opened", "audience", "searched_at")[:MOST_SEARCHES])[::-1]


def _open_handovers(now: datetime) -> list[tuple[str, str, str, str, datetime]]:
    rows = Handover.objects.filter(closed_at=None, created_at__gte=now - WINDOW).order_by("-pk")
    return list(rows.values_list("reference", "walk_key", "audience", "subject", "created_at")[:MOST_HANDOVERS])
