"""Writes what is for staff in the forms that guides have for it: a box, or words within a line that are marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from kb.content.box_kinds import STAFF_BOX
from kb.content.foreign.lines import margin_of
from kb.content.foreign.staff_lines import COLONS
from kb.content.foreign.staff_openings import Opening
from kb.content.guide_words import Words
from kb.content.html_tags import tags_in
from kb.content.patterns import linear
from kb.content.raw_html import ALLOWED, DROPPED
from kb.content.staff_signs import title_for_staff

_AS_BOXES = frozenset(
    "details div aside section article main header footer nav figure p blockquote span center form fieldset "  # noqa: SIM905
    "dialog".split()
)
_SIGNS = linear(r"[\s:{}\[\]<>\"`]+")
Change = tuple[int, int, str]


class Placed(Protocol):
    """Where something for staff stands."""

    @property
    def opening(self) -> Opening:
        """How it begins."""

    @property
    def closing(self) -> int:
        """Where its end begins."""

    @property
    def stop(self) -> int:
        """Where its end ends."""

    @property
    def ended(self) -> bool:
        """Whether it has an end."""


def as_box(text: str, span: Placed) -> Iterator[Change]:
    """What is written in place of the two tags around whole lines: the signs of a box for staff."""
    opening = span.opening
    written = text[opening.start : opening.end]
    if opening.sign == "<" and (opening.name.lower() in ALLOWED or opening.name.lower() in DROPPED):
        attributes = tags_in(written)
        is_markdown = "markdown" in (attributes[0].attributes if attributes else {})
        if not is_markdown:
            yield from _as_element(text, span)
            return
    if not opening.name:
        words = f'<Admonition type="{STAFF_BOX}">{opening.text}</Admonition>' if opening.text else written
        yield opening.start, opening.end, words
        return
    inner = text[opening.end : span.closing]
    opens_alone = inner.startswith("\n") or not inner.partition("\n")[0].strip()
    closes_alone = "\n" in inner and not inner.rpartition("\n")[2].strip(" \t>")
    title = "" if title_for_staff(opening.title) else " ".join(_SIGNS.sub(" ", opening.title).split())
    ends = "\n" * written.count("\n")
    if opens_alone and (closes_alone or not span.ended) and "\n" in inner:
        is_component = opening.sign == "<" and opening.name[:1].isupper()
        named = f' title="{title}"' if title else ""
        starts = f'<Admonition type="{STAFF_BOX}"{named}>' if is_component else f"{COLONS}{STAFF_BOX} {title}".rstrip()
        yield opening.start, opening.end, starts + ends
        yield span.closing, span.stop, "</Admonition>" if is_component else COLONS
    elif "\n" not in inner and "\n" not in written:
        yield opening.start, opening.end, f'<Admonition type="{STAFF_BOX}">'
        yield span.closing, span.stop, "</Admonition>"
    else:
        yield from _as_quotation(text, span)


def _as_element(text: str, span: Placed) -> Iterator[Change]:
    """An element of HTML stays one: a box, unless it is a part of a list or of a table."""
    opening = span.opening
    if opening.name.lower() not in _AS_BOXES:
        return
    rows = text.count("\n", opening.start, opening.end)
    yield opening.start, opening.end, "\n".join([f'<div class="admonition {STAFF_BOX}"', *["data-x"] * rows]) + ">"
    if span.ended:
        yield span.closing, span.stop, "</div>"


def _as_quotation(text: str, span: Placed) -> Iterator[Change]:
    """Words that begin or end beside a tag: each of their lines becomes one of a quotation."""
    opening = span.opening
    row = text.rfind("\n", 0, opening.start) + 1
    margin = margin_of(text[row : opening.start])
    yield opening.start, opening.end, f"> [!{STAFF_BOX.upper()}] " + "\n" * text.count("\n", opening.start, opening.end)
    at = text.find("\n", opening.end, span.closing)
    while at >= 0:
        own = margin_of(text[at + 1 : at + 1 + len(margin)])
        place = at + 1 + len(own)
        yield place, place, "> "
        at = text.find("\n", at + 1, span.closing)
    yield span.closing, span.stop, ""


def as_words(text: str, span: Placed, words: Words, *, shows: bool) -> Iterator[Change]:
    """What is written in place of what stands within a line: nothing, or, for staff, words that say whose it is."""
    opening = span.opening
    ends = "\n" * text.count("\n", opening.start, opening.end if shows else span.stop)
    mark = f"**{words.kind(STAFF_BOX)}:** "
    if not shows or not (opening.name or opening.text):
        yield opening.start, span.stop, ends
    elif not opening.name:
        yield opening.start, span.stop, f"{mark}{opening.text}{ends}"
    else:
        yield opening.start, opening.end, f"{mark}{ends}"
        yield span.closing, span.stop, "\n" * text.count("\n", span.closing, span.stop)
