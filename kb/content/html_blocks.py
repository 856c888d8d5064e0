"""Reads a tree of raw HTML into the blocks that it stands for: paragraphs, lists, tables, boxes and folded parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from kb.content.blocks import Block, Code, Item, Line, ListBlock, Other, Paragraph, Quote, Run, Table, plain
from kb.content.box_kinds import FOLDED, is_title, kind_of_element
from kb.content.html_tree import BLOCK_LEVEL, Child, Element
from kb.content.numbers import whole_number
from kb.content.patterns import counted, linear

MOST_COLUMNS = 60
MOST_ROWS_SPANNED = 200
LONGEST_SPANNING = 300
MOST_CELLS = 65_536
MOST_ITEMS = 999_999
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_STRONG = frozenset({"b", "strong", *_HEADINGS, "dt"})
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_SPECIAL = counted(r"[\\`*\[\]~|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_TICKS = linear(r"`+")


def blocks_of(element: Element) -> list[Block]:
    """The blocks in an element, one after the other."""
    return list(_blocks(element.children, element, strong=element.name in _STRONG))


def _blocks(children: Sequence[Child], within: Element, *, strong: bool = False) -> Iterator[Block]:
    inline: list[Child] = []
    for child in children:
        if isinstance(child, str) or (isinstance(child, Element) and not _is_block(child)):
            inline.append(child)
            continue
        yield from _paragraph(inline, within, strong=strong)
        inline = []
        if isinstance(child, Element):
            yield from _of_element(child)
        else:
            yield child
    yield from _paragraph(inline, within, strong=strong)


def _is_block(element: Element) -> bool:
    return element.has_blocks or element.name in BLOCK_LEVEL


def _of_element(element: Element) -> Iterator[Block]:
    placed = element.line, element.end_line
    inner = [child for child in element.children if isinstance(child, Element)]
    if element.name in ("ol", "ul", "menu", "dir"):
        items = tuple(_items(element))
        if items:
            number = _number(element, "start", MOST_ITEMS)
            ordered = element.name == "ol"
            source = "\n".join(
                _as_item(item.source, f"{number + at}." if ordered else "-") for at, item in enumerate(items)
            )
            yield ListBlock(items, *placed, source, ordered, number)
    elif element.name == "table":
        yield from _table(element)
    elif element.name == "pre":
        text = "".join(_texts(element)).strip("\n")
        yield Code(text, *placed, _fence(text))
    elif element.name == "hr":
        yield Other("rule", "", *placed, "---")
    elif element.name == "details":
        summary = next((child for child in inner if child.name == "summary"), None)
        title = " ".join("".join(_texts(summary)).split()) if summary else ""
        blocks = tuple(_blocks([child for child in element.children if child is not summary], element))
        source = f"<details><summary>{_escaped(title)}</summary>\n\n{_joined(blocks)}\n\n</details>"
        yield Quote(blocks, *placed, source, FOLDED if title else "", title)
    elif element.name == "blockquote" or kind_of_element(element.name, element.attributes.items()):
        yield from _box(element, kind_of_element(element.name, element.attributes.items()))
    else:
        yield from blocks_of(element)


def _box(element: Element, kind: str) -> Iterator[Quote]:
    """A quotation, or a box of a kind with the title that it may have."""
    inner = (child for child in element.children if isinstance(child, Element))
    own = next((child for child in inner if kind and is_title(child.name, child.attributes.items())), None)
    title = " ".join("".join(_texts(own)).split()) if own else ""
    blocks = tuple(_blocks([child for child in element.children if child is not own], element))
    if blocks:
        mark = f"[!{kind}] {_escaped(title)}".rstrip() + "\n" if kind else ""
        source = "\n".join(f"> {row}" for row in (mark + _joined(blocks)).split("\n"))
        yield Quote(blocks, element.line, element.end_line, source, kind, title)


def _joined(blocks: Iterable[Block]) -> str:
    return "\n\n".join(filter(None, (block.source for block in blocks)))


def _as_item(source: str, marker: str) -> str:
    return f"{marker} " + source.replace("\n", f"\n{' ' * (len(marker) + 1)}")


def _items(element: Element) -> Iterator[Item]:
    for child in element.children:
        if isinstance(child, Element) and (child.name == "li" or _is_block(child)):
            blocks = tuple(blocks_of(child) if child.name == "li" else _of_element(child))
        elif isinstance(child, (str, Element)):
            blocks = ()
        else:
            blocks = (child,)
        if blocks:
            yield Item(blocks, blocks[0].line, blocks[-1].end_line, _joined(blocks))


def _table(table: Element) -> Iterator[Block]:
    """The caption of a table and the table; its first row is its head, unless labels stand in its first column."""
    rows = list(_rows(table))
    yield from (
        block
        for child in table.children
        if isinstance(child, Element) and child.name == "caption"
        for block in blocks_of(child)
    )
    if not rows:
        return
    cells = _grid(rows)
    del cells[MOST_CELLS // max(map(len, cells)) :]
    in_turn = len(rows[0]) > 1 and rows[0][0].name == "th" and rows[0][1].name == "td"
    width = max(map(len, cells))
    if in_turn:
        cells.insert(0, [])
    empty = Paragraph(((),), table.line, table.line, "")
    padded = [(*row, *[empty] * (width - len(row))) for row in cells]
    rule = [Paragraph(((),), table.line, table.line, "---")] * width
    source = "\n".join(_row_source(row) for row in (padded[0], rule, *padded[1:]))
    yield Table(padded[0], tuple(padded[1:]), table.line, table.end_line, source)


def _row_source(row: Iterable[Paragraph]) -> str:
    return f"| {' | '.join(cell.source.replace(chr(10), ' ') for cell in row)} |"


def _rows(element: Element) -> Iterator[list[Element]]:
    """The cells of each row, whatever groups the rows are in."""
    for child in element.children:
        if not isinstance(child, Element):
            continue
        if child.name == "tr":
            cells = [cell for cell in child.children if isinstance(cell, Element) and cell.name in ("td", "th")]
            if cells:
                yield cells[:MOST_COLUMNS]
        elif child.name in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _grid(rows: Sequence[Sequence[Element]]) -> list[list[Paragraph]]:
    """The cells of all rows in their columns; one that spans rows stands in each of them."""
    waiting: dict[int, tuple[Paragraph, int]] = {}
    grid: list[list[Paragraph]] = []
    for row in rows:
        cells: list[Paragraph] = []
        given = iter(row)
        cell = next(given, None)
        while (cell is not None or len(cells) in waiting) and len(cells) < MOST_COLUMNS:
            column = len(cells)
            if column in waiting:
                spanned, left = waiting.pop(column)
                cells.append(spanned)
                if left > 1:
                    waiting[column] = (spanned, left - 1)
            elif cell is not None:
                cells.append(_cell(cell))
                if (span := _number(cell, "rowspan", MOST_ROWS_SPANNED)) > 1 and len(
                    cells[-1].source
                ) <= LONGEST_SPANNING:
                    waiting[column] = (cells[-1], span - 1)
                empty = Paragraph(((),), cell.line, cell.line, "")
                cells += [empty] * (_number(cell, "colspan", MOST_COLUMNS) - 1)
                cell = next(given, None)
        grid.append(cells[:MOST_COLUMNS])
    return grid


def _number(element: Element, name: str, most: int) -> int:
    """A whole number that an attribute gives, `most` for a greater one; 1 for anything else."""
    number = whole_number(element.attributes.get(name), lowest=1)
    return min(number or 1, most)


def _cell(cell: Element) -> Paragraph:
    """A cell's words, line by line: its paragraphs, its items with their numbers, its code."""
    told = list(_told(_blocks(cell.children, cell)))
    lines = tuple(line for line, _ in told) or ((),)
    return Paragraph(lines, cell.line, cell.end_line, "<br>".join(source for _, source in told))


def _told(blocks: Iterable[Block], marker: str = "") -> Iterator[tuple[Line, str]]:
    for block in blocks:
        if isinstance(block, ListBlock):
            for at, item in enumerate(block.items):
                yield from _told(item.blocks, f"{block.start + at}. " if block.ordered else "")
        elif isinstance(block, Quote):
            yield from _told(block.blocks)
        else:
            lines = (
                block.lines
                if isinstance(block, Paragraph)
                else [(Run(row, code=True),) for row in block.text.split("\n")]
            )
            for line in lines:
                if plain(line):
                    yield ((Run(marker), *line) if marker else line), marker + source_of(line)
                    marker = ""
            continue
        marker = ""


def _paragraph(inline: Sequence[Child], within: Element, *, strong: bool) -> Iterator[Paragraph]:
    lines: list[list[Run]] = [[]]
    for child in inline:
        _add_runs(child, lines, Run("", strong=strong))
    told = [tuple(line) for line in lines if plain(line) or any(run.image for run in line)]
    if told:
        line = within.line
        yield Paragraph(tuple(told), line, max(line, within.end_line), "<br>\n".join(map(source_of, told)))


def _add_runs(child: Child, lines: list[list[Run]], like: Run) -> None:
    """Add the runs of a text or of an element that stands on a line, looking `like` what is around them."""
    if isinstance(child, str):
        text = child.replace("\n", " ")
        if text:
            lines[-1].append(Run(text, like.code, like.strong, like.target))
    elif isinstance(child, Element):
        if child.name == "br":
            lines.append([])
        elif child.name == "img":
            lines[-1].append(Run(child.attributes.get("alt", ""), target=child.attributes.get("src", ""), image=True))
        target = child.attributes.get("href", "") if child.name == "a" else like.target
        inner = Run("", like.code or child.name in _CODE, like.strong or child.name in _STRONG, target)
        for each in child.children:
            _add_runs(each, lines, inner)


def _texts(child: Child) -> Iterator[str]:
    if isinstance(child, str):
        yield child
    elif isinstance(child, Element):
        if child.name == "br":
            yield "\n"
        for each in child.children:
            yield from _texts(each)
    else:
        yield child.text


def source_of(line: Line) -> str:
    """The Markdown of a line of runs."""
    pieces: list[str] = []
    for (target, image, strong), runs in groupby(line, lambda run: (run.target, run.image, run.strong)):
        text = "".join(_source(run) for run in runs)
        if strong and text.strip():
            text = _around(text, "**")
        address = f"(<{target}>)" if any(sign in target for sign in " ()") else f"({target})"
        pieces.append(f"{'!' if image else ''}[{text.strip()}]{address}" if target else text)
    source = "".join(pieces).strip()
    return f"\\{source}" if source[:1] in ("#", "+", "-", "=", ":", ">") else source


def _around(text: str, mark: str) -> str:
    inner = text.strip()
    start = text.index(inner)
    return f"{text[:start]}{mark}{inner}{mark}{text[start + len(inner) :]}"


def _source(run: Run) -> str:
    if not run.code or not run.text.strip():
        return _escaped(run.text)
    longest = max(map(len, _TICKS.findall(run.text)), default=0)
    ticks, space = "`" * (longest + 1), " " if longest else ""
    return _around(run.text, f"{ticks}{space}") if not space else f"{ticks} {run.text.strip()} {ticks}"


def _escaped(text: str) -> str:
    """A text as Markdown that shows it as it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\g<0>", text)


def _fence(text: str) -> str:
    longest = max(map(len, _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
