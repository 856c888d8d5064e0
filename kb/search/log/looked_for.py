"""Says which error codes people look for, by the searches of late."""

from __future__ import annotations

from collections import Counter

from django.conf import settings

from kb.content.codes import bare
from kb.content.patterns import linear
from kb.models import SearchRecord
from kb.search.log.record import CODES
from kb.search.text.query import codes_in

NEWEST = 2_000
MOST_TEXTS = 200

_MARK = linear(r"[\d_]")


def codes_looked_for(audiences: frozenset[str]) -> list[str]:
    """What may be keys of error codes in searches of these audiences, the most looked for first. One query.

    Nothing of the log is to be shown by it: these are words that anybody may have typed. Whoever offers codes looks
    among those that guides have which the reader may see (`ErrorCodeQuerySet.offered`).
    """
    if not settings.SEARCH_LOG:
        return []
    counted = Counter[str]()
    for text, opened, times in SearchRecord.objects.commonest(audiences, NEWEST, MOST_TEXTS):
        for key in _keys(text, opened):
            counted[key] += times
    return [key for key, _ in counted.most_common()]


def _keys(text: str, opened: str) -> set[str]:
    """The codes that a search is for: the one whose page it led to, else those that stand in it and look like one."""
    if opened.startswith(CODES):
        return {opened.removeprefix(CODES).lower()}
    if not _MARK.search(text):
        return set()
    named = [text, *(code for code in codes_in(text) if not code.isdigit())] if " " in text else [text]
    keys = (bare(code).lower() for code in named)
    return {key for key in keys if " " not in key and _MARK.search(key)}
