"""Builds a tree of raw HTML, which may be cut by blank lines and have Markdown between its tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeAlias

from kb.content.blocks import Block
from kb.content.html_tags import is_left_out
from kb.content.inline import InlineFindings
from kb.content.raw_html import ALLOWED, DROPPED, SILENT, VOID

DEEPEST = 30
ROOT = "#root"
BLOCK_LEVEL = frozenset(
    "address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer "  # noqa: SIM905
    "form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table tbody td tfoot th thead "
    "tr ul".split()
)
# What an opening tag ends when it is still open, and the elements beyond which nothing is ended.
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ol", "ul", "menu", "dir"})),
    **dict.fromkeys(("dt", "dd"), (frozenset({"dt", "dd"}), frozenset({"dl"}))),
    **dict.fromkeys(("td", "th"), (frozenset({"td", "th"}), frozenset({"tr", "table"}))),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **dict.fromkeys(("thead", "tbody", "tfoot"), (frozenset({"thead", "tbody", "tfoot"}), frozenset({"table"}))),
}
_PARAGRAPH = (frozenset({"p"}), BLOCK_LEVEL - {"p"})
_VOID = VOID | {"area", "base", "embed", "input", "link", "meta", "source", "track"}


@dataclass(slots=True, eq=False)
class Element:
    """An element, with what is in it; `has_blocks` says that not all of that stands on a line."""

    name: str
    attributes: dict[str, str]
    line: int
    end_line: int
    children: list[Child] = field(default_factory=list)
    has_blocks: bool = False


Child: TypeAlias = "str | Element | Block"


class HtmlTree(HTMLParser):
    """Reads fragments one after the other; links, images and what no page shows are noted in `found`."""

    def __init__(self, found: InlineFindings) -> None:
        super().__init__()
        self._found = found
        self._first_line = 1
        self._silent = ""
        self._open: list[Element] = [Element(ROOT, {}, 1, 1)]

    def read(self, html: str, line: int) -> None:
        """Read a fragment that begins at `line` of the file."""
        self.reset()
        self._first_line = line
        if not self.is_open:
            self._open[0].line = line
        self.feed(html)
        self.close()
        self._silent = ""

    def add(self, block: Block) -> None:
        """Put a block of Markdown where the fragments have come to."""
        self._open[-1].children.append(block)
        for each in self._open:
            each.has_blocks, each.end_line = True, block.end_line

    @property
    def is_open(self) -> bool:
        """Whether an element waits for its end."""
        return len(self._open) > 1

    def taken(self) -> Element:
        """What has been read, in an element around it; whatever is open ends here."""
        root = self._open[0]
        self._open = [Element(ROOT, {}, root.end_line, root.end_line)]
        return root

    @property
    def _line(self) -> int:
        return self._first_line + self.getpos()[0] - 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; what HTML does not know was meant to be read."""
        attributes = {name: value or "" for name, value in attrs}
        if tag == "img":
            self._found.link(attributes.get("src", ""), attributes.get("alt", ""), self._line, image=True)
        elif tag == "a":
            self._found.link(attributes.get("href", ""), "", self._line)
        elif is_left_out(tag, attributes):
            self._found.left_out.setdefault(tag, self._line)
        if tag in SILENT:
            self._silent = tag
        elif tag not in ALLOWED and tag not in DROPPED:
            self.handle_data(self.get_starttag_text() or "")
        else:
            self._opened(Element(tag, attributes, self._line, self._line))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read `<br/>` as `<br>`."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest element of that name, with all in it; an end without a beginning means nothing."""
        if tag == self._silent:
            self._silent = ""
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].name == tag:
                self._close_from(depth)
                return

    def handle_data(self, data: str) -> None:
        """Keep text, but not a script's."""
        if not self._silent and data:
            self._open[-1].children.append(data)

    def _opened(self, element: Element) -> None:
        if element.name in BLOCK_LEVEL:
            self._end_before(*_ENDS.get(element.name, _PARAGRAPH))
            for each in self._open:
                each.has_blocks = True
        self._open[-1].children.append(element)
        if element.name not in _VOID and len(self._open) < DEEPEST:
            self._open.append(element)

    def _end_before(self, ended: frozenset[str], beyond: frozenset[str]) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            name = self._open[depth].name
            if name in ended:
                self._close_from(depth)
                return
            if name in beyond:
                return

    def _close_from(self, depth: int) -> None:
        for each in self._open[:]:
            each.end_line = max(each.end_line, self._line)
        del self._open[depth:]
