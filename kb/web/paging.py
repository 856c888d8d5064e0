"""Cuts lists into pages, and gives the one that `?page=` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.utils.translation import gettext

from kb.content.numbers import whole_number
from kb.web.errors import NothingHere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest

LAST_PAGE = 10_000


def page_number(request: HttpRequest) -> int:
    """The number in `?page=`, 1 when there is none."""
    text = request.GET.get("page") or "1"
    number = whole_number(text, 1, LAST_PAGE)
    if number is None:
        raise NothingHere(gettext("“{text}” is not the number of a page of this list.").format(text=text[:40]))
    return number


def page_of(request: HttpRequest, items: QuerySet[Any] | Sequence[Any], size: int) -> Page[Any]:
    """The page of `items` that the request asks for; two queries."""
    number = page_number(request)
    try:
        return Paginator(items, size).page(number)
    except InvalidPage:
        raise NothingHere(gettext("This list has no page {number}.").format(number=number)) from None
