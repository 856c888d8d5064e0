"""Reads elements of HTML that say that Markdown stands in them: `<div markdown="1">`, `<details markdown>`."""

from __future__ import annotations

from html import escape

from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines
from kb.content.guide_words import ProductText, Words
from kb.content.html_tags import tags_in, words_in
from kb.content.patterns import Match, linear

NESTED = 50
MOST_ROWS_OF_A_SUMMARY = 10
MOST_ROWS_OF_CONTENTS = 20
_OPENS = linear(
    r"[ \t]*<(div|section|article|aside|details|figure|main)([ \t][^<>]*|)>[ \t]*(<summary>.*</summary>)?[ \t]*"
)
_CLOSES = linear(r"[ \t]*</(div|section|article|aside|details|figure|main)>[ \t]*")
_SUMMARY = linear(r"[ \t]*(<summary>.*</summary>)[ \t]*")
_CONTENTS = linear(r"\{:[ \t]*toc[ \t]*\}|\[TOC\]|\[\[toc\]\]|\[\[_TOC_\]\]")
_OF_CONTENTS = linear(
    r"\{:[^{}]*\}|\[TOC\]|\[\[toc\]\]|\[\[_TOC_\]\]|(?:[-*+]|1[.)])[ \t]+(?:TOC|toc|[Tt]able of [Cc]ontents)|"
    r"#{1,6}[ \t]+(?:Table of [Cc]ontents|Contents|TOC)(?:[ \t]*\{[^{}]*\})?"
)
_TITLE = linear(r"[ \t]*<p class=\"(?:admonition-)?title\">(.*)</p>[ \t]*")
_SIGNS = linear(r"[\s:{}\[\]]+")
# A line that begins so is HTML through and through, but in MDX.
_FORMS = linear(r"`([^`\n]+)`|\*\*([^*\n]+)\*\*|~~([^~\n]+)~~|\[([^\[\]\n]+)\]\(<?([^()<>\s]+)>?\)")
_BETWEEN_TAGS = linear(r"(<[^<>]*>)|([^<>]+)")
_OF_BLOCK = linear(
    r"[ \t]*</?(?:p|li|ul|ol|dl|dt|dd|table|tr|td|th|div|section|summary|figcaption|blockquote|h[1-6])(?:[ \t][^<>]*)?>"
)


def read(lines: Lines, *, is_mdx: bool = False) -> None:
    """Make boxes of those whose class says so, folded parts of details, and leave the lines of others out.

    In MDX, Markdown stands in all of them, however deep.
    """
    if is_mdx:
        _read_rows(lines)
    waiting: list[tuple[int, str, str, int]] = []
    for number, row in lines.prose():
        if "<" not in row:
            continue
        if (found := _OPENS.fullmatch(row)) and len(waiting) < NESTED:
            attributes = tags_in(row)[0].attributes
            is_markdown = attributes.get("markdown", "0") != "0" or "markdown" in attributes
            is_markdown = is_markdown or (is_mdx and found[1] in ("div", "section"))
            title, rows = str(found[3] or ""), 0
            if is_markdown and found[1] == "details" and not title:
                title, rows = _summary(lines, number + 1)
            opening = _opening(str(found[1]), attributes, title, lines.words) if is_markdown else "<"
            waiting.append((number, str(found[1]), opening, rows))
        elif (closed := _CLOSES.fullmatch(row)) and waiting and waiting[-1][1] == closed[1]:
            first, _name, opening, rows = waiting.pop()
            titled = _TITLE.fullmatch(lines.rows[first + 1]) if opening.startswith(":::") else None
            if titled and not rows and " " not in opening:
                opening, rows = f"{opening} {' '.join(_SIGNS.sub(' ', words_in(titled[1])).split())}", 1
            if opening != "<":
                lines.rows[first], lines.rows[number] = opening, ":::" if opening else ""
                lines.rows[first + 1 : first + 1 + rows] = [""] * rows
                _take_out_contents(lines, first, number)
                if is_mdx:
                    _level(lines, first + 1, number)


def _read_rows(lines: Lines) -> None:
    for number, row in lines.prose():
        if "<" in row and _OF_BLOCK.match(row):
            lines.rows[number] = _BETWEEN_TAGS.sub(lambda found: found[1] or as_html(found[2]), row)


def _summary(lines: Lines, first: int) -> tuple[str, int]:
    """The summary that begins on a line, and on how many lines it stands; none where there is no such."""
    rows = lines.rows[first : first + MOST_ROWS_OF_A_SUMMARY]
    length = next((at + 1 for at, row in enumerate(rows) if row.rstrip().endswith("</summary>")), 0)
    found = _SUMMARY.fullmatch(" ".join(row.strip() for row in rows[:length]))
    return (str(found[1]), length) if found else ("", 0)


def _take_out_contents(lines: Lines, first: int, end: int) -> None:
    """Leave out a part that holds nothing but the mark for a list of the page's headings, which pages have anyway."""
    if end - first > MOST_ROWS_OF_CONTENTS:
        return
    inner = [row.strip() for row in lines.rows[first + 1 : end] if row.strip()]
    if any(_CONTENTS.fullmatch(row) for row in inner) and all(_OF_CONTENTS.fullmatch(row) for row in inner):
        lines.rows[first : end + 1] = [""] * (end + 1 - first)


def _level(lines: Lines, first: int, end: int) -> None:
    """Let what stands in an element begin where the page does, as it would be code."""
    within = [at for at in range(first, end) if lines.rows[at].strip()]
    depth = min((len(lines.rows[at]) - len(lines.rows[at].lstrip(" ")) for at in within), default=0)
    for at in within:
        lines.rows[at] = lines.rows[at][depth:]


def _opening(name: str, attributes: dict[str, str], summary: str, words: Words) -> str:
    title = " ".join(_SIGNS.sub(" ", words_in(summary)).split())
    if name == "details":
        return f":::details {title or words.say(ProductText.MORE)}"
    kind = box_kind(*attributes.get("class", "").split()) or ("note" if name == "aside" else "")
    return f":::{kind}" if kind else ""


def as_html(text: str) -> str:
    """A piece of a line of HTML with the Markdown in it as HTML."""
    return _FORMS.sub(_as_html, text)


def _as_html(found: Match) -> str:
    code, strong, struck, words, address = (str(each or "") for each in found.groups())
    if code:
        return f"<code>{escape(code)}</code>"
    if address:
        return f'<a href="{escape(address)}">{words}</a>'
    return f"<strong>{strong}</strong>" if strong else f"<del>{struck}</del>"
