"""Reads what MDX shows on a condition: `{flag && <Note>words</Note>}`, `{flag ? <A/> : <B/>}`, also over some lines.

Which side a reader would see, a program alone knows: both stay, which is told. What the condition says is for staff,
for those who are signed in or for a draft reaches nobody.
"""

from __future__ import annotations

import re

from kb.content.foreign.comments import FOR_SOME
from kb.content.foreign.lines import Lines, outside_code, shown
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.patterns import Match, linear

MOST_ROWS = 200
_INNER = r"(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]*\})*\})*"
_CONDITION = r"(?:[^{}<\n]|<[ \t=\d]){1,200}"
_ON_A_LINE = linear(
    rf"\{{({_CONDITION}(?:&&|\|\||\?))[ \t]*\(?[ \t]*(<{_INNER}>)[ \t]*\)?[ \t]*(?::[ \t]*null[ \t]*)?\}}"
)
_OPENS = linear(rf"[ \t]*\{{({_CONDITION}(?:&&|\|\||\?))[ \t]*\([ \t]*")
_BETWEEN = linear(r"[ \t]*\)[ \t]*:[ \t]*\([ \t]*")
_CLOSES = linear(r"[ \t]*\)[ \t]*(?::[ \t]*null[ \t]*)?\}[ \t]*")
_OTHER_SIDE = linear(r">[ \t]*\)?[ \t]*:[ \t]*\(?[ \t]*<")
_FOR_SOME = linear(
    r"staff|intern|admin|private|confidential|draft|secret|employee|agent|debug|dev|false|user|visitor|member|logged|"
    r"signed|auth|env|role|hidden|todo|wip|preview",
    re.IGNORECASE,
)


def read(lines: Lines) -> None:
    """Leave the conditions out, each with a finding, and with them what they hide."""
    end = -1
    for number, row in lines.prose():
        if number <= end or "{" not in row or not any(sign in row for sign in ("&&", "||", "?")):
            continue
        if opened := _OPENS.fullmatch(row):
            end = _read_block(lines, number, str(opened[1]))
        else:
            lines.rows[number] = outside_code(
                row,
                lambda text, number=number: _ON_A_LINE.sub(lambda found: _side(lines, number, found), text),  # type: ignore[misc]
            )


def _read_block(lines: Lines, first: int, condition: str) -> int:
    """Read a condition that stands alone on its line; the line of its end, or its own."""
    rows = range(first + 1, min(first + MOST_ROWS, len(lines.rows)))
    outside = [number for number in rows if number not in lines.code]
    last = next((at for at in outside if "}" in lines.rows[at] and _CLOSES.fullmatch(lines.rows[at])), None)
    if last is None:
        return first
    hides = _is_for_some(lines, first, condition)
    for number in range(first, last + 1):
        is_sign = number in (first, last) or (number not in lines.code and _BETWEEN.fullmatch(lines.rows[number]))
        lines.rows[number] = "" if hides or is_sign else lines.rows[number]
    return last


def _side(lines: Lines, number: int, found: Match) -> str:
    return "" if _is_for_some(lines, number, str(found[1])) else _OTHER_SIDE.sub("> <", str(found[2]))


def _is_for_some(lines: Lines, number: int, condition: str) -> bool:
    """Whether a condition is one for some readers only; either is told."""
    hides = _FOR_SOME.search(condition) is not None
    lines.note(number, (FOR_SOME if hides else UNKNOWN).filled(written=shown(f"{{{condition}")))
    return hides
