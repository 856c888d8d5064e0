"""Reads what Microsoft Learn writes beyond boxes and images: tabs as headings, zones, and files that are taken in."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from kb.content.foreign import media
from kb.content.foreign.lines import Lines, outside_code, shown
from kb.content.foreign.rewriting import STAYS, UNKNOWN
from kb.content.guide_words import ProductText, Words
from kb.content.patterns import Match, linear
from kb.content.phrases import Phrase

MOST_FILES = 30
_FENCES = ("```", "~~~")
_TAKES_IN = ("8<", "--<", "<<", "include", "[!c", "[!C", "@[code", "@include")
NOT_TAKEN_IN = Phrase("The text of '{written}' is not taken in here: write it down, or link to it.")
_TAB = linear(r"#{1,6}[ \t]+\[([^\[\]\n]+)\]\(#tab/[^()\s]+\)[ \t]*")
_RULE = linear(r"[ \t]*(?:\*{3,}|-{3,})[ \t]*")
_ZONE = linear(r":::[ \t]*(?:zone|moniker)[ \t]+([\w-]+)=(?:\"([^\"]*)\"|'([^']*)')(.*?)(?::::)?[ \t]*")
_ZONE_END = linear(r":::[ \t]*(?:zone|moniker)-end[ \t]*(?::::)?[ \t]*")
_NAMED_ZONE = linear(r"(?:programming-language|language|platform|os|client|environment)-")
_CODE = linear(r":::[ \t]*code[ \t]+([^:]*?(?::[^:]+)*?)[ \t]*:::[ \t]*")
_SOURCE = linear(r"source=[\"']([^\"']*)[\"']")
_FILE = r"\[!INCLUDE[ \t]*\[[^\]\n]*\][ \t]*\(([^)\n]+)\)[ \t]*\]"
_INCLUDE = linear(rf"\*\*{_FILE}\*\*|{_FILE}")
_WORDED = linear(r"\[!(?:UICONTROL|DNL)[ \t]+([^\[\]\n]+)\]")
_UNKNOWN = linear(r"\[!([A-Za-z][\w-]*)(?:[ \t][^\[\]\n]*)?\].*")
_OLD_CODE = linear(r"[ \t]*\[!(?:code|Code)-?[\w-]*[ \t]*\[[^\]\n]*\]\(([^)\n]+)\)\][ \t]*")
_SNIPPET = linear(r"[ \t]*(?:-+8<-+|-{2,}<)[ \t]*[\"']([^\"'\n]+)[\"'][ \t]*")
_COLUMN = linear(r"[ \t]*:::[ \t]*(?:(row|column)-end|(row|column)(?:[ \t][^:\n]*)?)[ \t]*:::[ \t]*")
_SCISSORS = linear(r"[ \t]*-+8<-+[ \t]*")
_CODE_FILE = linear(r"[ \t]*(?:<<<|<<\[)[ \t]*([@\w./~-]+)(?:[#{\[][^\n]*)?[ \t]*")
_NO_LOC = linear(r":::no-loc[ \t]+text=[\"']([^\"'\n]*)[\"'][^:\n]*:::")
_VIDEO = linear(r":::[ \t]*video[ \t]+[^\n]*?source=[\"']([^\"'\n]*)[\"'][^\n]*:::[ \t]*")
_XREF = linear(r"<xref:([^<>?\s]+)[^<>\n]*>")
_QUOTED_FORM = linear(r"[ \t]{0,3}>[ \t]?\[!(?:div|DIV|VIDEO)[^\n]*")
_HEADING = linear(r"#{1,6}[ \t]+.*")
_COMPARED = linear(r"(>=|<=|>|<)[ \t]*(.*)")
_COMPARISONS = {">=": ProductText.FROM_ON, "<=": ProductText.UP_TO, ">": ProductText.AFTER, "<": ProductText.BEFORE}
_INCLUDE_FILE = linear(
    r"[ \t]*(?:<!--[ \t]*@include:|!!!include\(|@include\(|@\[(?:include|code)[^\]\n]*\]\()[ \t]*([^\s)>]+).*"
)


def read(lines: Lines) -> None:
    """Put tabs and zones into our forms, and say what is not taken in."""
    _read_tabs(lines)
    _take_out_of_quotes(lines)
    _take_out_snippets(lines)
    _read_columns(lines)
    zones = _zones(lines)
    lines.change(lambda _, text: _NO_LOC.sub(r"\1", text), ":::no-loc")
    lines.change(lambda _, text: _XREF.sub(lambda found: f"`{unquote(found[1])}`", text), "<xref:")
    lines.change(lambda _, text: _WORDED.sub(r"\1", text), "[!UICONTROL", "[!DNL")
    for number, row in lines.prose():
        text = row.strip()
        if text.startswith(":::"):
            _read_directive(lines, number, text, zones)
        elif "[!INCLUDE" in row:
            lines.rows[number] = outside_code(row, lambda text, at=number: _without_files(lines, at, text))  # type: ignore[misc]
        elif (
            text.startswith("[!") and (other := _UNKNOWN.fullmatch(text)) and other[1].upper() not in ("STAFF", "VIDEO")
        ):
            lines.note(number, STAYS.filled(written=shown(text)))
        elif path := _taken_in(row):
            lines.note(number, NOT_TAKEN_IN.filled(written=shown(path)))
            lines.rows[number] = ""


def _without_files(lines: Lines, number: int, text: str) -> str:
    for found in _INCLUDE.finditer(text):
        lines.note(number, NOT_TAKEN_IN.filled(written=shown(found[1] or found[2])))
    return _INCLUDE.sub("", text)


def _read_columns(lines: Lines) -> None:
    """Let what stands in columns, which is set deep in them and would be code, begin where the page does."""
    begun, fence = -1, ""
    for number, row in enumerate(lines.rows):
        if (sign := row.strip()[:3]) in _FENCES:
            fence = "" if sign == fence else fence or sign
        if fence or ":::" not in row or not (found := _COLUMN.fullmatch(row)):
            continue
        if not found[1] and found[2] == "column":
            begun = number
        elif found[1] and begun >= 0:
            within = [at for at in range(begun + 1, number) if lines.rows[at].strip()]
            depth = min((len(lines.rows[at]) - len(lines.rows[at].lstrip(" ")) for at in within), default=0)
            for at in within:
                lines.rows[at] = lines.rows[at][depth:]
            begun = -1
        lines.rows[number] = ""
    lines.find_code()


def _take_out_snippets(lines: Lines) -> None:
    """Several files that are taken in at once: their names, one on each line, between two lines of scissors."""
    begun = -1
    for number, row in lines.prose():
        if "8<" in row and _SCISSORS.fullmatch(row):
            if begun < 0:
                begun = number
                continue
            for at in range(begun, number + 1):
                if begun < at < number and lines.rows[at].strip():
                    lines.note(at, NOT_TAKEN_IN.filled(written=shown(lines.rows[at])))
                lines.rows[at] = ""
            begun = -1
        elif begun >= 0 and (number - begun > MOST_FILES or " " in row.strip()):
            begun = -1


def _taken_in(row: str) -> str:
    """The file that a line takes in, '' for most lines."""
    if not any(sign in row for sign in _TAKES_IN):
        return ""
    found = (each.fullmatch(row) for each in (_SNIPPET, _CODE_FILE, _INCLUDE_FILE, _OLD_CODE))
    return next((str(match[1]) for match in found if match), "")


def _read_directive(lines: Lines, number: int, text: str, zones: Mapping[int, tuple[int, bool]]) -> None:
    if zone := _ZONE.fullmatch(text):
        words = _name_of_zone(zone, lines.words)
        end, has_headings = zones.get(number, (None, False))
        if words and not has_headings:
            lines.rows[number] = f":::tab {words}"
        else:  # its headings have to be headings of the page
            lines.rows[number] = f"**{words}:**" if words else ""
            if end is not None:
                lines.rows[end] = ""
    elif video := _VIDEO.fullmatch(text):
        lines.rows[number] = media.link(video[1], lines.words.say(ProductText.FILM))
    elif _ZONE_END.fullmatch(text):
        lines.rows[number] = ":::"
    elif code := _CODE.fullmatch(text):
        source = _SOURCE.search(code[1])
        lines.note(
            number, NOT_TAKEN_IN.filled(written=shown(source[1])) if source else UNKNOWN.filled(written=shown(text))
        )
        lines.rows[number] = ""


def _name_of_zone(zone: Match, words: Words) -> str:
    """What a zone is for, in words; '' when it says nothing that readers know."""
    if zone[1] not in ("pivot", "range"):
        return ""
    given = str(zone[2] or zone[3] or "")
    title = _NAMED_ZONE.sub("", given) if zone[1] == "pivot" else given
    title = ", ".join(_compared(each.strip(), words) for each in title.split("||"))
    return " ".join(title.replace(":", " ").replace(",", ", ").split())


def _compared(version: str, words: Words) -> str:
    found = _COMPARED.fullmatch(version)
    return words.say(_COMPARISONS[found[1]], version=found[2]) if found else version.removeprefix("=").strip()


def _take_out_of_quotes(lines: Lines) -> None:
    """Boxes without a look of their own, and films, are no quotations."""
    inside = False
    for number, row in lines.prose():
        if (
            ">" in row
            and _QUOTED_FORM.fullmatch(row)
            and not (number and lines.rows[number - 1].lstrip().startswith(">"))
        ):
            inside = True
            lines.rows[number] = row.lstrip(" ").removeprefix(">").strip() if "VIDEO" in row else ""
        elif inside and row.startswith(">"):
            lines.rows[number] = row.removeprefix(">").removeprefix(" ")
        else:
            inside = False


def _zones(lines: Lines) -> dict[int, tuple[int, bool]]:
    """By the line of each zone, the line that ends it, and whether there are headings between; found in one pass."""
    found: dict[int, tuple[int, bool]] = {}
    waiting: list[tuple[int, int]] = []
    headings = 0
    for number, row in lines.prose():
        text = row.strip()
        headings += text.startswith("#") and _HEADING.fullmatch(text) is not None
        if not text.startswith(":::"):
            continue
        if _ZONE.fullmatch(text):
            waiting.append((number, headings))
        elif waiting and _ZONE_END.fullmatch(text):
            first, before = waiting.pop()
            found[first] = number, headings > before
    return found


def _read_tabs(lines: Lines) -> None:
    """Make a tab of each heading that is a link to one, up to the next or to a rule."""
    inside = False
    for number, row in enumerate(lines.rows):
        tab = _TAB.fullmatch(row) if row.startswith("#") and number not in lines.code else None
        if tab is not None:
            inside = True
            title = tab[1].replace('"', "'")
            lines.rows[number] = f'=== "{title}"'
        elif inside and number not in lines.code and _RULE.fullmatch(row):
            inside = False
            lines.rows[number] = ""
        elif inside and row.strip():
            lines.rows[number] = f"    {row}"
