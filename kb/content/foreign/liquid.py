"""Reads tags in `{% %}`: Jekyll's Liquid (`include`, `link`) and GitBook's blocks (`hint`, `tabs`, `code`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from kb.content.box_kinds import STAFF_BOX
from kb.content.file_names import readable
from kb.content.foreign import media
from kb.content.foreign.box_names import box_kind, title_of
from kb.content.foreign.lines import Lines, outside_code, shown
from kb.content.foreign.rewriting import GONE, Form, Kind, words
from kb.content.foreign.tags import Tag
from kb.content.guide_words import ProductText, Words
from kb.content.html_tags import words_in
from kb.content.patterns import Match, linear
from kb.content.phrases import Phrase

_ARRANGING = frozenset(
    "tabs code content-ref stepper columns column updates reusable endraw assign increment decrement cycle "  # noqa: SIM905
    "else elsif when break continue code-tabs swagger-description api-method-summary api-method-description "
    "api-method-spec api-method-request api-method-response api-method-path-parameters api-method-query-parameters "
    "api-method-body-parameters api-method-headers api-method-form-data-parameters".split()
)
_CONTROL = frozenset({"if", "unless", "case", "capture", "tablerow", "liquid", "render", "layout", "paginate"})
BOXES = frozenset({"hint", "alert", "callout", "notice", "admonition", "note-box"})
FOLDS = frozenset({"expand", "details"})
_WATCH = linear(r"(?:https?:)?//(?:www\.)?(?:youtube\.com|youtu\.be|vimeo\.com|loom\.com)/\S+")
_WEB = linear(r"https?://\S+")
_SITE = linear(r"\{\{-?[ \t]*site\.(?:baseurl|url|github\.url)[ \t]*-?\}\}")
VALUE = Phrase(
    "'{written}' stands for what only the other tool knows: it stays as it is written, so write that in its place."
)
_NO_VALUE = ("=", "$", "^", "_", "\\", "}")
"""What stands before two braces that are part of a program or of a formula."""
_FILTERED = linear(
    r"\{\{-?[ \t]*(?:site\.(?:baseurl|url)[ \t]*\|[ \t]*append:[ \t]*)?[\"']([^\"'{}]*)[\"'][ \t]*"
    r"(?:\|[ \t]*(?:relative_url|absolute_url|prepend:[ \t]*site\.(?:baseurl|url))[ \t]*)*-?\}\}"
)
_PLACE = linear(r"\{\{\{?-?[ \t]*[\w.$#/>\"'@(][^{}\n]{0,300}\}\}\}?")
_EXPRESSION = linear(r"<code class=\"expression\">[^<>\n]*</code>")
_IN_CODE = linear(r"<(code|pre|kbd|samp)(?:[ \t][^<>]*)?>.*?</(?:code|pre|kbd|samp)>")
_OF_HEAD = linear(
    r"\{\{-?[ \t]*(?:page|\$frontmatter|frontmatter|\$page\.frontmatter|\$page)\.([\w-]+)[ \t]*"
    r"(?:\|[ \t]*(?:escape|strip|xml_escape|markdownify|strip_html)[ \t]*)*-?\}\}"
)
_MENTION = linear(r"\[([^\[\]\n]+\.md)\]\(<?([^()<>\s]+)>?(?:[ \t]+\"mention\")?\)")
_MENTIONED = linear(r"\]\(<?([^()<>\s]+)>?[ \t]+\"mention\"\)")
_MENTION_IN_HTML = linear(r"<a href=\"([^\"<>]+\.md)\">([^<>\n]+\.md)</a>")
_UNREAD = linear(r"\{::nomarkdown[ \t]*/?\}|\{:/(?:nomarkdown)?\}")
_ICON = linear(r"<i class=\"(?:fa|fas|far|bi|icon)[ \w-]*\">[^<>\n]{0,40}</i>[ \t]?")


def form_of(tag: Tag, said: Words) -> Form:
    """What becomes of a tag; `said` is what the product itself says."""
    found = _block(tag, said) or _medium(tag, said) or _included(tag, said)
    if found is None and tag.name in _CONTROL:
        return Form(Kind.UNKNOWN)
    return found or (GONE if tag.name in _ARRANGING else Form(Kind.STAYS))


def _block(tag: Tag, said: Words) -> Form | None:
    """What becomes of a tag that encloses something."""
    name = tag.name
    kind = box_kind(name)
    if name in BOXES or kind:
        kind = box_kind(tag.get("style", "type"), *tag.values[:1]) or kind or "note"
        return Form(Kind.BOX, kind, title_of(kind, tag.get("title")))
    if name in ("tab", "code-tabs-item"):
        # Of two names, the first is that of the group.
        return Form(Kind.TAB, text=tag.get("title", "name") or " ".join(tag.values[1:] or tag.values))
    if name in ("highlight", "raw", "verbatim"):
        return Form(Kind.CODE, next(iter(tag.values), "")) if name == "highlight" else Form(Kind.RAW)
    if name in ("step", "for"):
        return Form(Kind.STEP if name == "step" else Kind.LOOP, text=tag.get("title"))
    return Form(Kind.BOX, "details", tag.first("title") or said.say(ProductText.MORE)) if name in FOLDS else None


def _medium(tag: Tag, said: Words) -> Form | None:
    """What becomes of a tag that is an address, a film, a file or the title of code."""
    if tag.name in ("link", "post_url"):
        path = tag.rest.strip().strip("\"'")
        return words(f"/{path.lstrip('/')}" if tag.name == "link" else f"/_posts/{path}")
    if tag.name == "code" and tag.get("title"):
        return words(f"**{media.escaped(tag.get('title'))}**")
    if address := _address_of(tag):
        named = said.say(ProductText.FILM) if _WATCH.match(address) else PurePosixPath(address).name
        return words(media.link(address, tag.get("caption") or named))
    if tag.name == "gist" and tag.values:
        named = said.say(ProductText.CODE, name=" ".join(tag.values[1:2] or tag.values[:1]))
        return words(media.link(f"https://gist.github.com/{tag.values[0]}", named))
    if own := _own_words(tag):
        return words(own)
    film = media.film(tag.name, next(iter(tag.values), ""), said) if media.is_player(tag.name) else ""
    return words(film) if film else None


def _own_words(tag: Tag) -> str:
    """What a block says in its own tag: the day of an update; of an interface its address, a value, an answer."""
    if tag.name == "update" and tag.get("date"):
        return f"**{media.escaped(tag.get('date'))}**"
    if tag.name in ("swagger", "api-method") and tag.get("path"):
        summary = media.escaped(tag.get("summary"))
        address = tag.get("path").replace("`", "")
        return f"**{media.escaped(tag.get('method').upper() or 'GET')}** `{address}`{f' {summary}' if summary else ''}"
    if tag.name in ("swagger-parameter", "api-method-parameter") and tag.get("name"):
        kind = media.escaped(tag.get("type"))
        return f"**{media.escaped(tag.get('name'))}**{f' ({kind})' if kind else ''}"
    if tag.name in ("swagger-response", "api-method-response-example"):
        return f"**{media.escaped(tag.get('status', 'httpcode'))}** {media.escaped(tag.get('description'))}".rstrip()
    return ""


def _address_of(tag: Tag) -> str:
    """Where a file, a film or a page lies that a tag shows, '' for other tags."""
    given = next(iter(tag.values), "")
    if media.is_player(tag.name):
        return given if _WEB.fullmatch(given) else ""
    if tag.name not in ("embed", "file"):
        return ""
    return tag.get("url", "src") or (given if _WEB.fullmatch(given) else "")


def _included(tag: Tag, said: Words) -> Form | None:
    """What becomes of a piece of text that is taken in: a box with what it says, an image, a film."""
    if tag.name not in ("include", "include_relative", "include_cached"):
        return None
    included = PurePosixPath(next(iter(tag.values), "")).stem.lower()
    text = tag.get("content", "text", "message", "body")
    # Not what is called `staff-list`: what is for staff has gone by now.
    parts = [part for part in included.replace("_", "-").split("-") if part != STAFF_BOX]
    if text and (kind := box_kind(tag.get("type", "style"), included, *parts)):
        return words(f"**{said.kind(kind)}:** {text}")
    if (address := tag.get("src", "file", "url", "image_path", "image")) and not tag.get("content"):
        alt, caption = tag.get("alt", "description", "title", "caption"), tag.get("caption")
        said_below = f" *{media.escaped(caption)}*" if caption and caption != alt else ""
        return words(f"{media.image(address, alt)}{said_below}")
    player = tag.get("provider") if included == "video" else included
    film = media.film(player, tag.get("id"), said) if media.is_player(player) else ""
    return words(film or text) if film or text else None


def end_of(tag: Tag) -> str:
    """The name of the tag that this one ends, '' when it opens one."""
    if tag.closes:
        return tag.name
    return tag.name[3:] if tag.name.startswith("end") and len(tag.name) > 3 else ""  # noqa: PLR2004 - 'end'


def read_values(lines: Lines, fields: Mapping[str, Any]) -> None:
    """Write what the head says in place of its values, and tell which others of `{{ }}` stay as they are.

    The address of the site before paths is left out; a mention of a page is named in words.
    """

    def change(_number: int, text: str) -> str:
        return _OF_HEAD.sub(lambda found: _said_by(fields, found), _SITE.sub("", _FILTERED.sub(_path_of, text)))

    lines.change(change, "{{")
    if fields.get("kind") != "reply":  # whose blanks are written so
        _tell_values(lines)
    lines.change(lambda _, text: _ICON.sub("", text), "<i class")
    lines.change(lambda _, text: _UNREAD.sub("", text), "{:")
    lines.change(lambda _, text: _MENTION_IN_HTML.sub(_mention_in_html, text), ".md</a>")
    lines.change(lambda _, text: _MENTIONED.sub(r"](<\1>)", _MENTION.sub(_mention, text)), ".md)", '"mention"')


def _tell_values(lines: Lines) -> None:
    """Tell of what stands for something that only the other tool knows, but for what is shown as code."""

    def tell(number: int, text: str) -> str:
        for found in _PLACE.finditer(_IN_CODE.sub("", text)):
            before = found.string[max(0, found.start() - 1) : found.start()]
            if not (before.isalnum() or before in _NO_VALUE) and any(sign.isalpha() for sign in found.group()):
                lines.note(number, VALUE.filled(written=shown(found.group())))
        return text

    is_code = False
    for number, row in lines.prose():
        if "<pre" in row:
            is_code = "</pre>" not in row
        elif "</pre>" in row:
            is_code = False
        elif "{{" in row and not is_code:
            outside_code(row, lambda text, number=number: tell(number, text))  # type: ignore[misc]
        for found in _EXPRESSION.finditer(row) if "<code class" in row else ():
            lines.note(number, VALUE.filled(written=shown(words_in(found.group()))))


def _said_by(fields: Mapping[str, Any], found: Match) -> str:
    said = fields.get(str(found[1]))
    return media.escaped(said) if isinstance(said, str) and said.strip() else found.group()


def _mention(found: Match) -> str:
    """A link to a page whose text is only the name of its file, in words."""
    words_of_it = _named(str(found[1]), str(found[2]))
    return media.link(found[2], words_of_it) if words_of_it else found.group()


def _mention_in_html(found: Match) -> str:
    words_of_it = _named(str(found[2]), str(found[1]))
    return f'<a href="{found[1]}">{words_of_it}</a>' if words_of_it else found.group()


def _named(name: str, target: str) -> str:
    """The name of a file in words, '' when it is not the one that a link leads to."""
    if PurePosixPath(target.partition("#")[0]).name != PurePosixPath(name).name:
        return ""
    folder = PurePosixPath(name).parent.name if PurePosixPath(name).stem.lower() in ("readme", "index") else ""
    return readable(folder or PurePosixPath(name).stem)


def _path_of(found: Match) -> str:
    return str(found[1])
