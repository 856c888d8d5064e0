"""Compares pages with what a specification of Markdown shows: by what HTML means, as its own tests do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote

from kb.content import outline, raw_html
from kb.content.links import Links
from kb.content.rendering import CLEANER, render

FOLDER = Path(__file__).parents[1] / "data" / "commonmark"
HERE = "/media/here/"
"""Where each relative address of an example leads, so that none is told to lead nowhere."""
BLOCKS = frozenset(
    "blockquote dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre summary table tbody td tfoot th thead tr "  # noqa: SIM905
    "ul".split()
)
VOID = frozenset(["br", "hr", "img", "input"])
# What pages add to what the specification knows: for keyboards, screen readers, speed and safety, and our styles.
ADDED = frozenset(["aria-label", "data-language", "decoding", "loading", "rel", "role", "tabindex"])
WRAPPERS = frozenset(["highlight", "table-scroll"])
OUR_CLASSES = frozenset(["task-list", "task-list-item"])


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a specification."""

    name: str
    section: str
    markdown: str
    html: str


def examples(file: str) -> list[Example]:
    """The examples of a file, one a line."""
    rows = map(json.loads, (FOLDER / file).read_text().splitlines())
    return [Example(f"{row['section']} {row['example']}", row["section"], row["markdown"], row["html"]) for row in rows]


class _Everywhere(Mapping[str, str]):
    """Lets each relative address lead somewhere."""

    def __getitem__(self, target: str) -> str:
        return f"{HERE}{target}"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 1


def page(markdown: str) -> str:
    """The page of a text, its title included."""
    return render(markdown, sections=outline.parse(markdown).sections, title_anchor="", resolve=_Everywhere())


def made_harmless(html: str) -> str:
    """What a page would show of HTML that somebody wrote."""
    return CLEANER.clean(raw_html.clean(html.strip(), Links(_Everywhere())))


def normalised(html: str) -> str:
    """What HTML means: without the white space that browsers leave out, and without what our pages add."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.written).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._in_pre = False
        self._silent = False
        self._left: list[tuple[str, bool]] = []
        self._after_block = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        kind = attributes.get("class", "")
        left = kind in WRAPPERS or (tag == "span" and self._in_pre)
        self._silent |= kind == "anchor"
        if tag not in VOID:
            self._left.append((tag, left or kind == "anchor"))
        if left or self._silent:
            return
        self._in_pre |= tag == "pre"
        self._end_of_line(tag)
        self.written.append(f"<{tag}{''.join(sorted(_attributes(tag, attributes)))}>")
        self._after_block = tag in BLOCKS or tag == "br"

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        left = self._left.pop()[1] if self._left and self._left[-1][0] == tag else False
        if left:
            self._silent = False
            return
        self._in_pre &= tag != "pre"
        self._end_of_line(tag)
        self.written.append(f"</{tag}>")
        self._after_block = tag in BLOCKS

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if not self._in_pre:
            data = f"{' ' if data[:1].isspace() else ''}{' '.join(data.split())}{' ' if data[-1:].isspace() else ''}"
            data = " " if data.isspace() else data
            data = data.lstrip() if self._after_block else data
        if data:
            self.written.append(escape(data, quote=False))
            self._after_block = False

    def handle_comment(self, data: str) -> None:
        self.written.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.written.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.written.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.written.append(f"<?{data}>")

    def _end_of_line(self, tag: str) -> None:
        if self.written and (tag in BLOCKS or tag == "br") and not self._in_pre:
            self.written[-1] = self.written[-1].rstrip()


def _attributes(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    for name, value in attributes.items():
        if name in ADDED or (name == "id" and tag in {"h1", "h2", "h3", "h4", "h5", "h6"}):
            continue
        if name == "class" and (value in OUR_CLASSES or value.startswith("language-")):
            continue
        if name == "class" and value.startswith("align-"):
            yield f' align="{value.removeprefix("align-")}"'
        elif name in {"href", "src"}:
            yield f' {name}="{escape(quote(unquote(value.removeprefix(HERE)), safe="/"))}"'
        else:
            yield f' {name}="{escape("" if name == "checked" else value)}"'
