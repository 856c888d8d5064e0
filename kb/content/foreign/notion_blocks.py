"""Reads the blocks of Notion's own Markdown, whose children stand one tab deeper: `<callout>`, `<columns>`, toggles."""

from __future__ import annotations

from dataclasses import dataclass

from kb.content.foreign import notion_words
from kb.content.foreign.asides import kind_of_sign
from kb.content.foreign.lines import Lines
from kb.content.html_tags import tags_in, words_in
from kb.content.patterns import linear

NESTED = 30
SIGNS = (
    "<callout",
    "<column",
    "<toggle",
    "<synced_block",
    "<meeting-notes",
    "<empty-block",
    "<table_of_contents",
    "<summary>",
    *('{color="', '{toggle="', '{icon="', "\N{BLACK RIGHT-POINTING TRIANGLE}"),
)
_ARRANGING = frozenset(
    {"columns", "column", "synced_block", "synced_block_reference", "meeting-notes", "notes", "transcript"}
)
_OPENS = linear(
    r"(\t*)<(callout|columns?|toggle|synced_block(?:_reference)?|meeting-notes|notes|transcript|details)"
    r"((?:[ \t][^<>]*)?)>[ \t]*"
)
_WHOLE = linear(r"(\t*)<callout((?:[ \t][^<>]*)?)>[ \t]*([^\t ].*?)[ \t]*</callout>[ \t]*")
_CLOSES = linear(r"\t*</([\w-]+)>[ \t]*")
_COLONS = linear(r"(\t*:{3,})[ \t]*callout[ \t]*\{([^{}]*)\}[ \t]*")
_SUMMARY = linear(r"\t*<summary>(.*)</summary>[ \t]*")
_SILENT = linear(r"\t*<(?:empty-block|table_of_contents)(?:[ \t][^<>]*)?/?>[ \t]*")
_GIVEN = linear(r"[ \t]*\{((?:(?:toggle|color)=\"[^\"\n]*\"[ \t]*)+)\}[ \t]*")
_TOGGLE = linear(r"(\t*)\x{25b6}[ \t]*([^\n]*)")
_HEADING = linear(r"#{1,6}[ \t][^\n]*")
_FENCE = linear(r"\t*[ ]*(`{3,}|~{3,})(.*)")
_SIGN_OF_TITLE = linear(r"[{}\[\]:<>]+")


@dataclass(slots=True)
class _Open:
    """What waits for its end: its name, its line, how deep it stood and how deep it stands now."""

    name: str
    line: int
    depth: int
    margin: str


def read(lines: Lines) -> None:
    """Put boxes and folded parts in place of them, and their children where Markdown reads them."""
    body = lines.body
    if any(sign in body for sign in SIGNS):
        _Reader(lines).run()
    notion_words.read(lines)


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip("\t"))


class _Reader:
    """Goes through the lines once."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._rows = lines.rows
        self._waiting: list[_Open] = []
        self._fence = ""

    def run(self) -> None:
        """Change the lines in place."""
        for number in range(len(self._rows)):
            row = self._rows[number]
            self._end_headings(row)
            lifted = row[min(len(self._waiting), _depth(row)) :]
            if self._is_code(lifted, number):
                self._rows[number] = lifted
            elif row.strip():
                self._rows[number] = self._read(number, row, lifted)
        self._lines.find_code()

    def _is_code(self, row: str, number: int) -> bool:
        mark = _FENCE.fullmatch(row) if "```" in row or "~~~" in row else None
        if not self._fence and mark:
            self._fence = mark[1]
            return True
        if self._fence and mark and mark[1].startswith(self._fence) and not mark[2].strip():
            self._fence = ""
            return True
        return bool(self._fence) or (not self._waiting and number in self._lines.code)

    def _end_headings(self, row: str) -> None:
        """A heading that folds has no end of its own: what is no deeper is none of it."""
        while row.strip() and not self._fence and self._waiting and not self._waiting[-1].name:
            if _depth(row) > self._waiting[-1].depth:
                break
            self._waiting.pop()

    def _read(self, number: int, row: str, lifted: str) -> str:
        margin = lifted[: _depth(lifted)]
        if whole := _WHOLE.fullmatch(row):
            return f'{margin}<Callout type="{_kind(whole[2])}">{whole[3]}</Callout>'
        if (opened := _OPENS.fullmatch(row)) and len(self._waiting) < NESTED:
            return self._open(number, row, lifted, str(opened[2]), str(opened[3]))
        if closed := _CLOSES.fullmatch(row):
            return self._close(lifted, str(closed[1]))
        if colons := _COLONS.fullmatch(lifted):
            return f"{colons[1]}{_kind(colons[2])}"
        if _SILENT.fullmatch(row):
            return ""
        return self._heading_or_text(number, row, lifted)

    def _heading_or_text(self, number: int, row: str, lifted: str) -> str:
        given = _GIVEN.search(lifted)
        is_given = given is not None and given.end() == len(lifted)
        if given is not None and is_given:
            lifted = lifted[: given.start()]
        below = self._rows[number + 1] if number + 1 < len(self._rows) else ""
        if _depth(below) <= _depth(row):
            return lifted
        toggle = _TOGGLE.fullmatch(lifted)
        heading = _HEADING.fullmatch(toggle[2] if toggle else lifted)
        if heading and (toggle or is_given):
            self._waiting.append(_Open("", number, _depth(row), ""))
            return heading.group()
        return f'{toggle[1]}??? details "{toggle[2].strip().replace(chr(34), chr(39))}"' if toggle else lifted

    def _open(self, number: int, row: str, lifted: str, name: str, written: str) -> str:
        below = self._rows[number + 1] if number + 1 < len(self._rows) else ""
        margin = lifted[: _depth(lifted)]
        title = ""
        if name == "details":
            summary = _SUMMARY.fullmatch(below)
            inner = self._rows[number + 2] if number + 2 < len(self._rows) else ""
            if summary is None or _depth(inner) <= _depth(row):  # it is as HTML has it
                return lifted
            title = words_in(summary[1])
        elif name == "toggle":
            title = below.strip()
        self._waiting.append(_Open(name, number, _depth(row), margin))
        if name in _ARRANGING:
            return ""
        if name == "callout":
            return f"{margin}:::{_kind(written)}"
        self._rows[number + 1] = ""
        return f"{margin}:::details {' '.join(_SIGN_OF_TITLE.sub(' ', title).split())}".rstrip()

    def _close(self, lifted: str, name: str) -> str:
        at = next((at for at in range(len(self._waiting) - 1, -1, -1) if self._waiting[at].name == name), None)
        if at is None:
            return lifted
        opened = self._waiting[at]
        del self._waiting[at:]
        return "" if name in _ARRANGING else f"{opened.margin}:::"


def _kind(written: str) -> str:
    """The kind of box that a callout is, by its sign, or else its colour."""
    found = tags_in(f"<div {written}>")
    given = found[0].attributes if found else {}
    if kind := kind_of_sign(given.get("icon", "")):
        return kind
    colour = given.get("color", "").partition("_")[0]
    return {"red": "danger", "orange": "warning", "yellow": "warning", "green": "tip"}.get(colour, "note")
