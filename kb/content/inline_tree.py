"""Puts what stands inside blocks into the tree that Python-Markdown renders, as CommonMark's specification has it.

Python-Markdown's own look at a text, one pattern after the other, takes emphasis, code, links and HTML in an order of
its own. Here a text is read once from left to right; forms beyond the specification are the library's `inlinePatterns`,
which are asked wherever they may begin.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from html import unescape
from typing import TYPE_CHECKING, Any, cast

from markdown.extensions.footnotes import NBSP_PLACEHOLDER
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE, AtomicString

from kb.content import bare_addresses
from kb.content.inline_grammar import env_of, inline_grammar, inline_tokens

if TYPE_CHECKING:
    from markdown import Markdown
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

DEEPEST_INLINE = 40
"""How deep emphasis is nested at most; what is deeper keeps its words."""
_DEEPEST_FORM = 3
_TAGS = {"s": "del"}


class InlineTree(Treeprocessor):
    """Reads the Markdown in the texts and tails of a tree; `raw_html` makes a tag harmless, also in a link."""

    def __init__(self, md: Markdown, raw_html: Callable[[str, bool], str]) -> None:
        super().__init__(md)
        self._raw_html = raw_html
        self._env: dict[str, Any] = {}
        self._grammar = inline_grammar()
        bare_addresses.add_to(self._grammar)
        self._grammar.inline.ruler.before("strikethrough", "forms", self._form)

    def run(self, root: ET.Element) -> None:
        """Put elements in the place of all Markdown; texts that are an `AtomicString` are none."""
        self._env = env_of(self.md.references)
        for element in list(root.iter()):
            self._read(element)

    def _read(self, element: ET.Element, depth: int = 0) -> None:
        """Put the elements of an element's text, and of the tails of its children, among its children."""
        old = list(element)
        element.text, children = self._parsed(element.text, depth)
        for child in old:
            child.tail, more = self._parsed(child.tail, depth)
            children += [child, *more]
        element[:] = children

    def _parsed(self, text: str | None, depth: int) -> tuple[str | None, list[ET.Element]]:
        """What a text begins with, and the elements that follow, with their tails."""
        if not text or isinstance(text, AtomicString) or text.isspace():
            return text, []
        # The mark comes after a footnote's text, and is no letter that stands beside its last words.
        marked = text.endswith(NBSP_PLACEHOLDER)
        branch = _Branch()
        self._add(branch, inline_tokens(self._grammar, text.removesuffix(NBSP_PLACEHOLDER), self._env), depth)
        branch.add_text(NBSP_PLACEHOLDER if marked else "")
        return branch.root.text, list(branch.root)

    def _add(self, branch: _Branch, tokens: list[Token], depth: int) -> None:
        is_link = False
        for token in tokens:
            if token.nesting > 0:
                branch.open(_TAGS.get(token.tag, token.tag), token)
            elif token.nesting < 0:
                branch.close()
            elif token.type == "form":
                self._add_form(branch, token.meta["made"], depth)
            elif token.type == "html_inline":
                branch.add_text(self._harmless(token.content, is_link))
                is_link = token.content.startswith("<a ") or (is_link and not token.content.startswith("</a"))
            elif token.type == "code_inline":
                branch.add(ET.Element("code")).text = AtomicString(token.content)
            elif token.type == "image":
                branch.add(ET.Element("img", {**_attributes(token), "alt": words_of(token.children or [])}))
            elif token.type == "hardbreak":
                branch.add(ET.Element("br"))
            else:
                branch.add_text("\n" if token.type == "softbreak" else token.content)

    def _harmless(self, tag: str, is_link: bool) -> str:
        """What stands for a tag; nothing for comments and the like."""
        html = "" if tag.startswith(("<!", "<?")) else self._raw_html(tag, is_link)
        return self.md.htmlStash.store(html) if html.startswith("<") else unescape(html)

    def _add_form(self, branch: _Branch, made: ET.Element | str, depth: int) -> None:
        if isinstance(made, str):
            branch.add_text(made)
            return
        for element in list(made.iter()):
            if depth < _DEEPEST_FORM:
                self._read(element, depth + 1)
        branch.add(made)

    def _form(self, state: StateInline, silent: bool) -> bool:
        """The first of the registered forms that begins here."""
        for form in self.md.inlinePatterns:
            if not isinstance(form, InlineProcessor) or (state.linkLevel and "a" in form.ANCESTOR_EXCLUDES):
                continue
            match = form.compiled_re.match(state.src, state.pos, state.posMax)
            if match is None:
                continue
            if silent:
                state.pos = match.end()
                return True
            made, start, end = cast("tuple[Any, int | None, int | None]", form.handleMatch(match, state.src))
            if made is not None and start == state.pos and end:
                state.push("form", "", 0).meta = {"made": made}
                state.pos = end
                return True
        return False


class Ampersands(Treeprocessor):
    """Marks each `&` as one that is meant: the library takes what looks like an entity for one."""

    def run(self, root: ET.Element) -> None:
        """Mark those of all texts and attributes."""
        for element in root.iter():
            element.text, element.tail = _marked(element.text), _marked(element.tail)
            for name, value in element.attrib.items():
                element.attrib[name] = _marked(value) or ""


class _Branch:
    """Elements that are being put together."""

    def __init__(self) -> None:
        self.root = ET.Element("span")
        self._open = [self.root]
        self._too_deep = 0

    def add(self, element: ET.Element) -> ET.Element:
        """Put an element after what is there."""
        self._open[-1].append(element)
        return element

    def add_text(self, text: str) -> None:
        """Put a text there."""
        parent = self._open[-1]
        if not text:
            return
        if len(parent):
            parent[-1].tail = f"{parent[-1].tail or ''}{text}"
        else:
            parent.text = f"{parent.text or ''}{text}"

    def open(self, tag: str, token: Token) -> None:
        """Begin an element, of which what comes next is the content."""
        if self._too_deep or len(self._open) > DEEPEST_INLINE:
            self._too_deep += 1
        else:
            self._open.append(self.add(ET.Element(tag, _attributes(token))))

    def close(self) -> None:
        """End it."""
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._open) > 1:
            self._open.pop()


def words_of(tokens: list[Token]) -> str:
    """What is to be read of some tokens: the description of an image."""
    return "".join(_words(tokens))


def _words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "image":
            yield words_of(token.children or [])
        elif token.type in {"softbreak", "hardbreak"}:
            yield "\n"
        elif token.type in {"text", "text_special", "code_inline"}:
            yield token.content


def _attributes(token: Token) -> dict[str, str]:
    return {name: str(value) for name, value in token.attrs.items()}


def _marked(text: str | None) -> str | None:
    return text.replace("&", f"{AMP_SUBSTITUTE}amp;") if text and "&" in text else text
