"""Finds the guides whose sections mean most nearly what a vector does, in a matrix that each process keeps."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kb.models import GuideMeaning
from kb.search.index.near import Near
from kb.search.meaning.model import Vectors
from kb.search.meaning.store import STORED_AS, Stamp, stamp

ROWS_AT_ONCE = 100
LEAST_LENGTH = 1e-12
ENOUGH_FOR_AN_INDEX = 50_000  # pieces, from which scanning all of them takes too long for one query
PIECES_FOR_A_GUIDE = 4  # how many more pieces than guides are asked of an index: one guide may have several


class Matrix:
    """Vectors of guides of one audience; row for row, whose they are and of which section, in order of the guides."""

    def __init__(self, owners: NDArray[np.int64], anchors: list[str], vectors: Vectors) -> None:
        self._owners, self._anchors, self._vectors = owners, anchors, vectors
        self._index = _index_of(vectors) if len(anchors) > ENOUGH_FOR_AN_INDEX else None

    @classmethod
    def of_pieces(cls, rows: Iterable[tuple[int, list[list[str]], bytes]], width: int) -> Self:
        """All pieces of (guide, its pieces, their vectors as they are stored); those of another width are left out."""
        owners, anchors, blocks = list[int](), list[str](), list[Any]()
        for guide_id, parts, stored in rows:
            block = np.frombuffer(stored, STORED_AS)
            if parts and block.size == len(parts) * width:
                blocks.append(block.reshape(len(parts), width).astype(np.float32))
                anchors += [anchor for anchor, _ in parts]
                owners += [guide_id] * len(parts)
        vectors: Vectors = np.concatenate(blocks) if blocks else np.zeros((0, width), np.float32)
        return cls(np.array(owners, np.int64), anchors, vectors)

    def nearest(self, vector: Vectors, most: int) -> list[Near]:
        """The `most` guides nearest to a vector, each with its best piece, the nearest first."""
        found: dict[int, Near] = {}
        for place, similarity in self._best_first(vector, most):
            guide_id = int(self._owners[place])
            if guide_id not in found:
                found[guide_id] = Near(guide_id, self._anchors[place], similarity)
                if len(found) == most:
                    break
        return list(found.values())

    @cached_property
    def wholes(self) -> Matrix:
        """The same guides, each with one vector for the whole of it: the mean over its pieces."""
        starts = np.flatnonzero(np.diff(self._owners, prepend=-1))
        sums = np.add.reduceat(self._vectors, starts, axis=0) if len(starts) else self._vectors
        lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), LEAST_LENGTH)
        return Matrix(self._owners[starts], [""] * len(starts), sums / lengths)

    def vector_of(self, guide_id: int) -> Vectors | None:
        """The first vector of a guide; None for one that is not here."""
        at = int(np.searchsorted(self._owners, guide_id))
        return self._vectors[at] if at < len(self._owners) and self._owners[at] == guide_id else None

    def _best_first(self, vector: Vectors, most: int) -> Iterator[tuple[int, float]]:
        """Pieces and their similarities: all of them, or from an index those that come first."""
        if self._index is not None:
            matches = self._index.search(vector, most * PIECES_FOR_A_GUIDE)
            yield from zip(map(int, matches.keys), (1.0 - matches.distances).tolist(), strict=True)
            return
        similarities = self._vectors @ vector
        for place in np.argsort(-similarities, kind="stable"):
            yield int(place), float(similarities[place])


def _index_of(vectors: Vectors) -> Any:
    """An index that need not look at each vector; None where `usearch` is not installed, and all are looked at."""
    # Loaded after usearch, onnxruntime ends the process with a segmentation fault, unless a library that brings the
    # system's own C++ (re2, rapidfuzz) came before both.
    with suppress(ImportError):
        import onnxruntime  # noqa: F401, PLC0415 - only search by meaning needs it
    try:
        from usearch.index import Index  # noqa: PLC0415 - only large libraries need it
    except ImportError:
        return None
    index = Index(ndim=vectors.shape[1], metric="cos", dtype="f16")
    index.add(np.arange(len(vectors)), vectors, threads=1)
    return index


class Library:
    """The matrices of all audiences, read anew when the store has changed."""

    def __init__(self, model_digest: str, width: int) -> None:
        self._model_digest, self._width = model_digest, width
        self._read: tuple[Stamp, dict[str, Matrix]] | None = None
        self._reading = threading.Lock()

    def nearest(self, vector: Vectors, audiences: frozenset[str], most: int) -> list[Near]:
        """The `most` guides of these audiences nearest to a vector, in order; one query while nothing is new."""
        matrices = self._matrices()
        found = [near for name in audiences if name in matrices for near in matrices[name].nearest(vector, most)]
        return sorted(found, key=lambda near: -near.similarity)[:most]

    def like(self, guide_id: int, audiences: frozenset[str], most: int) -> list[Near]:
        """The `most` other guides of these audiences that are most like one as a whole; one query while nothing is new.

        None for a guide that was not read, or is for others.
        """
        wholes = [matrix.wholes for name, matrix in self._matrices().items() if name in audiences]
        own = next((vector for whole in wholes if (vector := whole.vector_of(guide_id)) is not None), None)
        if own is None:
            return []
        found = [near for whole in wholes for near in whole.nearest(own, most + 1) if near.guide_id != guide_id]
        return sorted(found, key=lambda near: -near.similarity)[:most]

    def refresh(self) -> None:
        """Read what is new in the store."""
        self._matrices()

    def _matrices(self) -> dict[str, Matrix]:
        now = stamp()
        with self._reading:
            if self._read is None or self._read[0] != now:
                self._read = now, self._matrices_in_store()
            return self._read[1]

    def _matrices_in_store(self) -> dict[str, Matrix]:
        rows = GuideMeaning.objects.filter(model=self._model_digest)
        names = rows.values_list("audience", flat=True).distinct().order_by("audience")
        return {name: Matrix.of_pieces(self._rows_of(name), self._width) for name in names}

    def _rows_of(self, audience: str) -> Iterator[tuple[int, list[list[str]], bytes]]:
        rows = GuideMeaning.objects.filter(model=self._model_digest, audience=audience).order_by("guide_id")
        for row in rows.iterator(ROWS_AT_ONCE):
            yield row.guide_id, row.pieces, bytes(row.vectors)
