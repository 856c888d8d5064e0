"""Builds the element tree that Python-Markdown renders, with blocks as a CommonMark viewer reads them.

Python-Markdown's own block parser wants four spaces and blank lines where other viewers do not, so guides written for
those would lose their lists and code. Here the blocks are found by markdown-it, and Python-Markdown does the rest.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from markdown.blockparser import BlockParser
from markdown.util import AtomicString

from kb.content.anchors import explicit_anchor
from kb.content.box_kinds import ALERTS, KINDS, STAFF_BOX, TAB
from kb.content.grammar import block_tokens
from kb.content.guide_words import ProductText, Words
from kb.content.highlighting import code_block
from kb.content.patterns import linear
from kb.content.raw_html import VOID

if TYPE_CHECKING:
    from markdown import Markdown
    from markdown_it.token import Token

LINE = "data-line"
__all__ = ["ALIGNMENTS", "HEADINGS", "KINDS", "LINE", "GuideBlocks", "LinkDefinitions", "link_definitions"]

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ALIGNMENTS = frozenset({"align-left", "align-center", "align-right"})
LinkDefinitions = dict[str, tuple[str, str]]
_TASK = linear(r"\[([ xX])\][ \t]+")
_LONE_TAG = linear(r"</?([a-z][a-z0-9]*)(?:\s[^<>]*)?>")
# The library puts what begins so into no paragraph, and no page shows it.
_NO_PARAGRAPH = "<!-- -->"


class GuideBlocks(BlockParser):
    """Builds the tree of a text; its blocks carry their line (from 0) in the attribute `LINE`.

    `raw_html` makes a fragment of HTML harmless, `footnote` takes a footnote's label and text, `words` are in the
    language of the text.
    """

    def __init__(
        self,
        md: Markdown,
        raw_html: Callable[[str], str],
        footnote: Callable[[str, str], None],
        words: Callable[[], Words],
    ) -> None:
        super().__init__(md)
        self._words = words
        self._raw_html = raw_html
        self._footnote = footnote
        self._open: list[ET.Element] = []

    def parseChunk(self, parent: ET.Element, text: str) -> None:  # noqa: N802 - the library's name
        """Append the blocks of `text` to `parent`."""
        env: dict[str, Any] = {}
        tokens = block_tokens(text, env)
        for label, definition in _definitions(env).items():
            self.md.references.setdefault(label, definition)
        outer, self._open = self._open, [parent]
        for token in tokens:
            self._add(token)
        self._open = outer

    def _add(self, token: Token) -> None:
        parent = self._open[-1]
        if token.nesting > 0:
            self._open.append(parent if token.hidden else self._element(parent, token))
        elif token.nesting < 0:
            self._open.pop()
        elif token.type == "inline":
            self._add_text(parent, token.content)
        elif token.type == "footnote":
            self._footnote(token.meta["label"], token.content)
        elif token.type == "hr":
            ET.SubElement(parent, "hr")
        elif token.type == "html_block":
            html = self._raw_html(token.content).strip()
            self._store(parent, f"{_NO_PARAGRAPH}{html}" if _opens_or_closes(html) else html, token)
        else:
            self._store(parent, code_block(_code_of(token), token.info), token)

    def _store(self, parent: ET.Element, html: str, token: Token) -> None:
        """Put finished HTML where Python-Markdown will find its placeholder, alone in a paragraph."""
        if html:
            element = ET.SubElement(parent, "p")
            element.text = AtomicString(self.md.htmlStash.store(html))
            _place(element, token)

    def _element(self, parent: ET.Element, token: Token) -> ET.Element:
        if token.type == "admonition_open":
            return _admonition(parent, token.meta, self._words())
        if token.type == "table_open":
            parent = ET.SubElement(parent, "div", {"class": "table-scroll", "tabindex": "0", "role": "region"})
        element = ET.SubElement(parent, token.tag)
        if token.level == 0 or token.type != "heading_open":
            _place(element, token)
        if "start" in token.attrs:
            element.set("start", str(token.attrs["start"]))
        if "style" in token.attrs:
            element.set("class", str(token.attrs["style"]).replace("text-align:", "align-"))
        return element

    def _add_text(self, parent: ET.Element, text: str) -> None:
        if parent.tag in HEADINGS:
            text = explicit_anchor(text)[0]
        elif self._opens_item(parent) and (task := _TASK.match(text)):
            text = text[task.end() :]
            self._open[-3].set("class", "task-list")
            self._open[-2].set("class", "task-list-item")
            is_done = task[1] != " "
            box = {"type": "checkbox", "disabled": "disabled", **({"checked": "checked"} if is_done else {})}
            box["aria-label"] = self._words().say(ProductText.DONE if is_done else ProductText.TO_DO)
            ET.SubElement(parent, "input", box).tail = " "
        if len(parent):
            parent[-1].tail = f"{parent[-1].tail or ''}{text}"
        else:
            parent.text = f"{parent.text or ''}{text}"

    def _opens_item(self, paragraph: ET.Element) -> bool:
        """Whether a paragraph, or the item itself in a tight list, is where a list item begins."""
        item = self._open[-2] if len(self._open) > 1 else paragraph
        own = item is not paragraph
        return item.tag == "li" and paragraph.tag in {"li", "p"} and not item.text and len(item) == own


def _code_of(token: Token) -> str:
    """The lines of a block of code; a fence that is never closed does not hold the empty lines at its end."""
    lines = token.content.split("\n")
    is_open = token.type == "fence" and token.map is not None and len(lines) == token.map[1] - token.map[0]
    return token.content.rstrip("\n") if is_open else token.content


def _opens_or_closes(html: str) -> bool:
    """Whether all of it is one tag, which belongs around the blocks that follow or come before."""
    tag = _LONE_TAG.fullmatch(html)
    return tag is not None and tag[1] not in VOID


def _place(element: ET.Element, token: Token) -> None:
    if token.map:
        element.set(LINE, str(token.map[0]))


def link_definitions(markdown: str) -> LinkDefinitions:
    """The address and title of each `[label]: address` of a text, by label in lower case."""
    env: dict[str, Any] = {}
    if "]:" in markdown:
        block_tokens(markdown, env)
    return _definitions(env)


def _definitions(env: dict[str, Any]) -> LinkDefinitions:
    found = env.get("references", {})
    return {label.lower(): (definition["href"], definition["title"]) for label, definition in found.items()}


def _admonition(parent: ET.Element, meta: dict[str, Any], words: Words) -> ET.Element:
    """An alert or an admonition, whose kind is one of the five that GitHub knows."""
    if meta["kind"].upper() == TAB:
        return _tab(parent, meta["title"] or "")
    kind = ALERTS.get(meta["kind"].lower(), "note")
    element = ET.SubElement(parent, "details" if meta["folds"] else "div", {"class": f"admonition {kind}"})
    if meta["folds"] and meta["open"]:
        element.set("open", "open")
    title = ET.SubElement(element, "summary" if meta["folds"] else "p", {"class": "admonition-title"})
    title.text = meta["title"] or words.kind(meta["kind"] if meta["kind"].lower() in ALERTS else kind)
    if kind == STAFF_BOX:
        title.text = f"{words.kind(kind)}: {meta['title']}" if meta["title"] else words.kind(kind)
    return element


def _tab(parent: ET.Element, title: str) -> ET.Element:
    """A tab, which needs no script and is printed like the others: a group under its label."""
    element = ET.SubElement(
        parent, "div", {"class": "tab", "role": "group", **({"aria-label": title} if title else {})}
    )
    if title:
        ET.SubElement(element, "p", {"class": "tab-title"}).text = title
    return element
