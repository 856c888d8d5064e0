"""What a Markdown body is read into: runs of text, blocks of runs, and the parts under headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kb.content.document import Link, Section
from kb.content.patterns import GAP, counted

_LABEL_SOURCE = counted(rf"(?:^\s*(?:[-*+]|\d{{1,9}}[.)])\s+)?{GAP}(\*\*|__).{{1,150}}?\1\s*[:\u2013\u2014-]?\s*")
OtherKind = Literal["rule", "heading", "footnote"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that looks the same: `code` and `strong` say how, `target` where it links to.

    An `image` run holds its alternative text, and its address in `target`.
    """

    text: str
    code: bool = False
    strong: bool = False
    target: str = ""
    image: bool = False


Line: TypeAlias = tuple[Run, ...]


def plain(runs: Iterable[Run]) -> str:
    """The words of some runs on one line, with single spaces."""
    return " ".join("".join(run.text for run in runs).split())


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or the words of a table's cell, line by line as it was written.

    `line` and `end_line` (from 1, both included) are lines of the whole file, here and in every other
    block; `source` is the Markdown, without the indentation and the markers of what encloses it.
    """

    lines: tuple[Line, ...]
    line: int
    end_line: int
    source: str

    @property
    def text(self) -> str:
        """What a reader sees; the lines stay apart."""
        return "\n".join(plain(line) for line in self.lines)

    @property
    def runs(self) -> Line:
        """All runs, with a space where a line ends."""
        joined: list[Run] = []
        for line in self.lines:
            joined += [*([Run(" ")] if joined else []), *line]
        return tuple(joined)

    def between(self, start: int, end: int, first: Line) -> Paragraph | None:
        """The paragraph of the lines from `start` to before `end` (from 0), with `first` in place of the first.

        None when nothing is left; `first` is what is left of that line when a label is taken off it.
        """
        if not plain(first):
            return self.between(start + 1, end, self.lines[start + 1]) if start + 1 < end else None
        source_lines = self.source.split("\n")[start:end]
        if first != self.lines[start]:
            source_lines[:1] = [_LABEL_SOURCE.sub("", source_lines[0], count=1)] if source_lines else []
        lines = (first, *self.lines[start + 1 : end])
        first_line = min(self.line + start, self.end_line)
        return Paragraph(
            lines, first_line, max(first_line, min(self.line + end - 1, self.end_line)), "\n".join(source_lines)
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; `source` is its Markdown without the marker, dedented."""

    blocks: tuple[Block, ...]
    line: int
    end_line: int
    source: str

    @property
    def text(self) -> str:
        """What a reader sees."""
        return text_of(self.blocks)

    @property
    def lead(self) -> Paragraph | None:
        """The paragraph that the item opens with, if it does."""
        return self.blocks[0] if self.blocks and isinstance(self.blocks[0], Paragraph) else None


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list; `start` is the first number of an ordered one."""

    items: tuple[Item, ...]
    line: int
    end_line: int
    source: str
    ordered: bool = False
    start: int = 1

    @property
    def text(self) -> str:
        """What a reader sees, an item on each line."""
        return "\n".join(item.text for item in self.items)


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code."""

    text: str
    line: int
    end_line: int
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the cells of its head and of each row, a row being as long as the head."""

    header: tuple[Paragraph, ...]
    rows: tuple[tuple[Paragraph, ...], ...]
    line: int
    end_line: int
    source: str

    @property
    def text(self) -> str:
        """What a reader sees, a row on each line."""
        return "\n".join(" ".join(filter(None, (cell.text for cell in row))) for row in (self.header, *self.rows))


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation, an admonition, a tab or a folded part; `alert` is the kind of all but the first, in capitals.

    A `> [!NOTE]` and a `!!! note` are of the kind NOTE, a tab is of the kind TAB, what is folded DETAILS.
    """

    blocks: tuple[Block, ...]
    line: int
    end_line: int
    source: str
    alert: str = ""
    title: str = ""

    @property
    def text(self) -> str:
        """What a reader sees."""
        return "\n".join(filter(None, (self.title, text_of(self.blocks))))


@dataclass(frozen=True, slots=True)
class Other:
    """What holds no structure: a rule, a footnote, a heading inside a list or a quotation."""

    kind: OtherKind
    text: str
    line: int
    end_line: int
    source: str


Block: TypeAlias = Paragraph | ListBlock | Code | Table | Quote | Other


def text_of(blocks: Iterable[Block]) -> str:
    """What a reader sees of some blocks, a block on each line."""
    return "\n".join(filter(None, (block.text for block in blocks)))


@dataclass(frozen=True, slots=True)
class Part:
    """A section and the blocks that it consists of; `lists` are the lines of the lists that a page shows at its top."""

    section: Section
    blocks: tuple[Block, ...]
    lists: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A body as read: its parts in order, its relative links, and the lines of its images without a description.

    `left_out` are the elements of HTML that no page shows, by name, with the line at which each is first;
    `not_followed` are the addresses of links that are none for browsers, such as `obsidian://...`.
    `title` is that of the guide's title heading, '' when there is none; `title_anchor` is None then.
    """

    parts: tuple[Part, ...]
    links: tuple[Link, ...]
    images_without_text: tuple[int, ...]
    title: str
    title_anchor: str | None
    first_line: int
    last_line: int
    left_out: tuple[tuple[str, int], ...] = ()
    not_followed: tuple[tuple[str, int], ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in the order of the text."""
        return tuple(part.section for part in self.parts)
