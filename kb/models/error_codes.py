"""The error codes that guides define or name, and the ways to look one up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Count, IntegerField, Min, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from kb.content.codes import spellings
from kb.content.walk_parts import LONGEST_CODE
from kb.models.audience import VisibleQuerySet
from kb.models.structure import Problem, Section

if TYPE_CHECKING:
    from typing import Self

MOST_LOOKED_FOR = 100


class ErrorCodeQuerySet(VisibleQuerySet):
    """Error codes, and the ways pages ask for them."""

    def defined(self) -> Self:
        """Those that their guides say the meaning of."""
        return self.filter(named_in="")

    def known(self) -> QuerySet[Any, dict[str, Any]]:
        """Each code once, as {key, code, guides}, in order of its key."""
        rows = self.order_by("key").values("key")
        known: QuerySet[Any, dict[str, Any]] = rows.annotate(code=Min("code"), guides=Count("guide", distinct=True))
        return known

    def offered(self, limit: int, looked_for: Collection[str] = ()) -> list[str]:
        """The codes to offer: the most looked for (keys, the first the most), then those of most guides. One query.

        Of those that equally many guides have, the first of each guide comes before the second of any.
        """
        places = {key: place for place, key in enumerate(list(looked_for)[:MOST_LOOKED_FOR])}
        is_other = Case(When(key__in=places, then=0), default=1, output_field=IntegerField()) if places else Value(1)
        rows = self.known().annotate(is_other=is_other, place=Min("position"))
        rows = rows.order_by("is_other", "-guides", "place", "key")[: limit + len(places)]
        ordered = sorted(rows, key=lambda row: places.get(row["key"], len(places)))
        return [row["code"] for row in ordered[:limit]]

    def entries(self, keys: Iterable[str]) -> list[ErrorCode]:
        """What guides say of these codes (keys, in lower case), those that define one first; one query.

        Each has its guide, and as `section_title` the words of the heading that it stands under.
        """
        place = {"guide": OuterRef("guide"), "anchor": OuterRef("anchor")}
        titles = (
            Subquery(model.objects.filter(**place).order_by().values("title")[:1]) for model in (Section, Problem)
        )
        rows = self.filter(key__in=list(keys)).annotate(section_title=Coalesce(*titles, Value("")))
        return list(rows.with_guides())

    def beginning_with(self, text: str, limit: int) -> list[ErrorCode]:
        """What guides say of codes that begin with a text, in any case; `limit` entries at most. One query."""
        return list(self.filter(key__startswith=" ".join(text.split()).lower()).with_guides()[:limit])

    def explaining(self, written: str) -> list[ErrorCode]:
        """What guides say of a code as people write it: in any case, and `HTTP 429` for `429`. One query.

        All of one code; [] when no guide defines or names it. Some databases refuse a NUL, which no code has.
        """
        keys = spellings(written.replace("\0", ""))
        found = self.entries(keys)
        best = min((entry.key for entry in found), key=keys.index, default="")
        return [entry for entry in found if entry.key == best]

    def with_guides(self) -> Self:
        """By code, those that define it before those that name it, each with its guide as a list shows it."""
        is_named = Case(When(named_in="", then=0), default=1, output_field=IntegerField())
        rows = self.select_related("guide").defer("guide__html", "guide__questions").annotate(is_named=is_named)
        return rows.order_by("key", "is_named", "guide__title", "position")


class ErrorCode(models.Model):
    """A code that a guide defines, with its meaning and what to do, or else names; `key` is the code in lower case.

    `named_in` is '' for one that is defined; else it says which place of the guide names it first: each code that a
    guide names and does not define has one row.
    """

    class Place(models.TextChoices):
        """Where a guide names a code that it does not define."""

        TITLE = "title", gettext_lazy("In its title")
        HEADING = "heading", gettext_lazy("In a heading")
        SYMPTOM = "symptom", gettext_lazy("Among symptoms")
        MESSAGE = "message", gettext_lazy("In a message")

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="error_codes")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=LONGEST_CODE)
    key = models.CharField(max_length=LONGEST_CODE, db_index=True)
    meaning = models.TextField(blank=True)
    action = models.TextField(blank=True)
    anchor = models.CharField(max_length=200, blank=True)
    section_title: str  # of those that `entries` gives
    named_in = models.CharField(max_length=10, choices=Place, blank=True, default="", db_default="")

    objects = ErrorCodeQuerySet.as_manager()

    class Meta:
        ordering = ("key", "guide", "position")

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """The address of the place in its guide."""
        return self.guide.get_absolute_url() + (f"#{self.anchor}" if self.anchor else "")

    @property
    def is_defined(self) -> bool:
        """Whether its guide says what it means."""
        return not self.named_in


@dataclass(frozen=True, slots=True)
class CodeEntries:
    """What guides say of one code: `defined` by those that say what it means, `named` by others; never both empty."""

    defined: list[ErrorCode]
    named: list[ErrorCode]

    @property
    def first(self) -> ErrorCode:
        """The entry that says most."""
        return (self.defined or self.named)[0]

    @property
    def guides(self) -> int:
        """How many guides there are."""
        return len({entry.guide_id for entry in (*self.defined, *self.named)})


def by_code(entries: Iterable[ErrorCode]) -> list[CodeEntries]:
    """What guides say of each code together, of entries in the order of their codes."""
    groups = (list(entries_of_code) for _, entries_of_code in groupby(entries, key=lambda entry: entry.key))
    return [
        CodeEntries([entry for entry in group if entry.is_defined], [entry for entry in group if not entry.is_defined])
        for group in groups
    ]
