"""Reads what stands behind the `?` of an address, and writes such addresses."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from django.http import HttpRequest

LONGEST_TYPED = 200
MOST_REMEMBERED = 4096


def typed(request: HttpRequest, name: str) -> str:
    """What somebody typed to narrow a list, '' for nothing; without NUL, which some databases refuse to look up."""
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST_TYPED]


def chosen(request: HttpRequest, name: str, choices: Container[str], default: str = "") -> str:
    """Which of the choices an address names; the default for what is none."""
    choice = request.GET.get(name, default)
    return choice if choice in choices else default


def with_query(address: str, parameters: Mapping[str, object]) -> str:
    """The address with these parameters; what is blank is left out."""
    query = "&".join([_parameter(name, str(value)) for name, value in parameters.items() if value])
    return f"{address}?{query}" if query else address


def _parameter(name: str, value: str) -> str:
    """A parameter as it stands in an address: the filters of one search ask for the same a dozen times."""
    return _remembered(name, value) if len(value) <= LONGEST_TYPED else _made(name, value)


def _made(name: str, value: str) -> str:
    return f"{quote_plus(name)}={quote_plus(value)}"


_remembered = lru_cache(MOST_REMEMBERED)(_made)


def list_root(parameters: Mapping[str, object]) -> str:
    """The start of the addresses of a list's pages: `page=N` is put behind it."""
    query = with_query("", parameters)
    return f"{query}&" if query else "?"
