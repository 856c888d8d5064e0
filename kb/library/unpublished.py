"""Starts, describes, moves and brings back guides that readers have never seen."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kb.content.wording import fit
from kb.library.addresses import keep_addresses
from kb.models import Contact, FormerAddress, Guide
from kb.models.slugs import category_slug, free_slug, readable_slug


@transaction.atomic
def start(title: str, category: str, audience: str, slug: str = "") -> Guide:
    """A new guide that only writers see; its path in the content folder is that of its category."""
    taken = set(Guide.objects.values_list("slug", flat=True))
    taken |= set(FormerAddress.objects.values_list("address", flat=True))
    folder = str(settings.CONTENT_DIR.resolve())
    taken_sources = set(Guide.objects.filter(folder=folder).values_list("source", flat=True))
    taken_sources |= set(Contact.objects.filter(folder=folder).values_list("source", flat=True))
    name = free_slug(f"{readable_slug(slug or title)}.md", taken | {Path(source).stem for source in taken_sources})
    return Guide.objects.create(
        slug=name,
        folder=folder,
        source="/".join(filter(None, (category_slug(category), f"{name}.md"))),
        title=fit(title, 300),
        audience=audience,
        updated_at=timezone.now(),
    )


def describe(guide: Guide, title: str, audience: str) -> None:
    """Call a guide so, and show it to those whom that is for, unless readers see it by now."""
    Guide.objects.filter(pk=guide.pk, revision=None).update(title=fit(title, 300), audience=audience)


@transaction.atomic
def change_address(guide: Guide, slug: str) -> Guide:
    """Give a guide another address; who has its old one open is led on."""
    old = guide.slug
    Guide.objects.filter(pk=guide.pk).update(slug=slug)
    guide.refresh_from_db()
    keep_addresses(guide, {old})
    return guide


def bring_back(guide: Guide) -> Guide:
    """Make a draft of a retired guide again."""
    Guide.objects.filter(pk=guide.pk).update(state=Guide.State.DRAFT, retired_at=None)
    guide.refresh_from_db()
    return guide
