"""Finds what hand-overs turned out to be that no guide has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from kb.models.audience import STAFF
from kb.search.meaning import part
from kb.search.text.masking import masked
from troubleshooting.models import Handover
from troubleshooting.worklist.gaps import LEFT_WITHOUT, UNWRITTEN, WINDOW, Event, Gap, Kind, capitalised, key_of
from troubleshooting.worklist.likeness import Key, key_of_text, leaders

MOST_HANDOVERS = 2_000


def causes_without_guide(now: datetime) -> Iterator[Gap]:
    """The causes that agents told in a sentence, one gap for each; their words are staff's. One query.

    They stand as long as their hand-overs are kept; of those before the window, nobody is counted.
    """
    closed = Handover.objects.filter(closed_at__isnull=False, cause="").exclude(cause_note="").order_by("-pk")
    rows = closed.values_list("cause_note", "subject", "closed_at")[:MOST_HANDOVERS]
    found: dict[Key, list[tuple[str, str, datetime]]] = defaultdict(list)
    for note, subject, at in rows:
        text = masked(note)
        if text:
            found[key_of_text(STAFF, text)].append((text, masked(subject), at))
    meaning = part.configured()
    led = leaders({key: (told[0][0], len(told)) for key, told in found.items()}, meaning.grouped if meaning else None)
    gaps: dict[Key, Gap] = {}
    for key, leader in led.items():
        gap = gaps.setdefault(leader, Gap(Kind.CAUSE, [], STAFF, capitalised(found[leader][0][0])))
        gap.keys.insert(0 if key == leader else len(gap.keys), key_of("cause", *key[1]))
        gap.words.update(Counter(subject for _, subject, _ in found[key] if subject))
        gap.harmed += [Event(at, LEFT_WITHOUT, int(at >= now - WINDOW)) for _, _, at in found[key]]
        gap.lasting = UNWRITTEN
        gap.details["handed_over"] = len(gap.harmed)
    yield from gaps.values()
