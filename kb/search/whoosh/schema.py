"""The fields of the Whoosh index, and what analyses their texts."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex
from typing import Any

from whoosh import columns, fields
from whoosh.analysis import Analyzer, LowercaseFilter, RegexTokenizer, StemFilter, Token
from whoosh.analysis.analyzers import CompositeAnalyzer
from whoosh.codec.whoosh3 import W3Codec

from kb.content.languages.stemming import stem
from kb.search.index.entries import FIELDS, Entry, Words
from kb.search.text.analysis import tokenize


class Analysed(str):
    """A text whose words were found already, with their positions."""

    __slots__ = ("words",)
    words: Words

    @classmethod
    def of(cls, words: Words) -> Analysed:
        """The text that has these words."""
        text = cls(" ".join(word for word, _ in words[:1]))
        text.words = words
        return text


class GuideAnalyzer(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Finds words as the rest of search does; `stemming` says whether they are kept without their endings.

    In the index it stands as the nearest of Whoosh's own, so that any Whoosh program can open it.
    """

    def __init__(self, *, stemming: bool) -> None:
        self.stemming = stemming

    def __call__(self, value: str, **kwargs: Any) -> Iterator[Token]:
        """The tokens of a text; Whoosh expects the same object again and again."""
        token = Token(**{name: kwargs[name] for name in ("positions", "chars", "boosts", "mode") if name in kwargs})
        token.boost, token.stopped = 1.0, False
        words = value.words if isinstance(value, Analysed) else self._words(value)
        for token.text, token.pos in words:
            yield token

    def _words(self, value: str) -> Words:
        found = tokenize(value).words
        return [(stem(word) if self.stemming else word, at) for at, word in enumerate(found)]

    def __reduce__(self) -> tuple[Any, ...]:
        """As what Whoosh pickles it."""
        endings = (StemFilter(lang="en"),) if self.stemming else ()
        return CompositeAnalyzer, (RegexTokenizer(), LowercaseFilter(), *endings)


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own codec; a segment has a name that no other has, also where a program has seeded `random`."""

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """A segment with a name of its own."""
        segment = super().new_segment(storage, indexname)
        segment.segid = token_hex(8)
        return segment

    def __reduce__(self) -> tuple[Any, ...]:
        """As what Whoosh pickles it."""
        return W3Codec, ()


SCHEMA = fields.Schema(
    guide=fields.ID(),
    **{name: fields.TEXT(analyzer=GuideAnalyzer(stemming=True)) for name in FIELDS},
    words=fields.TEXT(analyzer=GuideAnalyzer(stemming=False)),
    codes=fields.KEYWORD(commas=True),
    headlines=fields.KEYWORD(commas=True),
    head=fields.COLUMN(columns.VarBytesColumn()),
    content=fields.COLUMN(columns.VarBytesColumn()),
)


def row(made: Entry) -> dict[str, Any]:
    """An entry as Whoosh takes it; a field with nothing in it is left out."""
    analysed = {name: words for name, words in (*made.fields.items(), ("words", made.words)) if words}
    return {
        "guide": str(made.guide_id),
        "head": made.head,
        "content": made.body,
        **{name: Analysed.of(words) for name, words in analysed.items()},
        **{name: list(own) for name, own in (("codes", made.codes), ("headlines", made.headlines)) if own},
    }
