"""Reads Markdown into its outline: sections with stable anchors and source lines, their blocks, links and images."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from markdown_it.token import Token

from kb.content.anchors import explicit_anchor, slugify_heading, unique_anchor
from kb.content.blocks import (
    Block,
    Code,
    Item,
    Line,
    ListBlock,
    Other,
    Outline,
    Paragraph,
    Part,
    Quote,
    Run,
    Table,
    plain,
    text_of,
)
from kb.content.box_kinds import FOLDED, STAFF_BOX, is_folded
from kb.content.document import Section
from kb.content.grammar import block_tokens
from kb.content.html_blocks import blocks_of
from kb.content.html_tree import HtmlTree
from kb.content.inline import InlineFindings, InlineReader, without_directives
from kb.content.inline_grammar import inline_grammar, inline_tokens
from kb.content.labels import Kind, read_label
from kb.content.patterns import counted, linear

__all__ = ["parse", "slugify_heading", "unique_anchor"]

LONGEST_TITLE = 500
INDENT = 4
LONGEST_MARKER = 16
_QUOTE = linear(r"^[ \t]*>[ \t]?")
_MARKER = counted(r"(\s*)([-*+]|\d{1,9}[.)])(\s*)")
DANGER_MARK = "{danger}"
_DANGER = linear(r"[ \t]*\{danger\}[ \t]*$", re.MULTILINE)


def parse(body: str, first_line: int = 1) -> Outline:
    """The outline of a Markdown body that starts at `first_line` of its file; any text has one."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    reader = _Reader(lines, first_line)
    parts = tuple(_parts(reader, first_line + len(lines) - 1))
    title = _title_of([part.section for part in parts if part.section.title])
    return Outline(
        parts=parts,
        links=tuple(reader.found.links),
        images_without_text=tuple(reader.found.images_without_text),
        title=title.title if title else "",
        title_anchor=title.anchor if title else None,
        first_line=first_line,
        last_line=first_line + len(lines) - 1,
        left_out=tuple(reader.found.left_out.items()),
        not_followed=tuple(reader.found.not_followed.items()),
    )


def _title_of(headed: Sequence[Section]) -> Section | None:
    """The first heading at the top that is no label, else one such as 'Reference' that all others stand below."""
    top = [section for section in headed if section.level == 1]
    labels = {section.anchor: read_label(section.title) for section in top}
    found = next((section for section in top if labels[section.anchor] is None), None)
    if found or len(top) != 1 or headed[0] is not top[0] or len(headed) == 1:
        return found
    label = labels[top[0].anchor]
    return top[0] if label and label.kind is Kind.INFORMATION and not label.rest else None


_INLINE = inline_grammar()


def _parts(reader: _Reader, last_line: int) -> Iterator[Part]:
    taken: dict[str, int] = {}
    title, anchor, level, line = "", "", 0, reader.first_line
    while True:
        blocks = reader.blocks(until_heading=True)
        following = reader.heading()
        end = following[2] - 1 if following else last_line
        if level or blocks:
            text = text_of(blocks)
            text = _DANGER.sub("", text) if DANGER_MARK in text else text
            yield Part(Section(anchor, title, level, line, max(line, end), text), blocks, tuple(reader.lists))
        if following is None:
            return
        words, level, line = following
        title, explicit = explicit_anchor(words)
        title = title[:LONGEST_TITLE]
        anchor = unique_anchor(explicit or slugify_heading(title), taken)


class _Reader:
    """Reads the flat tokens of a text, one after the other, into blocks."""

    def __init__(self, lines: list[str], first_line: int) -> None:
        self.found = InlineFindings()
        self.first_line = first_line
        self.lists: list[int] = []
        self._lines = lines
        self._definitions: dict[str, Any] = {}
        self._tokens = block_tokens("\n".join(lines), self._definitions)
        self._at = 0

    def heading(self) -> tuple[str, int, int] | None:
        """The title, level and line of the heading that comes next, None at the end."""
        if self._at >= len(self._tokens):
            return None
        opening, content = self._tokens[self._at : self._at + 2]
        self._at += 3
        line = self._span(opening)[0]
        words = plain(run for line_of_runs in self._runs(content.content, line) for run in line_of_runs)
        return words, int(opening.tag[1:]), line

    def blocks(self, *, until_heading: bool = False) -> tuple[Block, ...]:
        """The blocks up to the token that closes what they are in, which is passed over, or up to the next heading."""
        found: list[Block] = []
        html: HtmlTree | None = None
        self.lists = [] if until_heading else self.lists
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if until_heading and token.type == "heading_open":
                break
            self._at += 1
            if token.nesting < 0:
                break
            if token.type == "html_block":
                html = html or HtmlTree(self.found)
                html.read(token.content, self._span(token)[0])
            else:
                block = self._block(token)
                if until_heading and isinstance(block, ListBlock):
                    self.lists.append(block.line)
                for own in _within_staff_box(block):
                    if html is None or not html.is_open:
                        found.append(own)
                    else:
                        html.add(own)
            if html is not None and not html.is_open:
                found += blocks_of(html.taken())
        return (*found, *(blocks_of(html.taken()) if html else ()))

    def _block(self, token: Token) -> Block:
        block: Block
        match token.type:
            case "paragraph_open":
                block = self._paragraph(token)
            case "bullet_list_open" | "ordered_list_open":
                block = self._list(token)
            case "blockquote_open":
                block = Quote(self.blocks(), *self._placed(token))
            case "admonition_open":
                block = self._box(token)
            case "fence" | "code_block":
                block = Code(token.content.rstrip("\n"), *self._placed(token))
            case "table_open":
                block = self._table(token)
            case "heading_open":
                inner = self._paragraph(token)
                block = Other("heading", inner.text, inner.line, inner.end_line, inner.source)
            case "footnote":
                block = Other("footnote", " ".join(token.content.split()), *self._placed(token))
            case _:
                block = Other("rule", "", *self._placed(token))
        return block

    def _box(self, token: Token) -> Quote:
        title = " ".join(plain(line) for line in self._runs(str(token.meta["title"] or ""), self._span(token)[0]))
        kind = FOLDED if is_folded(token.meta) else str(token.meta["kind"]).upper()
        return Quote(self.blocks(), *self._placed(token), kind, title)

    def _span(self, token: Token) -> tuple[int, int]:
        """First and last line of a block in the file, without the blank lines after it."""
        start, end = token.map or (0, 1)
        end = min(end, len(self._lines))
        while end > start + 1 and not self._lines[end - 1].strip():
            end -= 1
        return self.first_line + start, self.first_line + max(end, start + 1) - 1

    def _source_lines(self, token: Token) -> list[str]:
        first, last = self._span(token)
        return self._lines[first - self.first_line : last - self.first_line + 1]

    def _placed(self, token: Token) -> tuple[int, int, str]:
        return *self._span(token), textwrap.dedent("\n".join(self._source_lines(token)))

    def _runs(self, content: str, line: int, *, in_cell: bool = False) -> tuple[Line, ...]:
        tokens = inline_tokens(_INLINE, content, self._definitions)
        lines = without_directives(InlineReader(self.found, line, in_cell=in_cell).read(tokens))
        return tuple(filter(plain, lines)) or ((),) if in_cell else lines

    def _paragraph(self, token: Token) -> Paragraph:
        content = self._tokens[self._at]
        self._at += 2
        return Paragraph(self._runs(content.content, self._span(token)[0]), *self._placed(token))

    def _list(self, token: Token) -> ListBlock:
        ordered = token.type == "ordered_list_open"
        items: list[Item] = []
        while self._tokens[self._at].type == "list_item_open":
            item = self._tokens[self._at]
            self._at += 1
            items.append(Item(self.blocks(), *self._span(item), _dedented_item(self._source_lines(item))))
        self._at += 1
        return ListBlock(tuple(items), *self._placed(token), ordered, int(token.attrGet("start") or 1))

    def _table(self, token: Token) -> Table:
        rows: list[tuple[Paragraph, ...]] = []
        cells: list[Paragraph] = []
        line = self._span(token)[0]
        while (inner := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if inner.type == "tr_open":
                cells, line = [], self._span(inner)[0] if inner.map else line
            elif inner.type == "inline":
                cells.append(Paragraph(self._runs(inner.content, line, in_cell=True), line, line, inner.content))
            elif inner.type == "tr_close":
                rows.append(tuple(cells))
        self._at += 1
        return Table(rows[0] if rows else (), tuple(rows[1:]), *self._placed(token))


def _within_staff_box(block: Block) -> tuple[Block, ...]:
    """What a block for staff holds, its title first: it belongs to what it stands among. Of others, the block.

    Their Markdown stays marked, so that it is when it is shown with a step for everyone; that of items is their own.
    """
    if not isinstance(block, Quote) or block.alert != STAFF_BOX.upper():
        return (block,)
    title = Paragraph(((Run(block.title),),), block.line, block.line, block.title)
    return tuple(_marked(own) for own in (*([title] if block.title else []), *block.blocks))


def _marked(block: Block) -> Block:
    mark = f"[!{STAFF_BOX.upper()}]"
    lines = [_QUOTE.sub("", line, count=1) for line in block.source.split("\n")]
    lines = [f"{mark} {lines[0]}", *lines[1:]] if isinstance(block, Paragraph) else [mark, *lines]
    source = "\n".join(f"> {line}" for line in lines)
    if not isinstance(block, ListBlock):
        return replace(block, source=source)
    items = (
        replace(item, source=_dedented_item([_QUOTE.sub("", line, count=1) for line in item.source.split("\n")]))
        for item in block.items
    )
    return replace(block, source=source, items=tuple(items))


def _dedented_item(lines: Sequence[str]) -> str:
    """The Markdown of a list item without its marker and its indentation."""
    head = lines[0].expandtabs(INDENT) if "\t" in lines[0][:LONGEST_MARKER] else lines[0]
    match = _MARKER.match(head)
    if match is None:
        return textwrap.dedent("\n".join(lines)).strip("\n")
    space = len(match.group(3))
    rest = head[match.end() :]
    width = match.end() if rest and space <= INDENT else match.end(2) + 1
    first = rest if space <= INDENT else head[width:]
    return "\n".join([first, *(_dedented_line(line, width) for line in lines[1:])]).strip("\n")


def _dedented_line(line: str, width: int) -> str:
    line = line.expandtabs(INDENT) if line.startswith(("\t", " ")) else line
    return line[min(width, len(line) - len(line.lstrip())) :]
