"""Reports what people searched for without finding or opening anything, grouped by the words they used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.stemming import stem
from kb.models import SearchRecord
from kb.search.text.analysis import tokenize

MOST_COMPARED = 300

Grouped = Callable[[Sequence[str]], Sequence[int]]


@dataclass(slots=True)
class SearchGroup:
    """Searches of one audience for the same words in any order and form; `text` is the commonest wording.

    `like` are the texts of other groups that mean the same and are counted here.
    """

    audience: str
    words: tuple[str, ...]
    searches: int = 0
    found: int = 0
    opened: int = 0
    last: datetime | None = None
    wordings: Counter[str] = field(default_factory=Counter)
    like: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The wording that was used most, the shortest of those."""
        return min(self.wordings, key=lambda wording: (-self.wordings[wording], len(wording), wording))

    def take(self, record: SearchRecord) -> None:
        """Count one more search."""
        self.searches += 1
        self.found += record.hits > 0
        self.opened += bool(record.opened)
        self.wordings[record.text] += 1
        self.last = max(self.last or record.searched_at, record.searched_at)

    def count(self, other: SearchGroup) -> None:
        """Count the searches of another group that means the same."""
        self.searches += other.searches
        self.like.append(other.text)
        self.last = max(filter(None, (self.last, other.last)), default=None)


@dataclass(frozen=True, slots=True)
class Report:
    """How many searches there were, those that found nothing, and those that found something nobody opened."""

    searches: int
    nothing_found: list[SearchGroup]
    nothing_opened: list[SearchGroup]


def report(records: Iterable[SearchRecord], grouped: Grouped | None = None) -> Report:
    """The report on some records; each list has the groups with most searches first.

    `grouped` joins those of the first MOST_COMPARED groups of each list that mean the same, where that can be told.
    """
    groups: dict[tuple[str, tuple[str, ...]], SearchGroup] = {}
    count = 0
    for record in records:
        key = record.audience, group_key(record.text)
        groups.setdefault(key, SearchGroup(*key)).take(record)
        count += 1
    ordered = sorted(groups.values(), key=lambda group: (-group.searches, group.words, group.audience))
    return Report(
        searches=count,
        nothing_found=_joined([group for group in ordered if not group.found and not group.opened], grouped),
        nothing_opened=[group for group in ordered if group.found and not group.opened],
    )


def _joined(groups: list[SearchGroup], grouped: Grouped | None) -> list[SearchGroup]:
    """The groups without those that mean the same as one before for the same audience, which counts them."""
    if grouped is None:
        return groups
    compared, rest = groups[:MOST_COMPARED], groups[MOST_COMPARED:]
    kept: list[SearchGroup] = []
    for audience in {group.audience for group in compared}:
        own = [group for group in compared if group.audience == audience]
        for group, place in zip(own, grouped([group.text for group in own]), strict=True):
            if own[place] is group:
                kept.append(group)
            else:
                own[place].count(group)
    return [*sorted(kept, key=lambda group: (-group.searches, group.words, group.audience)), *rest]


def group_key(text: str) -> tuple[str, ...]:
    """What a text is grouped by: its telling words without endings, each once, in order of the alphabet."""
    found = tokenize(text).words
    telling = {stem(word) for word in found if word not in STOP_WORDS} or set(found)
    return tuple(sorted(telling)) or (text,)
