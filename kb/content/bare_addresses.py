"""Makes links of web and mail addresses that stand in a text as they are, by the rules of GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from kb.content.inline_grammar import add_link
from kb.content.patterns import counted, linear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

# What begins with other signs, such as `http://...`, tells how an address looks, and is none.
_WEB = counted(r"://[^\s<>\x02\x03!-#%-)+-/:;=?@\\\]^`|}~][^\s<>\x02\x03]*")
_WWW = counted(r"www(?:\.[A-Za-z0-9-][A-Za-z0-9_-]*)+(?:[/?#:][^\s<>\x02\x03]*)?")
_MAIL = linear(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_ENTITY = linear(r"&[A-Za-z0-9]+;$")
_SCHEMES = ("https", "http")
_BEFORE_WWW = " \t\n*_~("
_TRAILING = ".,:!?'\"*_~\\"
_LONGEST_ENTITY = 40
_PAIRS = {")": "(", "]": "["}


def add_to(grammar: MarkdownIt) -> None:
    """Teach a parser these addresses."""
    grammar.inline.add_terminator_char("w")
    grammar.inline.ruler.before("strikethrough", "web_address", _web_address)
    grammar.inline.ruler.before("strikethrough", "www_address", _www_address)
    grammar.inline.ruler2.push("mail_address", _mail_addresses)


def _web_address(state: StateInline, silent: bool) -> bool:
    """Take an address at its `://`, whose scheme has been read as text."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    pending = state.pending
    scheme = next((scheme for scheme in _SCHEMES if pending.endswith(scheme)), "")
    match = _WEB.match(state.src, state.pos) if scheme else None
    before = pending[: -len(scheme)][-1:]
    if match is None or match.end() > state.posMax or before == "/" or before.isalnum():
        return False
    rest = _without_trailing(match[0])
    if len(rest) <= len("://"):
        return False
    state.pending = pending[: -len(scheme)]
    address = unescapeAll(f"{scheme}{rest}")
    add_link(state, address, address)
    state.pos += len(rest)
    return True


def _www_address(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if silent or state.linkLevel or not state.src.startswith("www.", start):
        return False
    match = _WWW.match(state.src, start)
    if match is None or match.end() > state.posMax or (start and state.src[start - 1] not in _BEFORE_WWW):
        return False
    written = _without_trailing(match[0])
    if "." not in written:
        return False
    text = unescapeAll(written)
    add_link(state, f"http://{text}", text)
    state.pos += len(written)
    return True


def _without_trailing(address: str) -> str:
    """An address without the punctuation after it, and without a closing bracket that is not opened in it."""
    while address:
        last = address[-1]
        if last in _TRAILING:
            address = address.rstrip(_TRAILING)
        elif last == ";":
            entity = _ENTITY.search(address[-_LONGEST_ENTITY:])
            address = address[: -len(entity[0])] if entity else address[:-1]
        elif last in _PAIRS and address.count(last) > address.count(_PAIRS[last]):
            address = address[:-1]
        else:
            break
    return address


def _mail_addresses(state: StateInline) -> None:
    """Look for mail addresses in what has remained as text, and is in no link."""
    if "@" not in state.src:
        return
    tokens: list[Token] = []
    links = 0
    for token in state.tokens:
        links += token.nesting if token.type in {"link_open", "link_close"} else 0
        # After an escape stands the rest of a word, as in `first\_last@example.org`.
        if token.type == "text" and not links and "@" in token.content:
            tokens += _with_mail(token, goes_on=bool(tokens) and tokens[-1].type == "text_special")
        else:
            tokens.append(token)
    state.tokens[:] = tokens


def _with_mail(token: Token, *, goes_on: bool) -> Iterator[Token]:
    text, end = token.content, 0
    for found in _MAIL.finditer(text):
        address = found[0]
        if address[-1] in "-_" or (text[found.start() - 1] in "/\\" if found.start() else goes_on):
            continue
        yield _text(text[end : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": f"mailto:{address}"})
        yield _text(address)
        yield Token("link_close", "a", -1)
        end = found.end()
    yield _text(text[end:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
