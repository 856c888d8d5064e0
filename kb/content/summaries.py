"""Chooses what a list says of a guide that has no summary: its first paragraph that says something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from kb.content.blocks import Block, Outline, Paragraph, Quote
from kb.content.box_kinds import FOLDED
from kb.content.labels import is_capital_line, read_label
from kb.content.patterns import linear
from kb.content.wording import cut_at_sentence

LONGEST_SUMMARY = 300
SHORTEST_SUMMARY = 20
CANDIDATES = 6
_WRITTEN_BY = linear(
    r"(?:page )?(?:created|authored|written|posted|added|published|(?:last )?(?:modified|updated|edited|changed)) by "
    r"[^\n]{1,200}(?:(?:modified|updated|edited|changed)(?: by [^\n]{1,80})?(?: on)?| on |,|\|)[^\n]{0,20}\d{4}\.?\s*$|"
    # As Confluence writes it, with a date in the language of who exported the page.
    r"created by [^\n]{1,200}, last (?:modified|updated)(?: by [^\n]{1,80})? on [^\n]{0,30}\p{Nd}[^\n]{0,20}$|"
    r"last (?:modified|updated|edited|changed)(?: (?:by|on)|:)[^\n]{1,80}\d{4}\.?\s*$|"
    r"(?:by|author|authors|posted|published|posted on|published on|written by|date|updated)(?::| )[^\n.!?]{1,80}\d{4}"
    r"(?: (?:at )?\d{1,2}:\d{2}(?: ?[ap]m)?)?\.?\s*$|author(?:\(s\)|s)?: [^\n.!?]{1,100}$|"
    r"(?:original (?:product version|kb number)|applies to|ms\.\w+)\s*:",
    re.IGNORECASE,
)
# What an export of a wiki puts after a page.
_APPENDED = frozenset({"attachments", "comments"})


def first_paragraph(outline: Outline, title: str) -> str:
    """The first paragraph of a text that says something, cut to a sentence; '' when none does."""
    parts = (part for part in outline.parts if part.section.title.strip(" :").lower() not in _APPENDED)
    paragraphs = (block.text for part in parts for block in _paragraphs(part.blocks))
    candidates = [text for text in islice(paragraphs, CANDIDATES) if _says_something(text) and not repeats(text, title)]
    chosen = next(
        (text for text in candidates if text.rstrip("\"')\u201d").endswith((".", "!", "?", ":"))),
        next(iter(candidates), ""),
    )
    return cut_at_sentence(chosen, LONGEST_SUMMARY)


def repeats(text: str, title: str) -> bool:
    """Whether a summary would only say the title again."""
    return text.strip(" .:!*#").casefold() == title.strip(" .:!").casefold()


def _paragraphs(blocks: Iterable[Block]) -> Iterable[Paragraph]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        elif isinstance(block, Quote) and block.alert == FOLDED:
            yield from _paragraphs(block.blocks)


def _says_something(text: str) -> bool:
    """Not a label, a line of capitals, a remark of two words, or who wrote it."""
    if len(text) < SHORTEST_SUMMARY or " " not in text or _WRITTEN_BY.match(text) or text.startswith("|"):
        return False
    return not is_capital_line(text) and read_label(text) is None
