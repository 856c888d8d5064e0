"""Template filters that give HTML which templates show unescaped: the one place that says so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy

from kb.content.hours import read_hours
from kb.models.audience import STAFF
from kb.models.categories import crumbs
from kb.models.slugs import MOST_REMEMBERED, category_slug
from kb.templatetags.kb_languages import direction_of
from kb.web.addresses import address_of
from kb.web.snippets import html_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.search.index.contract import Snippet
    from kb.web.pages.search_filters import Choice
    from kb.web.pages.searching import GuideHits, SectionHit

register = template.Library()
ALIKE = gettext_lazy("Like it in meaning, in other words")
DISTANT = gettext_lazy("Perhaps related: it has none of your words")


@dataclass(frozen=True, slots=True)
class Opening:
    """A contact's hours for scripts: JSON of their spans and zone; `zone` is the site's when the text names none."""

    data: str
    zone: str = ""


@register.filter
def rendered(html: str) -> SafeString:
    """HTML that was sanitised when its guide was published: give it nothing else."""
    return mark_safe(html)  # noqa: S308  # the sanitiser of kb.content.rendering has passed it


@register.filter
def marked(snippet: Snippet) -> SafeString:
    """A snippet as HTML: all of its text escaped, its matching spans in `<mark>`."""
    return mark_safe(html_of(snippet))  # noqa: S308  # it is escaped


@register.filter
@lru_cache(MOST_REMEMBERED)
def crumb_links(category: str) -> SafeString:
    """The way down to a category, from its path as written, each step a link to its page."""
    steps = (
        format_html('<a href="{}">{}</a>', address_of("kb:category-detail", crumb.slug), crumb.name)
        for crumb in crumbs(category, category_slug(category))
    )
    return mark_safe(' <span aria-hidden="true">\u203a</span> '.join(steps))  # noqa: S308  # format_html escapes


@register.filter
def opening(hours: str) -> Opening | None:
    """What is understood of a contact's hours, None for nothing."""
    found = read_hours(hours)
    if found is None:
        return None
    zone = found.zone or settings.TIME_ZONE
    return Opening(json.dumps({"spans": found.spans, "zone": zone}), "" if found.zone or found.is_always else zone)


@register.filter
def as_path(category: str) -> str:
    """A category as people read it: `Network > Time-outs`, with a finer arrow."""
    return " \u203a ".join(part.strip() for part in category.split("/"))


@register.filter
def hit_items(groups: Iterable[GuideHits]) -> SafeString:
    """Hits as items of a list, each a guide with its sections: a template takes ten times as long for them."""
    return mark_safe("\n".join(map(_hit_item, groups)))  # noqa: S308  # each part is escaped


@register.filter
def chips(choices: Iterable[Choice]) -> SafeString:
    """What hits can be narrowed to as items of a list; one that is chosen says how to take it away."""
    return mark_safe("".join(map(_chip, choices)))  # noqa: S308  # each part is escaped


@cache
def staff_badge(language: str) -> str:  # noqa: ARG001 - in each language
    """The mark of what is for staff only; hundreds of hits may have it."""
    return render_to_string("kb/_staff_badge.html")


def _hit_item(group: GuideHits) -> str:
    guide, address, sections = group
    crumbs = f'<p class="hit__crumbs">{links}</p>' if (links := crumb_links(guide.category)) else ""
    badge = f" {staff_badge(get_language() or '')}" if guide.audience == STAFF else ""
    meaning = ""
    if guide.similarity:
        meaning = f'<p class="hit__meaning">{DISTANT if guide.is_distant else ALIKE}</p>'
    title = f'<h2 dir="auto" class="hit__guide"><a href="{escape(address)}">{escape(guide.title)}</a>{badge}</h2>'
    way = direction_of(guide.title)  # of what begins with a name or a label in other letters, too
    items = "".join(_section_item(section, way) for section in sections)
    return f'<li class="hit">{crumbs}{title}{meaning}<ul class="hit__sections">{items}</ul></li>'


def _chip(choice: Choice) -> str:
    label, address = escape(choice.label), escape(choice.address)
    if choice.chosen:
        mark = f'<span aria-hidden="true">×</span><span class="visually-hidden">{gettext("(chosen: remove)")}</span>'  # noqa: RUF001
        return f'<li><a class="chip chip--chosen" href="{address}" aria-current="true">{label} {mark}</a></li>'
    count = f'<span class="chip__count">{choice.guides}</span>'
    return f'<li><a class="chip" href="{address}">{label} {count}</a></li>'


def _section_item(section: SectionHit, direction: str) -> str:
    heading, address, snippet = section
    link = (
        f'<h3 dir="auto" class="hit__section"><a href="{escape(address)}">{escape(heading)}</a></h3>' if heading else ""
    )
    text = f'<p dir="{direction}" class="hit__snippet">{html_of(snippet)}</p>' if snippet.text else ""
    return f"<li>{link}{text}</li>"
