"""Reads elements of HTML that say that Markdown stands in them: `<div markdown="1">`, `<details markdown>`."""

from __future__ import annotations

from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines
from kb.content.guide_words import Said, Words
from kb.content.html_tags import tags_in, words_in
from kb.content.patterns import linear

NESTED = 50
_OPENS = linear(
    r"[ \t]*<(div|section|article|aside|details|figure|main)([ \t][^<>]*|)>[ \t]*(<summary>.*</summary>)?[ \t]*"
)
_CLOSES = linear(r"[ \t]*</(div|section|article|aside|details|figure|main)>[ \t]*")
_SUMMARY = linear(r"[ \t]*(<summary>.*</summary>)[ \t]*")
_SIGNS = linear(r"[\s:{}\[\]]+")


def read(lines: Lines, *, is_mdx: bool = False) -> None:
    """Make boxes of those whose class says so, folded parts of details, and leave the lines of others out.

    In MDX, Markdown stands in all of them, however deep.
    """
    waiting: list[tuple[int, str, str]] = []
    for number, row in lines.prose():
        if "<" not in row:
            continue
        if (found := _OPENS.fullmatch(row)) and len(waiting) < NESTED:
            attributes = tags_in(row)[0].attributes
            is_markdown = attributes.get("markdown", "0") != "0" or "markdown" in attributes
            is_markdown = is_markdown or (is_mdx and found[1] in ("div", "section"))
            title = str(found[3] or "")
            following = _SUMMARY.fullmatch(lines.rows[number + 1]) if number + 1 < len(lines.rows) else None
            if is_markdown and found[1] == "details" and not title and following:
                title, lines.rows[number + 1] = str(following[1]), ""
            waiting.append(
                (number, str(found[1]), _opening(str(found[1]), attributes, title, lines.words) if is_markdown else "<")
            )
        elif (closed := _CLOSES.fullmatch(row)) and waiting and waiting[-1][1] == closed[1]:
            first, _name, opening = waiting.pop()
            if opening != "<":
                lines.rows[first], lines.rows[number] = opening, ":::" if opening else ""
                if is_mdx:
                    _level(lines, first + 1, number)


def _level(lines: Lines, first: int, end: int) -> None:
    """Let what stands in an element begin where the page does, as it would be code."""
    within = [at for at in range(first, end) if lines.rows[at].strip()]
    depth = min((len(lines.rows[at]) - len(lines.rows[at].lstrip(" ")) for at in within), default=0)
    for at in within:
        lines.rows[at] = lines.rows[at][depth:]


def _opening(name: str, attributes: dict[str, str], summary: str, words: Words) -> str:
    title = " ".join(_SIGNS.sub(" ", words_in(summary)).split())
    if name == "details":
        return f":::details {title or words.say(Said.MORE)}"
    kind = box_kind(*attributes.get("class", "").split()) or ("note" if name == "aside" else "")
    return f":::{kind}" if kind else ""
