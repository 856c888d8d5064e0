"""Parts texts into lines that keep their endings, and gives a text from a form the endings that it had before.

So a text comes out byte for byte where nobody changed it.
"""

from __future__ import annotations

from kb.content.matching import matching_blocks
from kb.content.patterns import linear

BYTE_ORDER_MARK = "\ufeff"
_LINES = linear(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_ENDING = linear(r"(?:\r\n|\r|\n)\Z")


def lines(text: str) -> list[str]:
    """The lines of a text with their endings, as editors count them: parted at line breaks and at nothing else."""
    return _LINES.findall(text)


def in_endings_of(text: str, model: str) -> str:
    """A text that a form sent, with the line endings and the byte order mark that `model` has.

    Browsers end every line of a form with CR LF. Lines that are in `model` get back the ending they have there, new
    ones the ending that most lines there have, so that a person changes only the lines that they changed.
    """
    written = [_ENDING.sub("", line) for line in lines(text)]
    known = lines(model.removeprefix(BYTE_ORDER_MARK))
    endings = _endings_for(written, known)
    if endings and not ending_of(text):
        endings[-1] = ""
    joined = "".join(line + ending for line, ending in zip(written, endings, strict=True))
    had_mark = model.startswith(BYTE_ORDER_MARK) and not joined.startswith(BYTE_ORDER_MARK)
    return BYTE_ORDER_MARK + joined if had_mark else joined


def _endings_for(written: list[str], known: list[str]) -> list[str]:
    """An ending for each line (without any) of a text that was made from lines with theirs."""
    counted = [ending_of(line) for line in known if ending_of(line)]
    usual = max(("\n", "\r\n", "\r"), key=counted.count)
    endings = [usual] * len(written)
    if len(set(counted)) > 1:
        for known_at, written_at, size in matching_blocks([_ENDING.sub("", line) for line in known], written):
            for offset in range(size):
                endings[written_at + offset] = ending_of(known[known_at + offset]) or usual
    return endings


def ending_of(line: str) -> str:
    """How a line, or a text, ends: '' without a line break."""
    found = _ENDING.search(line)
    return found.group() if found else ""
