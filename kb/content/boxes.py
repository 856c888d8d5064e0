"""The boxes and tabs of other tools, as rules for markdown-it: `:::` containers, `=== "Tab"`, `<TabItem>`, `<Note>`.

Each becomes an admonition; a tab is one of the kind `TAB`, with its label as the title.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kb.content.box_elements import FOLD_NAMES, KIND_NAMES, NAMES, TAB_NAMES, in_line, label_of
from kb.content.box_kinds import ALERTS, TAB
from kb.content.html_tags import tags_in
from kb.content.patterns import linear

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

INDENT = 4
LONGEST_TAG = 12
"""Lines."""
_ADMONITION = linear(r'(!!!|\?\?\?\+?)([ \t]*)([\w-]+)(?:[ \t]+[\w -]+)?(?:[ \t]+"(.*)")?[ \t]*')
_INDENTED_TAB = linear(r'===[!+]*[ \t]*(?:"(.*)"|\'(.*)\')[ \t]*')
_COLONS = linear(r"(:{3,})[ \t]*(.*)")
_OPENING = linear(r"\{?\.?([\w-]+)\}?[ \t]*(?:\[(.*)\]|(.*?))[ \t]*(?:\{[^{}]*\})?")
_FENCE = linear(r"(`{3,}|~{3,})(.*)")
KNOWN = frozenset({*ALERTS, "tab", "tab-item", "code-group-item"})
"""The names of containers that are boxes or tabs."""
_NO_CONTAINER = frozenset({"image", "video", "code"})
GROUPS = frozenset({"tabs", "code-tabs", "tab-set", "tab-group"})
_PLAIN = frozenset({"raw", "v-pre"})
_TABS = frozenset({"tab", "tab-item", "code-group-item"})
_PART = linear(r"(?:@tab(?::active)?|==)[ \t]+(.*?)(?:#[\w-]+)?[ \t]*")
_TAG = linear(rf"<({NAMES})(?:[ \t][^<>]*)?>(?:(.+)</({NAMES})>)?")
_GROUP_TAG = linear(r"</?(?:Tabs|AccordionGroup|Accordions)(?:[ \t](?:[^<>]|=>)*)?>")
_MARKERS = linear(r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_ENV = "kb-boxes"


def line_of(state: StateBlock, number: int) -> str:
    """A line without the markers and the indentation of what encloses it."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def indented_until(state: StateBlock, first: int, end: int) -> int:
    """The line after the last one, from `first` on, that is indented below its parent."""
    last = first
    for number in range(first, end):
        if state.isEmpty(number):
            continue
        if state.sCount[number] - state.blkIndent < INDENT:
            break
        last = number + 1
    return last


def admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`!!! note "Title"`, `??? note` (folded), and what is indented below."""
    line = "" if state.is_code_block(start) else line_of(state, start)
    match = _ADMONITION.fullmatch(line) if line.startswith(("!!!", "???")) else None
    if match is not None and not match[2] and match[3].lower() not in ALERTS:  # it is an exclamation
        match = None
    if match is None or silent:
        return match is not None
    last = indented_until(state, start + 1, end)
    meta = _meta_for(match[3], match[4], folds=match[1] != "!!!", is_open=match[1] == "???+")
    _push(state, meta, (start, start + 1, last), INDENT)
    state.line = last
    return True


def indented_tab(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`=== "Title"`, and what is indented below: a tab of Material for MkDocs."""
    line = "" if state.is_code_block(start) else line_of(state, start)
    match = _INDENTED_TAB.fullmatch(line) if line.startswith("===") else None
    if match is None or silent:
        return match is not None
    last = indented_until(state, start + 1, end)
    _push(state, _meta_for(TAB, match[1] or match[2]), (start, start + 1, last), INDENT)
    state.line = last
    return True


def container_of(text: str) -> tuple[str, str]:
    """The name and the title of the container that a line opens, '' for none."""
    match = _COLONS.fullmatch(text) if text.startswith(":::") else None
    return _opening(match[2].rstrip(": \t")) if match else ("", "")


def container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`:::note Title` up to its `:::` (Docusaurus, VuePress, MyST); of other words the lines alone are left out."""
    line = "" if state.is_code_block(start) else line_of(state, start)
    match = _COLONS.fullmatch(line) if line.startswith(":::") else None
    if match is None:
        return False
    words = match[2].rstrip(": \t")
    name, title = _opening(words)
    if name == "image" or (":" in words and name not in ALERTS and name not in _TABS and name not in GROUPS):
        return False
    if silent:
        return True
    close = _closings(state).get(start, end)
    state.line = start + 1
    if close >= end or not name:
        return True
    if name in GROUPS:
        parts = list(_parts(state, start + 1, close))
        for title, first, last in parts:
            _push(state, _meta_for(TAB, title), (first - 1, first, last))
        state.line = close + 1 if parts else start + 1
    elif name in _PLAIN:  # what stands in it ends with it: HTML would take its last line in
        _tokenize(state, start + 1, close)
        state.line = close + 1
    elif name in ALERTS or name in _TABS:
        folds = name == "details"
        meta = _meta_for(TAB, title) if name in _TABS else _meta_for(name, title, folds=folds)
        _push(state, meta, (start, start + 1, close))
        state.line = close + 1
    return True


def opens_known(state: StateBlock, number: int, end: int) -> bool:
    """Whether a line opens a container, or is the element of a box, that is known and closed."""
    text = line_of(state, number)
    if text.startswith(":::"):
        return container_of(text)[0] in KNOWN | GROUPS and number in _closings(state)
    before = state.line
    is_element = text.startswith("<") and not text.startswith("</") and element(state, number, end, True)
    state.line = before
    return is_element


def element(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`<TabItem label="Title">` or `<Note>` up to its end, as in MDX; the lines of `<Tabs>` are left out."""
    line = line_of(state, start)
    if line[:1] != "<" or not (line[1:2].isupper() or line[1:2] == "/"):
        return False
    if several := in_line(line):
        for tag, name, text in several if not silent else ():
            _push(state, _meta_of(tag, name), (start, start + 1, start + 1), text=text)
        state.line = start if silent else start + 1
        return True
    tag, last = _tag(state, start, end)
    if _GROUP_TAG.fullmatch(tag):
        state.line = start if silent else last + 1
        return True
    opened = _TAG.fullmatch(tag)
    if opened is None or (opened[2] and opened[3] != opened[1]):
        return False
    close = last if opened[2] else _closings(state).get(start, end)
    if close >= end:
        return False
    if not silent:
        within = [state.sCount[number] for number in range(last + 1, close) if not state.isEmpty(number)]
        indent = max(0, min(within, default=0) - state.blkIndent)
        _push(state, _meta_of(tag, opened[1]), (start, last + 1, close), indent, opened[2] or "")
        state.line = close + 1
    return True


def _meta_of(tag: str, name: str) -> dict[str, Any]:
    attributes = tags_in(tag)[0].attributes
    title = label_of(tag)
    if name in TAB_NAMES:
        return _meta_for(TAB, title)
    if name in FOLD_NAMES:
        return _meta_for("details", title, folds=True)
    return _meta_for(name if name in KIND_NAMES else attributes.get("type", "") or "note", title)


def _tag(state: StateBlock, start: int, end: int) -> tuple[str, int]:
    """The opening tag at a line, which may go on for some lines, with what follows it, and its last line."""
    last = start
    while ">" not in line_of(state, last) and last + 1 < min(end, start + LONGEST_TAG):
        last += 1
    return " ".join(line_of(state, number).strip() for number in range(start, last + 1)), last


def _opening(words: str) -> tuple[str, str]:
    match = _OPENING.fullmatch(words)
    if match is None:
        return "", ""
    title = (match[2] or match[3] or "").strip()
    return match[1].lower(), title[1:-1] if len(title) > 1 and title[0] == title[-1] == '"' else title


def _meta_for(kind: str, title: str | None, *, folds: bool = False, is_open: bool = False) -> dict[str, Any]:
    return {"folds": folds, "open": is_open, "kind": kind, "title": title}


def _push(
    state: StateBlock, meta: dict[str, Any], lines: tuple[int, int, int], indent: int = 0, text: str = ""
) -> None:
    """Push a box: `lines` are its opening line, the first of its body and the one after that, `indent` deeper.

    `text` stands beside the opening.
    """
    start, first, end = lines
    token = state.push("admonition_open", "div", 1)
    token.map = [start, max(end, start + 1)]
    token.meta = meta
    parent, line_max, block_indent = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax = "admonition", end
    state.blkIndent += indent
    if text:
        state.push("paragraph_open", "p", 1).map = [start, start + 1]
        inline = state.push("inline", "", 0)
        inline.map, inline.content, inline.children = [start, start + 1], text.strip(), []
        state.push("paragraph_close", "p", -1)
    state.md.block.tokenize(state, first, end)
    state.parentType, state.lineMax, state.blkIndent = parent, line_max, block_indent
    state.push("admonition_close", "div", -1)


def _tokenize(state: StateBlock, first: int, end: int) -> None:
    line_max, state.lineMax = state.lineMax, end
    state.md.block.tokenize(state, first, end)
    state.lineMax = line_max


def _closings(state: StateBlock) -> dict[int, int]:
    """The closing line of each `:::` container and of each box element: found once for a text, in one pass."""
    if _ENV not in state.env:
        state.env[_ENV] = {**dict(_containers(state)), **dict(_elements(state))}
    found: dict[int, int] = state.env[_ENV]
    return found


def _lines_without_code(state: StateBlock) -> Iterator[tuple[int, str]]:
    """The lines that stand in no fence, without what quotes them and the markers of the items that they begin."""
    fence = ""
    for number in range(len(state.bMarks) - 1):
        line = line_of(state, number).rstrip().lstrip("> \t")
        line = line[_MARKERS.match(line).end() :]  # type: ignore[union-attr]
        mark = _FENCE.fullmatch(line) if line.startswith(("```", "~~~")) else None
        if mark is None and not fence:
            yield number, line
        elif mark is not None and not fence:
            fence = mark[1]
        elif mark is not None and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""


def _containers(state: StateBlock) -> Iterator[tuple[int, int]]:
    waiting: list[tuple[int, int]] = []
    for number, line in _lines_without_code(state):
        colons = _COLONS.fullmatch(line) if line.startswith(":::") else None
        if colons is None:
            continue
        name, _ = _opening(colons[2].rstrip(": \t"))
        closes = not colons[2].strip() or name.endswith("-end")
        if closes and waiting and waiting[-1][1] <= len(colons[1]):
            yield waiting.pop()[0], number
        elif not closes and not colons[2].endswith(":::") and name not in _NO_CONTAINER:
            waiting.append((number, len(colons[1])))


def _elements(state: StateBlock) -> Iterator[tuple[int, int]]:
    waiting: list[tuple[int, str]] = []
    for number, line in _lines_without_code(state):
        if line[:1] != "<" or not (line[1:2].isupper() or line[1:2] == "/"):
            continue
        if waiting and line == f"</{waiting[-1][1]}>":
            yield waiting.pop()[0], number
            continue
        tag = line if ">" in line else _tag(state, number, len(state.bMarks) - 1)[0]
        if (opened := _TAG.fullmatch(tag)) and not opened[2]:
            waiting.append((number, opened[1]))


def _parts(state: StateBlock, first: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The title, the first line and the line after the last one of each `@tab Title` between two lines."""
    title, start = None, first
    fence = False
    for number in range(first, end):
        line = line_of(state, number).rstrip()
        fence ^= line.startswith(("```", "~~~"))
        part = None if fence or not line.startswith(("@tab", "==")) else _PART.fullmatch(line)
        if part:
            if title is not None:
                yield title, start, number
            title, start = part[1], number + 1
    if title is not None:
        yield title, start, end
