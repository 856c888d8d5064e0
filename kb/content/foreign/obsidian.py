"""Reads what Obsidian and other wikis write: `[[links]]`, `![[embeds]]`, `==marks==`, `#tags`, ids of blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import quote, unquote

from kb.content.anchors import slugify_heading
from kb.content.box_kinds import ALERTS
from kb.content.file_names import page_number, readable
from kb.content.foreign import media
from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines, margin_of, shown
from kb.content.foreign.rewriting import STAYS, UNKNOWN
from kb.content.guide_words import ProductText, Words
from kb.content.links import ANYWHERE, DOWNLOADS, PICTURES, below_folder, meant_by
from kb.content.patterns import Match, linear

LONGEST_NAME = 300
_WIKI = linear(r"(!?)\[\[([^\s\[\]|\"\x27\\][^\[\]|\n]*|#[^\[\]|\n]+)(?:\\?\|([^\[\]\n]*))?\]\](\(?)")
_TO_BLOCK = linear(r"\[([^\[\]\n]+)\]\(([^()\s#]*)#(?:\^|%5E)[\w-]+\)")
_SPACED = linear(r"(\]\(<?(?:[^()\s<>:#]*\.(?:md|mdx|markdown))?)#([^()\s<>]*%20[^()\s<>]*)")
_SPACED_IN_SIGNS = linear(r"(\]\(<[^<>\n#:]*)#([^<>\n]*[ \t][^<>\n]*)(?:>)")
_OPENS = linear(r"(\]\(<?)obsidian://open\?(?:[^()\s<>]*&)?file=([^&()\s<>]+)[^()\s<>]*")
_MARKED = linear(r"==([^\s=](?:[^=\n]*[^\s=])?)==")
_BLOCK_ID = linear(r"[ \t]\^[A-Za-z0-9-]{1,60}[ \t]*$")
_LONE_BLOCK_ID = linear(r"[ \t]*\^[A-Za-z0-9-]{1,60}[ \t]*")
_TAGS = linear(r"[ \t]*#[\w/-]+(?:[ \t,]+#[\w/-]+)*[ \t]*")
_TAG = linear(r"#([\w/-]+)")
_SIZE = linear(r"[ \t]*\d+(?:x\d+)?[ \t]*")
_COLOUR = linear(r"[0-9a-fA-F]*\d[0-9a-fA-F]*")
_CONTENTS = linear(r"[ \t]*(?:\[\[_?toc_?\]\]|\[toc\]|\{:toc\}|\$\{toc\}|@\[toc\])[ \t]*", re.IGNORECASE)
_KIND = linear(r"(>[ \t]?)\[[ \t]?![ \t]?([\w][\w -]*)((?:\|[^\]\n]*)?\])([+-]?)[ \t]*(.*)")
_NO_KINDS = frozenset({"div", "include", "video", "staff"})
_STATE = linear(r"([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)\[([/>?!*<\"lbiIpScfkwudn-])\]([ \t]+)(\S.*)")
_SIZED = linear(r"(!\[[^\[\]\n|]*)\|[ \t]*\d+(?:x\d+)?[ \t]*(\])")
_QUERIES = linear(
    r"[ \t>]*(?:```|~~~)[ \t]*(dataview|dataviewjs|tasks|query|base|templater|button|meta-bind[\w-]*)[ \t]*"
)
_FENCE_END = linear(r"[ \t>]*(?:```|~~~)[ \t]*")
_QUERY_IN_LINE = linear(r"`\$?=[ \t]*(?:this\.|dv\.|\[\[)[^`\n]*`")
_TEMPLATE = linear(r"<%[^%\n]*%>")
_PAGE = linear(r"page=(\d+).*")
_SIGNS = linear(r"[^\pL\pN]+")
_NOTES = frozenset({".md", ".markdown", ".mdx", ""})
_BLOCK_SIGNS = linear(r"[-_^]+")
_NAMED = (_NOTES - {""}) | DOWNLOADS


class Names:
    """Finds the files that wikis name without their folders, in a mapping of paths below the loaded folder."""

    def __init__(self, source: str, paths: Mapping[str, str]) -> None:
        self._source = source
        self._paths = paths
        self._by_name: dict[str, list[str]] | None = None
        self._by_title: dict[str, str] = {}

    def target(self, name: str) -> str:
        """The path from the text's folder to the file that is meant; else one that leads to any of the name."""
        own = below_folder(self._source, f"/{name}")
        beside = below_folder(self._source, name)
        for path in (beside, own):
            if found := next((each for each in meant_by(path) if each in self._paths), None):
                return self._relative(found)
        found = self._named(name)
        if found:
            return self._relative(found)
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in PICTURES:
            return name
        return f"/{ANYWHERE}/{PurePosixPath(name if suffix in _NAMED else f'{name}.md').name}"

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return not self.target(name).startswith(f"/{ANYWHERE}/")

    def _relative(self, path: str) -> str:
        return relpath(path, PurePosixPath(self._source).parent.as_posix())

    def _named(self, name: str) -> str:
        """The file of this name in the fewest folders, whatever its capitals; '' for none."""
        if self._by_name is None:
            self._by_name = {}
            for path in self._paths:
                file = PurePosixPath(path)
                keys = {file.name.casefold()}
                if file.suffix in _NOTES:
                    keys |= {file.stem.casefold(), readable(file.stem).casefold()}
                    if without := _without_id(file.stem):
                        self._by_title.setdefault(_as_in_names(without), path)
                for key in keys - {""}:
                    self._by_name.setdefault(key, []).append(path)
        wanted = name.casefold()
        found = self._by_name.get(PurePosixPath(wanted).name, [])
        ending = [path for path in found if f"/{path.casefold()}".rpartition(".")[0].endswith(f"/{wanted}")]
        ending += [path for path in found if f"/{path.casefold()}".endswith(f"/{wanted}")]
        named = min(ending or (found if "/" not in name else []), key=lambda path: (path.count("/"), path), default="")
        return named or self._by_title.get(_as_in_names(name), "")


def _without_id(stem: str) -> str:
    """The name of a file that an export put the number of its page behind, without it; '' for others."""
    number = page_number(stem)
    return stem[: -len(number)].rstrip(" _-") if number else ""


def _as_in_names(title: str) -> str:
    """A title as exports make names of files of it, whatever signs it has."""
    return " ".join(_SIGNS.sub(" ", title).casefold().split())


def read(lines: Lines, names: Names) -> None:
    """Put links, embeds, marks, tags and ids of blocks into the forms that guides have."""
    _leave_out_queries(lines)
    _read_rows(lines)
    lines.change(lambda _, text: _SIZED.sub(r"\1\2", text), "![")
    lines.change(lambda _, text: _SPACED.sub(_to_heading, text), "%20")
    lines.change(lambda _, text: _SPACED_IN_SIGNS.sub(lambda found: f"{_to_heading(found)}>", text), "](<")
    lines.change(lambda _, text: _TO_BLOCK.sub(_without_block, text), "#^")
    lines.change(lambda _, text: _OPENS.sub(lambda found: _to_note(found, names), text), "obsidian://")
    lines.change(lambda _, text: _WIKI.sub(lambda found: _link(found, names, lines.words), text), "[[")
    lines.change(lambda _, text: _MARKED.sub(_marked, text), "==")


def _without_block(found: Match) -> str:
    """A link to a block of a note as one to the note; to one of this text, its words."""
    return f"[{found[1]}]({found[2]})" if found[2] else str(found[1])


def _is_escaped(found: Match) -> bool:
    return found.string[max(0, found.start() - 1) : found.start()] == "\\"


def _marked(found: Match) -> str:
    return found.group() if _is_escaped(found) else f"<mark>{found[1]}</mark>"


def _leave_out_queries(lines: Lines) -> None:
    """Leave out what asks the vault itself, each query with a finding; those in a line stay."""
    number = -1
    while (number := number + 1) < len(lines.rows):
        row = lines.rows[number]
        found = _QUERIES.fullmatch(row) if "```" in row or "~~~" in row else None
        if found and number in lines.code:
            end = next((at for at in range(number + 1, len(lines.rows)) if _FENCE_END.fullmatch(lines.rows[at])), None)
            end = len(lines.rows) - 1 if end is None else end
            lines.note(number, UNKNOWN.filled(written=shown(found[1])))
            lines.rows[number : end + 1] = [""] * (end + 1 - number)
            number = end
        for query in (*_QUERY_IN_LINE.finditer(row), *_TEMPLATE.finditer(row)) if "=" in row or "<%" in row else ():
            if number not in lines.code:
                lines.note(number, STAYS.filled(written=shown(query.group())))
    lines.find_code()


def _read_rows(lines: Lines) -> None:
    """What takes a whole line, or its end."""
    for number, row in lines.prose():
        if "#" in row and _TAGS.fullmatch(row) and all(_is_tag(tag) for tag in _TAG.findall(row)):
            lines.tags += _TAG.findall(row)
            lines.rows[number] = ""
        elif (("toc" in row or "TOC" in row) and _CONTENTS.fullmatch(row)) or (
            "^" in row and _LONE_BLOCK_ID.fullmatch(row)
        ):
            lines.rows[number] = ""
        elif "[" in row and "!" in row and (kind := _callout(row)):
            lines.rows[number] = f"{row[: kind.start()]}{_known_kind(kind)}"
        elif "] " in row and (state := _STATE.fullmatch(row)):
            text = f"~~{state[4]}~~" if state[2] == "-" else state[4]
            lines.rows[number] = f"{state[1]}[ ]{state[3]}{text}"
        elif "^" in row and not row.lstrip().startswith("[^"):
            lines.rows[number] = _BLOCK_ID.sub("", row)


def _callout(row: str) -> Match | None:
    """The sign of a callout with which a line begins, behind the margins of what encloses it."""
    found = _KIND.search(row)
    return found if found and margin_of(row[: found.start()]) == row[: found.start()] else None


def _known_kind(found: Match) -> str:
    """The opening of a callout, of a kind that is known; a kind that the vault alone knows is its title."""
    sign, written, _more, folds, title = (str(group or "") for group in found.groups())
    if title.startswith(("(", "[")) or written.lower() in _NO_KINDS or written.startswith("div "):
        return found.group()
    kind = written if written.lower() in ALERTS else box_kind(written) or "note"
    if not title and kind != written:
        title = written.replace("-", " ").capitalize()
    return f"{sign}[!{kind}]{folds}{f' {title}' if title else ''}"


def _is_tag(name: str) -> bool:
    """Whether a word after `#` is a tag, and not a number or a colour."""
    return any(sign.isalpha() for sign in name) and not _COLOUR.fullmatch(name)


def _to_heading(found: Match) -> str:
    """A link of Markdown whose anchor is the heading as it is written."""
    heading = unquote(str(found[2])).rpartition("#")[2]
    return f"{found[1]}#{slugify_heading(heading)}"


def _to_note(found: Match, names: Names) -> str:
    """A link that opens a note in the program itself, as one to its file, if that is there."""
    name = unquote(str(found[2]))
    return f"{found[1]}{quote(names.target(name))}" if names.has(name) else found.group()


def _link(found: Match, names: Names, said: Words) -> str:
    embeds, written, alias, paren = (str(group or "") for group in found.groups())
    if _is_escaped(found) or (paren and not embeds):  # a link of Markdown whose text stands in brackets
        return found.group()
    path, _, heading = written.partition("#")
    path = path.strip().rstrip("\\")
    suffix = PurePosixPath(path).suffix.lower()
    if embeds and suffix in PICTURES:
        parts = alias.replace("\\|", "|").split("|")
        words = "|".join(parts[:-1] if _SIZE.fullmatch(parts[-1]) else parts).strip()
        return media.image(names.target(path), words or PurePosixPath(path).stem) + paren
    heading = "" if heading.startswith("^") else heading.strip()
    anchor = slugify_heading(heading.rpartition("#")[2]) if heading else ""
    path = path.partition("^")[0]
    target = names.target(path) if path else ""
    if not path and not heading:  # a block of this text
        return (alias.strip() or _BLOCK_SIGNS.sub(" ", written.strip("#^ "))) + paren
    page = _PAGE.fullmatch(heading)
    if page and suffix:
        anchor, heading = "", said.say(ProductText.PAGE, number=page[1])
    text = alias.strip() or (", " if page else " > ").join(
        filter(None, (PurePosixPath(path).name, heading.replace("#", " > ")))
    )
    return media.link(f"{target}{f'#{anchor}' if anchor else ''}" or "#", text) + paren
