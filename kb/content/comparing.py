"""Two texts of a guide, as read, in; what differs between them, section by section, out: lines and rendered pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from lxml import html as lxml_html
from lxml.html.diff import htmldiff

from kb.content.document import Document, Section
from kb.content.identity import Known, keys_for
from kb.content.rendering import CLEANER

Kind = Literal["same", "changed", "new", "gone"]
HEAD = "Front matter"
LONGEST_COMPARED = 100_000
CONTEXT = 3
_LINE_END = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)


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
    """What became of one section; `html` is its page with what came and went in `<ins>` and `<del>`."""

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
    return [_change(first, second) for first, second in _paired(old, new)]


def line_changes(before: str, now: str, *, context: int | None = CONTEXT) -> list[DiffLine]:
    """The difference of two texts by lines, with `context` lines that stayed around what changed (None: all)."""
    lines = list(_diff(_split(before), _split(now), 1, 1))
    return lines if context is None else list(_folded(lines, context))


def _split(text: str) -> list[str]:
    lines = _LINE_END.split(text)
    return lines[:-1] if lines and not lines[-1] else lines


def _pieces(text: Text) -> list[_Piece]:
    """The front matter and the sections of a text, each with its lines and its page."""
    lines = _split(text.text)
    if text.document is None:
        return [_Piece("The whole text", "", 1, tuple(lines), "")]
    sections = text.document.structure.sections
    starts = [section.line for section in sections]
    pages = _pages(text.document.html, [section.anchor for section in sections])
    first = starts[0] if starts else len(lines) + 1
    pieces = [_Piece(HEAD, "", 1, tuple(lines[: first - 1]), "")]
    ends = [*starts[1:], len(lines) + 1] if starts else []
    for section, end in zip(sections, ends, strict=True):
        own = tuple(lines[section.line - 1 : end - 1])
        pieces.append(_Piece(_title(section), section.anchor, section.line, own, pages.get(section.anchor, "")))
    return pieces


def _title(section: Section) -> str:
    return section.title or "Introduction"


def _pages(html: str, anchors: Sequence[str]) -> dict[str, str]:
    """A guide's page, cut at its sections' anchors."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    wanted, here = set(anchors), ""
    found: dict[str, list[str]] = {here: [root.text or ""]}
    for block in root:
        ids = {block.get("id"), *(child.get("id") for child in block.iter())} & wanted
        if ids:
            here = next(anchor for anchor in anchors if anchor in ids)
        found.setdefault(here, []).append(lxml_html.tostring(block, encoding="unicode"))
    return {anchor: "".join(parts) for anchor, parts in found.items()}


def _paired(old: Sequence[_Piece], new: Sequence[_Piece]) -> Iterator[tuple[_Piece | None, _Piece | None]]:
    known = [Known(_key(piece), str(place), piece.title, "\n".join(piece.lines[1:])) for place, piece in enumerate(old)]
    keys = keys_for(known, [(_key(piece), piece.title, "\n".join(piece.lines[1:])) for piece in new])
    places = {place: int(key) for place, key in enumerate(keys) if key.isdecimal() and int(key) < len(old)}
    matched, shown = set(places.values()), 0
    for place, piece in enumerate(new):
        partner = places.get(place)
        while shown < len(old) and shown not in matched:
            yield old[shown], None
            shown += 1
        if partner is not None:
            for gone in range(shown, partner):
                if gone not in matched:
                    yield old[gone], None
            shown = max(shown, partner + 1)
        yield (old[partner] if partner is not None else None), piece
    yield from ((old[gone], None) for gone in range(shown, len(old)) if gone not in matched)


def _key(piece: _Piece) -> str:
    return f"#{piece.anchor}" if piece.title != HEAD else "---"


def _change(before: _Piece | None, now: _Piece | None) -> SectionChange:
    piece = now or before
    assert piece is not None  # noqa: S101 - one of them is there
    old, new = before.lines if before else (), now.lines if now else ()
    lines = tuple(_folded(list(_diff(old, new, before.start if before else 1, now.start if now else 1)), CONTEXT))
    kind: Kind = "new" if before is None else "gone" if now is None else "same" if old == new else "changed"
    html = "" if kind == "same" else marked_page(before.html if before else "", now.html if now else "")
    return SectionChange(kind, piece.title, piece.anchor, () if kind == "same" else lines, html)


def marked_page(before: str, now: str) -> str:
    """Two pages as one, safe to show: what went in `<del>`, what came in `<ins>`, without ids."""
    if not before or not now or len(before) + len(now) > LONGEST_COMPARED:
        tag = "ins" if now else "del"
        return _clean(f"<div>{now or before}</div>" if before and now else f"<{tag}>{now or before}</{tag}>")
    return _clean(htmldiff(before, now))


def _clean(html: str) -> str:
    return CLEANER.clean(re.sub(r'\s(?:id|data-problem)="[^"]*"', "", html))


def _diff(old: Sequence[str], new: Sequence[str], old_start: int, new_start: int) -> Iterator[DiffLine]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for k in range(b - a):
                yield DiffLine(" ", old_start + a + k, new_start + c + k, (Part(old[a + k], is_changed=False),))
            continue
        gone, came = _word_parts(old[a:b], new[c:d])
        for k, parts in enumerate(gone):
            yield DiffLine("-", old_start + a + k, None, parts)
        for k, parts in enumerate(came):
            yield DiffLine("+", None, new_start + c + k, parts)


def _word_parts(old: Sequence[str], new: Sequence[str]) -> tuple[list[tuple[Part, ...]], list[tuple[Part, ...]]]:
    """Lines that replace others, each in parts: what differs from the line in the same place is marked."""
    gone: list[tuple[Part, ...]] = []
    came: list[tuple[Part, ...]] = []
    for before, now in zip(old, new, strict=False):
        left, right = _WORD.findall(before), _WORD.findall(now)
        codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        gone.append(tuple(_parts((left[a:b], tag != "equal") for tag, a, b, _c, _d in codes)))
        came.append(tuple(_parts((right[c:d], tag != "equal") for tag, _a, _b, c, d in codes)))
    gone += [(Part(line, is_changed=True),) for line in old[len(gone) :]]
    came += [(Part(line, is_changed=True),) for line in new[len(came) :]]
    return gone, came


def _parts(pieces: Iterable[tuple[list[str], bool]]) -> Iterator[Part]:
    for words, is_changed in pieces:
        if words:
            yield Part("".join(words), is_changed)


def _folded(lines: Sequence[DiffLine], context: int) -> Iterator[DiffLine]:
    """The lines that changed and those around them; '…' for the rest."""
    near: Mapping[int, bool] = {
        place: True
        for number, line in enumerate(lines)
        if line.sign != " "
        for place in range(number - context, number + context + 1)
    }
    hidden = False
    for number, line in enumerate(lines):
        if number in near:
            hidden = False
            yield line
        elif not hidden:
            hidden = True
            yield DiffLine("…", None, None, ())
