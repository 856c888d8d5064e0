"""Reads links and images whose address no specification allows, and whose meaning everybody sees.

`![front](my picture.png)`, `![front](a.png =200x100)`, `[guide]({{< ref "a.md" >}})`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.patterns import counted

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

_ENDINGS = "bmp|csv|docx?|gif|html?|jpe?g|log|markdown|mdx?|mp4|pdf|png|svg|txt|webp|xlsx?|zip"
_LOOSE = counted(
    r"!?\[(?P<label>[^\[\]\n]{0,500})\]\([ \t]*"
    rf"(?P<address>\{{\{{[<%][^\n{{}}]{{1,300}}\}}\}}|[^\s()<>\"'][^()<>\"\n]{{0,300}}?\.(?i:{_ENDINGS})(?:\#[^\s()]{{0,100}})?)"
    r"(?:[ \t]+=(?P<width>\d{1,4})?x(?P<height>\d{1,4})?)?[ \t]*\)"
)


def add_to(grammar: MarkdownIt) -> None:
    """Teach a parser these links, for which it looks where it finds none of the specification's."""
    grammar.inline.ruler.after("image", "loose_link", _loose_link)


def _loose_link(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "![":
        return False
    match = _LOOSE.match(state.src, state.pos)
    if match is None or match.end() > state.posMax:
        return False
    if not silent and match[0].startswith("!"):
        image = state.push("image", "img", 0)
        size = {name: match[name] for name in ("width", "height") if match[name]}
        image.attrs, image.content = {"src": match["address"], "alt": "", **size}, match["label"]
        image.children = state.md.inline.parse(match["label"], state.md, state.env, [])
    elif not silent:
        end = state.posMax
        state.push("link_open", "a", 1).attrs = {"href": match["address"]}
        state.pos, state.posMax = match.start("label"), match.end("label")
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
        state.posMax = end
    state.pos = match.end()
    return True
