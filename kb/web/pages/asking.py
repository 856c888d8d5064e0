"""Says where on a guide's page readers are asked whether it helped: under what helps with something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.content.patterns import linear
from kb.models.structure import Part

MOST_ASKED = 60
HIGHEST_ASKED = 2

_HEADING = linear(r'<h[1-6] id="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page's HTML, and the section (its key, anchor and title) that readers are asked about after it.

    A page names the section by its anchor: the key may be of words that were once for staff alone.
    `kinds` are what staff can flag there: each with its words, and whether the reader has done it.
    """

    html: str
    key: str = ""
    anchor: str = ""
    title: str = ""
    is_asked: bool = False
    kinds: tuple[tuple[str, str, bool], ...] = ()


def pieces(html: str, parts: Sequence[Part], title: str) -> list[Piece]:
    """A guide's HTML, cut where readers are asked about a section.

    They are asked about each problem, and about each section of the second level that holds none. A guide that is one
    problem as a whole is asked about once, at its end, and so is one that has no such sections.
    """
    asked = _asked(parts)[:MOST_ASKED]
    if not asked:
        return [Piece(html, title=title, is_asked=bool(html))]
    places = {found[1]: found.start() for found in _HEADING.finditer(html)}
    cut, start = [], 0
    for part, following in asked:
        end = len(html) if following is None else places.get(following.anchor)
        if end is not None and end > start:  # else its heading is not where it should be
            cut.append(Piece(html[start:end], part.key, part.anchor, part.title, is_asked=True))
            start = end
    return [*cut, Piece(html[start:])] if start < len(html) else cut


def _asked(parts: Sequence[Part]) -> list[tuple[Part, Part | None]]:
    """The sections to ask about, each with the heading before which it ends; None for the end of the guide."""
    problems = {part.anchor for part in parts if part.level == Part.PROBLEM}
    if "" in problems:
        return []
    headings = [part for part in parts if part.is_heading]
    asked = []
    for number, part in enumerate(headings):
        if part.level < HIGHEST_ASKED or (part.level > HIGHEST_ASKED and part.anchor not in problems):
            continue
        own, says, holds_others = None, bool(part.says), False
        for later in headings[number + 1 :]:
            is_below = later.level > part.level
            if not is_below or later.anchor in problems:
                own, holds_others = later, is_below
                break
            says = says or bool(later.says)
        if says and not (holds_others and part.anchor not in problems):
            asked.append((part, own))
    return asked
