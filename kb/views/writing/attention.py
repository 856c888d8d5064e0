"""A writer's request in; late reviews, findings, broken links, and texts that wait to be merged, out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kb import roles
from kb.audience import audiences_for
from kb.findings import ANYTHING, Group, Placed, grouped
from kb.link_report import inventory
from kb.views.paging import page_of
from kb.views.writing import waiting
from kb.views.writing.access import needs, writer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from django.http import HttpRequest, HttpResponse

    from kb.models import Guide

MOST_SHOWN = 25
PAGE_OF_FINDINGS = 25
PAGE_OF_GUIDES = 100
FEW_GUIDES = 10
KIND = re.compile(r"[0-9a-f]{12}")  # how an address names a kind of findings


@require_safe
@needs(roles.PROPOSE)
def attention(request: HttpRequest) -> HttpResponse:
    """What needs care, the most urgent first; `?kind=` lists all guides of which one thing is said.

    14 queries, and 8 more once for each state of the library.
    """
    reader = writer(request)
    proposed = list(waiting.in_review(reader))
    unaware = waiting.unaware(proposed)
    links = inventory(audiences_for(reader))
    overdue = waiting.overdue(reader)
    kinds = _kinds(waiting.with_findings(reader))
    kind = next((one for one in kinds if one.name == request.GET.get("kind", "")), None)
    context = {
        "here": "attention",
        "aside": waiting.kept_aside(reader)[:MOST_SHOWN],
        "stuck": [one for one in proposed if one.pk in unaware or one.trouble][:MOST_SHOWN],
        "overdue": overdue[:MOST_SHOWN],
        "overdue_count": overdue.count(),
        "kind": kind,
        "page": page_of(request, kind.places if kind else kinds, PAGE_OF_GUIDES if kind else PAGE_OF_FINDINGS),
        "root": f"?kind={kind.name}&" if kind else "?",
        "finding_count": sum(kind.count for kind in kinds),
        "broken": len(links.broken),
        "images": len(links.images),
        "zone": settings.TIME_ZONE,
        "today": timezone.localdate(),
    }
    return render(request, "kb/write/attention.html", context)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a guide; `words` is what is said of it there, where not the same is said of all."""

    line: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What lint says of guides in the same words: `count` times, at `places` of them."""

    message: str
    severity: str
    count: int
    places: tuple[tuple[Guide, tuple[Place, ...]], ...]

    @property
    def name(self) -> str:
        """How an address names it."""
        return sha256(f"{self.severity} {self.message}".encode()).hexdigest()[:12]

    @property
    def first(self) -> tuple[tuple[Guide, tuple[Place, ...]], ...]:
        """As many as are shown beside other kinds."""
        return self.places[:FEW_GUIDES]


def _kinds(found: Iterable[Guide]) -> list[Kind]:
    """The findings of guides, those of one kind together; errors first, then what is said most often. One query."""
    guides = {guide.pk: guide for guide in found}
    placed = (Placed(guide.pk, *finding) for guide in guides.values() for finding in guide.findings)
    kinds: list[Kind] = []
    for group in grouped(placed):
        lines: dict[int, set[int]] = {}
        for pk, line in group.places:
            lines.setdefault(pk, set()).add(line)
        places = tuple((guides[pk], tuple(_places(guides[pk], at, group))) for pk, at in lines.items())
        kinds.append(Kind(group.message, group.severity, group.count, places))
    return kinds


def _places(guide: Guide, lines: Collection[int], group: Group[int]) -> Iterator[Place]:
    if ANYTHING not in group.message:
        yield from (Place(line) for line in sorted(lines))
        return
    for line, severity, message in guide.findings:
        if line in lines and severity == group.severity and _is_of_kind(message, group.message.split(ANYTHING)):
            yield Place(line, message)


def _is_of_kind(message: str, parts: list[str]) -> bool:
    """Whether a message has these parts in their order, with something between each two of them."""
    first, *middle, last = parts
    if not message.startswith(first):
        return False
    end = len(first)
    for part in middle:
        start = message.find(part, end + 1)
        if start < 0:
            return False
        end = start + len(part)
    return message.endswith(last) and len(message) - len(last) > end
