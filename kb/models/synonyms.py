"""Words that mean the same, as they were added in the browser and stand in no file yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models

LONGEST_SYNONYMS = 300


class AddedSynonyms(models.Model):
    """One group of phrases that mean the same, with commas between them, until a loaded file says so."""

    words = models.CharField(max_length=LONGEST_SYNONYMS, unique=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="added_synonyms"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "added synonyms"
        ordering = ("added_at", "pk")

    def __str__(self) -> str:
        return self.words
