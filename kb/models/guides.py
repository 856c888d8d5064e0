"""Guides as readers see them, and the addresses that they used to have."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy

from kb.content.languages import DEFAULT, LONGEST_TAG
from kb.models.audience import GUIDE, Audience, VisibleQuerySet, audiences_for
from kb.models.revisions import LONGEST_NAME, Revision
from kb.models.slugs import category_slug, former_address, former_category_slug, readable_slug

if TYPE_CHECKING:
    from typing import Self

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


RELATED_CANDIDATES = 24
NOTHING_KNOWN: Mapping[int, float] = MappingProxyType({})


class GuideKind(models.TextChoices):
    """What kind of guide it is: one that is read, or a text that staff fill in and send."""

    GUIDE = GUIDE, gettext_lazy("Guide")
    REPLY = "reply", gettext_lazy("Reply")


class Prevalence(models.TextChoices):
    """How often a guide's problems come up."""

    COMMON = "common", gettext_lazy("Common")
    OCCASIONAL = "occasional", gettext_lazy("Occasional")
    RARE = "rare", gettext_lazy("Rare")


class GuideQuerySet(VisibleQuerySet):
    """Guides, and the ways pages ask for them."""

    guide_path = ""

    def of_any_kind(self, audiences: frozenset[str]) -> Self:
        """The published guides that these audiences may open: replies, too, which no list for readers has."""
        return self.filter(state="published", audience__in=audiences)

    def replies(self, user: AbstractBaseUser | AnonymousUser | None) -> Self:
        """The published replies that `user` may send."""
        return self.of_any_kind(audiences_for(user)).filter(kind=GuideKind.REPLY)

    def listed(self) -> Self:
        """Only what a line of a list shows."""
        unseen = (
            "html",
            "public_text",
            "questions",
            "contacts",
            "findings",
            "finding_parts",
            "folder",
            "source",
            "owner",
        )
        return self.defer(*unseen)

    def in_studio_of(self, writer: AbstractBaseUser | AnonymousUser) -> Self:
        """The guides that a writer may see, drafts and retired ones among them.

        One that was never published, and that nobody else has written on, is for its writer whatever its text says. One
        that says something to staff only is for staff here, where its whole text is shown.
        """
        texts = Revision.objects.filter(guide=OuterRef("pk"))
        own = Q(Exists(texts.filter(author=writer.pk))) & ~Q(Exists(texts.exclude(author=writer.pk)))
        audiences = audiences_for(writer)
        whole = Q(revision=None) | Q(revision__audience__in=audiences)
        return self.filter(Q(whole, audience__in=audiences) | Q(own, revision=None))

    def in_category(self, category_slug: str) -> Self:
        """The guides of a category and of those below it."""
        return self.filter(Q(category_slug=category_slug) | Q(category_slug__startswith=f"{category_slug}/"))

    def counted_by_category(self) -> list[tuple[str, str, int]]:
        """(path as written, slug, guides) of each category that guides lie in; '' for those that lie in none."""
        rows = self.order_by("category_slug", "category").values_list("category", "category_slug")
        return list(rows.annotate(guides=Count("pk")))

    def category_of_folders(self, address: str) -> str:
        """The slug of the category that folders with these names make, or that had this address; '' for none.

        The titles of folders may say something else than their names.
        """
        rows = self.order_by().values_list("source", "category", "category_slug").iterator()
        places = {(source.rpartition("/")[0], written, slug) for source, written, slug in rows}
        for folder, written, slug in sorted(places):
            folders, category, names = list(filter(None, folder.split("/"))), slug.split("/"), written.split("/")
            for depth in range(1, len(names) + 1):
                if former_category_slug("/".join(names[:depth])) == address:
                    return "/".join(category[:depth])
            above = len(folders) - len(category)  # folders that are no category
            for depth in range(max(above, 0) + 1, len(folders) + 1):
                if category_slug("/".join(folders[:depth])) == address:
                    return "/".join(category[: depth - above])
        return ""

    def moved_from(self, address: str) -> Guide | None:
        """The guide that an old address, an alias, or an address in other capitals leads to."""
        guesses = {former_address(address), readable_slug(address)}
        guide: Guide | None = self.filter(Q(former_addresses__address__in=guesses) | Q(slug__in=guesses)).first()
        return guide

    def related_to(self, guide: Guide, limit: int = 5, use: Mapping[int, float] = NOTHING_KNOWN) -> list[Guide]:
        """The guides most like this one: a shared symptom weighs most, then error code, tag and category. One query.

        Of those that are equally like it, the ones that are used most (`use`, by pk) come first.
        """
        top = guide.category_slug.partition("/")[0]
        sharing_symptom = Guide.objects.filter(problems__symptoms__symptom__problems__problem__guide=guide)
        sharing_code = Guide.objects.filter(error_codes__key__in=guide.error_codes.values("key"))
        weights = (
            (Q(pk__in=sharing_symptom.values("pk")), 5),
            (Q(pk__in=sharing_code.values("pk")), 3),
            (Q(category_slug=guide.category_slug) & ~Q(category_slug=""), 2),
            (Q(category_slug=top) | Q(category_slug__startswith=f"{top}/") if top else Q(pk__in=[]), 1),
        )
        points = IntegerField()
        score = sum(
            (
                Case(When(condition, then=Value(weight)), default=Value(0), output_field=points)
                for condition, weight in weights
            ),
            Value(0),
        )
        # Those that score nothing come last; to filter them out would work the score out twice for each guide.
        rows = self.only("slug", "title", "tags").exclude(pk=guide.pk).annotate(score=score).order_by("-score", "title")
        tags = set(guide.tags)
        found = [(other.score + 2 * len(tags & set(other.tags)), other) for other in rows[:RELATED_CANDIDATES]]
        ranked = sorted(found, key=lambda scored: (-scored[0], -use.get(scored[1].pk, 0.0)))
        return [other for score, other in ranked if score > 0][:limit]


class Guide(models.Model):
    """One Markdown document, the unit that writers own, review and publish.

    `folder` and `source` say which file it is, or would be for one written in the browser; `revision` is what readers
    see, `loaded` what its file last said (None when there was none): where they differ, it was edited in the browser.
    What an export wrote, the file says. `file_gone` notes that a load or an export found or made the file gone.
    `html` is the rendered, sanitised body; `public_text` the text of its revision without what it says to staff only,
    '' where it says nothing to them alone (what they see of it is in `StaffForm`); `questions` the authored decision
    trees, as resolved by the library; `findings` what lint says of the published text: `[line, severity, message]`;
    `finding_parts` what each of these messages is made of, to be said in other languages (`wording.parts_of`).
    `retired_at` is there when a person retired it, and not when its file went.
    """

    class State(models.TextChoices):
        """Where a guide stands; only a published one is ever shown to readers."""

        DRAFT = "draft", gettext_lazy("Draft")
        PUBLISHED = "published", gettext_lazy("Published")
        RETIRED = "retired", gettext_lazy("Retired")

    slug = models.SlugField(max_length=120, unique=True)
    key = models.CharField(max_length=120, blank=True)
    folder = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=10, choices=GuideKind, default=GuideKind.GUIDE, db_default=GuideKind.GUIDE)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    category = models.CharField(max_length=300, blank=True)
    category_slug = models.CharField(max_length=300, blank=True, db_index=True)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PUBLIC)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    applies_to = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True)
    prevalence = models.CharField(max_length=10, choices=Prevalence, default=Prevalence.OCCASIONAL)
    language = models.CharField(
        max_length=LONGEST_TAG, default=DEFAULT, db_default=DEFAULT, help_text="Tag of the language, such as en"
    )
    step_cost = models.FloatField(null=True, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    review_by = models.DateField(null=True, blank=True)
    contacts = models.JSONField(default=list, blank=True)
    questions = models.JSONField(default=list, blank=True)
    html = models.TextField(blank=True)
    public_text = models.TextField(blank=True, default="", db_default="")
    findings = models.JSONField(default=list, blank=True)
    finding_parts = models.JSONField(null=True, blank=True)
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
        """Whether its file says that it is not for readers, and they don't see it (`library/folders/file_drafts`)."""
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
