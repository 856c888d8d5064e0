"""Leads links that an export left to the tool itself, by the number of a page there, to the file of that page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import unquote

from kb.content.anchors import slugify_heading
from kb.content.file_names import page_number, readable
from kb.content.foreign.lines import Lines
from kb.content.patterns import Match, linear

_SIGNS = ("pageId=", "/pages/", "notion.so/", "notion.site/")
_ADDRESS = linear(
    r"(\]\(<?|[\w:-]+=[\"']?)?(https?://[^\s<>()\]\"']+|/?(?:[\w-]+/)*(?:viewpage\.action\?|pages/)[^\s<>()\]\"']+)"
)
_WITHIN = linear(r"(\]\(<?#|href=[\"']#)([^\s<>()\"']+)")
_HEADING = linear(r"#{1,6}[ \t]+(.*?)[ \t#]*")
MOST_PARTS = 20
# A link whose words are an address, too.
_NAMED_SO = linear(r"\[(https?://[^\s<>()\[\]\"']+)\]\(<?(https?://[^\s<>()\"']+)>?\)")
_NUMBER = linear(r"(?:[?&](?:amp;)?pageId=|(?:^|/)pages/)(\d{5,12})(?:[/&?#]|$)")
_DIGITS = linear(r"notion\.(?:so|site)/(?:[^\s?#]*[/-])?([0-9a-f]{32})(?:[?#]|$)")


def read(lines: Lines, source: str, paths: Mapping[str, str]) -> None:
    """Put the path of the file in place of the address, where there is such a file."""
    if not any(sign in row for row in lines.rows for sign in _SIGNS):
        return
    files = {number: path for path in paths if (number := page_number(PurePosixPath(path).stem))}
    if not files:
        return

    folder = PurePosixPath(source).parent.as_posix()

    def path_of(address: str) -> str | None:
        number = _NUMBER.search(address) or _DIGITS.search(address)
        return files.get(number[1]) if number else None

    def named_so(found: Match) -> str:
        path = path_of(str(found[2])) if path_of(str(found[1])) else None
        return f"[{_title(path)}](<{relpath(path, folder)}>)" if path else found.group()

    def one(found: Match) -> str:
        opening, address = str(found[1] or ""), str(found[2])
        path = path_of(address)
        if path is None:
            return found.group()
        target = relpath(path, folder)
        if not opening:
            if not address.startswith("http"):  # it may be part of a sentence
                return found.group()
            return f"[{_title(path)}](<{target}>)"
        if opening.endswith(("<", '"', "'")):
            return f"{opening}{escape(target)}"
        return f"{opening}{target.replace(' ', '%20')}"

    lines.change(lambda _, text: _ADDRESS.sub(one, _NAMED_SO.sub(named_so, text)), *_SIGNS)


def read_anchors(lines: Lines, source: str) -> None:
    """Lead links within a page of Confluence, `#PageTitle-SomeHeading`, to the headings that they mean."""
    if not page_number(PurePosixPath(source).stem) or not any("#" in row and "-" in row for row in lines.rows):
        return
    found = (_HEADING.fullmatch(row) for _, row in lines.prose() if row.startswith("#"))
    headings = {"".join(str(each[1]).split()): slugify_heading(str(each[1])) for each in found if each}

    def one(link: Match) -> str:
        parts = unquote(str(link[2])).split("-")[:MOST_PARTS]
        tails = ("-".join(parts[at:]) for at in range(1, len(parts)))
        anchor = next((headings[tail] for tail in tails if tail in headings), "")
        return f"{link[1]}{anchor}" if anchor else link.group()

    lines.change(lambda _, text: _WITHIN.sub(one, text) if headings else text, "](#", "](<#", "href=")


def _title(path: str) -> str:
    stem = PurePosixPath(path).stem
    name = stem.removesuffix(page_number(stem)).rstrip(" _-") or stem
    return readable(name)
