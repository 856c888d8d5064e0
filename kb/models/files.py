"""Files that belong to the guides: the images that they show, and what lies beside them in their folder."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse

from kb.models.audience import STAFF
from kb.models.guides import Guide
from kb.models.structure import Link


class ImageQuerySet(models.QuerySet["Image"]):
    """Images, and who may see them."""

    def shown_to(self, audiences: frozenset[str]) -> Self:
        """The images that a guide shows to these audiences: nobody else may see them."""
        guides = Guide.objects.of_any_kind(audiences)
        shows = Link.objects.filter(
            image=True, target=OuterRef("source"), guide__folder=OuterRef("folder"), guide__in=guides
        )
        return self.filter(Exists(shows if STAFF in audiences else shows.filter(for_staff=False)))


class Image(models.Model):
    """An image that guides may show: a file named by its SHA-256 (`digest`) below the data folder.

    `source` is its path below the folder of the guides, as links to it say it; width and height are in pixels, `size`
    in bytes. `uploaded_by` is empty once a file says the same; `loaded` is the digest of what its file last said, ''
    while there was none.
    """

    folder = models.CharField(max_length=1000)
    source = models.CharField(max_length=500)
    digest = models.CharField(max_length=64, db_index=True)
    loaded = models.CharField(max_length=64, blank=True)
    ending = models.CharField(max_length=4)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ("folder", "source")
        constraints = (models.UniqueConstraint(fields=("folder", "source"), name="one_image_for_each_path"),)

    def __str__(self) -> str:
        return self.source

    def get_absolute_url(self) -> str:
        """Where a browser loads it from; another image, another address."""
        return reverse("kb:image", args=[f"{self.digest}.{self.ending}"])


class SideFile(models.Model):
    """A file that lies beside the guides and goes with them: their synonyms, and the walks that test them."""

    folder = models.CharField(max_length=1000)
    source = models.CharField(max_length=500)
    data = models.BinaryField()

    class Meta:
        ordering = ("folder", "source")
        constraints = (models.UniqueConstraint(fields=("folder", "source"), name="one_side_file_for_each_path"),)

    def __str__(self) -> str:
        return self.source


class CopiedFile(models.Model):
    """What an export last wrote to a path of a folder that guides were not loaded from, by its digest.

    Of the folder that they were loaded from, the guides, contacts and files themselves say what is there.
    """

    folder = models.CharField(max_length=1000)
    source = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("folder", "source")
        constraints = (models.UniqueConstraint(fields=("folder", "source"), name="one_copied_file_for_each_path"),)

    def __str__(self) -> str:
        return self.source
