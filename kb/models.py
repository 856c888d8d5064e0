"""What the database holds: guides, the structure found in them, and every text that they ever had."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from kb.audience import VisibleQuerySet
from kb.file_models import CopiedFile, Image, SideFile
from kb.outbox_models import Letter
from kb.querysets import ContactQuerySet, GuideQuerySet, SearchRecordQuerySet
from kb.revision_models import LONGEST_NAME, ContactRevision, LineComment, Review, Revision
from kb.structure_models import (
    ErrorCode,
    EscalationLevel,
    EscalationTrigger,
    FormerAnchor,
    Frequency,
    Link,
    Problem,
    ProblemSymptom,
    Section,
    Step,
    Symptom,
)
from kb.tally_models import Tally

__all__ = [
    "Audience",
    "Contact",
    "ContactRevision",
    "CopiedFile",
    "ErrorCode",
    "EscalationLevel",
    "EscalationTrigger",
    "FormerAddress",
    "FormerAnchor",
    "Frequency",
    "Generation",
    "Guide",
    "Image",
    "Letter",
    "LineComment",
    "Link",
    "Prevalence",
    "Problem",
    "ProblemSymptom",
    "Review",
    "Revision",
    "SearchRecord",
    "Section",
    "SideFile",
    "Step",
    "Symptom",
    "Tally",
]


class Audience(models.TextChoices):
    """Who may see a guide."""

    PUBLIC = "public", "Everyone"
    STAFF = "staff", "Staff only"


class Prevalence(models.TextChoices):
    """How often a guide's problems come up."""

    COMMON = "common", "Common"
    OCCASIONAL = "occasional", "Occasional"
    RARE = "rare", "Rare"


class Guide(models.Model):
    """One Markdown document, the unit that writers own, review and publish.

    `folder` and `source` say which file it is, or would be for one written in the browser; `revision` is what readers
    see, `loaded` what its file last said (None when there was none): where they differ, it was edited in the browser.
    What an export wrote, the file says. `file_gone` notes that a load or an export found or made the file gone.
    `html` is the rendered, sanitised body; `questions` the authored decision trees, as resolved by the library;
    `findings` what lint says of the published text, as `[line, severity, message]`.
    `retired_at` is there when a person retired it, and not when its file went.
    """

    class State(models.TextChoices):
        """Where a guide stands; only a published one is ever shown to readers."""

        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    slug = models.SlugField(max_length=120, unique=True)
    key = models.CharField(max_length=120, blank=True)
    folder = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    category = models.CharField(max_length=300, blank=True)
    category_slug = models.CharField(max_length=300, blank=True, db_index=True)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PUBLIC)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    applies_to = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True)
    prevalence = models.CharField(max_length=10, choices=Prevalence, default=Prevalence.OCCASIONAL)
    step_cost = models.FloatField(null=True, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    review_by = models.DateField(null=True, blank=True)
    contacts = models.JSONField(default=list, blank=True)
    questions = models.JSONField(default=list, blank=True)
    html = models.TextField(blank=True)
    findings = models.JSONField(default=list, blank=True)
    read_with = models.CharField(max_length=64, blank=True, help_text="Version of the code that found the structure")
    revision = models.OneToOneField(
        "Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="published_as"
    )
    loaded = models.ForeignKey("Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="loaded_as")
    file_gone = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When somebody last said that it is still right")
    checked_by_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    retired_comment = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(help_text="When what readers see last changed")

    objects = GuideQuerySet.as_manager()

    class Meta:
        ordering = ("title", "slug")
        permissions = (
            ("view_staff_guides", "Can read guides for staff only"),
            ("publish_guide", "Can publish guides"),
            ("retire_guide", "Can retire guides and bring them back"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("folder", "source"), condition=~models.Q(source=""), name="one_guide_for_each_file"
            ),
        )
        indexes = (models.Index(fields=("state", "audience", "category_slug"), name="guide_listed"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address of the guide's page."""
        return reverse("kb:guide-detail", args=[self.slug])

    @property
    def is_withheld(self) -> bool:
        """Whether its file says that it is not for readers, and they don't see it: `kb.file_drafts` tells more."""
        return (
            self.loaded is not None
            and self.loaded.state == Revision.State.DRAFT
            and self.state != self.State.PUBLISHED
            and self.retired_at is None
        )


class FormerAddress(models.Model):
    """An address that a guide used to have, or an alias that its front matter gives; it redirects to the guide.

    `address` is a slug, or a path of a file without its ending, in lower case.
    """

    address = models.CharField(max_length=500, unique=True)
    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="former_addresses")

    objects = VisibleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.address


class Contact(models.Model):
    """Someone to escalate to; `tier` 1 is asked first, `handles` are the triggers and categories it takes.

    `digest` names its text, `loaded` what its file last said: where they differ, it was edited in the browser. What a
    person retired (`retired_at`) stays so when its file is loaded again. `file_gone` is as with guides.
    """

    slug = models.SlugField(max_length=120, unique=True)
    folder = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=300, blank=True)
    tier = models.PositiveSmallIntegerField(default=1)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    url = models.URLField(blank=True)
    hours = models.CharField(max_length=200, blank=True)
    handles = models.JSONField(default=list, blank=True)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PUBLIC)
    retired = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    loaded = models.CharField(max_length=64, blank=True)
    file_gone = models.BooleanField(default=False)
    html = models.TextField(blank=True)
    read_with = models.CharField(max_length=64, blank=True, help_text="Version of the code that read the file")
    updated_at = models.DateTimeField(auto_now=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ("tier", "name")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address of the contact, on the page of contacts."""
        return f"{reverse('kb:contact-list')}#{self.slug}"


class Generation(models.Model):
    """One row that names the library's state: whatever is derived from the guides is kept under its token."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token


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
