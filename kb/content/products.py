"""Finds what a guide applies to in its text: an 'Applies to' section, a table of the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.blocks import Block, ListBlock, Outline, Paragraph, Table
from kb.content.patterns import linear
from kb.content.wording import cut

LONGEST_PRODUCT = 80
MOST_PRODUCTS = 20
_SECTION = linear(
    r"(?:this (?:article|guide) )?applies to|(?:affected|supported|applicable) (?:products?(?: and versions?)?|"
    r"versions?|platforms?|systems?|releases?)|products? affected|versions? affected",
    re.IGNORECASE,
)
_ENVIRONMENT = linear(r"environment|product(?: information| details)?|system details", re.IGNORECASE)
_PRODUCT = linear(r"products?(?: names?)?|applies to|platforms?", re.IGNORECASE)
_BETWEEN = linear(r"\s*[;,\n]\s*|\s+\x{2022}\s+")
_NOTHING = linear(r"(?:none|all|any|n/?a|-|all (?:versions|products))\.?", re.IGNORECASE)


def named_in(outline: Outline) -> tuple[str, ...]:
    """The products, versions and platforms that a guide's sections say it applies to, each once."""
    found: dict[str, None] = {}
    for part in outline.parts:
        title = part.section.title.strip(" :")
        if _SECTION.fullmatch(title):
            names = (name for block in part.blocks[:2] for name in _of_section(block))
        elif _ENVIRONMENT.fullmatch(title):
            names = (name for block in part.blocks[:2] if isinstance(block, Table) for name in _of_table(block))
        else:
            continue
        for name in names:
            if name and len(name) <= LONGEST_PRODUCT and not _NOTHING.fullmatch(name):
                found.setdefault(cut(name, LONGEST_PRODUCT))
    return tuple(found)[:MOST_PRODUCTS]


def _of_section(block: Block) -> Iterator[str]:
    if isinstance(block, ListBlock):
        yield from (" ".join(item.text.split()).rstrip(".;,") for item in block.items)
    elif isinstance(block, Paragraph) and not block.text.rstrip().endswith((":", "?")):
        yield from (" ".join(name.split()).rstrip(".") for name in _BETWEEN.split(block.text))
    elif isinstance(block, Table):
        yield from _of_table(block) if len(block.header) > 1 else (row[0].text for row in block.rows)


def _of_table(table: Table) -> Iterator[str]:
    """The values beside 'Product' in a table of keys and values."""
    for row in (table.header, *table.rows):
        if len(row) > 1 and _PRODUCT.fullmatch(row[0].text.strip(" :*")):
            yield from (" ".join(name.split()) for name in _BETWEEN.split(row[1].text))
