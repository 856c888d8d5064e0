"""Reads tags in `{% %}`: Jekyll's Liquid (`include`, `link`) and GitBook's blocks (`hint`, `tabs`, `code`)."""

from __future__ import annotations

from pathlib import PurePosixPath

from kb.content.foreign import media
from kb.content.foreign.box_names import box_kind, title_of
from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import GONE, STAYS, Form, Kind, words
from kb.content.foreign.tags import Tag
from kb.content.patterns import Match, linear

_ARRANGING = frozenset(
    "tabs code content-ref stepper step columns column updates reusable endraw capture assign".split()  # noqa: SIM905
)
_BOXES = frozenset({"hint", "alert", "callout", "notice", "admonition"})
_FOLDS = frozenset({"expand", "details"})
_WATCH = linear(r"(?:https?:)?//(?:www\.)?(?:youtube\.com|youtu\.be|vimeo\.com|loom\.com)/\S+")
_SITE = linear(r"\{\{-?[ \t]*site\.(?:baseurl|url|github\.url)[ \t]*-?\}\}")
_FILTERED = linear(
    r"\{\{-?[ \t]*(?:site\.(?:baseurl|url)[ \t]*\|[ \t]*append:[ \t]*)?[\"']([^\"'{}]*)[\"'][ \t]*"
    r"(?:\|[ \t]*(?:relative_url|absolute_url|prepend:[ \t]*site\.(?:baseurl|url))[ \t]*)*-?\}\}"
)
_VALUE = linear(r"\{\{-?[ \t]*(?:site|page|layout|include|book|\$page|\$site|\$frontmatter)\.[^{}\n]+\}\}")


def form_of(tag: Tag) -> Form:
    """What becomes of a tag."""
    return _block(tag) or _medium(tag) or _included(tag) or (GONE if tag.name in _ARRANGING else Form(Kind.STAYS))


def _block(tag: Tag) -> Form | None:
    """What becomes of a tag that encloses something."""
    name = tag.name
    kind = box_kind(name)
    if name in _BOXES or kind:
        kind = box_kind(tag.get("style", "type"), *tag.values[:1]) or kind or "note"
        return Form(Kind.BOX, kind, title_of(kind, tag.get("title")))
    if name == "tab":
        return Form(Kind.TAB, text=tag.first("title", "name"))
    if name == "highlight":
        return Form(Kind.CODE, next(iter(tag.values), ""))
    if name in ("raw", "verbatim"):
        return Form(Kind.RAW)
    return Form(Kind.BOX, "details", tag.first("title") or "More") if name in _FOLDS else None


def _medium(tag: Tag) -> Form | None:
    """What becomes of a tag that is an address, a film, a file or the title of code."""
    if tag.name in ("link", "post_url"):
        path = tag.rest.strip().strip("\"'")
        return words(f"/{path.lstrip('/')}" if tag.name == "link" else f"/_posts/{path}.md")
    if tag.name == "code" and tag.get("title"):
        return words(f"**{media.escaped(tag.get('title'))}**")
    if tag.name in ("embed", "file") and (address := tag.get("url", "src")):
        text = tag.get("caption") or ("Watch the video" if _WATCH.match(address) else PurePosixPath(address).name)
        return words(media.link(address, text))
    film = media.film(tag.name, next(iter(tag.values), "")) if media.is_player(tag.name) else ""
    return words(film) if film else None


def _included(tag: Tag) -> Form | None:
    """What becomes of a piece of text that is taken in: a box with what it says, an image, a film."""
    if tag.name not in ("include", "include_relative", "include_cached"):
        return None
    included = PurePosixPath(next(iter(tag.values), "")).stem.lower()
    text = tag.get("content", "text", "message", "body")
    if text and (kind := box_kind(tag.get("type", "style"), included, *included.replace("_", "-").split("-"))):
        return words(f"**{kind.capitalize()}:** {text}")
    if (address := tag.get("src", "file", "url", "image_path", "image")) and not tag.get("content"):
        return words(media.image(address, tag.get("alt", "caption", "description", "title")))
    film = media.film(included, tag.get("id")) if media.is_player(included) else ""
    return words(film or text) if film or text else None


def end_of(tag: Tag) -> str:
    """The name of the tag that this one ends, '' when it opens one."""
    if tag.closes:
        return tag.name
    return tag.name[3:] if tag.name.startswith("end") and len(tag.name) > 3 else ""  # noqa: PLR2004 - 'end'


def read_values(lines: Lines) -> None:
    """Leave out the address of the site before paths, and say which other values of `{{ }}` stay as they are."""

    def change(number: int, text: str) -> str:
        text = _SITE.sub("", _FILTERED.sub(_path_of, text))
        for found in _VALUE.finditer(text):
            lines.note(number, STAYS.format(shown(found.group())))
        return text

    lines.change(change, "{{")


def _path_of(found: Match) -> str:
    return str(found[1])
