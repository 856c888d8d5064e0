"""Makes items of the definitions of terms that Hugo, kramdown and MkDocs write as `: definition` below a term."""

from __future__ import annotations

from kb.content.foreign.lines import Lines
from kb.content.patterns import linear

_DEFINITION = linear(r"([ \t]{0,3}):([ \t]{1,4})(\S.*)")
_LINKED = linear(r"\]\(#([\w-]{1,80})\)")
_NAME = linear(r"[^\w]+")
_WIDE = 3
LONGEST_TERM = 80
_NO_TERM = (":", "#", "|", ">", "-", "*", "+", "~", "<", "!!!", "???")


def read(lines: Lines) -> list[int]:
    """Put a bullet in place of the colon, where a term stands above it or the definition is set off by spaces.

    The lines of the bullets, for `without_empty`: this is done before other forms are read, as what stands deep below
    a definition is no code.
    """
    previous = ""
    linked = {found for row in lines.rows if "](#" in row for found in _LINKED.findall(row)}
    made = []
    for number, row in lines.prose():
        found = _DEFINITION.fullmatch(row) if ":" in row[:4] else None
        above = lines.rows[number - 1].strip() if number else ""
        apart = found is not None and not above and not previous and _is_term_apart(lines, number - 2)
        if apart:
            lines.rows[number - 2] = f"**{lines.rows[number - 2]}**"
        if found and (apart or len(found[2]) >= _WIDE or (above and not above.startswith(_NO_TERM)) or previous):
            lines.rows[number] = f"{found[1]}-{found[2]}{found[3]}"
            made.append(number)
            if _is_term(lines, number - 1) and not previous:
                lines.rows[number - 1] = f"**{above}**"
            if not previous and (name := _NAME.sub("-", above.lower()).strip("-")) in linked:
                lines.rows[number - 1] = f'<span id="{name}"></span>{lines.rows[number - 1]}'
            previous = row
        elif row.strip() and not row.startswith((" ", "\t")):
            previous = ""
    lines.find_code()
    return made


def without_empty(lines: Lines, made: list[int]) -> None:
    """Leave out the bullets of definitions of which nothing stayed."""
    for number in made:
        if lines.rows[number].strip() == "-":
            lines.rows[number] = ""


def _is_term_apart(lines: Lines, number: int) -> bool:
    """Whether a line is a term that an empty line parts from its definition."""
    row = lines.rows[number] if number >= 0 else ""
    return _is_term(lines, number) and not row.endswith((".", ":", "!", "?", ";", ","))


def _is_term(lines: Lines, number: int) -> bool:
    """Whether a line is nothing but a term, which is then shown as one."""
    row = lines.rows[number] if number >= 0 else ""
    is_alone = number < 1 or not lines.rows[number - 1].strip()
    is_plain = row == row.strip() and not row.startswith(_NO_TERM) and not any(sign in row for sign in "*_[]<>`")
    return is_alone and is_plain and 0 < len(row) <= LONGEST_TERM
