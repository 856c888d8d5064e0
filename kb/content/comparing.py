"""Compares two texts of a guide section by section: their lines, and their rendered pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lxml import html as lxml_html

from kb.content.document import Document
from kb.content.identity import KnownSection, keys_for
from kb.content.marked_pages import marked_page
from kb.content.matching import Budget, opcodes
from kb.content.page_trees import tree_of
from kb.content.patterns import counted, linear
from kb.content.phrases import Phrase

Kind = Literal["same", "changed", "new", "gone"]
HEAD = Phrase("Front matter")
CONTEXT = 3
_LINE_END = linear(r"\r\n|\r|\n")
_WORD = counted(r"\w+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line, and whether it differs from the line that it stands for."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of either text: its number (from 1) in each, None where it is not; `sign` is '+', '-' or ' '.

    A line with sign '…' stands for lines that are the same and left out.
    """

    sign: str
    before: int | None
    now: int | None
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What became of one section; `html` is its page with what came and went in `<ins>` and `<del>`.

    There is no such page when it would take too long to find out what differs in it.
    """

    kind: Kind
    title: str
    anchor: str
    lines: tuple[DiffLine, ...]
    html: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text and what it was read into; None for one that can't be read, which is compared as a whole."""

    text: str
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    title: str
    anchor: str
    start: int
    lines: tuple[str, ...]
    html: str


def changes(before: Text, now: Text) -> list[SectionChange]:
    """The sections of both texts in the order of `now`, each with what differs; those that went stand where they were.

    A section whose heading was reworded is compared with what it was before (see `identity`).
    """
    old, new = _pieces(before), _pieces(now)
    budget = Budget()
    return [_change(first, second, budget) for first, second in _paired(old, new)]


def line_changes(before: str, now: str, *, context: int | None = CONTEXT) -> list[DiffLine]:
    """The difference of two texts by lines, with `context` lines that stayed around what changed (None: all)."""
    lines = list(_diff(_split(before), _split(now), Budget()))
    return lines if context is None else list(_folded(lines, context))


def _split(text: str) -> list[str]:
    lines = _LINE_END.split(text)
    return lines[:-1] if lines and not lines[-1] else lines


def _pieces(text: Text) -> list[_Piece]:
    """The front matter and the sections of a text, each with its lines and its page."""
    lines = _split(text.text)
    if text.document is None:
        return [_Piece("The whole text", "", 1, tuple(lines), "")]
    sections = text.document.whole.structure.sections
    starts = [section.line for section in sections]
    pages = _pages(text.document.whole.html, [section.anchor for section in sections])
    first = starts[0] if starts else len(lines) + 1
    pieces = [_Piece(HEAD, "", 1, tuple(lines[: first - 1]), "")]
    ends = [*starts[1:], len(lines) + 1] if starts else []
    for section, end in zip(sections, ends, strict=True):
        section_lines = tuple(lines[section.line - 1 : end - 1])
        title = section.title or "Introduction"
        pieces.append(_Piece(title, section.anchor, section.line, section_lines, pages.get(section.anchor, "")))
    return pieces


def _pages(html: str, anchors: Sequence[str]) -> dict[str, str]:
    """A guide's page, cut at its sections' anchors."""
    root = tree_of(html)
    order, current = {anchor: place for place, anchor in enumerate(anchors)}, ""
    found: dict[str, list[str]] = {current: [root.text or ""]}
    for block in root:
        ids = {block.get("id"), *(child.get("id") for child in block.iter())} & order.keys()
        if ids:
            current = min(ids, key=order.__getitem__)
        found.setdefault(current, []).append(lxml_html.tostring(block, encoding="unicode"))
    return {anchor: "".join(parts) for anchor, parts in found.items()}


def _paired(old: Sequence[_Piece], new: Sequence[_Piece]) -> Iterator[tuple[_Piece | None, _Piece | None]]:
    known = [
        KnownSection(_key(piece), str(place), piece.title, "\n".join(piece.lines[1:]))
        for place, piece in enumerate(old)
    ]
    keys = keys_for(known, [(_key(piece), piece.title, "\n".join(piece.lines[1:])) for piece in new])
    places = {place: int(key) for place, key in enumerate(keys) if key.isdecimal() and int(key) < len(old)}
    matched, shown = set(places.values()), 0
    for place, piece in enumerate(new):
        partner = places.get(place, -1)
        end = max(partner, next((index for index in range(shown, len(old)) if index in matched), len(old)))
        yield from ((old[index], None) for index in range(shown, end) if index not in matched)
        shown = max(end, partner + 1)
        yield (old[partner] if partner >= 0 else None), piece
    yield from ((old[index], None) for index in range(shown, len(old)) if index not in matched)


def _key(piece: _Piece) -> str:
    return f"#{piece.anchor}" if piece.title != HEAD else "---"


def _change(before: _Piece | None, now: _Piece | None, budget: Budget) -> SectionChange:
    piece = now or before
    assert piece is not None  # noqa: S101 - one of them is there
    old, new = before.lines if before else (), now.lines if now else ()
    kind: Kind = "new" if before is None else "gone" if now is None else "same" if old == new else "changed"
    if kind == "same":
        return SectionChange(kind, piece.title, piece.anchor, ())
    lines = list(_diff(old, new, budget, before.start if before else 1, now.start if now else 1))
    html = marked_page(before.html if before else "", now.html if now else "", budget)
    return SectionChange(kind, piece.title, piece.anchor, tuple(_folded(lines, CONTEXT)), html)


def _diff(
    old: Sequence[str], new: Sequence[str], budget: Budget, old_start: int = 1, new_start: int = 1
) -> Iterator[DiffLine]:
    for tag, a, b, c, d in opcodes(old, new, budget):
        if tag == "equal":
            for offset in range(b - a):
                yield DiffLine(
                    " ", old_start + a + offset, new_start + c + offset, (Part(old[a + offset], is_changed=False),)
                )
            continue
        old_lines, new_lines = _word_parts(old[a:b], new[c:d], budget)
        for offset, parts in enumerate(old_lines):
            yield DiffLine("-", old_start + a + offset, None, parts)
        for offset, parts in enumerate(new_lines):
            yield DiffLine("+", None, new_start + c + offset, parts)


def _word_parts(
    old: Sequence[str], new: Sequence[str], budget: Budget
) -> tuple[list[tuple[Part, ...]], list[tuple[Part, ...]]]:
    """Lines that replace others, each in parts: what differs from the line in the same place is marked."""
    old_parts: list[tuple[Part, ...]] = []
    new_parts: list[tuple[Part, ...]] = []
    for before, now in zip(old, new, strict=False):
        left, right = _WORD.findall(before), _WORD.findall(now)
        codes = list(opcodes(left, right, budget))
        old_parts.append(tuple(_parts((left[a:b], tag != "equal") for tag, a, b, _c, _d in codes)))
        new_parts.append(tuple(_parts((right[c:d], tag != "equal") for tag, _a, _b, c, d in codes)))
    old_parts += [(Part(line, is_changed=True),) for line in old[len(old_parts) :]]
    new_parts += [(Part(line, is_changed=True),) for line in new[len(new_parts) :]]
    return old_parts, new_parts


def _parts(pieces: Iterable[tuple[list[str], bool]]) -> Iterator[Part]:
    for words, is_changed in pieces:
        if words:
            yield Part("".join(words), is_changed)


def _folded(lines: Sequence[DiffLine], context: int) -> Iterator[DiffLine]:
    """The lines that changed and those around them; '…' for the rest."""
    changed = [number for number, line in enumerate(lines) if line.sign != " "]
    near = {place for number in changed for place in range(number - context, number + context + 1)}
    hidden = False
    for number, line in enumerate(lines):
        if number in near:
            hidden = False
            yield line
        elif not hidden:
            hidden = True
            yield DiffLine("…", None, None, ())
