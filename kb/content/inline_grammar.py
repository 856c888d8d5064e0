"""Parses what stands inside a block as CommonMark's specification has it, with GitHub's strikethrough.

The outline of a guide and its page are both made of these tokens, so that what is found is what is seen.
"""

from __future__ import annotations

from string import punctuation
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import escape

from kb.content import loose_links
from kb.content.links import LINK_SCHEMES
from kb.content.patterns import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_SCHEME_LINK = counted(r"<(([A-Za-z][A-Za-z0-9+.-]{1,31}):[^<>\x00-\x20]*)>")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL_LINK = counted(rf"<([A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*)>")


def inline_grammar() -> MarkdownIt:
    """A parser of what stands inside a block, to which rules can be added.

    Addresses stay as they are written, and all are let through: `kb.content.links` says which may be followed.
    """
    grammar = MarkdownIt("commonmark", {"strikethrough_single_tilde": True}).enable("strikethrough")
    grammar.normalizeLink = lambda url: url  # type: ignore[method-assign]
    grammar.validateLink = _let_through  # type: ignore[method-assign]
    grammar.inline.ruler.at("escape", _escape)
    grammar.inline.ruler.at("autolink", _autolink)
    grammar.inline.ruler.before("html_inline", "hidden", _hidden)
    loose_links.add_to(grammar)
    return grammar


def inline_tokens(grammar: MarkdownIt, text: str, env: MutableMapping[str, Any]) -> list[Token]:
    """The tokens of a text, whose links may be defined in `env["references"]`."""
    tokens: list[Token] = []
    grammar.inline.parse(text, grammar, env, tokens)
    return tokens


def env_of(definitions: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """What `inline_tokens` is to be given, of the address and title of each label."""
    return {
        "references": {
            normalizeReference(label): {"href": href, "title": title} for label, (href, title) in definitions.items()
        }
    }


def add_link(state: StateInline, address: str, text: str) -> None:
    """Add a link whose words are no Markdown."""
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


def _let_through(url: str) -> bool:  # noqa: ARG001
    return True


def _escape(state: StateInline, silent: bool) -> bool:
    """The library's rule, which would take the space after a backslash, too, and with it the end of the line."""
    return state.src[state.pos + 1 : state.pos + 2] in {*punctuation, "\n"} and escape(state, silent)


def _autolink(state: StateInline, silent: bool) -> bool:
    """`<https://example.org>`, `<a@example.org>`; what nobody can follow, as `<tenant:id>`, is meant to be read."""
    if state.src[state.pos] != "<":
        return False
    match = _SCHEME_LINK.match(state.src, state.pos)
    mail = _MAIL_LINK.match(state.src, state.pos) if match is None else None
    found = match or mail
    if found is None or (match and match[2].lower() not in LINK_SCHEMES):
        return False
    if not silent:
        add_link(state, f"mailto:{found[1]}" if mail else found[1], found[1])
    state.pos = found.end()
    return True


def _hidden(state: StateInline, silent: bool) -> bool:
    """`<!--> hidden -->` to its end: to the specification the comment ends at once, to whoever wrote it it does not."""
    if not state.src.startswith(("<!-->", "<!--->"), state.pos):
        return False
    end = state.src.find("-->", state.src.index(">", state.pos) + 1, state.posMax)
    if end < 0:
        return False
    end += len("-->")
    if not silent:
        state.push("html_inline", "", 0).content = state.src[state.pos : end]
    state.pos = end
    return True
