"""Makes plain words of what other tools' heads say of a page, as these show it: a summary may have Markdown in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.content.patterns import Match, linear

_SIGNS = ("*", "`", "[", "<", "{", "%%", "==", "__")
_COMMENT = linear(r"<!--[^<>]*-->|%%[^%\n]+%%|\{/\*[^{}]*\*/\}")
_TAG = linear(r"\{\{<[^{}<>]*>\}\}|\{\{%[^{}%]*%\}\}|\{%[^{}%]*%\}")
_ELEMENT = linear(r"<(/?)(a|b|br|code|em|i|kbd|mark|p|small|span|strong|sub|sup|u)(?:[ \t][^<>]*)?/?>")
_WIKI = linear(r"!?\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]+)\]\]")
_LINK = linear(r"(!?)\[([^\[\]\n]*)\]\(<?[^()\n]*>?\)")
_STRONG = linear(r"(^|[^\w*])(?:\*\*([^*\s](?:[^*\n]*[^*\s])?)\*\*|__([^_\s](?:[^_\n]*[^_\s])?)__)")
_EMPHASIS = linear(r"(^|[^\w*\\])\*([^*\s\\](?:[^*\n]*[^*\s])?)\*($|[^\w*])")
_CODE = linear(r"``?([^`\n]+)``?")
# As one of two parts behind the heading, or of a site that is known.
_SITE = linear(r"[ \t]+(?:[-\x{2013}|][ \t]+[^|]{1,80}[ \t]+)?\|[ \t]+[^|]{1,80}")
_VENDOR = linear(r"[ \t]+\|[ \t]+Microsoft (?:Docs|Learn)$")
_MARKED = linear(r"==([^=\s](?:[^=\n]*[^=\s])?)==")


def plain(text: str) -> str:
    """The words of a summary, without Markdown, forms of other tools, and what its author hides."""
    text = without_forms(text)
    if not any(sign in text for sign in _SIGNS):
        return text
    text = _LINK.sub(lambda found: "" if found[1] else str(found[2]), _WIKI.sub(r"\1", text))
    closed = {"br", *(found[2] for found in _ELEMENT.finditer(text) if found[1])}
    text = _ELEMENT.sub(lambda found: "" if found[2] in closed else found.group(), text)
    text = _MARKED.sub(r"\1", text)
    return " ".join(_EMPHASIS.sub(r"\1\2\3", text).split())


def without_forms(text: str) -> str:
    """The words of a title: what is hidden and tags of templates go, code and strong words are their words."""
    if not any(sign in text for sign in _SIGNS):
        return text
    text = _TAG.sub("", _COMMENT.sub("", text))
    return " ".join(_STRONG.sub(_strong, _CODE.sub(r"\1", text)).split())


def without_site(title: str, heading: str) -> str:
    """A title without forms, and without the name of the site behind it: `Sync stops - Product | Microsoft Docs`."""
    written = without_forms(title)
    if heading and written.startswith(heading) and _SITE.fullmatch(written[len(heading) :]):
        return heading
    return _VENDOR.sub("", written)


def excerpt(fields: Mapping[str, Any]) -> str:
    """What Jekyll and others show of a page in lists, where it is written out; others say there whether they do."""
    value = next((given for key, given in fields.items() if key.strip().lower() == "excerpt"), "")
    return " ".join(value.split()) if isinstance(value, str) and " " in value.strip() else ""


def _strong(found: Match) -> str:
    return f"{found[1]}{found[2] or found[3]}"
