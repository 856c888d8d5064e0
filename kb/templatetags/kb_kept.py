"""The tag `kept`: a part of the frame of a page that is the same for all who are signed out is rendered once.

A page of hits takes as long for its head, header and footer as for its hits, and none of them tells of the library.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.template.base import NodeList, Parser, Token
    from django.template.context import Context

register = template.Library()
MOST_WORDINGS = 96  # of one part: as many as templates ask for, and no more if one passes on what people type


class KeptNode(template.Node):
    """What is between the tags, by what it depends on; rendered anew for who may be signed in."""

    def __init__(self, content: NodeList, wording: Sequence[str]) -> None:
        self.content = content
        self.wording = wording
        self.kept: dict[Hashable, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """The part."""
        if context.get("signed_in"):
            return self.content.render(context)
        key = (get_language(), context.get("site_name"), *map(context.get, self.wording))
        found = self.kept.get(key)
        if found is None:
            found = self.content.render(context)
            if len(self.kept) < MOST_WORDINGS:
                self.kept[key] = found
        return found


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """`{% kept no_search %}...{% endkept %}`: what is the same for all of a process who are signed out.

    It may depend on the settings, on the language of the reader, on the name of the site, and on the variables that
    are named after `kept`, which templates alone decide; on nothing else: neither on the request nor on what is
    published.
    """
    content = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(content, token.split_contents()[1:])
