"""Writes images and links to films and other pages as Markdown, as the tags of other tools name them."""

from __future__ import annotations

from kb.content.guide_words import ProductText, Words
from kb.content.patterns import linear

_SPECIAL = linear(r"([\[\]\\])")
_BREAKS_ADDRESS = linear(r"[<>\s]+")
_ID = linear(r"[\w-]{5,20}")
_PLAYERS = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "gist": "https://gist.github.com/{}",
}


def image(address: str, text: str) -> str:
    """An image."""
    return f"![{escaped(text)}](<{_address(address)}>)"


def link(address: str, text: str) -> str:
    """A link, whose text may be the address itself."""
    return f"[{escaped(text) or _address(address)}](<{_address(address)}>)" if address.strip() else escaped(text)


def film(player: str, name: str, words: Words) -> str:
    """A link to a film; '' when its name can't be one."""
    if not _ID.fullmatch(name):
        return ""
    return f"[{words.say(ProductText.FILM)}]({_PLAYERS[player].format(name)})"


def is_player(name: str) -> bool:
    """Whether a tag of this name shows a film."""
    return name in ("youtube", "vimeo")


def gist(user: str, name: str, words: Words) -> str:
    """A link to code that is kept elsewhere."""
    return link(_PLAYERS["gist"].format(f"{user}/{name}"), words.say(ProductText.CODE, name=f"{user}/{name}"))


def escaped(text: str) -> str:
    """A text that may stand between the brackets of a link."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _address(address: str) -> str:
    return _BREAKS_ADDRESS.sub("%20", address.strip())
