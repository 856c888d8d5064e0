"""Tells which texts a revision was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kb.models.revisions import Revision

Parents = Mapping[int, tuple[int | None, int | None]]


def ancestors(revision: Revision) -> set[int]:
    """The keys of the revision and of all texts that it was made from, at any distance. One query."""
    own = {revision.pk: (revision.based_on_id, revision.merges_id)}  # it may not be saved as it is
    return all_above(revision.pk, {**parents_of([revision.guide_id]), **own})


def common_ancestor(first: Revision, second: Revision) -> Revision | None:
    """The newest text that both were made from, None when they have nothing in common."""
    shared = ancestors(first) & ancestors(second)
    return Revision.objects.filter(pk__in=shared).order_by("-number").first()


def parents_of(guides: Iterable[int]) -> Parents:
    """What each revision of these guides (primary keys) was made from. One query."""
    revisions = Revision.objects.filter(guide__in=list(guides))
    found = revisions.values_list("pk", "based_on_id", "merges_id")
    return {pk: (based_on, merges) for pk, based_on, merges in found}


def all_above(start: int, parents: Parents) -> set[int]:
    """The keys of a revision and of all that it was made from, at any distance."""
    found: set[int] = set()
    waiting: list[int | None] = [start]
    while waiting:
        pk = waiting.pop()
        if pk is not None and pk not in found:
            found.add(pk)
            waiting += parents.get(pk, ())
    return found
