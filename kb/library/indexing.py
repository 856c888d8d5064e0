"""Brings the search index up to what the database says."""

from __future__ import annotations

from collections.abc import Iterable

from kb.library import publication
from kb.models import Guide, GuideKind, Revision
from kb.models.audience import STAFF
from kb.search import configured
from kb.search.index import documents
from kb.search.index.contract import id_for_staff


def update_index(changed: Iterable[Guide], gone: Iterable[Guide] = ()) -> None:
    """Index guides that were committed, and take out those that are gone, or are replies by now."""
    changed = list(changed)
    added = [guide.pk for guide in changed if guide.kind != GuideKind.REPLY]
    out = [*gone, *(guide for guide in changed if guide.kind == GuideKind.REPLY)]
    removed = [pk for guide in out for pk in (guide.pk, id_for_staff(guide.pk))]
    removed += map(id_for_staff, _without_form_now(added))
    if added or removed:
        configured.engine().update(documents.documents_for(added) if added else (), removed)


def _without_form_now(guides: list[int]) -> list[int]:
    """Those of the guides that may have said something to staff only, and do not any more. One query."""
    before = Revision.objects.filter(guide__in=guides, audience=STAFF, guide__staff_form=None)
    return list(before.order_by().values_list("guide", flat=True).distinct()) if guides else []


def catch_up() -> int:
    """Index what the database has and the index lacks, and forget what only the index has; the number of guides mended.

    Publishes nothing and takes the turn itself: call it outside of `publication.publication()`.
    """
    in_database, in_index = documents.digests_for(), configured.engine().digests()
    stale = [pk for pk, digest in in_database.items() if in_index.get(pk) != digest]
    gone = in_index.keys() - in_database.keys()
    if not stale and not gone:
        return 0
    with publication.publication():
        engine = configured.engine()
        if len(stale) > len(in_database) // 2:
            engine.rebuild(documents.documents_for())
        else:
            engine.update(documents.documents_for({abs(pk) for pk in stale}), gone)
    return len(stale) + len(gone)
