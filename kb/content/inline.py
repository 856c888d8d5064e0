"""Reads the inline tokens of a Markdown block into lines of runs, with the links and images met on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from markdown_it.token import Token

from kb.content.blocks import Line, Run
from kb.content.document import Link
from kb.content.html_tags import LEFT_OUT, is_left_out, tags_in
from kb.content.links import LINK_SCHEMES, is_of_folder
from kb.content.patterns import linear

_SCHEME = linear(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# Not by lxml: the Markdown parser has already found the tag, and lxml drops one that closes what is opened elsewhere.
_TAG = linear(r"</?([A-Za-z][A-Za-z0-9]*)[\s/>]")
_DIRECTIVE_ALT = linear(r"""alt-text=(?:"([^"]*)"|'([^']*)')""")
_TAG_NAMES = """
    a abbr address article aside audio b bdi bdo blockquote body br button caption center cite code col colgroup
    data dd del details dfn div dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr
    html i iframe img input ins kbd label legend li link main mark meta nav noscript object ol option p picture pre
    q s samp script section select small source span strike strong style sub summary sup table tbody td template
    textarea tfoot th thead time title tr track tt u ul var video wbr
"""
_HTML_TAGS = frozenset(_TAG_NAMES.split())
# A table's cell is one line of Markdown: its paragraphs and items are told apart by these.
_ENDS_LINE = frozenset(["br", "li", "p", "ul", "ol", "div"])


@dataclass(slots=True)
class InlineFindings:
    """What is gathered over a whole text: relative links, the lines of images without a description, and more.

    `left_out` has the first line of each element of HTML that no page shows, `not_followed` that of each link whose
    address is none for browsers.
    """

    links: list[Link] = field(default_factory=list)
    images_without_text: list[int] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    not_followed: dict[str, int] = field(default_factory=dict)

    def link(self, address: str, text: str, line: int, *, image: bool = False) -> None:
        """Note a link or an image, when it is a relative one."""
        if image and not text.strip():
            self.images_without_text.append(line)
        scheme = _SCHEME.match(address.strip())
        if scheme and not image and scheme[0] != "//" and scheme[0].removesuffix(":").lower() not in LINK_SCHEMES:
            self.not_followed.setdefault(address.strip(), line)
        parts = relative(address)
        if parts is not None:
            self.links.append(Link(*parts, line=line, image=image, text=text.strip()))


def relative(address: str) -> tuple[str, str] | None:
    """The file and the anchor that an address means, decoded; None when it is not a relative one.

    An address from the root of the site is one from the top of the folder, unless it leads to pages of the product.
    """
    address = address.strip()
    path, _, anchor = address.partition("#")
    path = path.partition("?")[0]
    if not (path or anchor) or _SCHEME.match(address) or (path.startswith("/") and not is_of_folder(path)):
        return None
    return unquote(path), unquote(anchor)


# Not a class of characters such as [^0-9].
_FOOTNOTE = linear(r"\[\^(?:\d{1,3}|[A-Za-z]\w{1,39}(?:-\w{2,40})*)\]")


class InlineReader:
    """Reads the inline tokens of one block, which starts at `line` of the file; a table's cell stands on one line."""

    def __init__(self, found: InlineFindings, line: int, *, in_cell: bool = False) -> None:
        self._found = found
        self._line = line
        self._in_cell = in_cell
        self._lines: list[list[Run]] = [[]]
        self._strong = 0
        self._links: list[tuple[str, int, int]] = []

    def read(self, tokens: Iterable[Token]) -> tuple[Line, ...]:
        """The lines of runs that the tokens stand for."""
        for token in tokens:
            self._take(token)
        return tuple(tuple(line) for line in self._lines)

    def _take(self, token: Token) -> None:
        match token.type:
            case "softbreak" | "hardbreak":
                self._lines.append([])
            case "strong_open" | "strong_close":
                self._strong += token.nesting
            case "code_inline":
                self._add(token.content, code=True)
            case "link_open":
                self._links.append((str(token.attrGet("href") or ""), self._here, len(self._lines[-1])))
            case "link_close":
                address, line, start = self._links.pop()
                runs = self._lines[-1][start:] if line == self._here else self._lines[-1]
                self._found.link(address, "".join(run.text for run in runs), line)
            case "image":
                self._image(str(token.attrGet("src") or ""), token.content)
            case "html_inline":
                self._html(token.content)
            case _:
                self._add(_FOOTNOTE.sub("", token.content) if "[^" in token.content else token.content)

    @property
    def _here(self) -> int:
        return self._line if self._in_cell else self._line + len(self._lines) - 1

    def _add(self, text: str, *, code: bool = False) -> None:
        if text:
            target = self._links[-1][0] if self._links else ""
            self._lines[-1].append(Run(text, code=code, strong=self._strong > 0, target=target))

    def _image(self, address: str, text: str) -> None:
        self._found.link(address, text, self._here, image=True)
        self._lines[-1].append(Run(text, target=address, image=True))

    def _html(self, source: str) -> None:
        tag = _TAG.match(source)
        if tag is None:
            return
        name = tag.group(1).lower()
        attributes = next((found.attributes for found in tags_in(source)), {}) if name in LEFT_OUT else {}
        if is_left_out(name, attributes) and not source.startswith("</"):
            self._found.left_out.setdefault(name, self._here)
        if name not in _HTML_TAGS:
            self._add(source)
        elif self._in_cell and name in _ENDS_LINE:
            self._lines.append([])
        elif name == "br":
            self._add(" ")
        elif name == "img":
            attributes = next((img.attributes for img in tags_in(source)), {})
            self._image(attributes.get("src", ""), attributes.get("alt", ""))
        elif name == "a" and not source.startswith("</"):
            self._found.link(next((tag.attributes.get("href", "") for tag in tags_in(source)), ""), "", self._here)
        elif name in ("b", "strong"):
            self._strong = max(0, self._strong + (-1 if source.startswith("</") else 1))


def without_directives(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with `:::image` as its description, and other `:::` and `[!INCLUDE]` lines emptied."""
    return tuple(_without_directive(line) for line in lines)


def _without_directive(line: Line) -> Line:
    start = line[0].text.lstrip() if line else ""
    if not start.startswith((":::", "[!INCLUDE", "[!VIDEO", "[!div")):
        return line
    if not start.startswith(":::image"):
        return ()
    description = _DIRECTIVE_ALT.search("".join(run.text for run in line))
    return (Run((description[1] or description[2] or "") if description else "", image=True),)
