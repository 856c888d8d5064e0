"""Files that belong to the guides: images that they show, attachments that they link to, and what lies beside them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
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


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Attachments, and who may have them."""

    def shown_to(self, audiences: frozenset[str]) -> Self:
        """The attachments that a guide links to for these audiences: nobody else may have them."""
        guides = Guide.objects.for_audiences(audiences)
        links = Link.objects.filter(target=OuterRef("source"), guide__folder=OuterRef("folder"), guide__in=guides)
        return self.filter(Exists(links if STAFF in audiences else links.filter(for_staff=False)))

    def named(self, name: str) -> Self:
        """Those whose files have this name, in whatever folder they lie."""
        return self.filter(Q(source=name) | Q(source__endswith=f"/{name}"))


class Attachment(models.Model):
    """A file that guides link to and readers may download, named by its SHA-256 (`digest`) below the data folder.

    `source` is its path below the folder of the guides; `size` is in bytes. `is_uploaded` says that it was given in the
    browser, by `uploaded_by` while they have an account, and that no file of the folder says the same yet.
    """

    folder = models.CharField(max_length=1000)
    source = models.CharField(max_length=500)
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    is_uploaded = models.BooleanField(default=False, db_default=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ("folder", "source")
        constraints = (models.UniqueConstraint(fields=("folder", "source"), name="one_attachment_for_each_path"),)

    def __str__(self) -> str:
        return self.source

    def get_absolute_url(self) -> str:
        """Where a browser loads it from; other content, another address."""
        return reverse("kb:attachment", args=[self.digest, self.name])

    @property
    def name(self) -> str:
        """The name under which it is saved."""
        return PurePosixPath(self.source).name


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
