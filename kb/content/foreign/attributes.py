"""Reads what stands beside Markdown to style it: attributes in braces, icons, keys, and marks of editors."""

from __future__ import annotations

from html import escape

from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines, margin_of, outside_code
from kb.content.patterns import Match, linear

_PAIR = r"""[.#][\w:/-]+|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}"']+)"""
_WORDS = r"data-\w+|loading|markdown|target|download|no_toc|toc"
_LIST = rf"\{{:?[ \t]*(?:{_PAIR}|{_WORDS})(?:[ \t]+(?:{_PAIR}|\w+))*[ \t]*\}}"
_ALONE = linear(rf"[ \t>]*(?:{_LIST}|\{{::?[\w-]*[^{{}}\n]*/?\}}|\{{:[^{{}}\n]*\}})[ \t]*")
_AFTER = linear(rf"([\])`*])[ \t]?{_LIST}(?:{_LIST})*")
_TITLED = "-title"
_CLASSES = linear(r"\.([\w-]+)")
_AT_HEADING = linear(r"[ \t]*\{:?[ \t]*([.#][^{}]*|[\w-]+=[^{}]*)\}[ \t]*$")
_UNDERLINE = linear(r" {0,3}(?:=+|-+)[ \t]*")
# How GitBook gives a heading an anchor.
_EMPTY_LINK = linear(r"[ \t]*<a href=\"#[^\"<>]*\" id=\"([\w:.-]+)\"></a>[ \t]*$")
_ID = linear(r"#([\w:.-]+)")
# How the pages of Material for MkDocs name what a heading is of.
_SETTING = linear(r"<!--[ \t]*md:(?:option|setting|feature|utility|extension|plugin)[ \t]+([^<>`]+?)[ \t]*-->")
_NAMED_LINK = linear(r"\[([^\[\]]*)\](?:\[[^\[\]]*\])?(.*)")
_VERSION = linear(r"<!--[ \t]*md:version[ \t]+([\w.+-]+)[ \t]*-->")
_COMMENTS = linear(r"<!--[^<>]*-->|^[ \t]*[-:]?[ \t]")
_ICON = linear(r":(?:material|fontawesome|octicons|simple)-[\w-]+:(?:\{[^{}]*\})?(?:[ \t]|&nbsp;)*")
_NAMED_ICON = linear(r":(?:material|fontawesome(?:-\w+)?|octicons|simple)-([a-z-]+?)(?:-\d+)?:(?:\{[^{}]*\})?")
# Between words, an icon is one of these.
_BEFORE_WORD = linear(r"[\w),.][ \t]$")
_AFTER_WORD = linear(r"[ \t]*(?:[,.;)]|(?:and|or)[ \t])")
_DASH = linear(r"^(?:(?:[\x{2013}\x{2014}+/,]|--?)[ \t]+)+")
_LANGUAGE_OF_CODE = linear(r"(`+)#!(?:[a-z][\w+-]{0,20})[ \t]+")
_KEY = r"(?:[\w-]{1,20}|\"[^\"\n]{1,20}\")"
_ONE_KEY = linear(r"\"([^\"\n]+)\"|([\w-]+)")
_KEYS = linear(rf"\+\+({_KEY}(?:\+{_KEY}){{0,5}})\+\+")
_CRITIC = linear(r"\{(?:\+\+(.*?)\+\+|==(.*?)==|--(.*?)--|~~(.*?)~>(.*?)~~)\}")
_INSERTED = linear(r"\^\^([^\s^][^^\n]*?)\^\^")
_TOC_MARK = linear(r"[ \t]*[-*+1][.)]?[ \t]+(?:TOC|toc|Table of contents)[ \t]*")


def read(lines: Lines) -> None:
    """Leave attributes and icons out; make boxes of paragraphs that say that they are, and keys of `++ctrl+c++`."""
    for number, row in lines.prose():
        if row.startswith(("#", "<!-- md:")) and "<!-- md:" in row:
            row = lines.rows[number] = _SETTING.sub(_named, row)  # noqa: PLW2901 - the line as it is by now
        elif "<!-- md:version" in row and _COMMENTS.sub("", row).strip():  # else it only stands below a heading
            row = lines.rows[number] = _VERSION.sub(r"\1", row)  # noqa: PLW2901
        if "`#!" in row:
            row = lines.rows[number] = _LANGUAGE_OF_CODE.sub(r"\1", row)  # noqa: PLW2901
        if row.startswith("#") and row.rstrip().endswith("</a>"):
            lines.rows[number] = _EMPTY_LINK.sub(r" {#\1}", row)
        elif row.startswith("#") and row.rstrip().endswith("}"):
            lines.rows[number] = _AT_HEADING.sub(_id_of, row)
        elif "{" in row and _ALONE.fullmatch(row):
            lines.rows[number] = ""
            _read_alone(lines, number, row)
    lines.change(
        lambda at, text: text if lines.rows[at].lstrip().startswith(("#", ":::")) else _AFTER.sub(_kept, text), "{"
    )
    _read_icons(lines)
    lines.change(lambda _, text: _CRITIC.sub(_criticised, text), "{++", "{==", "{--", "{~~")
    lines.change(lambda _, text: _KEYS.sub(_keys, text), "++")
    lines.change(lambda _, text: _INSERTED.sub(r"<ins>\1</ins>", text), "^^")


def _named(found: Match) -> str:
    """What a heading is of, as code; of a link, its words."""
    link = _NAMED_LINK.fullmatch(found[1])
    return f"`{link[1]}`{link[2]}" if link else f"`{found[1]}`"


def _read_icons(lines: Lines) -> None:
    """Leave icons out, and the dash that parted one from its words; one that stands for a word becomes it."""
    for number, row in lines.prose():
        if ":" in row and _ICON.search(row):
            without = outside_code(row, _without_icons)
            begins = margin_of(row)
            words = without[len(begins) :].lstrip()
            if words != without[len(begins) :] or _DASH.match(words):
                without = begins + (_DASH.sub("", words, count=1) if not _DASH.match(row[len(begins) :]) else words)
            lines.rows[number] = without


def _without_icons(text: str) -> str:
    pieces, end = [], 0
    for found in _NAMED_ICON.finditer(text):
        start, stop = found.span()
        if _BEFORE_WORD.search(text[max(0, start - 2) : start]) and _AFTER_WORD.match(text[stop : stop + 10]):
            pieces += [text[end:start], " ".join(str(found[1]).removeprefix("brands-").split("-"))]
            end = stop
    return _ICON.sub("", "".join([*pieces, text[end:]]))


def _read_alone(lines: Lines, number: int, row: str) -> None:
    """What attributes on a line of their own say of the block above them, or of the one below."""
    if number and _TOC_MARK.fullmatch(lines.rows[number - 1]) and "toc" in row:
        lines.rows[number - 1] = ""
    above = lines.rows[number - 1] if number else ""
    if (name := _ID.search(row)) and above.startswith("#") and not _AT_HEADING.search(above):
        lines.rows[number - 1] = f"{above.rstrip()} {{#{name[1]}}}"
        return
    if name and number > 1 and _UNDERLINE.fullmatch(above) and lines.rows[number - 2].strip():
        lines.rows[number - 2] = f"{lines.rows[number - 2].rstrip()} {{#{name[1]}}}"
        return
    if name:
        _keep_id(lines, number, row)
    classes = _CLASSES.findall(row)
    kind = box_kind(*classes, *(name.removesuffix(_TITLED) for name in classes))
    if not kind or number in lines.code:
        return
    follows = number + 1 < len(lines.rows) and lines.rows[number + 1].strip()
    precedes = number and lines.rows[number - 1].strip()
    if precedes:
        first = _first_of(lines.rows, number - 1)
        if _is_quotation(lines.rows, first, number):
            lines.rows[first - 1] = f"> [!{kind.upper()}]"
        elif _may_open(lines, first, row):
            lines.rows[first - 1] = f"> [!{kind.upper()}]"
            _quote(lines, first, number, "", margin="> ")
        else:
            _quote(lines, first, number, f"**{lines.words.kind(kind)}:** ")
    elif follows:
        _box_below(lines, number, row, kind, is_titled=any(name.endswith(_TITLED) for name in classes))


def anchor_in(attributes: str) -> str:
    """An anchor with the id that attributes in braces give, '' for none."""
    name = _ID.search(attributes)
    return f'<a id="{name[1]}"></a>' if name else ""


def _kept(found: Match) -> str:
    """What stands before attributes, with the anchor that they give."""
    return f"{found[1]}{anchor_in(found.group()[1:])}"


def _keep_id(lines: Lines, number: int, row: str) -> None:
    """Put the anchor that attributes on a line of their own give into the block above them, or else below."""
    rows, anchor = lines.rows, anchor_in(row)
    above = _first_of(rows, number - 1) if number and rows[number - 1].strip() else -1
    if above >= 0 and rows[number - 1].lstrip(" >").startswith("|"):
        rows[above] = _with_anchor(rows[above], anchor)
    elif above >= 0 and number - 1 not in lines.fenced:
        margin = row[: len(row) - len(row.lstrip(" \t"))]
        rows[number] = f"{margin}{anchor}"
    elif number + 1 < len(rows) and rows[number + 1].strip() and number + 1 not in lines.code:
        rows[number + 1] = _with_anchor(rows[number + 1], anchor)
    else:
        rows[number] = anchor


def _with_anchor(row: str, anchor: str) -> str:
    """A line whose first words, or first cell, have an anchor before them."""
    margin = margin_of(row)
    margin += "| " if row[len(margin) :].startswith("|") else ""
    return f"{margin}{anchor}{row[len(margin) :].lstrip() if margin.endswith('| ') else row[len(margin) :]}"


def _box_below(lines: Lines, number: int, row: str, kind: str, *, is_titled: bool) -> None:
    """Make a box of the block below, as deep as it stands; the first words of it may be its title."""
    rows, end = lines.rows, number + 1
    while end < len(rows) and rows[end].strip() and not _is_attributes(rows[end]):
        end += 1
    indent = row[: len(row) - len(row.lstrip(" "))]
    rows[number] = f"{indent}> [!{kind.upper()}]"
    is_quoted = all(row.startswith(f"{indent}>") for row in rows[number + 1 : end])
    if is_titled and is_quoted and (title := rows[number + 1].removeprefix(indent).removeprefix(">").strip()):
        rows[number] = f"{rows[number]} {title}"
        rows[number + 1] = f"{indent}>"
    elif not is_quoted:
        for at in range(number + 1, end):
            rows[at] = f"{indent}> {rows[at].removeprefix(indent)}"


def _is_attributes(row: str) -> bool:
    return "{" in row and _ALONE.fullmatch(row) is not None


def _id_of(found: Match) -> str:
    """The attributes of a heading, of which its id alone counts."""
    name = _ID.search(found[1])
    return f" {{#{name[1]}}}" if name else ""


def _may_open(lines: Lines, first: int, row: str) -> bool:
    """Whether a box can open on the empty line above a block: not below a quotation, nor within an item."""
    if first < 1 or row[:1].isspace() or row.startswith(">") or lines.rows[first].startswith((">", " ", "\t")):
        return False
    return _ends_above(lines.rows, first)


def _ends_above(rows: list[str], first: int) -> bool:
    """Whether what stands above the empty line before a block ends there: no quotation, and no HTML."""
    above = rows[first - 2].strip() if first > 1 else ""
    return not above.startswith((">", "<")) and not above.endswith(">")


def _is_quotation(rows: list[str], first: int, end: int) -> bool:
    """Whether a block is a quotation, on whose empty line above the title of a box can stand."""
    is_quoted = all(row.startswith(">") for row in rows[first:end])
    return is_quoted and first > 0 and not rows[first].startswith("> [!") and _ends_above(rows, first)


def _first_of(rows: list[str], last: int) -> int:
    first = last
    while first and rows[first - 1].strip():
        first -= 1
    return first


def _quote(lines: Lines, first: int, end: int, opening: str, margin: str = "") -> None:
    for number in range(first, end):
        row = lines.rows[number]
        if margin:
            lines.rows[number] = f"{margin}{row}"
        elif not row.lstrip().startswith(">"):
            begins = "" if number > first or not margin_of(row).strip() else margin_of(row)
            lines.rows[number] = f"{begins}> {opening if number == first else ''}{row[len(begins) :]}"
        elif number == first and opening:
            lines.rows[number] = row.replace(">", f"> {opening}", 1)


def _criticised(found: Match) -> str:
    added, marked, _deleted, _before, after = found.groups()
    return f"<mark>{marked}</mark>" if marked else (added or after or "")


def _keys(found: Match) -> str:
    """Keys as they are called, and those in quotation marks as they are written."""
    names = (escape(written) or name.replace("-", " ").capitalize() for written, name in _ONE_KEY.findall(found[1]))
    return "+".join(f"<kbd>{name}</kbd>" for name in names)
