"""The tag `url` as all templates have it, by addresses that are remembered: Django's works each out every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import template
from django.template import defaulttags
from django.utils.html import conditional_escape

from kb.web.addresses import address_of

if TYPE_CHECKING:
    from django.template.base import Parser, Token
    from django.template.context import Context

register = template.Library()


class RememberedURLNode(defaulttags.URLNode):
    """Django's node; what is not plain (names, `as`, parts that are no text) it works out itself."""

    def render(self, context: Context) -> str:
        """The address."""
        parts = [part.resolve(context) for part in self.args]
        if self.kwargs or self.asvar or not all(isinstance(part, str) for part in parts):
            return super().render(context)
        address = address_of(self.view_name.resolve(context), *parts, within=_application(context))
        return conditional_escape(address) if context.autoescape else address


@register.tag
def url(parser: Parser, token: Token) -> RememberedURLNode:
    """`{% url "kb:guide-detail" guide.slug %}`, as Django documents it."""
    node = defaulttags.url(parser, token)
    return RememberedURLNode(node.view_name, node.args, node.kwargs, node.asvar)


def _application(context: Context) -> str | None:
    """The application whose page is rendered, as Django's own tag finds it out."""
    request: Any = getattr(context, "request", None)
    if hasattr(request, "current_app"):
        return cast("str | None", request.current_app)
    return getattr(getattr(request, "resolver_match", None), "namespace", None)
