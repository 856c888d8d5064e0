"""Every text that a guide ever had or may get, and what reviewers said of it; whoever leaves, the words stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from kb.models.audience import STAFF, audiences_for

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

LONGEST_NAME = 150


class RevisionQuerySet(models.QuerySet[Any]):
    """Texts of guides, and who may read them: a text keeps its audience, whatever was published since."""

    def readable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """The texts that are for `user`, and what they wrote themselves and readers never saw."""
        own = Q(author=user.pk, published_at=None) if user.pk is not None else Q(pk=None)
        return self.filter(Q(audience__in=audiences_for(user)) | own)


class ContactRevisionQuerySet(models.QuerySet[Any]):
    """Texts of contacts, and who may read them."""

    def readable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """The texts that are for `user`."""
        return self.filter(audience__in=audiences_for(user))


class Revision(models.Model):
    """One saved text of a guide, front matter included, exactly as written; `digest` is its SHA-256.

    A draft is written in place (`saved` counts how often) until it is proposed; from then on its text never changes.
    `based_on` is the text that it was made from, `merges` a second one that was merged into it. `aside` marks a draft
    that is kept beside its author's current one. `trouble` says why a publication that was scheduled did not happen.
    `audience` is whom the text itself is for, which need not be whom the guide is for by now. `overtaken` names the
    text that a page sent before this one of a draft and that has not come: when it does, it is older and not kept.
    """

    class State(models.TextChoices):
        """Where a revision stands on its way to readers; 'superseded' is history, `published_at` says of which kind."""

        DRAFT = "draft", gettext_lazy("Draft")
        IN_REVIEW = "in_review", gettext_lazy("In review")
        PUBLISHED = "published", gettext_lazy("Published")
        SUPERSEDED = "superseded", gettext_lazy("Superseded")

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    audience = models.CharField(max_length=10, default=STAFF)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    author_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by")
    merges = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged_into")
    from_file = models.BooleanField(default=False)
    aside = models.BooleanField(default=False)
    saved = models.PositiveIntegerField(default=0)
    overtaken = models.CharField(max_length=64, blank=True, default="", db_default="")
    trouble = models.TextField(blank=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "number")
        permissions = (
            ("propose_revision", "Can write drafts and propose them"),
            ("review_revision", "Can review what was proposed"),
        )
        constraints = (
            models.UniqueConstraint(fields=("guide", "number"), name="revision_numbered_once"),
            models.UniqueConstraint(
                fields=("guide", "author"), condition=Q(state="draft", aside=False), name="one_draft_for_each_author"
            ),
        )
        indexes = (models.Index(fields=("state", "publish_at"), name="revision_waiting"),)

    def __str__(self) -> str:
        return f"{self.guide_id} r{self.number}"

    @property
    def is_scheduled(self) -> bool:
        """Whether it is approved and waits for its time."""
        return self.state == self.State.IN_REVIEW and self.approved_at is not None


class Review(models.Model):
    """What a reviewer said of a proposed text as a whole."""

    class Verdict(models.TextChoices):
        """What is to become of the text."""

        APPROVED = "approved", gettext_lazy("Approved")
        CHANGES = "changes", gettext_lazy("Changes asked for")
        COMMENT = "comment", gettext_lazy("Comment")
        SET_ASIDE = "set_aside", gettext_lazy("Set aside")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    reviewer_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("revision", "created_at", "pk")

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} by {self.reviewer_name}"


class LineComment(models.Model):
    """What somebody said of one line (from 1) of a revision's text, until it is settled."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="line_comments")
    line = models.PositiveIntegerField()
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="line_comments"
    )
    author_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_name = models.CharField(max_length=LONGEST_NAME, blank=True)

    class Meta:
        ordering = ("revision", "line", "created_at", "pk")

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}"

    @property
    def is_settled(self) -> bool:
        """Whether it needs no answer any more."""
        return self.settled_at is not None


class ContactRevision(models.Model):
    """One text that a contact had, exactly as written, or that its file would give it (`in_review`).

    The `digest` is the text's SHA-256; `audience` is whom the text is for, `based_on` what it was made from.
    """

    contact = models.ForeignKey("kb.Contact", on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    audience = models.CharField(max_length=10, default=STAFF)
    state = models.CharField(max_length=10, choices=Revision.State, default=Revision.State.PUBLISHED)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="contact_revisions"
    )
    author_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by")
    from_file = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ContactRevisionQuerySet.as_manager()

    class Meta:
        ordering = ("contact", "number")
        constraints = (models.UniqueConstraint(fields=("contact", "number"), name="contact_revision_numbered_once"),)

    def __str__(self) -> str:
        return f"{self.contact_id} r{self.number}"
