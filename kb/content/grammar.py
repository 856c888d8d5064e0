"""Parses Markdown into blocks as a CommonMark viewer sees them, with footnotes and admonitions.

Beyond CommonMark: tables, `[^1]: footnotes`, `> [!NOTE]` alerts, and the boxes and tabs of other tools.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import html_block
from markdown_it.token import Token

from kb.content import boxes, table_cells
from kb.content.box_kinds import ALERTS, STAFF_BOX
from kb.content.boxes import INDENT, indented_until, line_of
from kb.content.label_lines import capital_label
from kb.content.patterns import linear
from kb.content.staff_signs import MARK, plain

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

DEEPEST_BLOCK = 60
_KEEPS_ALL = linear(r"(?i)<(?:!|\?|pre|script|style|textarea)")
_FOOTNOTE = linear(r"\[\^([^\]\s]+)\]:[ \t]*(.*)")
_ALERT = linear(r"\[!(\w+)\]([+-]?[ \t]*([^\n]*))(?:\n|\Z)")
_FOR_STAFF = "kb-for-staff"
_QUOTE_OPENS = frozenset({"blockquote_open", "admonition_open"})
_QUOTE_CLOSES = frozenset({"blockquote_close", "admonition_close"})
_DIV = linear(r"\[!div(?:[^\w\]\n][^\]\n]*)?\][ \t]*(?:\n|\Z)")


def block_tokens(markdown: str, env: MutableMapping[str, Any]) -> list[Token]:
    """The block tokens of a text, with the Markdown of their inline parts as `content`.

    Link definitions are added to `env["references"]`. Of blocks nested deeper than `DEEPEST_BLOCK` nothing is left.
    """
    return _GRAMMAR.parse(markdown, env)


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    match = None if state.is_code_block(start) else _FOOTNOTE.fullmatch(line_of(state, start))
    if match is None or silent:
        return match is not None
    lazy = start + 1  # lines that go on without indentation, as CommonMark's lazy continuation lines do
    while lazy < end and not state.isEmpty(lazy) and not _FOOTNOTE.match(line_of(state, lazy)):
        lazy += 1
    last = indented_until(state, lazy, end)
    rest = state.getLines(start + 1, last, state.blkIndent + INDENT, False)
    token = state.push("footnote", "", 0)
    token.map = [start, last]
    token.meta = {"label": match[1]}
    token.content = f"{match[2]}\n{rest}".strip()
    state.line = last
    return True


def _next_alert(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Ends a paragraph of a quotation where the next alert of the same quotation begins."""
    if not silent or not state.src.startswith("[!", state.bMarks[start] + state.tShift[start]):
        return False
    first = state.src.rfind("\n", 0, state.bMarks[start]) + 1
    is_quoted = ">" in state.src[first : state.bMarks[start]]
    return is_quoted and _opens_next(line_of(state, start)) and not _is_for_staff(state)


def _is_for_staff(state: StateBlock | StateCore) -> bool:
    """Whether a text has blocks for staff, in which nothing may be parted from what hides it."""
    if _FOR_STAFF not in state.env:
        state.env[_FOR_STAFF] = MARK.search(plain(state.src)) is not None
    found: bool = state.env[_FOR_STAFF]
    return found


def _opens_next(text: str) -> bool:
    """Whether a text begins an alert beside the one that it stands in."""
    alert = _ALERT.match(text)
    if alert is None or alert[2].startswith(("(", "[")):
        return False
    return alert[1].lower() in ALERTS and alert[1].lower() != STAFF_BOX


def _alerts(state: StateCore) -> None:
    """Make quotations that open with `[!NOTE]` admonitions; leave other tools' `[!div]` out."""
    kept: list[Token] = []
    enclosing: list[Token] = []
    for token in state.tokens:
        if token.type in _QUOTE_OPENS:
            enclosing.append(token)
        elif token.type in _QUOTE_CLOSES:
            enclosing.pop()
        elif token.type == "inline" and enclosing and _is_next(state, token, kept, enclosing[-1]):
            enclosing.append(_parted(kept, enclosing.pop()))
        kept.append(token)
        if token.type == "inline" and [before.type for before in kept[-3:-1]] == ["blockquote_open", "paragraph_open"]:
            _read_alert(kept)
    state.tokens = _without_empty_paragraphs(kept)


def _is_next(state: StateCore, text: Token, kept: list[Token], quote: Token) -> bool:
    """Whether the paragraph that was opened last stands in an alert itself, and begins another one."""
    if not _opens_next(text.content) or _is_for_staff(state):
        return False
    paragraph = kept[-1]
    is_alert = quote.type == "admonition_open" and quote.markup == ">" and quote.meta["kind"].lower() != STAFF_BOX
    return is_alert and paragraph.type == "paragraph_open" and paragraph.level == quote.level + 1


def _parted(kept: list[Token], quote: Token) -> Token:
    """A second quotation, which begins at the paragraph that was opened last, while the first ends before it."""
    paragraph = kept.pop()
    close, second = Token("blockquote_close", "blockquote", -1), copy(quote)
    close.level = quote.level
    second.type, second.meta = "blockquote_open", {}
    if quote.map and paragraph.map:
        second.map, quote.map = [paragraph.map[0], quote.map[1]], [quote.map[0], paragraph.map[0]]
    kept += [close, second, paragraph]
    return second


def _read_alert(tokens: list[Token]) -> None:
    quote, text = tokens[-3], tokens[-1]
    alert = _ALERT.match(text.content)
    if alert is not None and alert[2].startswith(("(", "[")):  # it is a link
        alert = None
    if alert is not None:
        quote.type = "admonition_open"
        sign = alert[2][:1]
        quote.meta = {"folds": sign in ("+", "-"), "open": sign != "-", "kind": alert[1], "title": alert[3].strip()}
    match = alert or _DIV.match(text.content)
    if match is not None:
        text.content = text.content[match.end() :]


def _without_empty_paragraphs(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        if token.type == "paragraph_close" and not kept[-2].content:
            del kept[-3:]
    return kept


def _html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block of HTML, which ends before a box that begins below it without an empty line."""
    text = line_of(state, start)
    if silent or not text.startswith("<") or _KEEPS_ALL.match(text):
        return html_block(state, start, end, silent)
    last = start + 1
    while last < end and not state.isEmpty(last) and "<!--" not in line_of(state, last - 1):
        if boxes.opens_known(state, last, end):
            return html_block(state, start, last, silent)
        last += 1
    return html_block(state, start, end, silent)


def _grammar() -> MarkdownIt:
    grammar = MarkdownIt("commonmark", {"maxNesting": DEEPEST_BLOCK}).enable("table")
    grammar.core.ruler.enableOnly(["normalize", "block"])
    grammar.core.ruler.before("block", "pipes_aside", table_cells.put_aside)
    grammar.core.ruler.push("pipes_back", table_cells.put_back)
    grammar.core.ruler.push("alerts", _alerts)
    ruler = grammar.block.ruler
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    ruler.before("reference", "footnote", _footnote, interrupts)
    ruler.before("fence", "admonition", boxes.admonition, interrupts)
    ruler.before("fence", "indented_tab", boxes.indented_tab, interrupts)
    ruler.before("paragraph", "next_alert", _next_alert, {"alt": ["paragraph"]})
    ruler.before("lheading", "capital_label", capital_label, interrupts)
    ruler.before("fence", "container", boxes.container, interrupts)
    ruler.before("code", "box_element", boxes.element, interrupts)
    ruler.at("html_block", _html, {"alt": ["paragraph", "reference", "blockquote"]})
    return grammar


_GRAMMAR = _grammar()
