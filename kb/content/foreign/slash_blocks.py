"""Reads the blocks that pages of MkDocs write between slashes: `/// note | Title`, `/// details`, `/// caption`."""

from __future__ import annotations

from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import STAYS, UNKNOWN
from kb.content.guide_words import Words
from kb.content.patterns import linear

MOST_OPTIONS = 10
NESTED = 20
_BEGINS = linear(r"([ \t]*)(/{3,})[ \t]+([A-Za-z][\w-]*)[ \t]*(?:\|[ \t]*(.*?))?[ \t]*")
_ENDS = linear(r"([ \t]*)(/{3,})[ \t]*")
_OPTION = linear(r"[ \t]{4,}([\w-]+):[ \t]*(.*?)[ \t]*")
_CAPTIONS = frozenset({"caption", "figure-caption", "table-caption"})
_ARRANGING = frozenset({"html", "define", "block"})


def read(lines: Lines) -> None:
    """Make boxes, folded parts and tabs of them; a caption is set apart, and what only arranges leaves its text."""
    waiting: list[tuple[str, str]] = []
    caption = False
    last = {row.strip(): number for number, row in lines.prose() if row.lstrip().startswith("///")}
    for number, row in lines.prose():
        if "///" not in row:
            if caption and row.strip():
                lines.rows[number] = f"*{row.strip().strip('*')}*"
            continue
        ended = _ENDS.fullmatch(row)
        if ended and waiting and ended[2] == waiting[-1][0]:
            lines.rows[number] = f"{ended[1]}{waiting.pop()[1]}"
            caption = False
        elif (begun := _BEGINS.fullmatch(row)) is None:
            continue
        elif len(waiting) == NESTED or last.get(str(begun[2]), -1) < number:
            if _form(str(begun[3]).lower(), "", {}, lines.words)[0]:
                lines.note(number, STAYS.filled(written=shown(row)))
        else:
            name, title = str(begun[3]).lower(), str(begun[4] or "").strip()
            opening, end = _form(name, title, _options(lines, number), lines.words)
            if not opening and not end and name not in (_CAPTIONS | _ARRANGING):
                lines.note(number, UNKNOWN.filled(written=shown(row)))
            caption = name in _CAPTIONS
            lines.rows[number] = f"{begun[1]}{opening}" if opening else ""
            waiting.append((str(begun[2]), end))
    lines.find_code()


def _form(name: str, title: str, options: dict[str, str], words: Words) -> tuple[str, str]:
    """What a block begins and ends with in our forms; nothing for what only arranges its text."""
    if name == "tab":
        return f":::tab {title}".rstrip(), ":::"
    if name == "details":
        return f":::details {title or words.kind('details')}", ":::"
    kind = box_kind(options.get("type", "")) or "note" if name == "admonition" else box_kind(name)
    return (f":::{kind} {title}".rstrip(), ":::") if kind else ("", "")


def _options(lines: Lines, number: int) -> dict[str, str]:
    """What the indented lines below the first say of a block, which are left out."""
    found: dict[str, str] = {}
    for at in range(number + 1, min(number + 1 + MOST_OPTIONS, len(lines.rows))):
        option = _OPTION.fullmatch(lines.rows[at])
        if option is None:
            break
        found[str(option[1])] = str(option[2])
        lines.rows[at] = ""
    return found
