"""The tag `banners`: the notices that run now and belong on a page, for who looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string

from kb.library import notices
from kb.models.audience import EVERYONE, audiences_for

if TYPE_CHECKING:
    from django.template.context import Context

    from kb.library.notices import RunningNotice

register = template.Library()
MOST_SHOWN = 5


@register.simple_tag(takes_context=True)
def banners(context: Context) -> str:
    """`{% banners %}`: those of all pages, and those of the page's category (`notice_category`, or its guide's)."""
    if context.get("request") is None:  # a page that says that something broke needs nothing that may be broken
        return ""
    if not (running := _running(context)):  # as nearly always: no template is asked for nothing
        return ""
    category, told = _category_of(context), context.get("incident")  # what the page itself tells is not told twice
    shown = [notice for notice in running if notice.is_for(category) and notice != told][:MOST_SHOWN]
    return render_to_string("kb/_banners.html", {"banners": shown})


def _running(context: Context) -> tuple[RunningNotice, ...]:
    """What runs; who may see more than everyone matters only where there is more."""
    if not context.get("signed_in") or not notices.running_for_staff_only():
        return notices.running(EVERYONE)
    return notices.running(audiences_for(context.get("user")))


def _category_of(context: Context) -> str:
    """The slug of the category that a page is about, '' for none."""
    if "notice_category" in context:
        return str(context["notice_category"])
    guide, category = context.get("guide"), context.get("category")
    return str(getattr(guide, "category_slug", "") or getattr(category, "slug", ""))
