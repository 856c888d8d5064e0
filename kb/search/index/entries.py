"""Turns a document into its index entry: postings with weights and positions, and the text that hits show."""

from __future__ import annotations

import json
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, repeat
from pathlib import Path
from struct import Struct

from kb.content.patterns import counted, linear
from kb.search import weights
from kb.search.index.contract import GuideDocument
from kb.search.text import analysis
from kb.search.text.analysis import STOP_WORDS, Tokens, spans, tokenize
from kb.search.weights import HEADING, LABEL, SYMPTOM, TEXT, TITLE

NO_POSITIONS = b"-"
LINE_BREAK = "·"
WRAPPED = 60

_ACRONYM = linear(r"\(([A-Z]{2,8})\)")
_WORD = counted(r"[A-Za-z][A-Za-z0-9]*")
_BEFORE = 120
_BACKTICKS = counted(r"`(?:(?<!\w`)`*|`*(?!\w))")  # it begins with what is looked for: that is quick
_RUNNING_ON = ".:;,!?…-·"
_one_position = Struct("I").pack


@dataclass(frozen=True, slots=True)
class Head:
    """What is kept in memory of every indexed guide.

    `length` is its weighted number of words, `headings` are the [start, end) positions of its title and its headings.
    """

    guide_id: int
    slug: str
    title: str
    category: str
    category_slug: str
    audience: str
    products: tuple[str, ...]
    length: float
    acronyms: tuple[tuple[str, str], ...]
    headings: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, data: bytes) -> Head:
        """The head that `Entry.head` holds."""
        values = json.loads(data)
        values[6] = tuple(values[6])
        values[8], values[9] = tuple(map(tuple, values[8])), tuple(map(tuple, values[9]))
        return cls(*values)


@dataclass(frozen=True)
class Part:
    """A section as hits show it.

    Its words have the positions from `heading_at` (its title) and `text_at` on (its text, with single spaces, of
    `length` words).
    """

    anchor: str
    title: str
    level: int
    text: str
    codes: tuple[str, ...]
    symptoms: bool
    heading_at: int
    text_at: int
    length: int

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The [start, end) of each word of the text."""
        return spans(self.text)


@dataclass(frozen=True, slots=True)
class Body:
    """The summary and the sections of one guide; `bounds[i]` is the position at which section i starts."""

    summary: str
    parts: tuple[Part, ...]
    bounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A guide as Whoosh keeps it: `postings` are (word, weight, positions), `codes` the keys of its error codes."""

    guide_id: int
    head: bytes
    body: bytes
    postings: list[tuple[str, float, bytes]]
    codes: tuple[str, ...]


def entry(document: GuideDocument) -> Entry:
    """The guide's entry in the index."""
    positions: dict[str, list[int]] = defaultdict(list)
    extra: dict[str, float] = defaultdict(float)
    title = tokenize(document.title)
    _add_positions(title, 0, TITLE, positions, extra)
    length, at = TITLE * len(title.words), len(title.words) + 1
    parts: list[list[object]] = []
    headings = [(0, len(title.words))]
    for section in document.sections:
        shown = _shown(section.text)
        heading, text = tokenize(section.title), tokenize(shown)
        text_at = at + len(heading.words) + 1
        _add_positions(heading, at, HEADING, positions, extra)
        _add_positions(text, text_at, TEXT, positions, extra)
        _add_weights((*section.symptoms, *section.codes), SYMPTOM, extra)
        headings.append((at, text_at - 1))
        length += HEADING * len(heading.words) + TEXT * len(text.words)
        fields = (section.anchor, section.title, section.level, shown, section.codes, bool(section.symptoms))
        parts.append([*fields, at, text_at, len(text.words)])
        at = text_at + len(text.words) + 1
    _add_weights((document.summary, document.category, *document.applies_to, *document.tags), LABEL, extra)
    return Entry(
        guide_id=document.guide_id,
        head=_head(document, length, headings),
        body=zlib.compress(json.dumps([" ".join(document.summary.split()), parts]).encode(), 1),
        postings=_postings(positions, extra),
        codes=tuple({code_key(code) for section in document.sections for code in section.codes}),
    )


def _shown(text: str) -> str:
    """The text in one line as results show it: short lines that do not run on are set apart, loose backticks gone.

    That changes none of its words, nor their positions.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        shown = " ".join(line.split())
        if shown[:1].isupper() and lines and _is_whole(lines[-1]):
            lines.append(LINE_BREAK)
        if shown:
            lines.append(shown)
    return _BACKTICKS.sub("", " ".join(lines))


def _is_whole(line: str) -> bool:
    """Whether a line seems to be an item or a label of its own, and not a part of prose that was wrapped."""
    if len(line) >= WRAPPED or line[-1] in _RUNNING_ON or ". " in line:
        return False
    return line.rpartition(" ")[2] not in STOP_WORDS


def _postings(positions: dict[str, list[int]], extra: dict[str, float]) -> list[tuple[str, float, bytes]]:
    """The postings of a guide. Whoosh loses a value that is empty, hence NO_POSITIONS for a word without a position."""
    totals = {word: TEXT * len(at) for word, at in positions.items()}
    for word, weight in extra.items():
        totals[word] = totals.get(word, 0.0) + weight
    packed = [_one_position(at[0]) if len(at) == 1 else array("I", at).tobytes() for at in positions.values()]
    return list(zip(totals, totals.values(), chain(packed, repeat(NO_POSITIONS)), strict=False))


def format_name() -> str:
    """A name for the code that makes entries: an index that other code made is built anew."""
    code = (__file__, *analysis.SOURCES, weights.__file__)
    checksum = zlib.crc32(b"".join(Path(path).read_bytes() for path in code))
    return f"{checksum:08x}"


def code_key(code: str) -> str:
    """An error code as it is compared: in lower case, with single spaces."""
    return " ".join(code.lower().split())


def read_body(data: bytes) -> Body:
    """The sections that `Entry.body` holds."""
    summary, stored_parts = json.loads(zlib.decompress(data))
    parts = tuple(
        Part(anchor, title, level, text, tuple(codes), *rest)
        for anchor, title, level, text, codes, *rest in stored_parts
    )
    return Body(summary, parts, tuple(part.heading_at for part in parts))


def _add_positions(
    found: Tokens, at: int, weight: float, positions: dict[str, list[int]], extra: dict[str, float]
) -> None:
    """Add the words of one text, of which the first has the position `at`; `extra` is what they weigh beyond TEXT."""
    for position, word in enumerate(found.words, at):
        positions[word].append(position)
    for index, identifier in found.identifiers:
        positions[identifier].append(at + index)
    if weight != TEXT:
        for word in (*found.words, *(identifier for _, identifier in found.identifiers)):
            extra[word] += weight - TEXT


@lru_cache(maxsize=1000)
def _label_words(text: str) -> tuple[str, ...]:
    found = tokenize(text)
    return (*found.words, *(identifier for _, identifier in found.identifiers))


def _add_weights(labels: Iterable[str], weight: float, extra: dict[str, float]) -> None:
    for label in labels:
        for word in _label_words(label):
            extra[word] += weight


def _head(document: GuideDocument, length: float, headings: list[tuple[int, int]]) -> bytes:
    texts = [document.title, *(text for section in document.sections for text in (section.title, section.text))]
    acronyms = {found for text in texts if "(" in text for found in _acronyms(text)}
    return json.dumps(
        [
            document.guide_id,
            document.slug,
            document.title,
            document.category,
            document.category_slug,
            document.audience,
            document.applies_to,
            length,
            sorted(acronyms),
            [heading for heading in headings if heading[0] < heading[1]],
        ]
    ).encode()


def _acronyms(text: str) -> Iterator[tuple[str, str]]:
    """The acronyms that the text explains in the way of 'Domain Name System (DNS)', with what they stand for."""
    for match in _ACRONYM.finditer(text):
        acronym = match[1].lower()
        before = _WORD.findall(text[max(0, match.start() - _BEFORE) : match.start()])[-len(acronym) :]
        if "".join(word[0] for word in before).lower() == acronym:
            yield acronym, " ".join(before).lower()
