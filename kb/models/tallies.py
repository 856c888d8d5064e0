"""Counts of how often something was done, which tell of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, models


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is counted: what is limited, until when (seconds since 1970), and in which of the buckets."""

    name: str
    ends: int
    bucket: int


class TallyQuerySet(models.QuerySet[Any]):
    """Counts, and the two ways to change one; each is one statement, so that processes can't count past each other."""

    def add(self, place: Place, most: int, others: int = 0) -> bool:
        """Count one more, unless `most` were counted; whether it was. With it come `others` that were let through."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (name, ends, bucket, count) VALUES (%s, %s, %s, %s) "  # noqa: S608 - our own name
                f"ON CONFLICT (name, ends, bucket) DO UPDATE SET count = {table}.count + %s WHERE {table}.count < %s",
                [place.name, place.ends, place.bucket, 1 + others, 1 + others, most],
            )
            return bool(cursor.rowcount)

    def take_back(self, place: Place) -> None:
        """Count one less."""
        rows = self.filter(name=place.name, ends=place.ends, bucket=place.bucket, count__gt=0)
        rows.update(count=models.F("count") - 1)

    def over(self, now: int) -> TallyQuerySet:
        """What is over at a time (seconds since 1970)."""
        return self.filter(ends__lt=now)


class Tally(models.Model):
    """One count. Who it is of can't be told from it: a bucket is a short keyed hash, another one in each period."""

    name = models.CharField(max_length=60)
    ends = models.BigIntegerField(db_index=True)
    bucket = models.PositiveIntegerField()
    count = models.PositiveIntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = (models.UniqueConstraint(fields=("name", "ends", "bucket"), name="counted_once"),)

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"
