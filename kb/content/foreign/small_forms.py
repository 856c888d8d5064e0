"""Reads small forms that many tools share: notes in a line, small letters, abbreviations, formulas, names of emoji."""

from __future__ import annotations

import unicodedata
from html import escape

from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import STAYS
from kb.content.patterns import Match, linear

MOST_ABBREVIATIONS = 200
MOST_ROWS_OF_A_FORMULA = 40
_NOTE = linear(r"\^\[([^\[\]\n]{1,500})\]")
_BELOW = linear(r"([\w)])~([\w+-]{1,10})~")
_ABOVE = linear(r"([\w)])\^([\w+-]{1,10})\^")
_ABBREVIATION = linear(r"\*\[([^\[\]\n]{1,60})\]:[ \t]*(.*)")
_SET_OFF = linear(r"\$\$[ \t]*([^$`\n]+?)[ \t]*\$\$")
_IN_LINE = linear(r"(^|[^\\$\w])\$([^\s$`][^$`\n]*\\[A-Za-z]+[^$`\n]*|\\[A-Za-z]+[^$`\n]*)\$($|[^\w$])")
# Where a text has formulas, its other letters between two such signs are some, too, and no prices.
_SMALL = linear(r"(^|[^\\$\w])\$([A-Za-z][^\s$`]{0,30}|[A-Za-z][^$`\n]{0,60}[^\s$`])\$($|[^\w$])")
_EDGE = linear(r"([ \t>]*)(?:\$\$|\\\[)[ \t]*")
_EDGE_END = linear(r"[ \t>]*(?:\$\$|\\\])[ \t]*")
_EMOJI = linear(r"(^|[ \t(|])(:[a-z0-9_+-]{1,40}:)($|[ \t.,;!?)|])")
_NAMES = {
    "+1": "THUMBS UP SIGN",
    "-1": "THUMBS DOWN SIGN",
    "arrow_right": "BLACK RIGHTWARDS ARROW",
    "boom": "COLLISION SYMBOL",
    "bulb": "ELECTRIC LIGHT BULB",
    "computer": "PERSONAL COMPUTER",
    "construction": "CONSTRUCTION SIGN",
    "email": "ENVELOPE",
    "exclamation": "HEAVY EXCLAMATION MARK SYMBOL",
    "heart": "HEAVY BLACK HEART",
    "information_source": "INFORMATION SOURCE",
    "link": "LINK SYMBOL",
    "mag": "LEFT-POINTING MAGNIFYING GLASS",
    "no_entry_sign": "NO ENTRY SIGN",
    "package": "PACKAGE",
    "pencil2": "PENCIL",
    "phone": "BLACK TELEPHONE",
    "point_right": "WHITE RIGHT POINTING BACKHAND INDEX",
    "question": "BLACK QUESTION MARK ORNAMENT",
    "red_circle": "LARGE RED CIRCLE",
    "smile": "SMILING FACE WITH OPEN MOUTH AND SMILING EYES",
    "star": "WHITE MEDIUM STAR",
    "tada": "PARTY POPPER",
    "thumbsdown": "THUMBS DOWN SIGN",
    "thumbsup": "THUMBS UP SIGN",
    "warning": "WARNING SIGN",
    "white_check_mark": "WHITE HEAVY CHECK MARK",
    "x": "CROSS MARK",
    "zap": "HIGH VOLTAGE SIGN",
}


def read(lines: Lines) -> None:
    """Put them into HTML, words and code; formulas are shown as they are written, each with a finding."""
    _formulas(lines)
    lines.change(lambda _, text: _NOTE.sub(r" (\1)", text), "^[")
    lines.change(lambda _, text: _BELOW.sub(r"\1<sub>\2</sub>", text), "~")
    lines.change(lambda _, text: _ABOVE.sub(r"\1<sup>\2</sup>", text), "^")
    lines.change(lambda _, text: _EMOJI.sub(_emoji, text), ":")
    _abbreviations(lines)


def _formulas(lines: Lines) -> None:
    """Make code of formulas, in which no sign means anything."""
    end = -1
    for number, row in lines.prose():
        if number <= end or not ("$" in row or "\\[" in row):
            continue
        edge = _EDGE.fullmatch(row)
        rows = lines.rows[number + 1 : number + 1 + MOST_ROWS_OF_A_FORMULA] if edge else []
        length = next((at for at, each in enumerate(rows) if _EDGE_END.fullmatch(each)), 0)
        if edge and length and all(each.strip(" \t>") for each in rows[:length]):
            end = number + 1 + length
            _tell(lines, number, " ".join(each.strip(" \t>") for each in rows[:length]))
            lines.rows[number], lines.rows[end] = f"{edge[1]}```", f"{edge[1]}```"
    lines.find_code()

    def as_code(number: int, text: str) -> str:
        def one(found: Match) -> str:
            before, formula, after = found.groups() if len(found.groups()) > 1 else ("", found[1], "")
            _tell(lines, number, str(formula))
            return f"{before}`{formula}`{after}"

        return _IN_LINE.sub(one, _SET_OFF.sub(one, text))

    told = len(lines.findings)
    lines.change(as_code, "$")
    if end >= 0 or len(lines.findings) > told:
        lines.change(lambda _, text: _SMALL.sub(r"\1`\2`\3", text), "$")


def _tell(lines: Lines, number: int, formula: str) -> None:
    lines.note(number, STAYS.filled(written=shown(formula)))


def _emoji(found: Match) -> str:
    name = str(found[2]).strip(":")
    try:
        sign = unicodedata.lookup(_NAMES.get(name, name.replace("_", " ")))
    except KeyError:
        return found.group()
    return f"{found[1]}{sign}{found[3]}" if unicodedata.category(sign) in ("So", "Po") else found.group()


def _abbreviations(lines: Lines) -> None:
    """Leave out what abbreviations mean, and say it where each stands first."""
    meanings: dict[str, str] = {}
    for number, row in lines.prose():
        found = _ABBREVIATION.fullmatch(row.strip()) if row.lstrip().startswith("*[") else None
        if found:
            lines.rows[number] = ""
            if len(meanings) < MOST_ABBREVIATIONS and found[2].strip():
                meanings[found[1].strip()] = found[2].strip()
    if not meanings:
        return

    def explained(_: int, text: str) -> str:
        for short in [short for short in meanings if short in text]:
            at = _word(text, short)
            if at >= 0:
                meaning = escape(meanings.pop(short))
                text = f'{text[:at]}<abbr title="{meaning}">{short}</abbr>{text[at + len(short) :]}'
        return text

    lines.change(explained, *meanings)


def _word(text: str, short: str) -> int:
    """Where a word stands outside of links, tags and headings; -1 for nowhere."""
    at = -1 if text.startswith("#") or "](" in text or "<" in text or "://" in text else text.find(short)
    before, after = text[at - 1 : at] if at > 0 else "", text[at + len(short) : at + len(short) + 1]
    return -1 if before.isalnum() or after.isalnum() else at
