"""Finds the texts that a revision was made from."""

from __future__ import annotations

from kb.models.revisions import Revision


def ancestors(revision: Revision) -> set[int]:
    """The keys of the revision and of all texts that it was made from, at any distance. One query."""
    rows = Revision.objects.filter(guide=revision.guide_id).values_list("pk", "based_on_id", "merges_id")
    parents: dict[int, tuple[int | None, int | None]] = {pk: (based_on, merges) for pk, based_on, merges in rows}
    parents[revision.pk] = (revision.based_on_id, revision.merges_id)
    found: set[int] = set()
    waiting: list[int | None] = [revision.pk]
    while waiting:
        pk = waiting.pop()
        if pk is not None and pk not in found:
            found.add(pk)
            waiting += parents.get(pk, ())
    return found


def common_ancestor(one: Revision, other: Revision) -> Revision | None:
    """The newest text that both were made from, None when they have nothing in common."""
    shared = ancestors(one) & ancestors(other)
    return Revision.objects.filter(pk__in=shared).order_by("-number").first()
