"""What the database holds: guides, the structure found in them, and every text that they ever had."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from kb.audience import VisibleQuerySet
from kb.querysets import (
    ContactQuerySet,
    ErrorCodeQuerySet,
    GuideQuerySet,
    ProblemQuerySet,
    SearchRecordQuerySet,
    SectionQuerySet,
)


class Audience(models.TextChoices):
    """Who may see a guide."""

    PUBLIC = "public", "Everyone"
    STAFF = "staff", "Staff only"


class Prevalence(models.TextChoices):
    """How often a guide's problems come up."""

    COMMON = "common", "Common"
    OCCASIONAL = "occasional", "Occasional"
    RARE = "rare", "Rare"


class Frequency(models.TextChoices):
    """How often a symptom shows when its problem is there."""

    ALWAYS = "always", "Always"
    OFTEN = "often", "Often"
    SOMETIMES = "sometimes", "Sometimes"
    RARELY = "rarely", "Rarely"


class Guide(models.Model):
    """One Markdown document, the unit that writers own, review and publish.

    `folder` and `source` say which file it was loaded from (both empty for one written in the browser);
    `html` is the rendered, sanitised body; `questions` the authored decision trees, as resolved by the library.
    """

    class State(models.TextChoices):
        """Where a guide stands; only a published one is ever shown to readers."""

        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    slug = models.SlugField(max_length=120, unique=True)
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
    owner = models.CharField(max_length=200, blank=True)
    review_by = models.DateField(null=True, blank=True)
    contacts = models.JSONField(default=list, blank=True)
    questions = models.JSONField(default=list, blank=True)
    html = models.TextField(blank=True)
    read_with = models.CharField(max_length=64, blank=True, help_text="Version of the code that found the structure")
    revision = models.OneToOneField(
        "Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="published_as"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(help_text="When what readers see last changed")

    objects = GuideQuerySet.as_manager()

    class Meta:
        ordering = ("title", "slug")
        permissions = (("view_staff_guides", "Can read guides for staff only"),)
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


class FormerAddress(models.Model):
    """An address that a guide used to have, or an alias that its front matter gives; it redirects to the guide.

    `address` is a slug, or a path of a file without its ending, in lower case.
    """

    address = models.CharField(max_length=500, unique=True)
    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="former_addresses")

    objects = VisibleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.address


class Revision(models.Model):
    """One saved text of a guide, front matter included, exactly as written; `digest` is its SHA-256."""

    class State(models.TextChoices):
        """Where a revision stands on its way to readers."""

        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Superseded"

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    comment = models.CharField(max_length=500, blank=True)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("guide", "number")
        constraints = (models.UniqueConstraint(fields=("guide", "number"), name="revision_numbered_once"),)

    def __str__(self) -> str:
        return f"{self.guide_id} r{self.number}"


class Section(models.Model):
    """A headed part of a guide: the unit that is searched and linked to. `text` is plain, without sub-sections."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=500)
    level = models.PositiveSmallIntegerField()
    line = models.PositiveIntegerField()
    text = models.TextField(blank=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")
        constraints = (models.UniqueConstraint(fields=("guide", "anchor"), name="anchor_unique_in_guide"),)

    def __str__(self) -> str:
        return self.title


class Problem(models.Model):
    """A section (`anchor`), or the whole guide (anchor ''), that says how something is put right.

    `causes` is a list of texts; `codes` the error codes that its blocks define or its symptoms name.
    """

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="problems")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=500)
    causes = models.JSONField(default=list, blank=True)
    codes = models.JSONField(default=list, blank=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")
        constraints = (models.UniqueConstraint(fields=("guide", "anchor"), name="problem_unique_in_guide"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address of the section that tells of the problem."""
        return self.guide.get_absolute_url() + (f"#{self.anchor}" if self.anchor else "")


class Symptom(models.Model):
    """Something a person can observe. `key` is the same for wordings that differ in case, punctuation or endings only.

    It holds no wording of its own: the wording belongs to the problem, and with it to an audience.
    """

    key = models.CharField(max_length=500, unique=True)

    def __str__(self) -> str:
        return self.key


class ProblemSymptom(models.Model):
    """A symptom as one problem words it."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="symptoms")
    symptom = models.ForeignKey(Symptom, on_delete=models.CASCADE, related_name="problems")
    position = models.PositiveIntegerField()
    text = models.TextField()
    frequency = models.CharField(max_length=10, choices=Frequency, blank=True)

    class Meta:
        ordering = ("problem", "position")

    def __str__(self) -> str:
        return self.text


class Step(models.Model):
    """One action of a solution: plain `text`, and `html` with its sub-list, code and pictures."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    text = models.TextField()
    html = models.TextField()

    class Meta:
        ordering = ("problem", "position")

    def __str__(self) -> str:
        return self.text


class ErrorCode(models.Model):
    """A code that a guide defines, with its meaning and what to do; `key` is the code in lower case."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="error_codes")
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


class EscalationTrigger(models.Model):
    """When a guide says to escalate."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="triggers")
    position = models.PositiveIntegerField()
    text = models.TextField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")

    def __str__(self) -> str:
        return self.text


class EscalationLevel(models.Model):
    """One level of the path along which a guide says to escalate, the first to ask first."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="path")
    position = models.PositiveIntegerField()
    text = models.TextField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")

    def __str__(self) -> str:
        return self.text


class Link(models.Model):
    """A relative link of a guide: the file that it means (`target`, below the guide's folder), and the guide it is.

    `guide_id` owns it; `leads_to` is empty while no guide is loaded from that file.
    """

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="links")
    line = models.PositiveIntegerField()
    target = models.CharField(max_length=500, db_index=True)
    anchor = models.CharField(max_length=200, blank=True)
    image = models.BooleanField(default=False)
    leads_to = models.ForeignKey(Guide, null=True, blank=True, on_delete=models.SET_NULL, related_name="linked_from")

    class Meta:
        ordering = ("guide", "line")

    def __str__(self) -> str:
        return self.target


class Contact(models.Model):
    """Someone to escalate to; `tier` 1 is asked first, `handles` are the triggers and categories it takes."""

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
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
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
