"""What guides mean, as vectors of a sentence model: derived from their texts, and made anew when it is lost."""

from __future__ import annotations

from django.db import models

from kb.models.audience import Audience, VisibleQuerySet
from kb.models.guides import Guide


class GuideMeaning(models.Model):
    """The vectors of one guide's pieces, as `model` (the digest of its files) makes them.

    `digest` is that of the guide's document when it was read, `audience` who it was for then. `pieces` holds
    `[anchor, digest of the text]` of each piece, `vectors` as many rows of half-precision numbers. A row is never
    changed, only replaced: the newest key and the number of rows say whether anything is new.
    """

    guide = models.OneToOneField(Guide, on_delete=models.CASCADE, related_name="meaning")
    model = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    audience = models.CharField(max_length=10, choices=Audience)
    pieces = models.JSONField(default=list)
    vectors = models.BinaryField()

    objects = VisibleQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Meaning of {self.guide_id}"
