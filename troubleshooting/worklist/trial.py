"""Tries synonyms before they are added: what would be found by them, and which recorded searches would fare worse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from kb.models import SearchRecord
from kb.models.audience import EVERYONE, STAFF
from kb.search import configured
from kb.search.index.contract import Hit
from kb.search.log.record import CODES
from kb.search.text.query import parse
from kb.search.text.synonyms import Phrase, Synonyms, group_in, stems

SHOWN = 5
RANKS = 20
NEWEST = 20_000
MOST_TEXTS = 2_000
MOST_TRIED = 100
TYPOS = 2
SHORTEST_MISTYPED = 4


@dataclass(frozen=True, slots=True)
class Change:
    """A recorded search whose opened guide moved: its rank before and after (0: it is not among the first RANKS)."""

    text: str
    title: str
    before: int
    after: int
    times: int


@dataclass(frozen=True, slots=True)
class _Opening:
    """A recorded search: how often a guide was opened from it, and what those who searched may see."""

    text: str
    slug: str
    times: int
    readers: frozenset[str]


@dataclass(slots=True)
class Trial:
    """What came of it for one text, and for the recorded searches that have one of the words."""

    text: str
    before: list[Hit]
    after: list[Hit]
    total_before: int
    total_after: int
    tried: int = 0
    better: int = 0
    worse: list[Change] = field(default_factory=list)

    @property
    def same(self) -> int:
        """How many searches lead where they led before."""
        return self.tried - self.better - len(self.worse)


def trial(line: str, text: str, audience: str, seen: frozenset[str]) -> Trial:
    """What a search for `text` by readers of an audience finds now, and would find if the line was a synonym group.

    `seen` are the audiences of who looks: only searches of theirs are told of. Raises SynonymError. Bounded by counts:
    only searches that have one of the words can change, and MOST_TRIED of those are looked at, the commonest first.
    """
    group = group_in(line)
    synonyms = configured.synonyms_with([", ".join(group)])
    readers = seen if audience == STAFF else EVERYONE
    engine, query = configured.engine(), parse(text)
    now = engine.search(query, readers, limit=SHOWN)
    then = engine.search(query, readers, limit=SHOWN, synonyms=synonyms)
    found = Trial(text, list(now.items), list(then.items), now.total, then.total)
    phrases = _phrases(group, synonyms)
    for opening in _openings(phrases, seen):
        _count(found, opening, synonyms)
    return found


def _phrases(group: Sequence[str], synonyms: Synonyms) -> set[Phrase]:
    """The phrases that mean the same by then, without endings: those given, and those of the groups that they join."""
    first = stems(tuple(group[0].split()))
    return {first, *map(stems, synonyms.get(first, ())), *(stems(tuple(words.split())) for words in group)}


def _openings(phrases: set[Phrase], seen: frozenset[str]) -> Iterator[_Opening]:
    """The commonest searches that have a phrase and by which a guide was opened."""
    left = MOST_TRIED
    for audiences, readers in ((EVERYONE, EVERYONE), (frozenset({STAFF}), seen)):
        if not audiences <= seen:
            continue
        for text, opened, times in SearchRecord.objects.commonest(audiences, NEWEST, MOST_TEXTS):
            is_guide = bool(opened) and not opened.startswith(CODES)
            if left and is_guide and _has_one(stems(parse(text).words), phrases):
                left -= 1
                yield _Opening(text, opened.partition("#")[0], times, readers)


def _has_one(words: Phrase, phrases: set[Phrase]) -> bool:
    """Whether words have a phrase; mistyped it counts as well, for search puts that right."""
    longest = max(map(len, phrases))
    return any(
        _is_near(words[start : start + length], phrase)
        for length in range(1, longest + 1)
        for start in range(len(words))
        for phrase in phrases
    )


def _is_near(words: Phrase, phrase: Phrase) -> bool:
    is_long = len(phrase) == len(words) and min(map(len, (*words, *phrase))) >= SHORTEST_MISTYPED
    typos = TYPOS if is_long else 0
    return words == phrase or (
        bool(typos) and OSA.distance(" ".join(words), " ".join(phrase), score_cutoff=typos) <= typos
    )


def _count(found: Trial, opening: _Opening, synonyms: Synonyms) -> None:
    """Count whether the guide that was opened would stand higher or lower."""
    engine, query = configured.engine(), parse(opening.text)
    now = engine.search(query, opening.readers, limit=RANKS).items
    then = engine.search(query, opening.readers, limit=RANKS, synonyms=synonyms).items
    before, after = _rank(now, opening.slug), _rank(then, opening.slug)
    found.tried += 1
    if (after or RANKS + 1) < (before or RANKS + 1):
        found.better += 1
    elif (after or RANKS + 1) > (before or RANKS + 1):
        title = next(hit.title for hit in now if hit.slug == opening.slug)
        found.worse.append(Change(opening.text, title, before, after, opening.times))


def _rank(hits: Sequence[Hit], slug: str) -> int:
    return next((rank for rank, hit in enumerate(hits, 1) if hit.slug == slug), 0)
