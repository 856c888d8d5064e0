"""Brings the search index up to what the database says."""

from __future__ import annotations

from collections.abc import Iterable

from kb.library import publication
from kb.models import Guide, GuideKind
from kb.search import configured
from kb.search.index import documents


def update_index(changed: Iterable[Guide], gone: Iterable[Guide] = ()) -> None:
    """Index guides that were committed, and take out those that are gone, or are replies by now."""
    engine = configured.engine()
    changed = list(changed)
    replies = (guide.pk for guide in changed if guide.kind == GuideKind.REPLY)
    if removed := [*(guide.pk for guide in gone), *replies]:
        engine.remove(removed)
    if added := [guide.pk for guide in changed if guide.kind != GuideKind.REPLY]:
        engine.add(documents.documents_for(added))


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
            engine.remove(gone)
            engine.add(documents.documents_for(stale))
    return len(stale) + len(gone)
