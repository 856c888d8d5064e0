"""Reads what wiki markup of Confluence writes within a line: links, pictures, anchors, macros such as `{status}`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Protocol

from kb.content.anchors import slugify_heading
from kb.content.foreign import media
from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.links import DOWNLOADS, PICTURES
from kb.content.numbers import whole_number
from kb.content.patterns import Match, linear

SILENT = frozenset(
    "toc toc-zone children section column excerpt details recently-updated pagetree color anchor contentbylabel "  # noqa: SIM905
    "attachments labels livesearch".split()
)
"""The macros that show nothing which a page of ours needs, but what they enclose."""
_KNOWN = SILENT | frozenset(
    "status jira include excerpt-include gallery widget view-file multimedia profile userlister blog-posts chart "  # noqa: SIM905
    "gliffy drawio roadmap tasklist task-report-table content-report-table detailssummary change-history".split()
)
_MACRO = linear(r"\{([a-z][a-z-]{1,30})(?::([^{}\n]*))?\}")
OTHER_BOXES = "danger|success|error|important|caution|hint|attention"
"""Boxes that Confluence has only by its plugins."""
_PAIRED = linear(
    rf"\{{(info|note|tip|warning|panel|code|noformat|quote|expand|{OTHER_BOXES})(?::([^{{}}\n]*))?\}}"
    r"([^{}\n]+)\{(\w+)\}"
)
NO_TAG = str.maketrans('<>{}"', "    '")
"""Leaves nothing in a title that would end its attribute or its tag."""
_MONO = linear(r"\{\{([^{}`\s](?:[^{}`\n]{0,78}[^{}`\s])?)\}\}")
_LINK = linear(r"\[([^\[\]|\n]{1,200})\|((?:https?://|mailto:)[^\[\]|\s<>]+)(?:\|[^\[\]\n]*)?\]")
_PAGE = linear(r"\[([^\[\]|\n]{1,200})\|([^\[\]|\n<>]{1,200})\]")
_ALONE = linear(r"\[([#^]?[^\s\[\]|\n<>^#!~][^\[\]|\n<>]{0,200})\]")
_PICTURE = linear(r"!([^\s!|\[\]<>][^!|\[\]<>\n]{0,200})(?:\|[^!\n|]{0,200})?!")
_BREAK = linear(r"(^|[^\\])\\\\($|[ \t])")
_BOLD = linear(r"\*([^\s*](?:[^*\n]*[^\s*])?)\*")
_FORCED = linear(r"\{([*_])\}([^{}*_\n]+)\{[*_]\}")
_STRONG = {"*": "**", "_": "*"}
_CITED = linear(r"\?\?([^\s?][^?\n]*)\?\?")
_SIGNS = {"(/)": "\N{HEAVY CHECK MARK}", "(x)": "\N{CROSS MARK}", "(!)": "\N{WARNING SIGN}"}
_SIGN = linear(r"\(/\)|\(x\)|\(!\)")
_SPACE = linear(r"~?\w+:")
_OF_ADDRESSES = ("/", "=", "$", "-", "_", ".", "&", "?", '"')
_DEFINED = linear(r"\{anchor:([^{}|\n]+)[^{}\n]*\}")


class Pages(Protocol):
    """The files that a text may link to."""

    def has(self, name: str) -> bool:
        """Whether there is one of this name."""

    def target(self, name: str) -> str:
        """The path to the one of this name."""


def given(written: str) -> tuple[dict[str, str], str]:
    """The values that a macro has under a name, and the first one without."""
    parts = written.split("|")
    named = dict(part.partition("=")[::2] for part in parts if "=" in part)
    return named, next((part.strip() for part in parts if part.strip() and "=" not in part), "")


def is_macro(text: str) -> bool:
    """Whether a line holds a macro that other texts would hardly have, such as `{status:title=Done}`."""
    whole = _PAIRED.fullmatch(text.strip())
    is_box = whole is not None and whole[1] == whole[4]
    return is_box or any(found[1] in _KNOWN and found[2] is not None for found in _MACRO.finditer(text))


def read(lines: Lines, pages: Pages, *, is_all_wiki: bool) -> None:
    """Put them into Markdown. With `is_all_wiki`, signs that also mean something in Markdown are those of the wiki."""
    anchors = {" ".join(name.split()) for name in _DEFINED.findall(lines.body)}
    lines.change(lambda _, text: _MONO.sub(r"`\1`", text), "{{")
    lines.change(lambda _, text: _PAIRED.sub(_pair, text), "{")
    lines.change(lambda at, text: _MACRO.sub(lambda found: _macro(lines, at, found, pages), text), "{")
    lines.change(lambda _, text: _LINK.sub(r"[\1](<\2>)", text), "|http", "|mailto")
    lines.change(
        lambda at, text: _PAGE.sub(
            lambda found: _page(found, pages, anchors, in_table=lines.rows[at][:1] == "|"), text
        ),
        "|",
    )
    lines.change(lambda _, text: _ALONE.sub(lambda found: _alone(found, pages, anchors), text), "[")
    lines.change(lambda _, text: _PICTURE.sub(lambda found: _picture(found, pages), text), "!")
    lines.change(lambda _, text: _BREAK.sub(r"\1<br>\2", text), "\\\\")
    lines.change(lambda _, text: _SIGN.sub(_sign, text), "(")
    lines.change(
        lambda _, text: _FORCED.sub(lambda found: f"{_STRONG[found[1]]}{found[2]}{_STRONG[found[1]]}", text), "{"
    )
    if is_all_wiki:
        lines.change(lambda _, text: _BOLD.sub(_bold, text), "*")
    lines.change(lambda _, text: _CITED.sub(r"*\1*", text), "??")
    for number, row in lines.prose():
        if row.strip() == "<br>":
            lines.rows[number] = ""


def _beside(found: Match) -> tuple[str, str]:
    """The sign before and the one behind what was found, '' where a line begins or ends."""
    text = found.string
    return text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 1]


def _bold(found: Match) -> str:
    before, behind = _beside(found)
    is_alone = (not before or before in " \t(|>") and (not behind or behind in " \t).,;:!?|")
    return f"**{found[1]}**" if is_alone else found.group()


def _sign(found: Match) -> str:
    return _SIGNS[found.group()] if all(not sign or sign in " \t|" for sign in _beside(found)) else found.group()


def _pair(found: Match) -> str:
    """A macro that opens and closes on one line."""
    name, written, inner, end = (str(each or "") for each in found.groups())
    if end != name:
        return found.group()
    if name in ("code", "noformat"):
        return f"`` {inner} ``" if "`" in inner else f"`{inner}`"
    if name == "quote":
        return inner
    named, plain = given(written)
    title = named.get("title", plain)
    if found.string.strip() == found.group():
        kind = {"panel": "note", "expand": "details"}.get(name, name)
        said = f' title="{" ".join(title.translate(NO_TAG).split())}"' if title else ""
        return (
            f"<Accordion{said}>{inner}</Accordion>"
            if kind == "details"
            else f'<Callout type="{kind}"{said}>{inner}</Callout>'
        )
    return f"**{media.escaped(title)}:** {inner}" if title else inner


def _macro(lines: Lines, number: int, found: Match, pages: Pages) -> str:
    name, written = str(found[1]), found[2]
    named, plain = given(str(written or ""))
    is_alone = lines.rows[number].strip() == found.group()
    is_word = written is None and not is_alone and (name not in SILENT or _beside(found)[0] in _OF_ADDRESSES)
    if name not in _KNOWN or is_word or (name == "anchor" and not plain):
        return found.group()
    if name == "anchor":
        return f'<a id="{"-".join(plain.split())}"></a>'
    if name == "status":
        return media.escaped(named.get("title", plain))
    if name not in SILENT:
        lines.note(number, UNKNOWN.filled(written=shown(found.group())))
    if name == "jira":
        return media.escaped(named.get("key", plain))
    if name in ("include", "excerpt-include"):
        title = _SPACE.sub("", plain, count=1)
        return media.link(pages.target(title), title) if title and pages.has(title) else ""
    return media.link(named["url"], named["url"]) if named.get("url", "").startswith("http") else ""


def _anchor(name: str, anchors: Collection[str]) -> str:
    name = " ".join(name.split())
    return "-".join(name.split()) if name in anchors else slugify_heading(name)


def _target(title: str, pages: Pages, anchors: Collection[str]) -> str:
    """Where what stands behind the bar of a link leads, '' when it may be no link."""
    if title.startswith("^"):
        return pages.target(title[1:]) if PurePosixPath(title).suffix.lower() in DOWNLOADS | PICTURES else ""
    page, _, anchor = title.partition("#")
    behind = f"#{_anchor(anchor, anchors)}" if anchor else ""
    if not page:
        return behind
    name = next((name for name in (page, _SPACE.sub("", page, count=1)) if name and pages.has(name)), "")
    return f"{pages.target(name)}{behind}" if name else ""


def _page(found: Match, pages: Pages, anchors: Collection[str], *, in_table: bool) -> str:
    """A link to a page by its title. What may be none stays; in a table without the bar, which would end its cell."""
    words, title = str(found[1]).strip(), str(found[2]).strip()
    if target := _target(title, pages, anchors):
        return media.link(target, words)
    return f"[{words}\\|{title}]" if in_table else found.group()


def _alone(found: Match, pages: Pages, anchors: Collection[str]) -> str:
    """A link whose words are where it leads; what may be none stays."""
    title = str(found[1])
    before, behind = _beside(found)
    if (
        before in ("[", "]", "!", "\\")
        or behind in ("(", "[", ":", "]")
        or whole_number(title.lstrip("^#")) is not None
    ):
        return found.group()
    if title.startswith(("http://", "https://")):
        return f"<{title}>" if " " not in title else found.group()
    target = _target(title, pages, anchors)
    return media.link(target, title.lstrip("^#")) if target else found.group()


def _picture(found: Match, pages: Pages) -> str:
    name = str(found[1])
    if PurePosixPath(name).suffix.lower() not in PICTURES or _beside(found)[0].strip(" \t|("):
        return found.group()
    return media.image(name if "://" in name else pages.target(name), PurePosixPath(name).stem)
