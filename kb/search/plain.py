"""A plain Whoosh index of sections, as anyone would make it: what our search and its index are measured beside."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whoosh import fields, index
from whoosh.analysis import StemmingAnalyzer
from whoosh.query import Or, Term
from whoosh.scoring import BM25F

from kb.search.index.contract import GuideDocument

TITLE_WEIGHT = 2.0
MOST_SECTIONS = 200  # that are looked at for the guides they are of


class PlainIndex:
    """A Whoosh index in a folder that is there and is empty: stemmed titles and texts, any word, BM25F."""

    def __init__(self, folder: Path, documents: Iterable[GuideDocument]) -> None:
        self._analyzer = StemmingAnalyzer()
        schema = fields.Schema(
            guide=fields.STORED(),
            title=fields.TEXT(analyzer=self._analyzer),
            body=fields.TEXT(analyzer=self._analyzer),
        )
        made = index.create_in(str(folder), schema)
        writer = made.writer()
        for document in documents:
            for section in document.sections:
                body = f"{section.title}\n{section.text}"
                writer.add_document(guide=document.guide_id, title=document.title, body=body)
        writer.commit()
        self._searcher = made.searcher(weighting=BM25F())

    def search(self, text: str, limit: int) -> list[int]:
        """The ids of the best guides: the best section of each counts."""
        words = {token.text for token in self._analyzer(text)}
        asked = [Term("title", word, boost=TITLE_WEIGHT) for word in words] + [Term("body", word) for word in words]
        found = self._searcher.search(Or(asked), limit=MOST_SECTIONS)
        return list(dict.fromkeys(int(hit["guide"]) for hit in found))[:limit]

    def close(self) -> None:
        """Let go of the files."""
        self._searcher.close()
