"""Finds what a guide for everyone says to staff only, in `> [!STAFF]` blocks, and takes it out for everybody else.

When in doubt, more is hidden: also what is marked in an odd way, goes on without its `>`, or stands in a box of another
tool. What a closed code fence or inline code shows is an example, and stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from html import escape
from typing import TYPE_CHECKING

from lxml import html as lxml_html

from kb.content.box_kinds import STAFF_BOX
from kb.content.document import Finding
from kb.content.foreign import for_staff
from kb.content.grammar import block_tokens
from kb.content.guide_words import Words
from kb.content.head import split
from kb.content.line_endings import BYTE_ORDER_MARK, ending_of, lines
from kb.content.patterns import linear
from kb.content.phrases import Phrase
from kb.content.staff_marks import closed_fences, marked_lines
from kb.content.staff_signs import MARK, plain

if TYPE_CHECKING:
    from markdown_it.token import Token

MOST_LOOKS = 8
ODD = Phrase(
    "This hides what follows from everyone but staff, but it opens no box: write '> [!STAFF]' alone in a line."
)
JOINED = Phrase(
    "This quotation follows a block for staff and is hidden with it: write a sentence or a heading between them."
)
_BOX = linear(r"(?i)(?:!|\?\?\?|:::|<)[^\n]*staff")
_OTHER_BOX = linear(r"(?im)^[\s>]*(?:!!!|\?\?\?\+?|:{3,}|<[A-Z][^>\n]*=)[ \t]*[{.\"']*staff")
_CONTAINER = linear(r"(?i)[\s>]*:{3,}[ \t]*\{?\.?staff(?:[^\w-].*)?")
_CLOSES = linear(r"[\s>]*(?::{3,}|</Admonition>)\s*")
_PLAIN_MARK = linear(r"(?i)(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*>\s*\[!staff\].*")
_QUOTED = linear(r"[ \t]*>.*")
_ELEMENT = linear(r"(?i)<(/?)(?:details|blockquote|div|aside|section)(?:[\s>]|\z)")
_RAW = frozenset({"fence", "html_block"})
_QUOTES = frozenset({"blockquote_open", "admonition_open"})


def may_have_some(text: str) -> bool:
    """Whether a text may have blocks for staff, as a quick look says: never False for one that has."""
    return _BOX.search(plain(text)) is not None


def has_mark(text: str) -> bool:
    """Whether a text may have blocks for staff, also where it only shows how one is written. Quick."""
    read = plain(text)
    return MARK.search(read) is not None or _OTHER_BOX.search(read) is not None or for_staff.may_have_some(text)


def hidden_lines(body: str) -> frozenset[int]:
    """The lines (from 0) of a Markdown body that are for staff only."""
    hidden: frozenset[int] = frozenset()
    if not may_have_some(body):
        return hidden
    for _ in range(MOST_LOOKS):
        # Without what is hidden, the rest may read otherwise than it did.
        found = _Finder(without(body, hidden)).hidden()
        if found <= hidden:
            return hidden
        hidden |= found
    return frozenset(range(min(hidden), body.count("\n") + 1))


def never_ending(body: str) -> list[int]:
    """The lines (from 0) that open a container for staff which never ends, so that all that follows is hidden."""
    return _Finder(body).never_ending() if ":::" in body and may_have_some(body) else []


def without(body: str, hidden: Collection[int]) -> str:
    """The body with empty lines in place of those that are hidden."""
    if not hidden:
        return body
    return "\n".join("" if number in hidden else line for number, line in enumerate(body.split("\n")))


def public_text(text: str, also: Collection[int] = ()) -> str:
    """The text of a guide for everyone without what it says to staff only; all else stays, byte for byte.

    `also` are lines (from 0) of its body that are for staff as forms of other tools.

    ContentError when its head can't be read. Hostile text takes time without bound: `kb.content.workers` bounds it.
    """
    head = split(text)
    of_body = {*hidden_lines(head.body), *also}
    hidden = {number + head.body_line - 1 for number in of_body}
    body, read = head.body.split("\n"), for_staff.without_pieces(without(head.body, of_body)).split("\n")
    pieces = {
        number + head.body_line - 1: row
        for number, row in enumerate(read)
        if number + head.body_line - 1 not in hidden and row != body[number]
    }
    kept: list[str] = []
    written = lines(text.removeprefix(BYTE_ORDER_MARK))
    for number, line in enumerate(written):
        is_last = number + 1 == len(written)
        if number in pieces:
            kept.append(pieces[number] + ending_of(line))
        elif number not in hidden:
            kept.append(line)
        elif number + 1 not in hidden and not is_last and kept and kept[-1].strip() and written[number + 1].strip():
            kept.append(ending_of(line))  # what stands on both sides stays apart
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    return mark + "".join(kept)


def marked(html: str, public_html: str, language: str = "") -> str:
    """What staff see of something of which everyone sees `public_html`: all that is more stands in a marked box.

    Where it does not, as in a step that goes on with what is for staff, the whole of it is put into one.
    `language` is that of the guide.
    """
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for box in root.xpath(".//*[contains(concat(' ', @class, ' '), ' admonition staff ')]"):
        if box.getparent() is not None:
            box.drop_tree()
    told = lxml_html.fragment_fromstring(public_html, create_parent="div")
    if "".join(root.text_content().split()) == "".join(told.text_content().split()):
        return html
    title = escape(Words(language).kind(STAFF_BOX))
    return f'{public_html}<div class="admonition staff"><p class="admonition-title">{title}</p>{html}</div>'


def findings(body: str, first_line: int, hidden: Collection[int]) -> Iterator[Finding]:
    """What writers should know of what is hidden in a body: where it is more than a box, or marked in an odd way."""
    written = body.split("\n")
    marks = _Finder(body).marks if hidden else frozenset()
    for number in sorted(hidden):
        line = written[number]
        if number in marks:
            if not _PLAIN_MARK.fullmatch(line):
                yield Finding(first_line + number, ODD)
        elif number - 1 in hidden and not written[number - 1].strip() and _QUOTED.fullmatch(line):
            yield Finding(first_line + number, JOINED)


class _Finder:
    """Looks through the blocks of one body; `marks` are its lines that hold a mark."""

    def __init__(self, body: str) -> None:
        self._lines = body.split("\n")
        self._tokens = [token for token in block_tokens(body, {}) if token.map]
        self._begins = {self._start(token) for token in self._tokens if token.type not in {"paragraph_open", "inline"}}
        self._shown_as_code = closed_fences(body, self._tokens)
        raw = (token for token in self._tokens if token.type in _RAW)
        without_code = {number for token in raw for number in range(*self._span(token))}
        self.marks = marked_lines(self._lines, self._shown_as_code, without_code)

    def hidden(self) -> frozenset[int]:
        """The lines that are for staff."""
        found: set[int] = set()
        for token in self._tokens:
            if token.type == "admonition_open" and str(token.meta["kind"]).lower() == STAFF_BOX:
                found.update(self._with_what_goes_on(*self._span(token)))
        for number, line in enumerate(self._lines):
            if number in found or number in self._shown_as_code:
                continue
            if _CONTAINER.fullmatch(line):  # it is never closed
                found.update(range(number, len(self._lines)))
            elif number in self.marks:
                found.update(self._marked(number))
        for number in [number + 1 for number in sorted(found) if number + 1 not in found]:
            found.update(self._joined(number))
        return frozenset(found)

    def never_ending(self) -> list[int]:
        """The lines that open a container for staff which never ends."""
        closed = {self._start(token) for token in self._tokens if token.type == "admonition_open"}
        rows = enumerate(self._lines)
        return [
            number
            for number, row in rows
            if _CONTAINER.fullmatch(row) and number not in self._shown_as_code and number not in closed
        ]

    def _span(self, token: Token) -> tuple[int, int]:
        start, end = token.map or (0, 0)
        return start, min(max(end, start + 1), len(self._lines))

    def _start(self, token: Token) -> int:
        return self._span(token)[0]

    def _with_what_goes_on(self, start: int, end: int) -> range:
        """The lines of a box, and those that follow it without an empty line, unless something else begins there.

        What follows the line that closes a container is none of it.
        """
        has_end = self._lines[start].lstrip(" \t>").startswith((":::", "<Admonition"))
        while end < len(self._lines) and self._lines[end].strip() and end not in self._begins:
            if not self._lines[end - 1].strip():
                break
            end += 1
            if has_end and _CLOSES.fullmatch(self._lines[end - 1]):
                break
        return range(start, end)

    def _marked(self, number: int) -> range:
        """The lines that a marked one hides, from it on: of the quotation, item, block or section that it is in."""
        around = [token for token in self._tokens if self._start(token) <= number < self._span(token)[1]]
        types = {token.type for token in around}
        quotes = [token for token in around if token.type in _QUOTES]
        if "heading_open" in types and not quotes:
            heading = next(token for token in around if token.type == "heading_open")
            return range(number, self._end_of_section(heading))
        if around and around[-1].type == "html_block":
            return range(number, self._end_of_html(around[-1], number))
        items = [token for token in around if token.type == "list_item_open" and self._start(token) == number]
        tables = [token for token in around if token.type == "table_open"] if "thead_open" in types else []
        inner = (quotes[-1:] or items[-1:] or tables or around[-1:])[:1]
        return self._with_what_goes_on(number, self._span(inner[0])[1] if inner else number + 1)

    def _end_of_section(self, heading: Token) -> int:
        starts = (
            self._start(token)
            for token in self._tokens
            if token.type == "heading_open" and token.level == 0 and token.tag <= heading.tag
        )
        return next((start for start in starts if start > self._start(heading)), len(self._lines))

    def _end_of_html(self, block: Token, number: int) -> int:
        """The line after what is hidden in raw HTML: a quotation alone, or all up to the end of its elements."""
        start, end = self._span(block)
        if _QUOTED.fullmatch(self._lines[number]):
            quoted = number
            while quoted < end and _QUOTED.fullmatch(self._lines[quoted]):
                quoted += 1
            return quoted
        depth = sum(map(self._opened, range(start, end)))
        while depth > 0 and end < len(self._lines):
            depth += self._opened(end)
            end += 1 if depth > 0 or start == number else 0
        return end

    def _opened(self, number: int) -> int:
        """How many more elements a line opens than it closes."""
        return sum(-1 if found == "/" else 1 for found in _ELEMENT.findall(self._lines[number]))

    def _joined(self, number: int) -> range:
        """The quotations that follow what ends before a line, with nothing but empty lines between."""
        quotes = {self._start(token): token for token in self._tokens if token.type == "blockquote_open"}
        end = following = number
        while following < len(self._lines):
            if not self._lines[following].strip():
                following += 1
            elif following in quotes and following > end:
                end = following = self._span(quotes[following])[1]
            else:
                break
        return range(number, end)
