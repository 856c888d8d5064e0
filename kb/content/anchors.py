"""Gives headings the anchors that GitHub would give them: stable, readable and unique within a guide."""

from __future__ import annotations

import unicodedata

from kb.content.patterns import linear

ANCHOR_OF_NO_WORDS = "section"
LONGEST_ANCHOR = 150
_EXPLICIT = linear(r"\s*\{:?\s*#([A-Za-z0-9][\w:.-]*)[^{}]*\}\s*$")


def slugify_heading(title: str) -> str:
    """The anchor of a heading with this plain-text title, before it is made unique; never empty."""
    kept = "".join(
        character
        for character in title.strip().lower()
        # Marks (category M) belong to the letters of Hindi, Arabic and others: without them words fall apart.
        if character.isalnum() or character in "-_ " or unicodedata.category(character).startswith("M")
    )
    return kept.replace(" ", "-")[:LONGEST_ANCHOR] or ANCHOR_OF_NO_WORDS


def explicit_anchor(title: str) -> tuple[str, str | None]:
    """A heading's title without its `{#id}` suffix, and that id; None when it has none."""
    match = _EXPLICIT.search(title[-LONGEST_ANCHOR * 2 :]) if title.rstrip().endswith("}") else None
    if match is None:
        return title, None
    return title[: len(title) - len(match.group())], match.group(1)[:LONGEST_ANCHOR]


def unique_anchor(slug: str, taken: dict[str, int]) -> str:
    """`slug`, or `slug-1` and so on when it is among `taken`, which is brought up to date.

    Start a guide with an empty `taken` and ask for its headings in their order.
    """
    anchor = slug
    while anchor in taken:
        taken[slug] += 1
        anchor = f"{slug}-{taken[slug]}"
    taken[anchor] = 0
    return anchor
