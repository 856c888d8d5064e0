"""Makes of a rendered page what can be pasted elsewhere: HTML for a mail, plain text, and parts of its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from kb.content.numbers import whole_number
from kb.content.outline import DANGER_MARK
from kb.content.page_trees import tree_of
from kb.content.patterns import linear

KEPT_ATTRIBUTES = frozenset(
    {"alt", "colspan", "height", "href", "reversed", "rowspan", "src", "start", "title", "width"}
)
BLOCKS = frozenset(
    """address aside blockquote details div dl dd dt figure figcaption h1 h2 h3 h4 h5 h6 hr ol p pre section summary
    table ul""".split()  # noqa: SIM905
)
_HEADING = linear(r"h([1-6])")
_RELATIVE_LINK = linear(r"(!?)\[((?:[^\[\]\\]|\\.)*)\]\(<?([^()\s<>]+)>?((?:\s+\"[^\"]*\")?)\)")
_SCHEME = linear(r"[A-Za-z][A-Za-z0-9+.-]*:|/|#")
_FENCE = linear(r"\s*(```|~~~)")
_SPACES = linear(r"[ \t\r\n]+")

Address = Callable[[str], str]


def section_of(html: str, anchor: str) -> str:
    """The part of a page from a heading to the next that is no smaller; all of it for '' and an unknown anchor.

    Of what has its anchor within a block, such as a row of a table, the block.
    """
    blocks = list(tree_of(html))
    start = next((k for k, block in enumerate(blocks) if any(e.get("id") == anchor for e in block.iter())), None)
    if not anchor or start is None:
        return html
    while not blocks[start].text_content().strip() and start + 1 < len(blocks):  # an empty element that only has the id
        start += 1
    level = _level(blocks[start])
    end = start + 1
    while level and end < len(blocks) and not 0 < _level(blocks[end]) <= level:
        end += 1
    return "".join(lxml_html.tostring(block, encoding="unicode") for block in blocks[start:end])


def for_mail(html: str, page: str) -> str:
    """The HTML of a part of a page as a mail may have it: its links lead to the site (`page` is its full address)."""
    root = tree_of(html)
    for link in root.xpath(".//a[contains(concat(' ', @class, ' '), ' anchor ')]"):
        link.drop_tree()
    for element in list(root.iter(etree.Element)):
        for name in ("href", "src"):
            if (written := element.get(name)) is not None:
                element.set(name, urljoin(page, written))
        for name in set(element.attrib) - KEPT_ATTRIBUTES:
            del element.attrib[name]
        if element.tag == "span" and element is not root:
            element.drop_tag()
    return "".join(_inner(root)).strip()


def as_text(html: str, page: str) -> str:
    """The same as plain text: lists with their signs, code as it is, and the addresses of links behind their words."""
    root = tree_of(for_mail(html, page))
    return "\n".join(line.rstrip() for line in _lines(root)).strip("\n")


def section_source(lines: Sequence[str], line: int, level: int, others: Sequence[tuple[int, int]]) -> str:
    """The source of the section that begins at `line` (from 1) with a heading of `level`, its sub-sections with it.

    `others` are (line, level) of all sections.
    """
    ends = [other for other, size in others if other > line and 0 < size <= (level or 6)]
    return "\n".join(lines[line - 1 : min(ends, default=len(lines) + 1) - 1]).strip("\n")


def with_full_links(markdown: str, address_of: Address) -> str:
    """The Markdown with full addresses for its relative links; of one that leads nowhere (''), the words stay."""

    def replaced(link: object) -> str:
        sign, words, target, title = link.groups()  # type: ignore[attr-defined]
        if _SCHEME.match(target) and not target.startswith(("/", "#")):
            return str(link[0])  # type: ignore[index]
        full = address_of(target)
        return f"{sign}[{words}]({full}{title})" if full else str(words)

    lines, is_code = markdown.split("\n"), False
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            lines[number] = _RELATIVE_LINK.sub(replaced, line)
    return "\n".join(lines)


def with_warnings(markdown: str, said: str) -> str:
    """The Markdown with what is said of dangerous steps in place of their marks, `{danger}`."""
    if DANGER_MARK not in markdown:
        return markdown
    lines, is_code = markdown.split("\n"), False
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code and line.rstrip().endswith(DANGER_MARK):
            words = line.rstrip().removesuffix(DANGER_MARK).rstrip()
            lines[number] = f"{words} {said}" if said else words
    return "\n".join(lines)


def _level(block: lxml_html.HtmlElement) -> int:
    heading = _HEADING.fullmatch(str(block.tag))
    return int(heading[1]) if heading else 0


def _inner(root: lxml_html.HtmlElement) -> Iterator[str]:
    yield root.text or ""
    for child in root:
        yield lxml_html.tostring(child, encoding="unicode")


def _lines(element: lxml_html.HtmlElement) -> list[str]:
    """The lines of an element's content, with an empty one between paragraphs."""
    lines: list[str] = []
    words = _squeezed(element.text)
    for child in element:
        if str(child.tag) in BLOCKS:
            _add(lines, words)
            words = ""
            _add_block(lines, child)
        else:
            words += "\n" if child.tag == "br" else _inline(child)
        words += _squeezed(child.tail)
    _add(lines, words)
    return lines


def _add(lines: list[str], words: str) -> None:
    if words.strip():
        lines += [*([""] if lines and lines[-1] else []), *(line.strip() for line in words.strip().split("\n"))]


def _add_block(lines: list[str], block: lxml_html.HtmlElement) -> None:
    found = _block_lines(block)
    if any(found):
        lines += [*([""] if lines and lines[-1] else []), *found]


def _block_lines(block: lxml_html.HtmlElement) -> list[str]:
    if block.tag == "pre":
        return [f"    {line}" for line in block.text_content().rstrip("\n").split("\n")]
    if block.tag in ("ol", "ul"):
        return _list_lines(block)
    if block.tag == "table":
        rows = block.xpath(".//tr")
        return [" | ".join(" ".join(cell.text_content().split()) for cell in row) for row in rows]
    return _lines(block)


def _list_lines(block: lxml_html.HtmlElement) -> list[str]:
    start = whole_number(block.get("start"))
    number = 1 if start is None else start
    lines: list[str] = []
    for item in block:
        sign = f"{number}. " if block.tag == "ol" else "- "
        number += 1
        first, *rest = _lines(item) or [""]
        lines += [f"{sign}{first}", *(f"{' ' * len(sign)}{line}" if line else "" for line in rest)]
    return lines


def _inline(element: lxml_html.HtmlElement) -> str:
    if element.tag == "img":
        return element.get("alt") or ""
    words = _squeezed(element.text)
    for child in element:
        words += ("\n" if child.tag == "br" else _inline(child)) + _squeezed(child.tail)
    address = (element.get("href") or "").removeprefix("mailto:")
    return f"{words} ({address})" if element.tag == "a" and address and address != words.strip() else words


def _squeezed(text: str | None) -> str:
    return _SPACES.sub(" ", text or "")
