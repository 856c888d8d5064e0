"""Turns a document into its index entry: the words of its fields with their positions, and the text that hits show."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from pathlib import Path
from sys import intern
from typing import NamedTuple

import numpy as np

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.stemming import stem
from kb.content.patterns import counted, linear
from kb.search.index.contract import GuideDocument
from kb.search.text import analysis
from kb.search.text.analysis import Tokens, spans, tokenize

FIELDS = ("title", "headings", "symptoms", "messages", "tags", "body")  # of stems, by which documents are ranked
LINE_BREAK = "·"
WRAPPED = 60
SIZE_OF_STEPS = 8  # bytes for each word: to its start, and to its end

_ACRONYM = linear(r"\(([A-Z]{2,8})\)")
_WORD = counted(r"[A-Za-z][A-Za-z0-9]*")
_QUOTED = linear(r'["“”„]([^"“”„\n]{3,300})["“”„]')
_BEFORE = 120
_BACKTICKS = counted(r"`(?:(?<!\w`)`*|`*(?!\w))")  # it begins with what is looked for: that is quick
_RUNNING_ON = ".:;,!?…-·"
_IN_HEAD = attrgetter(  # in the order of `Head`
    "guide_id", "slug", "title", "category", "category_slug", "audience", "language", "applies_to"
)

Words = list[tuple[str, int]]  # a word and its position


@dataclass(frozen=True, slots=True)
class Head:
    """What is kept in memory of every indexed guide.

    `lengths` are the numbers of words in FIELDS, `headings` the positions at which its title and its headings start and
    end, one after the other.
    """

    guide_id: int
    slug: str
    title: str
    category: str
    category_slug: str
    audience: str
    language: str
    products: tuple[str, ...]
    lengths: array[int]
    acronyms: tuple[tuple[str, str], ...]
    headings: array[int]

    @classmethod
    def read(cls, data: bytes) -> Head:
        """The head that `Entry.head` holds."""
        guide_id, slug, title, *names, products, lengths, acronyms, headings = json.loads(data)
        category, category_slug, audience, language = map(intern, names)
        audience = "public" if guide_id < 0 else audience  # the guide is for everyone: this is what it is to staff
        return cls(
            guide_id,
            slug,
            title,
            category,
            category_slug,
            audience,
            language,
            tuple(map(intern, products)),
            array("I", lengths),
            tuple(map(tuple, acronyms)),
            array("I", headings),
        )


class Part(NamedTuple):
    """A section as hits show it.

    Its words have the positions from `heading_at` (its title) and `text_at` on (its text, with single spaces, of
    `length` words). `edges` are where the words of the text start and end, packed: lists of them would take many times
    the room of the text.
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
    edges: bytes

    def spans(self, words: list[int]) -> list[tuple[int, int]]:
        """Where the words with these numbers start and end in the text."""
        edges = memoryview(self.edges).cast("i")
        return [(edges[2 * word], edges[2 * word + 1]) for word in words]


@dataclass(frozen=True, slots=True)
class Body:
    """The summary and the sections of one guide; `bounds[i]` is the position at which section i starts."""

    summary: str
    parts: tuple[Part, ...]
    bounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A guide as engines keep it.

    `fields` are the stems of each of FIELDS with their positions; `words` are the words of all that the guide says as
    they are written, at the positions of `body`; of the identifiers those that are no plain word. `codes` are the keys
    of the error codes that it defines, `headlines` the words of its title and headings.
    """

    guide_id: int
    head: bytes
    body: bytes
    fields: dict[str, Words]
    words: Words
    codes: tuple[str, ...]
    headlines: tuple[str, ...]


@dataclass(slots=True)
class _Field:
    """The words of a field as they are found: texts one after the other, with a gap that no phrase goes over."""

    language: str
    stems: Words = field(default_factory=list)
    words: Words = field(default_factory=list)
    count: int = 0
    at: int = 0

    def add(self, found: Tokens) -> None:
        """Take the words of one more text."""
        own = list(zip(found.words, range(self.at, self.at + len(found.words)), strict=True))
        if found.identifiers:
            names = [(each, self.at + index) for index, each in found.identifiers]
            self.words += sorted([*own, *(name for name in names if not name[0].isalpha())], key=itemgetter(1))
            own = sorted([*own, *names], key=itemgetter(1))  # positions of a word come in order
        else:
            self.words += own
        self.stems += [(stem(word, self.language), position) for word, position in own]
        self.count += len(found.words)
        self.at += len(found.words) + 1

    def add_all(self, texts: Iterable[str]) -> None:
        """Take the words of some texts."""
        for text in texts:
            self.add(tokenize(text))


def entry(document: GuideDocument) -> Entry:
    """The guide's entry in the index."""
    fields = {name: _Field(document.language) for name in FIELDS}
    body, title = fields["body"], tokenize(document.title)
    fields["title"].add(title)
    headings = [0, len(title.words)]
    body.add(title)
    headlines = dict.fromkeys(title.words)
    parts: list[list[object]] = []
    steps: list[bytes] = []
    for section in document.sections:
        shown = _shown(section.text)
        heading, text = tokenize(section.title), tokenize(shown)
        heading_at, text_at = body.at, body.at + len(heading.words) + 1
        body.add(heading)
        body.add(text)
        if heading.words != title.words:
            fields["headings"].add(heading)
            headings += [heading_at, text_at - 1]
            headlines |= dict.fromkeys(heading.words)
        fields["symptoms"].add_all((*section.symptoms, *section.codes))
        fields["messages"].add_all(_QUOTED.findall(shown))
        named = (section.anchor, section.title, section.level, shown, section.codes, bool(section.symptoms))
        parts.append([*named, heading_at, text_at, len(text.words)])
        steps.append(np.diff(np.array(spans(shown), dtype=np.int32).ravel(), prepend=np.int32(0)).tobytes())
    fields["tags"].add_all((document.summary, document.category, *document.applies_to, *document.tags))
    return Entry(
        guide_id=document.guide_id,
        head=_head(document, [own.count for own in fields.values()], headings),
        body=_packed(" ".join(document.summary.split()), parts, steps),
        fields={name: own.stems for name, own in fields.items()},
        words=body.words,
        codes=tuple({code_key(code) for section in document.sections for code in section.codes}),
        headlines=tuple(headlines),
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


def format_name() -> str:
    """A name for the code that makes entries: an index that other code made is built anew."""
    checksum = zlib.crc32(b"".join(Path(path).read_bytes() for path in (__file__, *analysis.SOURCES)))
    return f"{checksum:08x}"


def code_key(code: str) -> str:
    """An error code as it is compared: in lower case, with single spaces."""
    return " ".join(code.lower().split())


def _packed(summary: str, parts: list[list[object]], steps: list[bytes]) -> bytes:
    """The sections as JSON, which holds no NUL, and behind one where their words stand, each step after the other."""
    return zlib.compress(json.dumps([summary, parts]).encode() + b"\0" + b"".join(steps), 1)


def read_body(data: bytes) -> Body:
    """The sections that `Entry.body` holds."""
    listed, _, steps = zlib.decompress(data).partition(b"\0")
    summary, stored_parts = json.loads(listed)
    edges = _summed(steps, [2 * length for *_, length in stored_parts])
    parts, at = list[Part](), 0
    for anchor, title, level, text, codes, symptoms, heading_at, text_at, length in stored_parts:
        end = at + length * SIZE_OF_STEPS
        own = edges[at:end]
        parts.append(Part(anchor, title, level, text, tuple(codes), symptoms, heading_at, text_at, length, own))
        at = end
    return Body(summary, tuple(parts), tuple(part.heading_at for part in parts))


def _summed(steps: bytes, lengths: list[int]) -> bytes:
    """The steps of texts of so many steps each, added up from the start of each text."""
    counts = np.array(lengths, dtype=np.int64)
    sums = np.frombuffer(steps, dtype=np.int32).cumsum(dtype=np.int32)
    before = np.concatenate((np.zeros(1, dtype=np.int32), sums))[counts.cumsum() - counts]
    packed: bytes = (sums - before.repeat(counts)).tobytes()
    return packed


def _head(document: GuideDocument, lengths: list[int], headings: list[int]) -> bytes:
    texts = [document.title, *(text for section in document.sections for text in (section.title, section.text))]
    acronyms = {found for text in texts if "(" in text for found in _acronyms(text)}
    return json.dumps([*_IN_HEAD(document), lengths, sorted(acronyms), headings]).encode()


def _acronyms(text: str) -> Iterator[tuple[str, str]]:
    """The acronyms that the text explains in the way of 'Domain Name System (DNS)', with what they stand for."""
    for match in _ACRONYM.finditer(text):
        acronym = match[1].lower()
        before = _WORD.findall(text[max(0, match.start() - _BEFORE) : match.start()])[-len(acronym) :]
        if "".join(word[0] for word in before).lower() == acronym:
            yield acronym, " ".join(before).lower()
