"""The addresses of pages by the names of their views, each worked out once: a page of hits has some fifty of them."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

MOST_REMEMBERED = 8192


@lru_cache(MOST_REMEMBERED)
def address_of(view: str, *parts: str, within: str | None = None) -> str:
    """The address of the view with these parts of it; `within` is the application that asks, where several are alike.

    The views stay where they are as long as a process runs, so nothing of it gets old.
    """
    return reverse(view, args=parts, current_app=within)
