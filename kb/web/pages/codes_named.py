"""Finds what guides say of the error codes that a search names.

Few searches name one. Which codes there are is read once for each state of the library, so that the others ask nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kb.content.codes import spellings
from kb.library import publication
from kb.models import ErrorCode
from kb.models.audience import audiences_for

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kb.search.text.query import Query

LONGEST_CODE = 120


def codes_named(request: HttpRequest, query: Query) -> list[ErrorCode]:
    """The entries of the codes in a query that its reader may see, by key. A query for them when there are any."""
    audiences = audiences_for(request.user)
    token = publication.cacheable()
    keys = _keys(query)
    if token is not None:
        keys = [key for key in keys if key in _known(token, audiences)]
    return ErrorCode.objects.for_audiences(audiences).entries(keys) if keys else []


def _keys(query: Query) -> list[str]:
    """The keys of the codes that may be meant: the whole text, what looks like a code, and `429` of `HTTP 429`."""
    codes = query.codes
    named = {query.text, query.only_code, *codes, *(code.split()[-1] for code in codes)} - {""}
    return sorted({key[:LONGEST_CODE] for code in named for key in spellings(code)})


@lru_cache(maxsize=4)
def _known(token: str, audiences: frozenset[str]) -> frozenset[str]:  # noqa: ARG001 - the token names the state
    """The keys of all codes that these audiences may see."""
    return frozenset(ErrorCode.objects.for_audiences(audiences).order_by().values_list("key", flat=True).distinct())
