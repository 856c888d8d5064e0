"""Records what came of walks: the last word on each step of each walk, and how the walk ended."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from kb.models import DayCount, Guide
from kb.models.audience import PUBLIC, STAFF
from kb.models.day_counts import CountKey
from kb.models.named_sections import keys_of
from troubleshooting.models import Outcome

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Problem
    from troubleshooting.walk.address import Address

Kind = Outcome.Kind
CLICKS = (Kind.SOLVED, Kind.FAILED, Kind.SKIPPED)
WHOLE_PROBLEM = ("",)


def walk_key(visit: str, address: Address) -> str:
    """A name for a walk: `visit` is a random word that a browser keeps for an hour or two, the rest is its start."""
    start = (visit, address.symptom, address.category, address.code, address.guide)
    return hashlib.sha256("\0".join(start).encode(errors="replace")).hexdigest()[:32]


def record(
    walk: str, kind: Outcome.Kind, problem: Problem, audiences: frozenset[str], steps: Sequence[str] = WHOLE_PROBLEM
) -> None:
    """Remember what came of these steps (ids; by default, of the whole problem). A walk is solved once at most.

    The first word of a walk on a problem counts for its guide's day, and so does the first thing that solved it.
    """
    fields = _fields(kind, problem, audiences)
    with transaction.atomic():
        _count(walk, kind, problem, fields)
        if kind == Kind.SOLVED:
            Outcome.objects.filter(walk=walk, kind=kind).exclude(problem=problem.id, step=steps[0]).delete()
        for step in steps:
            Outcome.objects.update_or_create(walk=walk, problem=problem.id, step=step, kind__in=CLICKS, defaults=fields)


def _count(walk: str, kind: Outcome.Kind, problem: Problem, fields: dict[str, Any]) -> None:
    """Count by day that a walk reached a problem, and that it was solved by it, for pages that know no walks."""
    guide, own = fields["guide_id"], Outcome.objects.filter(walk=walk)
    if guide is None:
        return
    happened = []
    if not own.filter(problem=problem.id, kind__in=CLICKS).exists():
        happened.append(DayCount.Kind.REACHED)
    if kind == Kind.SOLVED and not own.filter(kind=kind).exists():
        happened.append(DayCount.Kind.SOLVED)
    if happened:
        key = keys_of([(guide, problem.anchor)]).get((guide, problem.anchor), "")
        counts = {CountKey(guide, section, each, fields["audience"]): 1 for section in ("", key) for each in happened}
        DayCount.objects.add(counts, timezone.localdate())


def record_end(walk: str, kind: Outcome.Kind, problem: Problem | None, audiences: frozenset[str]) -> None:
    """Remember that a walk was escalated (`problem` was the likeliest), or which cause an agent found (None: none)."""
    fields = _fields(kind, problem, audiences)
    Outcome.objects.update_or_create(walk=walk, kind=kind, defaults=fields | {"problem": problem.id if problem else ""})


def _fields(kind: Outcome.Kind, problem: Problem | None, audiences: frozenset[str]) -> dict[str, Any]:
    fields = {"kind": kind, "said_at": timezone.now(), "audience": STAFF if STAFF in audiences else PUBLIC}
    if problem is None:
        return fields | {"guide_id": None, "digest": "", "revision": 0}
    guide = Guide.objects.filter(slug=problem.guide.slug).values_list("pk", flat=True).first()
    return fields | {"guide_id": guide, "digest": problem.digest, "revision": problem.guide.revision}
