"""Cuts guides into the pieces whose meaning is compared: some sentences of a section, with its headings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from kb.search.index.contract import GuideDocument, SectionDocument

LONGEST = 1000  # characters of a section's text in one piece: about what the usual models read at once
MOST_OF_GUIDE = 300
LEAST_SHARE = 0.6  # of LONGEST, before which no sentence's end is looked for


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of a section to be compared; `digest` names the text."""

    anchor: str
    text: str
    digest: str


def pieces(document: GuideDocument) -> list[Piece]:
    """The pieces of a guide in order, MOST_OF_GUIDE at most."""
    found: list[Piece] = []
    for section in document.sections:
        for text in _texts(document.title, section):
            if len(found) == MOST_OF_GUIDE:
                return found
            found.append(Piece(section.anchor, text, hashlib.sha256(text.encode()).hexdigest()[:32]))
    return found


def _texts(title: str, section: SectionDocument) -> Iterator[str]:
    """Each part of the section's text below the guide's title and the section's own."""
    head = title if section.title in ("", title) else f"{title}\n{section.title}"
    for part in _parts(" ".join(section.text.split())):
        yield f"{head}\n{part}".strip()


def _parts(text: str) -> Iterator[str]:
    """The text in parts of LONGEST characters at most, that end with a sentence or a word where they can."""
    start = 0
    while len(text) - start > LONGEST:
        end = start + LONGEST
        least = start + int(LEAST_SHARE * LONGEST)
        cut = max(text.rfind(". ", least, end) + 1, 0) or max(text.rfind(" ", least, end), 0) or end
        yield text[start:cut]
        start = cut + (text[cut] == " ")
    yield text[start:]
