"""What guides for everyone say to staff only, in a table of its own: no row that customers reach holds a word of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from kb.models.audience import STAFF, VisibleQuerySet
from kb.models.guides import Guide

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class StaffFormQuerySet(VisibleQuerySet):
    """The forms that staff read, and nobody else."""

    def for_audiences(self, audiences: frozenset[str]) -> Self:
        """Those of published guides, for staff; none for anybody else."""
        found = super().for_audiences(audiences)
        return found if STAFF in audiences else found.none()

    def page_of(self, guide: Guide, reader: AbstractBaseUser | AnonymousUser) -> str:
        """The page of a guide as staff read it; '' for anybody else, and where it is no other. One query for staff."""
        return self.visible_to(reader).filter(guide=guide).values_list("html", flat=True).first() or ""


class StaffForm(models.Model):
    """A guide for everyone as staff read it, with its blocks for staff only; a guide without any has none.

    `html` is its page; `sections` are its sections as search indexes them (`SectionDocument`), and `walk` what walks
    read of it: its problems, codes, sections and escalation, as `library.staff_forms` writes them.
    """

    guide = models.OneToOneField(Guide, on_delete=models.CASCADE, related_name="staff_form")
    html = models.TextField(blank=True)
    sections = models.JSONField(default=list)
    walk = models.JSONField(default=dict)

    objects = StaffFormQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.guide_id} for staff"
