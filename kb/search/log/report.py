"""Reports what people searched for without finding or opening anything, grouped by the words they used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from kb.models import SearchRecord
from kb.search.text.analysis import STOP_WORDS, stem, tokenize


@dataclass(slots=True)
class SearchGroup:
    """Searches of one audience for the same words in any order and form; `text` is the commonest wording."""

    audience: str
    words: tuple[str, ...]
    searches: int = 0
    found: int = 0
    opened: int = 0
    last: datetime | None = None
    wordings: Counter[str] = field(default_factory=Counter)

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


@dataclass(frozen=True, slots=True)
class Report:
    """How many searches there were, those that found nothing, and those that found something nobody opened."""

    searches: int
    nothing_found: list[SearchGroup]
    nothing_opened: list[SearchGroup]


def report(records: Iterable[SearchRecord]) -> Report:
    """The report on some records; each list has the groups with most searches first."""
    groups: dict[tuple[str, tuple[str, ...]], SearchGroup] = {}
    count = 0
    for record in records:
        key = record.audience, _group_key(record.text)
        groups.setdefault(key, SearchGroup(*key)).take(record)
        count += 1
    ordered = sorted(groups.values(), key=lambda group: (-group.searches, group.words, group.audience))
    return Report(
        searches=count,
        nothing_found=[group for group in ordered if not group.found and not group.opened],
        nothing_opened=[group for group in ordered if group.found and not group.opened],
    )


def _group_key(text: str) -> tuple[str, ...]:
    """What a text is grouped by: its telling words without endings, each once, in order of the alphabet."""
    found = tokenize(text).words
    telling = {stem(word) for word in found if word not in STOP_WORDS} or set(found)
    return tuple(sorted(telling)) or (text,)
