"""The boxes and tabs of other tools, as rules for markdown-it: `:::` containers, `=== "Tab"`, `<TabItem>`.

Each becomes an admonition; a tab is one of the kind `TAB`, with its label as the title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kb.content.html_tags import tags_in
from kb.content.patterns import linear

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

TAB = "tab"
INDENT = 4
LONGEST_TAG = 12
"""Lines."""
ALERTS = {
    **dict.fromkeys(
        ("note", "info", "information", "abstract", "summary", "todo", "question", "example", "quote", "seealso", "details"), "note"
    ),
    **dict.fromkeys(("tip", "hint", "success"), "tip"),
    "important": "important",
    **dict.fromkeys(("warning", "attention"), "warning"),
    **dict.fromkeys(("caution", "danger", "error", "failure", "bug"), "caution"),
}
"""The kinds of boxes that tools know, and which of GitHub's five each is shown as."""
KINDS = frozenset(ALERTS.values())
FOLDED = "DETAILS"
"""The kind of what is folded under a title of its own, such as a question and its answer."""
BOXES = frozenset({"div", "aside"})
"""The elements of HTML that may be boxes."""
TITLE = "admonition-title"
_WARNINGS = frozenset({"warning", "attention", "caution", "danger", "important"})
_ADMONITION = linear(r'(!!!|\?\?\?\+?)[ \t]+([\w-]+)(?:[ \t]+[\w -]+)?(?:[ \t]+"(.*)")?[ \t]*')
_INDENTED_TAB = linear(r'===[!+]*[ \t]+(?:"(.*)"|\'(.*)\')[ \t]*')
_COLONS = linear(r"(:{3,})[ \t]*(.*)")
_OPENING = linear(r"\{?\.?([\w-]+)\}?[ \t]*(?:\[(.*)\]|(.*?))[ \t]*(?:\{[^{}]*\})?")
_FENCE = linear(r"(`{3,}|~{3,})(.*)")
_FAMILIES = ("confluence-information-macro-", "admonition-", "alert-", "callout-", "is-")
_NO_CONTAINER = frozenset({"image", "video", "code"})
_GROUPS = frozenset({"tabs", "tab-set", "tab-group"})
_TABS = frozenset({"tab", "tab-item"})
_PART = linear(r"(?:@tab(?::active)?|==)[ \t]+(.*?)(?:#[\w-]+)?[ \t]*")
_TAB_TAG = linear(r"<(Tab|TabItem|TabPane|TabPanel|Tabs\.Tab|TabsContent)(?:[ \t][^<>]*)?>")
_GROUP_TAG = linear(r"</?Tabs(?:[ \t](?:[^<>]|=>)*)?>")
_LABELS = ("label", "title", "name", "header", "tab", "value")
_ENV = "kb-boxes"


def kind_of_element(name: str, attributes: Iterable[tuple[str, str | None]]) -> str:
    """Which kind of box an element of HTML is, by its classes, in capitals; '' for none."""
    if name not in BOXES:
        return ""
    for word in _classes(attributes):
        kind = word.rpartition("-")[2]
        if kind in ALERTS and kind not in ("summary", "details", "quote") and (word == kind or word.startswith(_FAMILIES)):
            return kind.upper()
    return "NOTE" if name == "aside" else ""


def is_title(name: str, attributes: Iterable[tuple[str, str | None]]) -> bool:
    """Whether an element of HTML is the title of the box that it stands in."""
    return name == "p" and not {"title", TITLE}.isdisjoint(_classes(attributes))


def _classes(attributes: Iterable[tuple[str, str | None]]) -> list[str]:
    return next((value or "" for name, value in attributes if name == "class"), "").lower().split()[:20]


def is_folded(meta: Mapping[str, Any]) -> bool:
    """Whether a box is a part of its own that is folded under its title, and no warning that happens to fold."""
    return bool(meta["folds"] and meta["title"]) and meta["kind"].lower() not in _WARNINGS


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
    if match is None or silent:
        return match is not None
    last = indented_until(state, start + 1, end)
    _push(state, _meta(match[2], match[3], folds=match[1] != "!!!", is_open=match[1] == "???+"), start, (start + 1, last), INDENT)
    state.line = last
    return True


def indented_tab(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`=== "Title"`, and what is indented below: a tab of Material for MkDocs."""
    line = "" if state.is_code_block(start) else line_of(state, start)
    match = _INDENTED_TAB.fullmatch(line) if line.startswith("===") else None
    if match is None or silent:
        return match is not None
    last = indented_until(state, start + 1, end)
    _push(state, _meta(TAB, match[1] or match[2]), start, (start + 1, last), INDENT)
    state.line = last
    return True


def container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`:::note Title` up to its `:::` (Docusaurus, VuePress, MyST); of other words the lines alone are left out."""
    line = "" if state.is_code_block(start) else line_of(state, start)
    match = _COLONS.fullmatch(line) if line.startswith(":::") else None
    if match is None:
        return False
    words = match[2].rstrip(": \t")
    name, title = _opening(words)
    if name == "image" or ":" in words and name not in ALERTS and name not in _TABS:
        return False
    if silent:
        return True
    close = _closings(state).get(start, end)
    state.line = start + 1
    if close >= end or not name:
        return True
    if name in _GROUPS:
        parts = list(_parts(state, start + 1, close))
        for title, first, last in parts:
            _push(state, _meta(TAB, title), first - 1, (first, last))
        state.line = close + 1 if parts else start + 1
    elif name in ALERTS or name in _TABS:
        folds = name == "details"
        meta = _meta(TAB, title) if name in _TABS else _meta(name, title, folds=folds)
        _push(state, meta, start, (start + 1, close))
        state.line = close + 1
    return True


def tab_element(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`<TabItem label="Title">` up to its `</TabItem>`, as in MDX; the lines of `<Tabs>` around them are left out."""
    if not line_of(state, start).startswith(("<Tab", "</Tab")):
        return False
    tag, last = _tag(state, start, end)
    if _GROUP_TAG.fullmatch(tag):
        state.line = start if silent else last + 1
        return True
    opened = _TAB_TAG.fullmatch(tag)
    close = _closings(state).get(start, end) if opened else end
    if opened is None or close >= end:
        return False
    if not silent:
        attributes = tags_in(tag)[0].attributes
        meta = _meta(TAB, next((attributes[name] for name in _LABELS if attributes.get(name)), ""))
        within = [state.sCount[number] for number in range(last + 1, close) if not state.isEmpty(number)]
        _push(state, meta, start, (last + 1, close), max(0, min(within, default=0) - state.blkIndent))
        state.line = close + 1
    return True


def _tag(state: StateBlock, start: int, end: int) -> tuple[str, int]:
    """The opening tag at a line, which may go on for some lines, with what follows it, and its last line."""
    last = start
    while ">" not in line_of(state, last) and last + 1 < min(end, start + LONGEST_TAG):
        last += 1
    return " ".join(line_of(state, number).strip() for number in range(start, last + 1)), last


def _opening(words: str) -> tuple[str, str]:
    match = _OPENING.fullmatch(words)
    return (match[1].lower(), (match[2] or match[3] or "").strip().strip('"')) if match else ("", "")


def _meta(kind: str, title: str | None, *, folds: bool = False, is_open: bool = False) -> dict[str, Any]:
    return {"folds": folds, "open": is_open, "kind": kind, "title": title}


def _push(state: StateBlock, meta: dict[str, Any], start: int, body: tuple[int, int], indent: int = 0) -> None:
    """Push a box whose opening line is `start`, with the lines of its body, which are `indent` deeper."""
    token = state.push("admonition_open", "div", 1)
    token.map = [start, max(body[1], start + 1)]
    token.meta = meta
    parent, line_max, block_indent = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax = "admonition", body[1]
    state.blkIndent += indent
    state.md.block.tokenize(state, *body)
    state.parentType, state.lineMax, state.blkIndent = parent, line_max, block_indent
    state.push("admonition_close", "div", -1)


def _closings(state: StateBlock) -> dict[int, int]:
    """The closing line of each `:::` container and of each tab element: found once for a text, in one pass."""
    if _ENV not in state.env:
        state.env[_ENV] = dict(_pairs(state))
    found: dict[int, int] = state.env[_ENV]
    return found


def _pairs(state: StateBlock) -> Iterator[tuple[int, int]]:
    """The lines of each opening and of its closing."""
    containers: list[tuple[int, int]] = []
    elements: list[tuple[int, str]] = []
    fence = ""
    for number in range(len(state.bMarks) - 1):
        line = line_of(state, number).rstrip().lstrip("> \t")
        if mark := _FENCE.fullmatch(line) if line.startswith(("```", "~~~")) else None:
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif fence:
            continue
        elif line.startswith(":::") and (colons := _COLONS.fullmatch(line)):
            name, _ = _opening(colons[2].rstrip(": \t"))
            closes = not colons[2].strip() or name.endswith("-end")
            if closes and containers and containers[-1][1] <= len(colons[1]):
                yield containers.pop()[0], number
            elif not closes and not colons[2].endswith(":::") and name not in _NO_CONTAINER:
                containers.append((number, len(colons[1])))
        elif line.startswith("<Tab") and (opened := _TAB_TAG.fullmatch(_tag(state, number, len(state.bMarks) - 1)[0])):
            elements.append((number, opened[1]))
        elif line.startswith("</Tab") and elements and line == f"</{elements[-1][1]}>":
            yield elements.pop()[0], number


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
