"""Puts the text in components of MDX and Vue as deep as these: deeper, it would be code."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.content.box_elements import BOX_ELEMENTS
from kb.content.foreign import step_rows
from kb.content.foreign.lines import Lines
from kb.content.patterns import Match, linear

NESTED = 30
KNOWN = BOX_ELEMENTS | frozenset(
    "Badge CodeGroup CodeGroupItem RouteLink RouterLink AutoLink ClientOnly Steps Step Card CardGroup Cards CardGrid "  # noqa: SIM905
    "LinkCard Frame Columns Column FileTree Tooltip ParamField ResponseField PropertyField".split()
)
"""The components that are known by their names alone, also where nothing else says that a text is MDX."""
_OPENS = linear(r"([ \t]*)<([A-Z][\w.]*)((?:[ \t](?:[^<>]|=>)*)?)>[ \t]*")
_CLOSES = linear(r"[ \t]*</([A-Z][\w.]*)>[ \t]*")
_FENCE = linear(r"[ \t]*(`{3,}|~{3,})(.*)")
_ITEMS = linear(r"items=\{[ \t]*\[([^\[\]{}]*)\][ \t]*\}")
_ITEM = linear(r"'([^']*)'|\"([^\"]*)\"|`([^`]*)`")
_TABS = linear(r"<(Tab|Tabs\.Tab|TabItem|TabPane)((?:[ \t](?:[^<>]|=>)*)?)>")
_VALUES = linear(r"values=\{[ \t]*\[([^\[\]]*)\][ \t]*\}")
_ENTRY = linear(r"\{([^{}]*)\}")
_PAIR = linear(r"[\"']?(label|value)[\"']?[ \t]*:[ \t]*(?:'([^']*)'|\"([^\"]*)\")")
_VALUE = linear(r"[ \t]value=(?:\"([^\"]*)\"|'([^']*)')")
_NAMED_FENCE = linear(r"([ \t]*`{3,}[ \t]*[\w+#-]+)[ \t]+([\w.][\w. ()/-]{0,60})")
_LABELS = ("label=", "title=", "name=", "tab=")
_BLOCK = ("#", "-", "*", "+", ">", "<", "|", "`", "~", ":::", "!", "1.", "=")


@dataclass(slots=True)
class _Open:
    """A component that waits for its end: its line, how deep it stands, and the titles of its tabs.

    `labels` are the titles of tabs by their values.
    """

    name: str
    line: int
    indent: int
    items: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


def read(lines: Lines, *, is_mdx: bool) -> None:
    """Put all text as deep as the component that it stands in, items in place of steps, and titles on tabs."""
    if not any("</" in row for row in lines.rows):
        return
    waiting: list[_Open] = []
    fence = ""
    for number in range(len(lines.rows)):
        row = lines.rows[number]
        mark = _FENCE.fullmatch(row) if "```" in row or "~~~" in row else None
        if mark and not fence:
            fence = mark[1]
            _name_code(lines, number, waiting)
        elif mark and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
        if fence or "<" not in row:
            continue
        if "</Step>" in row and step_rows.spread(lines, number):
            continue
        row = _label_tab(lines, number, waiting)
        opened, closed = _OPENS.fullmatch(row), _CLOSES.fullmatch(row)
        if opened and not row.rstrip().endswith("/>") and (is_mdx or opened[2] in KNOWN) and len(waiting) < NESTED:
            items = _ITEMS.search(opened[3])
            titles = [one or two or three for one, two, three in _ITEM.findall(items[1])] if items else []
            waiting.append(_Open(opened[2], number, len(opened[1]), titles, _labels(opened[3])))
        elif closed and any(each.name == closed[1] for each in waiting):
            while waiting[-1].name != closed[1]:
                waiting.pop()
            _level(lines, waiting.pop(), number)
    lines.find_code()


def _level(lines: Lines, opened: _Open, end: int) -> None:
    inner = range(opened.line + 1, end)
    depths = [len(row) - len(row.lstrip(" \t")) for row in (lines.rows[number] for number in inner) if row.strip()]
    too_deep = min(depths, default=0) - opened.indent
    margin = "   " if opened.name == "Step" else ""
    for number in inner:
        row = lines.rows[number]
        if row.strip():
            lines.rows[number] = row[: opened.indent] + margin + row[opened.indent + max(0, too_deep) :]
    if opened.name == "Step":
        title = step_rows.title(lines.rows[opened.line])
        following = lines.rows[opened.line + 1].strip()
        breaks = "\\" if title and following and not following.startswith(_BLOCK) and opened.line + 1 < end else ""
        stop = step_rows.stop(title) if breaks else ""
        words = f" **{title}{stop}**{breaks}" if title else ""
        lines.rows[opened.line] = f"{' ' * opened.indent}1.{words}"
        lines.rows[end] = ""


def _label_tab(lines: Lines, number: int, waiting: list[_Open]) -> str:
    """The line, with the titles that the enclosing element gives to tabs without one."""
    row = lines.rows[number]
    if "<Tab" not in row:
        return row
    group = next((each for each in reversed(waiting) if each.items or each.labels), None)
    own = _labels(row)

    def labelled(found: Match) -> str:
        if any(label in found[2] for label in _LABELS) or ("=" not in found[2] and not (group and group.items)):
            return found.group()
        value = _VALUE.search(found[2])
        title = {**(group.labels if group else {}), **own}.get(value[1] or value[2] or "", "") if value else ""
        if not title and group and group.items:
            title = group.items.pop(0)
        return f'<{found[1]} label="{title.replace(chr(34), chr(39))}"{found[2]}>' if title else found.group()

    lines.rows[number] = _TABS.sub(labelled, row)
    return lines.rows[number]


def _labels(written: str) -> dict[str, str]:
    """The titles of tabs by their values, as a group of tabs gives them: `values={[{label: 'A', value: 'a'}]}`."""
    values = _VALUES.search(written) if "values=" in written else None
    found: dict[str, str] = {}
    for entry in _ENTRY.findall(values[1]) if values else ():
        given = {key: one or two for key, one, two in _PAIR.findall(entry)}
        if given.get("value") and given.get("label"):
            found.setdefault(given["value"], given["label"])
    return found


def _name_code(lines: Lines, number: int, waiting: list[_Open]) -> None:
    """In a group of code, what follows the language is a title."""
    named = _NAMED_FENCE.fullmatch(lines.rows[number])
    if named and waiting and waiting[-1].name == "CodeGroup":
        lines.rows[number] = f"{named[1]} [{named[2].strip()}]"
