"""Makes blocks of code of elements of MDX that hold it as a program's text: ``<CodeBlock>{`...`}</CodeBlock>``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from kb.content.foreign.lines import Lines, fence_around
from kb.content.foreign.macros import MARKS
from kb.content.html_tags import tags_in
from kb.content.patterns import linear

MOST_ROWS = 300
_ENDS = "</CodeBlock>"
_BEGINS = linear(r"([ \t]*)(<CodeBlock(?:[ \t][^<>]*)?>)(.*)")
_TEXT = linear(r"\s*\{\s*`((?:[^`\\]|\\.)*)`\s*\}\s*", 16)
_ESCAPE = linear(r"\\([`$\\{}])")
_INFO = linear(r"[\w+#.-]{1,30}")


def read(lines: Lines) -> None:
    """Write each as a fence, or as HTML where there is no line for one; what is on one line is code within it."""
    if not any("<CodeBlock" in row for row in lines.rows):
        return
    last = -1
    for number, row in lines.prose():
        begun = _BEGINS.fullmatch(row) if number > last and "<CodeBlock" in row else None
        end = _end(lines, number) if begun else None
        if begun is None or end is None or end == number:
            continue
        inner = "\n".join([begun[3], *lines.rows[number + 1 : end], lines.rows[end].rstrip().removesuffix(_ENDS)])
        if text := _TEXT.fullmatch(inner):
            code = _ESCAPE.sub(r"\1", str(text[1])).strip("\n").split("\n")
            _write(lines, (number, end), str(begun[1]), code, _info(str(begun[2])))
            last = end
    lines.find_code()


def _end(lines: Lines, number: int) -> int | None:
    """The line that ends the element that a line begins, unless another begins before."""
    for at in range(number, min(number + MOST_ROWS, len(lines.rows))):
        if at > number and "<CodeBlock" in lines.rows[at]:
            return None
        if lines.rows[at].rstrip().endswith(_ENDS):
            return at
    return None


def _write(lines: Lines, placed: tuple[int, int], margin: str, code: Sequence[str], info: str) -> None:
    """Put the code on the lines of its element, and its fences on empty lines beside it where these do not suffice."""
    (first, end), rows = placed, lines.rows
    if end - first + 1 < len(code) + 2 and first and not rows[first - 1].strip():
        first -= 1
    if end - first + 1 < len(code) + 2 and end + 1 < len(rows) and not rows[end + 1].strip():
        end += 1
    fence = fence_around(code)
    written = [f"{margin}{fence}{info}", *(f"{margin}{row}" for row in code), f"{margin}{fence}"]
    if len(written) > end - first + 1:
        written = list(_as_html(code, margin))
    rows[first : end + 1] = [*written, *[""] * (end - first + 1 - len(written))]


def _as_html(code: Sequence[str], margin: str) -> Iterator[str]:
    for at, row in enumerate(code):
        begins, ends = "<pre>" if at == 0 else "", "</pre>" if at == len(code) - 1 else ""
        yield f"{margin if at == 0 else ''}{begins}{escape(row, quote=False).translate(MARKS)}{ends}"


def _info(tag: str) -> str:
    found = tags_in(tag)
    given = found[0].attributes if found else {}
    language = given.get("language", "") or given.get("lang", "")
    title = given.get("title", "").replace('"', "'")
    named = language if _INFO.fullmatch(language) else "text" if title else ""
    return f'{named} title="{title}"' if title and "`" not in title else named
