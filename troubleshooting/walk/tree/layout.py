"""Lays a tree of boxes with labelled edges out from left to right, so that nothing overlaps."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext_lazy

LINE = 18.0
FONT = 13.0
PADDING = 10.0
GAP = 14.0
MARGIN = 12.0
BOX = 226.0
CURVE = 36.0
LABEL = 150.0
COLUMN = BOX + CURVE + LABEL + 22.0
MOST_LINES = 5
EDIT = gettext_lazy("Edit")
BOLD = 1.12
SOONEST_BREAK = 0.4
MOST_LABEL_LINES = 4

Kind = Literal["question", "problem", "contact", "cut"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A box to be placed: paragraphs of (class name, text), where it leads ('' for nowhere), and labelled children.

    `edit` is where it is changed; it gets a line of its own at the end.
    """

    kind: Kind
    parts: tuple[tuple[str, str], ...]
    href: str = ""
    edit: str = ""
    children: tuple[tuple[str, Shape], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: its class, and where its baseline starts."""

    part: str
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A placed box: top left corner, size, and its lines."""

    kind: Kind
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    href: str = ""
    edit: str = ""
    edit_line: Line | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from a box to one of its children, and the label on it before a ground as large as the label."""

    path: str
    lines: tuple[Line, ...]
    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Picture:
    """All that is drawn, in pixels."""

    width: float = 0.0
    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


@dataclass(slots=True)
class _Sized:
    """A shape with its lines wrapped.

    `span` is the height that it and all below it take, `lead` how far below the top of that its own middle lies.
    """

    shape: Shape
    lines: list[tuple[str, str]]
    height: float
    label: list[str]
    children: list[_Sized]
    lead: float = 0.0
    span: float = 0.0


def draw(root: Shape) -> Picture:
    """Place a tree: a column for each depth, a row for each leaf, every box level with its first child."""
    sized = _size(root, "")
    picture = Picture()
    _place(sized, MARGIN, MARGIN, picture)
    picture.width = max(box.x + box.width for box in picture.boxes) + MARGIN
    picture.height = sized.span + 2 * MARGIN
    return picture


def _size(shape: Shape, label: str) -> _Sized:
    lines: list[tuple[str, str]] = []
    for part, text in shape.parts:
        factor = BOLD if part == "title" else 1.0
        lines += [(part, line) for line in wrap(text, (BOX - 2 * PADDING) / factor, MOST_LINES)]
    lines += [("edit", str(EDIT))] if shape.edit else []
    height = max(1, len(lines)) * LINE + 2 * PADDING
    children = [_size(child, answer) for answer, child in shape.children]
    label_lines = wrap(label, LABEL - PADDING, MOST_LABEL_LINES) if label else []
    half = max(height, len(label_lines) * LINE) / 2
    lead = max([half, *(child.lead for child in children[:1])])
    below = sum(child.span for child in children) + GAP * max(0, len(children) - 1)
    first = lead - children[0].lead if children else 0.0
    return _Sized(shape, lines, height, label_lines, children, lead, max(lead + half, first + below))


def _place(sized: _Sized, x: float, top: float, picture: Picture) -> float:
    """Place a box and all below it in the rows from `top`; the height of its middle."""
    middle = top + sized.lead
    row = middle - sized.children[0].lead if sized.children else top
    for child in sized.children:
        child_middle = _place(child, x + COLUMN, row, picture)
        picture.edges.append(_edge(x + BOX, middle, child_middle, child.label))
        row += child.span + GAP
    y = middle - sized.height / 2
    lines = tuple(
        Line(part, text, x + PADDING, round(y + PADDING + number * LINE + FONT, 1))
        for number, (part, text) in enumerate(sized.lines)
    )
    shape, own = sized.shape, lines[:-1] if sized.shape.edit else lines
    edit = lines[-1] if shape.edit else None
    picture.boxes.append(Box(shape.kind, x, round(y, 1), BOX, sized.height, own, shape.href, shape.edit, edit))
    return middle


def _edge(x: float, start: float, end: float, label: Sequence[str]) -> Edge:
    bend, stop = x + CURVE, x + COLUMN - BOX
    half = x + CURVE / 2
    path = f"M{x:.1f} {start:.1f}C{half:.1f} {start:.1f} {half:.1f} {end:.1f} {bend:.1f} {end:.1f}H{stop:.1f}"
    height = len(label) * LINE
    top = end - height / 2
    left = bend + PADDING / 2
    lines = tuple(
        Line("answer", text, left + PADDING / 2, round(top + number * LINE + FONT, 1))
        for number, text in enumerate(label)
    )
    label_width = max(map(width, label), default=0.0) + PADDING
    return Edge(path, lines, left, round(top, 1), round(label_width, 1), height)


# Text


def width(text: str) -> float:
    """How wide a text is at most, in any of the usual fonts, in pixels; bold is wider by `BOLD`."""
    return FONT * sum(map(_width_in_em, text))


def _width_in_em(character: str) -> float:
    """As wide as the widest of the fonts that a reader may have: what is drawn is measured without a browser."""
    if unicodedata.east_asian_width(character) in "WF":
        return 1.1
    if character in "iljtfrI.,:;'|!()[] ":
        return 0.42
    if character in "mwMW@%&\u2026\u2014":
        return 1.0
    return 0.76 if character.isupper() else 0.64


def wrap(text: str, widest: float, most: int) -> list[str]:
    """The text in lines no wider than `widest`, at most `most` of them, the last with an ellipsis if it is cut."""
    lines: list[str] = []
    for word in _pieces(text, widest):
        if lines and width(f"{lines[-1]} {word}") <= widest:
            lines[-1] = f"{lines[-1]} {word}"
        elif len(lines) == most:
            lines[-1] = _with_ellipsis(lines[-1], widest)
            break
        else:
            lines.append(word)
    return lines


def _pieces(text: str, widest: float) -> Iterator[str]:
    """The words, the too long ones in pieces, cut between their parts (`TIME_OUT`, `TimeOut`) where they have such."""
    for word in text.split():
        piece = ""
        for character in word:
            if width(piece + character) > widest:
                cut = _break(piece)
                yield piece[:cut]
                piece = piece[cut:]
            piece += character
        yield piece


def _break(piece: str) -> int:
    """Where to cut a piece of a word: after the last mark or before the last hump, unless little would be left."""
    for cut in range(len(piece) - 1, int(len(piece) * SOONEST_BREAK), -1):
        before, after = piece[cut - 1], piece[cut]
        if before in "_-/.:" or (before.islower() and after.isupper()):
            return cut
    return len(piece)


def _with_ellipsis(line: str, widest: float) -> str:
    while width(f"{line}\u2026") > widest:
        line = line[:-1]
    return f"{line.rstrip()}\u2026"
