"""Puts boxes that say in a line of their own that they are for staff into our form, whatever word says it.

`:::internal`, `!!! note staff`, `/// admonition` with `type: staff`, `> [!INTERNAL]`, `{: .staff }`: what they hide is
found afterwards, as with `:::staff`.
"""

from __future__ import annotations

from collections.abc import Collection

from kb.content.foreign.lines import Lines, margin_of
from kb.content.foreign.staff_openings import says_of_box
from kb.content.patterns import Match, linear
from kb.content.staff_signs import begins_for_staff, may_name_staff, names_hidden, names_staff, title_for_staff

MOST_OPTIONS = 10
COLONS = ":" * 12
"""More than any box within has: none of them ends it."""
_COLONS = linear(r"(:{3,})[ \t]*([^\s:][^\n]*?)[ \t]*")
_CONTAINER = linear(r"(\{[^{}]*\}|[\w-]+)[ \t]*(?:\[([^\]\n]*)\]|([^{}\n]*?))[ \t]*(\{[^{}\n]*\})?[ \t:]*")
_ZONE = linear(r"(zone|moniker|row|column)[ \t]+([^\n]*?)[ \t:]*")
_ZONE_END = linear(r":{3,}[ \t]*(?:zone|moniker|row|column)-end[ \t:]*")
_ADMONITION = linear(r"(!!!|\?\?\?\+?)[ \t]*([\w-]+(?:[ \t]+[\w-]+)*)?[ \t]*(?:\"([^\"\n]*)\")?[ \t]*")
_TAB = linear(r"===[!+]*[ \t]*[\"']([^\n]*)[\"'][ \t]*")
_SLASHES = linear(r"(/{3,})[ \t]+([A-Za-z][\w-]*)[ \t]*(?:\|[ \t]*([^\n]*?))?[ \t]*")
_CALLOUT = linear(r"\[[ \t]?![ \t]?([\w][\w -]*?)[ \t]*(?:\|([^\]\n]*))?\]([+-]?)[ \t]*([^\n]*)")
_OPTION = linear(r":?([\w-]+):[ \t]*([^\n]*)")
_ONE = r"""(?:[.#][\w:/-]+|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}"'=]+))"""
_LIST = linear(rf"\{{:?[ \t]*{_ONE}(?:[ \t]+(?:{_ONE}|[\w-]+))*[ \t]*\}}")
_CLASS = linear(r"\.([\w-]+)")
_PAIR = linear(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s{}\"']+))")
_SPAN = linear(
    r"(?:!?\[[^\[\]\n]*\](?:\([^()\n]*\))?|\*\*[^*\n]+\*\*|\*[^*\n]+\*|__[^_\n]+__|_[^_\n]+_|==[^=\n]+==|`[^`\n]+`)"
    r"[ \t]?(\{:?[^{}\n]*\})"
)
_FENCE = linear(r"(`{3,}|~{3,})[ \t]*(?:\{([\w:-]+)\}|ad-([\w-]+))[ \t]*([^\n]*)")
_UNDERLINE = linear(r"[ \t>]*(?:=+|-+)[ \t]*")
_SELECTORS = linear(r"[.\[\]='\" ]+")


def may_have_some(text: str) -> bool:
    """Whether a text may have some, also where it only shows how one is written."""
    rows = text.split("\n")
    return may_name_staff(text) and any(_is_one(rows, number) for number in range(len(rows)))


def _is_one(rows: list[str], number: int) -> bool:
    margin = margin_of(rows[number])
    text = rows[number][len(margin) :]
    is_one = _instead_of(rows, number, margin, text) != "" or _is_directive(rows, number, text)
    return is_one or ("{" in text and any(_in_braces(found.group()) for found in _LIST.finditer(text)))


def without_spans(row: str, mark: str = "") -> str:
    """A line without the words within it of which attributes say that they are for staff; or marked, with `mark`."""

    def change(found: Match) -> str:
        if not _in_braces(found[1]):
            return found.group()
        return f"{mark}{found.group()[: found.start(1) - found.start()].rstrip()}" if mark else ""

    return _SPAN.sub(change, row) if "{" in row and _LIST.search(row) else row


def read(lines: Lines, examples: Collection[int]) -> set[int]:
    """Put them into our form; the lines (from 0) of which that can't be done. `examples` are lines that show code."""
    hidden: set[int] = set()
    if not may_name_staff(lines.body):
        return hidden
    zones = 0
    for number, row in enumerate(lines.rows):
        margin = margin_of(row)
        text = row[len(margin) :]
        if number in examples:
            if _is_directive(lines.rows, number, text):
                hidden.update(_directive(lines.rows, number, margin, text))
            continue
        if zones and _ZONE_END.fullmatch(text):
            zones -= 1
            lines.rows[number] = f"{margin}:::"
        elif instead := _instead_of(lines.rows, number, margin, text):
            zones += text.startswith(":::") and _zone_of(text) != ""
            lines.rows[number] = margin + instead
        elif "{" in text and number not in hidden:
            hidden.update(_attributes(lines, number, row, hidden))
    return hidden


def _instead_of(rows: list[str], number: int, margin: str, text: str) -> str:
    """What stands in place of a line that opens a box for staff; '' for all other lines."""
    if text.startswith(":::"):
        return _container(rows, number, margin, text)
    if text.startswith(("!!!", "???")) and (found := _ADMONITION.fullmatch(text)):
        words, title = str(found[2] or "").split(), str(found[3] or "")
        is_begun = bool(words) and _begins_below(rows, number, margin, is_indented=True)
        if any(map(names_staff, words)) or any(map(names_hidden, words[:1])) or title_for_staff(title) or is_begun:
            said = "" if title_for_staff(title) or not title else f' "{title}"'
            return f"{found[1]} staff{said}"
    if text.startswith("===") and (tab := _TAB.fullmatch(text)) and title_for_staff(tab[1], is_box=False):
        return "!!! staff"
    if text.startswith("///") and (block := _SLASHES.fullmatch(text)):
        name, title = str(block[2]), str(block[3] or "")
        is_box = name not in ("tab", "details")
        words = [name, *(_SELECTORS.split(title) if name in ("html", "define") else ())]
        if (
            any(map(names_staff, words))
            or names_hidden(name)
            or title_for_staff(title, is_box=is_box)
            or _has_option(rows, number, margin)
            or (is_box and _begins_below(rows, number, margin))
        ):
            said = "" if name == "html" or title_for_staff(title) or not title else f" | {title}"
            return f"{block[1]} staff{said}"
    return _quotation(rows, number, margin, text) if ">" in margin else ""


def _quotation(rows: list[str], number: int, margin: str, text: str) -> str:
    """A callout for staff, or a quotation whose first words say that it is."""
    callout = _CALLOUT.match(text) if text.startswith("[") else None
    if callout is None:
        is_first = not number or ">" not in margin_of(rows[number - 1])
        return f"[!STAFF] {text}" if is_first and begins_for_staff(text) else ""
    kind, meta, folds, title = (str(each or "") for each in callout.groups())
    says = names_staff(kind) or names_hidden(kind) or any(map(names_staff, meta.split("|"))) or title_for_staff(title)
    is_begun = not title and _begins_below(rows, number, margin)
    if title.startswith(("(", "[")) or not (says or is_begun):
        return ""
    return f"[!STAFF]{folds} {'' if title_for_staff(title) else title}".rstrip()


def _begins_below(rows: list[str], number: int, margin: str, *, is_indented: bool = False) -> bool:
    """Whether the first words within what a line opens say that it is for staff."""
    for row in rows[number + 1 : number + 1 + MOST_OPTIONS]:
        own = margin_of(row)
        if not row.strip(" \t>"):
            continue
        option = _OPTION.fullmatch(row.strip())
        if option and says_of_box(option[1].lower()):
            continue
        is_within = own.count(">") >= margin.count(">") and (not is_indented or len(own) > len(margin))
        return is_within and begins_for_staff(row[len(own) :])
    return False


def _container(rows: list[str], number: int, margin: str, text: str) -> str:
    colons = _COLONS.fullmatch(text)
    if colons is None:
        return ""
    if zone := _zone_of(text):
        return zone
    found = _CONTAINER.fullmatch(colons[2])
    if found is None:
        return ""
    name, title = str(found[1]).strip("{}").strip(), " ".join(str(found[2] or found[3] or "").split()).strip('"')
    is_tab = name.lower() in ("tab", "tab-item", "code-group-item", "details")
    says = (
        names_staff(name)
        or names_hidden(name.removeprefix("."))
        or _in_braces(str(found[1]))
        or _in_braces(str(found[4] or ""))
        or title_for_staff(title, is_box=not is_tab)
        or _has_option(rows, number, margin)
        or (not is_tab and not title and _begins_below(rows, number, margin))
    )
    said = "" if title_for_staff(title) else title
    return f"{colons[1]}staff {said}".rstrip() if says else ""


def _zone_of(text: str) -> str:
    """What stands in place of a zone of Microsoft Learn that is for staff, '' for all others."""
    colons = _COLONS.fullmatch(text)
    zone = _ZONE.fullmatch(colons[2]) if colons else None
    if zone is None or not any(names_staff(_value(pair)) for pair in _PAIR.finditer(zone[2])):
        return ""
    return ":::staff"


def _value(pair: Match) -> str:
    return str(pair[2] or pair[3] or pair[4] or "")


def _has_option(rows: list[str], number: int, margin: str) -> bool:
    """Whether one of the lines below, which say more of a box, says that it is for staff."""
    plain_margin = "".join(" " if sign not in "> \t" else sign for sign in margin)
    for row in rows[number + 1 : number + 1 + MOST_OPTIONS]:
        text = row.removeprefix(plain_margin).strip()
        if text == "---":
            continue
        option = _OPTION.fullmatch(text)
        if option is None:
            return False
        if option[1].lower() == "title" and title_for_staff(option[2]):
            return True
        words = [option[2].strip(), *_SELECTORS.split(option[2].strip(" {}'\""))]
        words += [word.strip("{},:") for word in option[2].split()]
        if (says_of_box(option[1].lower()) or option[1] == "attrs") and any(map(names_staff, words)):
            return True
    return False


def _in_braces(written: str) -> bool:
    """Whether attributes in braces have a class or a value that is for staff."""
    if any(map(names_staff, _CLASS.findall(written))) or names_staff(written.strip("{} \t:.")):
        return True
    return any(says_of_box(str(pair[1]).lower()) and names_staff(_value(pair)) for pair in _PAIR.finditer(written))


def _attributes(lines: Lines, number: int, row: str, hidden: Collection[int]) -> range | tuple[()]:
    """Attributes that say of what stands beside, above or below them that it is for staff."""
    if not any(_in_braces(found.group()) for found in _LIST.finditer(row)):
        return ()
    text = row.strip(" \t>")
    if _LIST.fullmatch(text):
        return _block_of(lines.rows, number, hidden)
    margin = margin_of(row)
    if text.startswith("#") and text.endswith("}"):
        signs, _, title = text.partition(" ")
        lines.rows[number] = f"{margin}{signs} [!STAFF] {title}"
        return ()
    below = lines.rows[number + 1] if number + 1 < len(lines.rows) else ""
    begins_item = _LIST.match(row[len(margin) :]) if margin.strip(" \t>") else None
    if begins_item:
        lines.rows[number] = f"{margin}[!STAFF] {row[len(margin) + begins_item.end() :].lstrip()}"
        return ()
    if text.endswith("}") and _UNDERLINE.fullmatch(below):
        lines.rows[number] = f"{margin}[!STAFF] {row[len(margin) :]}"
        return ()
    return _block_of(lines.rows, number, hidden) if text.endswith("}") and without_spans(row) == row else ()


def _block_of(rows: list[str], number: int, hidden: Collection[int]) -> range:
    """The lines of the block above attributes, as far as they show, or, where there is none, of that below."""
    first, end = number, number + 1
    while first and rows[first - 1].strip(" \t>") and first - 1 not in hidden:
        first -= 1
    if first == number:
        while end < len(rows) and rows[end].strip(" \t>"):
            end += 1
    return range(first, end)


def _is_directive(rows: list[str], number: int, text: str) -> bool:
    found = _FENCE.fullmatch(text) if text.startswith(("```", "~~~")) else None
    if found is None:
        return False
    margin = margin_of(rows[number])
    is_named = names_staff(found[2] or found[3]) or title_for_staff(found[4])
    return (
        is_named or _has_option(rows, number, margin) or (found[3] is not None and _begins_below(rows, number, margin))
    )


def _directive(rows: list[str], number: int, margin: str, text: str) -> range:
    """The lines of a directive of MyST that stands in a fence, which becomes a box."""
    found = _FENCE.fullmatch(text)
    sign, title = (str(found[1]), str(found[4])) if found else ("```", "")
    end = number + 1
    while end + 1 < len(rows) and rows[end].strip(" \t>") != sign:
        end += 1
    rows[number], rows[end] = f"{margin}{COLONS}staff {title}".rstrip(), f"{margin}{COLONS}"
    for at in range(number + 1, end):
        if not _OPTION.fullmatch(rows[at].strip()):
            break
        rows[at] = ""
    return range(number, end + 1)
