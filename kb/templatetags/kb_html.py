"""Stored HTML and marked snippets in, HTML that templates may show unescaped out; the one place that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.search.engine import Snippet

register = template.Library()


@register.filter
def rendered(html: str) -> SafeString:
    """HTML that was sanitised when its guide was published: give it nothing else."""
    return mark_safe(html)  # noqa: S308  # the sanitiser of kb.content.rendering has passed it


@register.filter
def marked(snippet: Snippet) -> SafeString:
    """A snippet as HTML: all of its text escaped, its matching spans in `<mark>`."""
    return format_html_join("", "{}", ((part,) for part in _parts(snippet)))


@register.filter
def as_path(category: str) -> str:
    """A category as people read it: `Network > Time-outs`, with a finer arrow."""
    return " \u203a ".join(part.strip() for part in category.split("/"))


def _parts(snippet: Snippet) -> Iterator[str]:
    end = 0
    for start, stop in snippet.marks:
        yield snippet.text[end:start]
        yield format_html_join("", "<mark>{}</mark>", [(snippet.text[start:stop],)])
        end = stop
    yield snippet.text[end:]
