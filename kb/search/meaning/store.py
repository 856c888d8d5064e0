"""Keeps what guides mean in the database: reads those whose text is new, some at a time, and says how far that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Count, Max

from kb.models import Guide, GuideMeaning
from kb.search.index.documents import digests_for, documents_for
from kb.search.meaning.pieces import Piece, pieces

if TYPE_CHECKING:
    from kb.search.index.contract import GuideDocument
    from kb.search.meaning.model import SentenceModel, Vectors

STORED_AS = "<f2"  # half precision: the order of hits is the same, at half the room
MOST_PIECES = 200  # read at once: some seconds of one core
GUIDES_AT_ONCE = 20

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the published guides the store has read, with the model of that digest."""

    read: int
    published: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to read."""
        return self.read >= self.published


def stamp() -> Stamp:
    """What changes whenever anything in the store does. One query, which reads no vectors."""
    found = GuideMeaning.objects.aggregate(newest=Max("pk"), number=Count("pk"))
    return found["newest"] or 0, found["number"]


def progress(published: dict[int, str], model_digest: str) -> Progress:
    """How far the store is with a model, of what is published (guide id -> digest). One query."""
    published = _for_all_readers(published)
    return Progress(len(published) - len(_unread(published, model_digest)), len(published))


def read_some(model: SentenceModel, most: int = MOST_PIECES) -> int:
    """Read guides whose text the store does not know until `most` pieces were embedded; how many guides were read.

    What it has read stays when it is ended in between, and pieces whose text is the same keep their vectors.
    """
    published = _for_all_readers(digests_for())
    GuideMeaning.objects.exclude(guide__state=Guide.State.PUBLISHED).delete()
    read = embedded = 0
    for document in _in_turns(_unread(published, model.digest)):
        embedded += _read(document, model)
        read += 1
        if embedded >= most:
            break
    return read


def _for_all_readers(digests: dict[int, str]) -> dict[int, str]:
    """The guides' own documents: what some say to staff only is found by its words, and not by what it means."""
    return {guide_id: digest for guide_id, digest in digests.items() if guide_id > 0}


def _unread(published: dict[int, str], model_digest: str) -> list[int]:
    rows = GuideMeaning.objects.filter(model=model_digest).values_list("guide_id", "digest")
    known = dict(rows)
    return [guide_id for guide_id, digest in published.items() if known.get(guide_id) != digest]


def _in_turns(guide_ids: list[int]) -> Iterator[GuideDocument]:
    for start in range(0, len(guide_ids), GUIDES_AT_ONCE):
        for document in documents_for(guide_ids[start : start + GUIDES_AT_ONCE]):
            if document.guide_id > 0:
                yield document


def _read(document: GuideDocument, model: SentenceModel) -> int:
    """Store a guide's vectors in place of those it had; how many pieces were embedded for it."""
    found = pieces(document)
    known = _known(document.guide_id, model)
    new = [piece for piece in found if piece.digest not in known]
    known |= {piece.digest: row.tobytes() for piece, row in zip(new, _packed(model, new), strict=True)}
    row = GuideMeaning(
        guide_id=document.guide_id,
        model=model.digest,
        digest=document.digest,
        audience=document.audience,
        pieces=[[piece.anchor, piece.digest] for piece in found],
        vectors=b"".join(known[piece.digest] for piece in found),
    )
    try:
        with transaction.atomic():
            GuideMeaning.objects.filter(guide=document.guide_id).delete()
            row.save(force_insert=True)
    except IntegrityError:  # the guide is gone, or another machine was quicker
        return len(new)
    return len(new)


def _packed(model: SentenceModel, new: Iterable[Piece]) -> Vectors:
    return model.embed([piece.text for piece in new]).astype(STORED_AS)


def _known(guide_id: int, model: SentenceModel) -> dict[str, bytes]:
    """The stored vectors of a guide by the digest of their text, as this model made them."""
    row = GuideMeaning.objects.filter(guide=guide_id, model=model.digest).first()
    if row is None:
        return {}
    size = 2 * model.width
    vectors = bytes(row.vectors)
    return {digest: vectors[at * size : (at + 1) * size] for at, (_, digest) in enumerate(row.pieces)}
