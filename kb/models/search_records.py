"""What was searched for, without anything that tells whose search it was."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import BigIntegerField, Count, QuerySet, Subquery, Value

from kb.models.audience import Audience

if TYPE_CHECKING:
    from typing import Self


class SearchRecordQuerySet(QuerySet[Any]):
    """Records of searches, and the ways they are asked for."""

    def since(self, moment: datetime) -> Self:
        """The searches from a moment on."""
        found: Self = self.filter(searched_at__gte=moment)
        return found

    def commonest(self, audiences: Collection[str], newest: int, most: int) -> list[tuple[str, str, int]]:
        """(text, opened, how often) of these audiences' searches, the commonest first, `most` at most. One query.

        Only the `newest` searches of all count, so that it takes no longer when more are kept.
        """
        last = Subquery(self.order_by("-pk").values("pk")[:1], output_field=BigIntegerField())
        # Not audience__in: SQLite would go by its index on audiences, and through all of the log.
        of_late = self.filter(pk__gt=last - Value(newest)).exclude(audience__in=set(Audience.values) - set(audiences))
        rows = of_late.order_by().values_list("text", "opened").annotate(times=Count("pk"))
        return list(rows.order_by("-times", "text", "opened")[:most])

    def without_opening(self, text: str, audience: str, after: datetime) -> SearchRecord | None:
        """The newest search for a text after a moment of which nothing is known to have been opened. One query."""
        rows = self.since(after).filter(text=text, audience=audience, opened="")
        record: SearchRecord | None = rows.order_by("-searched_at", "-pk").first()
        return record


class SearchRecord(models.Model):
    """One search, without anything that tells whose: `text` is masked and cut before it comes here.

    `hits` counts the guides that were found; `opened` is the address of what was opened of them ('' for nothing),
    and `position` its place among the hits, from 1.
    """

    text = models.CharField(max_length=200)
    hits = models.PositiveIntegerField()
    audience = models.CharField(max_length=10, choices=Audience)
    opened = models.CharField(max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    searched_at = models.DateTimeField(db_index=True)

    objects = SearchRecordQuerySet.as_manager()

    class Meta:
        ordering = ("-searched_at",)
        indexes = (models.Index(fields=("audience", "text", "opened"), name="search_of_opening"),)

    def __str__(self) -> str:
        return self.text
