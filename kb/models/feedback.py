"""What readers and staff said of sections: votes on one revision's text, and flags for writers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from kb.models.audience import Audience, VisibleQuerySet

if TYPE_CHECKING:
    from typing import Self

LONGEST_SENTENCE = 500


class SectionVote(models.Model):
    """Whether a section helped one reader; `section` is the key of the section, '' for the text before any heading.

    A vote belongs to the revision that was read, so that a rewritten section starts afresh. `voter` is a keyed hash of
    a random word in the reader's browser, of the revision and of the section: it tells a second vote from a first one,
    and nothing else; two votes of one reader can't be joined by it.
    """

    class Reason(models.TextChoices):
        """Why it did not help, as its reader chose."""

        WRONG = "wrong", gettext_lazy("It is wrong")
        UNCLEAR = "unclear", gettext_lazy("I don't understand it")
        INCOMPLETE = "incomplete", gettext_lazy("Something is missing")
        OTHER_PROBLEM = "other_problem", gettext_lazy("My problem is another one")

    revision = models.ForeignKey("kb.Revision", on_delete=models.CASCADE, related_name="votes")
    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="votes")
    section = models.CharField(max_length=220, blank=True)
    voter = models.CharField(max_length=32)
    helped = models.BooleanField()
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    sentence = models.CharField(max_length=LONGEST_SENTENCE, blank=True)
    audience = models.CharField(max_length=10, choices=Audience)
    voted_at = models.DateTimeField(db_index=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-voted_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("revision", "section", "voter"), name="one_vote_of_a_reader_on_a_section"),
        )
        indexes = (models.Index(fields=("guide", "section"), name="votes_of_a_section"),)

    def __str__(self) -> str:
        return f"{self.guide_id}#{self.section}: {'helped' if self.helped else 'did not help'}"


class SectionFlagQuerySet(VisibleQuerySet):
    """Flags, as lists ask for them."""

    def open(self) -> Self:
        """Those that nobody has settled yet."""
        found: Self = self.filter(settled_at=None)
        return found


class SectionFlag(models.Model):
    """What a member of staff found wrong with a section (`section` is its key), until a writer settles it."""

    class Kind(models.TextChoices):
        """What is the matter."""

        WRONG = "wrong", gettext_lazy("Wrong")
        UNCLEAR = "unclear", gettext_lazy("Unclear")
        OUTDATED = "outdated", gettext_lazy("Outdated")
        MISSING = "missing", gettext_lazy("Something is missing")

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="flags")
    section = models.CharField(max_length=220, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Number of the revision that was shown")
    kind = models.CharField(max_length=10, choices=Kind)
    note = models.CharField(max_length=LONGEST_SENTENCE, blank=True)
    flagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="flags"
    )
    flagged_at = models.DateTimeField(db_index=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="settled_flags"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = SectionFlagQuerySet.as_manager()

    class Meta:
        ordering = ("-flagged_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("guide", "section", "kind", "flagged_by"),
                condition=models.Q(settled_at=None),
                name="flagged_once_by_each",
            ),
        )

    def __str__(self) -> str:
        return f"{self.guide_id}#{self.section}: {self.kind}"
