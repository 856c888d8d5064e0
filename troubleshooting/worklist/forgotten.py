"""Takes out of the worklist what it tells of one handed-over walk that is to be forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from kb.search.text.masking import masked
from troubleshooting.models import Handover, WalkStep, WorklistItem
from troubleshooting.models.worklist import LONGEST_TITLE
from troubleshooting.worklist.refresh import refresh

Kind = WorklistItem.Kind
IN_WORDS_OF_PEOPLE = frozenset({Kind.NOT_COVERED, Kind.CAUSE, Kind.NOTHING_FOUND, Kind.NOTHING_OPENED})


def rows_about(handover: Handover) -> list[int]:
    """The rows that tell its words or that it waits for. Two queries."""
    typed = WalkStep.objects.filter(walk=handover.walk_key).exclude(words="").values_list("words", flat=True)
    words = _plain([*typed, *map(masked, (handover.subject, handover.cause_note))])
    rows = WorklistItem.objects.values_list("pk", "kind", "title", "words", "waiting")
    return [
        pk
        for pk, kind, title, told, waiting in rows.iterator()
        if handover.reference in waiting or (kind in IN_WORDS_OF_PEOPLE and words & _plain([title, *told]))
    ]


def forget_in(rows: Iterable[int]) -> int:
    """Have these rows tell only what is still recorded; how many went, as nothing is.

    Who works on a row, and what was done about it, stays where others met the same.
    """
    about = WorklistItem.objects.filter(pk__in=list(rows))
    if not about.exists():
        return 0
    about.update(waiting=[])
    about.filter(kind__in=IN_WORDS_OF_PEOPLE).update(title="", words=[], details={})
    refresh()
    number, _ = about.filter(title="").delete()
    return number


def _plain(texts: Iterable[str]) -> set[str]:
    """Texts as titles and words of rows can be compared with them."""
    return {text[:LONGEST_TITLE].casefold() for text in texts if text}
