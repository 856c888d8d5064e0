"""Makes links of what pages of other sites and films stand in: `<iframe src>`, `<video>`, `<audio>` and `<embed>`."""

from __future__ import annotations

from html import escape

from kb.content.foreign.lines import Lines, outside_code
from kb.content.guide_words import ProductText, Words
from kb.content.html_tags import Tag, tags_in
from kb.content.patterns import Match, linear

MOST_ROWS = 20
LONGEST_TITLE = 120
_NAMES = "iframe|video|audio|embed"
_BEGINS = linear(rf"<({_NAMES})(?:[ \t/>]|$)")
_GIVEN = r"(?:[ \t](?:[^<>\"']|\"[^\"]*\"|'[^']*'|=>)*)?"
_WHOLE = linear(
    rf"<(?:{_NAMES}){_GIVEN}/>|<embed{_GIVEN}>|<iframe{_GIVEN}>.*?</iframe>|<video{_GIVEN}>.*?</video>|"
    rf"<audio{_GIVEN}>.*?</audio>"
)
_ADDRESS = linear(r"https?://[^\s<>\"']+|[^\s<>\"'{}:]+")
_PLAYERS = ("youtube", "youtu.be", "vimeo", "loom.com", "wistia", "dailymotion")


def read(lines: Lines) -> None:
    """Put a link to what they show in place of each; those that name no address stay for what is said of them."""
    for number, row in lines.prose():
        begun = _BEGINS.search(row) if "<" in row else None
        if begun is None:
            continue
        _join(lines, number, str(begun[1]))
        lines.rows[number] = outside_code(
            lines.rows[number], lambda text: _WHOLE.sub(lambda found: _link(found, lines.words), text)
        )


def _join(lines: Lines, number: int, name: str) -> None:
    """Put an element that goes on for some lines on the first of these."""
    rows = lines.rows[number : number + MOST_ROWS]
    rows = rows[: next((at for at in range(len(rows)) if number + at in lines.code), len(rows))]
    closing = f"</{name}>" if name != "embed" else ">"
    last = next((at for at, each in enumerate(rows) if closing in each or each.rstrip().endswith("/>")), 0)
    if last and all(each.strip() for each in rows[: last + 1]):
        joined = " ".join([rows[0].rstrip(), *(each.strip() for each in rows[1 : last + 1])])
        lines.rows[number : number + last + 1] = [joined, *[""] * last]


def _link(found: Match, words: Words) -> str:
    tags = tags_in(found.group())
    address = next((given for tag in tags if (given := _address_of(tag))), "")
    if not address:
        return found.group()
    title = " ".join(tags[0].attributes.get("title", "").split())[:LONGEST_TITLE]
    is_film = tags[0].name == "video" or any(player in address for player in _PLAYERS)
    text = title or (
        words.say(ProductText.FILM) if is_film else address.partition("//")[2].partition("?")[0] or address
    )
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _address_of(tag: Tag) -> str:
    address = tag.attributes.get("src", "").strip()
    return f"https:{address}" if address.startswith("//") else address if _ADDRESS.fullmatch(address) else ""
