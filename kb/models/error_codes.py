"""The error codes that guides define, and the ways to look one up."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Count, Min, QuerySet

from kb.models.audience import VisibleQuerySet


class ErrorCodeQuerySet(VisibleQuerySet):
    """Error codes, and the ways pages ask for them."""

    def known(self) -> QuerySet[Any, dict[str, Any]]:
        """Each code once, as {key, code, guides}, in order of its key."""
        rows = self.order_by("key").values("key")
        known: QuerySet[Any, dict[str, Any]] = rows.annotate(code=Min("code"), guides=Count("guide", distinct=True))
        return known

    def entries(self, keys: list[str]) -> list[ErrorCode]:
        """What guides say of these codes (keys, in lower case), with the guides. One query."""
        rows = self.filter(key__in=keys).select_related("guide").defer("guide__html", "guide__questions")
        return list(rows.order_by("key", "guide__title", "position"))

    def explaining(self, written: str) -> list[ErrorCode]:
        """What guides say of a code as people write it: in any case, and `HTTP 429` for `429`. One query.

        All of one code; [] when no guide explains it. Some databases refuse a NUL, which no code has.
        """
        words = written.replace("\0", "").lower().split()
        keys = [" ".join(words), *words[-1:]]
        found = self.entries(keys)
        best = min((entry.key for entry in found), key=keys.index, default="")
        return [entry for entry in found if entry.key == best]


class ErrorCode(models.Model):
    """A code that a guide defines, with its meaning and what to do; `key` is the code in lower case."""

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="error_codes")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=120)
    key = models.CharField(max_length=120, db_index=True)
    meaning = models.TextField(blank=True)
    action = models.TextField(blank=True)
    anchor = models.CharField(max_length=200, blank=True)

    objects = ErrorCodeQuerySet.as_manager()

    class Meta:
        ordering = ("key", "guide", "position")

    def __str__(self) -> str:
        return self.code


def by_code(entries: Iterable[ErrorCode]) -> list[list[ErrorCode]]:
    """What guides say of each code together, of entries in the order of their codes."""
    return [list(entries_of_code) for _, entries_of_code in groupby(entries, key=lambda entry: entry.key)]
