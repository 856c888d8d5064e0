"""A guide in, what the index holds of it out: its words with their weights and places, and what a hit shows."""

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
from kb.search.index.contract import GuideDocument
from kb.search.text import analysis
from kb.search.text.analysis import STOP_WORDS, Words, spans, words

TITLE = 5.0
HEADING = 2.0
SYMPTOM = 1.0
LABEL = 1.0
TEXT = 1.0
NOWHERE = b"-"
LINE_BREAK = "·"
WRAPPED = 60

_ACRONYM = linear(r"\(([A-Z]{2,8})\)")
_WORD = counted(r"[A-Za-z][A-Za-z0-9]*")
_BEFORE = 120
_BACKTICKS = counted(r"`(?:(?<!\w`)`*|`*(?!\w))")  # it begins with what is looked for: that is quick
_RUNNING_ON = ".:;,!?…-·"
_one_place = Struct("I").pack


@dataclass(frozen=True, slots=True)
class Head:
    """What is kept in memory of every indexed guide.

    `length` is its weighted number of words, `headings` are the [start, end) places of its title and its headings.
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

    Its words have the places `heading_at` (its title), `text_at` (its text, with single spaces) and on, of which there
    are `length`.
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
    """The summary and the sections of one guide; `bounds[i]` is the place at which section i starts."""

    summary: str
    parts: tuple[Part, ...]
    bounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A guide as Whoosh keeps it: `postings` are (word, weight, places), `codes` the keys of its error codes."""

    guide_id: int
    head: bytes
    body: bytes
    postings: list[tuple[str, float, bytes]]
    codes: tuple[str, ...]


def entry(document: GuideDocument) -> Entry:
    """The guide's entry in the index."""
    places: dict[str, list[int]] = defaultdict(list)
    extra: dict[str, float] = defaultdict(float)
    title = words(document.title)
    _place(title, 0, TITLE, places, extra)
    length, at = TITLE * len(title.texts), len(title.texts) + 1
    parts: list[list[object]] = []
    headings = [(0, len(title.texts))]
    for section in document.sections:
        shown = _shown(section.text)
        heading, text = words(section.title), words(shown)
        text_at = at + len(heading.texts) + 1
        _place(heading, at, HEADING, places, extra)
        _place(text, text_at, TEXT, places, extra)
        _weigh((*section.symptoms, *section.codes), SYMPTOM, extra)
        headings.append((at, text_at - 1))
        length += HEADING * len(heading.texts) + TEXT * len(text.texts)
        named = (section.anchor, section.title, section.level, shown, section.codes, bool(section.symptoms))
        parts.append([*named, at, text_at, len(text.texts)])
        at = text_at + len(text.texts) + 1
    _weigh((document.summary, document.category, *document.applies_to, *document.tags), LABEL, extra)
    return Entry(
        guide_id=document.guide_id,
        head=_head(document, length, headings),
        body=_pack(" ".join(document.summary.split()), parts),
        postings=_postings(places, extra),
        codes=tuple({code_key(code) for section in document.sections for code in section.codes}),
    )


def _shown(text: str) -> str:
    """The text in one line as results show it: short lines that do not run on are set apart, loose backticks gone.

    That changes none of its words, nor their places.
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


def _postings(places: dict[str, list[int]], extra: dict[str, float]) -> list[tuple[str, float, bytes]]:
    """The postings of a guide. Whoosh loses a value that is empty, hence NOWHERE for a word without a place."""
    weights = {word: TEXT * len(at) for word, at in places.items()}
    for word, weight in extra.items():
        weights[word] = weights.get(word, 0.0) + weight
    packed = [_one_place(at[0]) if len(at) == 1 else array("I", at).tobytes() for at in places.values()]
    return list(zip(weights, weights.values(), chain(packed, repeat(NOWHERE)), strict=False))


def format_name() -> str:
    """A name for the code that makes entries: an index that other code made is built anew."""
    made_by = zlib.crc32(b"".join(Path(path).read_bytes() for path in (__file__, analysis.__file__)))
    return f"{made_by:08x}"


def code_key(code: str) -> str:
    """An error code as it is compared: in lower case, with single spaces."""
    return " ".join(code.lower().split())


def read_body(data: bytes) -> Body:
    """The sections that `Entry.body` holds."""
    summary, listed = json.loads(zlib.decompress(data))
    parts = tuple(
        Part(anchor, title, level, text, tuple(codes), *rest) for anchor, title, level, text, codes, *rest in listed
    )
    return Body(summary, parts, tuple(part.heading_at for part in parts))


def _place(found: Words, at: int, weight: float, places: dict[str, list[int]], extra: dict[str, float]) -> None:
    """Add the words of one text, of which the first has the place `at`; `extra` is what they weigh beyond TEXT."""
    for place, word in enumerate(found.texts, at):
        places[word].append(place)
    for index, identifier in found.wholes:
        places[identifier].append(at + index)
    if weight != TEXT:
        for word in (*found.texts, *(identifier for _, identifier in found.wholes)):
            extra[word] += weight - TEXT


@lru_cache(maxsize=1000)
def _label(text: str) -> tuple[str, ...]:
    found = words(text)
    return (*found.texts, *(identifier for _, identifier in found.wholes))


def _weigh(labels: Iterable[str], weight: float, extra: dict[str, float]) -> None:
    for label in labels:
        for word in _label(label):
            extra[word] += weight


def _head(document: GuideDocument, length: float, headings: list[tuple[int, int]]) -> bytes:
    acronyms = {found for text in _texts(document) if "(" in text for found in _acronyms(text)}
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


def _texts(document: GuideDocument) -> Iterator[str]:
    yield document.title
    for section in document.sections:
        yield section.title
        yield section.text


def _acronyms(text: str) -> Iterator[tuple[str, str]]:
    """The acronyms that the text explains in the way of 'Domain Name System (DNS)', with what they stand for."""
    for match in _ACRONYM.finditer(text):
        short = match[1].lower()
        before = _WORD.findall(text[max(0, match.start() - _BEFORE) : match.start()])[-len(short) :]
        if "".join(word[0] for word in before).lower() == short:
            yield short, " ".join(before).lower()


def _pack(summary: str, parts: list[list[object]]) -> bytes:
    return zlib.compress(json.dumps([summary, parts]).encode(), 1)
