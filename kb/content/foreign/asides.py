"""Reads the callouts and toggles of Notion's exports: `<aside>` and `<summary>` with Markdown in them."""

from __future__ import annotations

from kb.content.foreign.lines import Lines
from kb.content.patterns import Match, linear

LONGEST_ASIDE = 200
_OPENS = linear(r"[ \t]*<aside>[ \t]*(.*)")
_SUMMARY = linear(r"(<summary>)([^<>\n]*)(</summary>)")
_STRONG = linear(r"\*\*([^*\n]+)\*\*")
_CODE = linear(r"`([^`\n]+)`")
_KINDS = {
    "\N{ELECTRIC LIGHT BULB}": "tip",
    "\N{WHITE HEAVY CHECK MARK}": "tip",
    "\N{WARNING SIGN}": "warning",
    "\N{HEAVY EXCLAMATION MARK SYMBOL}": "warning",
    "\N{POLICE CARS REVOLVING LIGHT}": "danger",
    "\N{NO ENTRY}": "danger",
    "\N{FIRE}": "danger",
    "\N{INFORMATION SOURCE}": "info",
    "\N{PUSHPIN}": "note",
    "\N{ROUND PUSHPIN}": "note",
}
_VARIATION = "\N{VARIATION SELECTOR-16}"


def kind_of_sign(sign: str) -> str:
    """The kind of box that a sign such as a light bulb stands for, '' for others."""
    return _KINDS.get(sign.removesuffix(_VARIATION), "")


def read(lines: Lines) -> None:
    """Make boxes of callouts, and HTML of the Markdown in what toggles are called."""
    for number, row in lines.prose():
        if "<summary>" in row and ("**" in row or "`" in row):
            lines.rows[number] = _SUMMARY.sub(_as_html, row)
        found = _OPENS.fullmatch(row) if "<aside>" in row and number + 1 < len(lines.rows) else None
        if found and (found[1].strip() or lines.rows[number + 1].strip()):  # else it is read as Markdown already
            end = next(
                (
                    at
                    for at in range(number + 1, min(number + LONGEST_ASIDE, len(lines.rows)))
                    if at not in lines.code and lines.rows[at].rstrip().endswith("</aside>")
                ),
                None,
            )
            if end is not None and _has_line_of_its_own(lines, end):
                _make_box(lines, number, end if lines.rows[end].strip() == "</aside>" else end + 1, found[1])


def _has_line_of_its_own(lines: Lines, end: int) -> bool:
    """Whether the end of a callout stands alone, or can: with an empty line below, it goes there."""
    row = lines.rows[end]
    if row.strip() == "</aside>":
        return True
    if end + 1 < len(lines.rows) and lines.rows[end + 1].strip():
        return False
    margin = row[: len(row) - len(row.lstrip())]
    lines.rows[end : end + 2] = [row.rstrip().removesuffix("</aside>").rstrip(), f"{margin}</aside>"]
    return True


def _as_html(found: Match) -> str:
    words = _CODE.sub(r"<code>\1</code>", _STRONG.sub(r"<strong>\1</strong>", found[2]))
    return f"{found[1]}{words}{found[3]}"


def _make_box(lines: Lines, start: int, end: int, rest: str) -> None:
    first = start if rest.strip() else start + 1
    text = (rest if rest.strip() else lines.rows[first]).strip()
    sign = next((sign for sign in _KINDS if text.startswith(sign)), "")
    text = text.removeprefix(sign).removeprefix(_VARIATION).strip() if sign else text
    kind = _KINDS.get(sign, "note")
    row = lines.rows[start]
    margin = row[: len(row) - len(row.lstrip())]
    if first == start:
        lines.rows[start] = (
            f"{margin}> [!{kind.upper()}]" if not text else f"{margin}> **{lines.words.kind(kind)}:** {text}"
        )
        for number in range(start + 1, end):
            lines.rows[number] = f"{margin}> {lines.rows[number].removeprefix(margin)}".rstrip()
        lines.rows[end] = ""
    else:
        lines.rows[start], lines.rows[first] = f"{margin}:::{kind}", f"{margin}{text}"
        lines.rows[end] = f"{margin}:::"
