"""Keeps old addresses leading to their guides, and the links between guides leading to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F, OuterRef, Q, Subquery

from kb.models import FormerAddress, Guide, Link
from kb.models.slugs import former_address

JOINED_AT_ONCE = 500


def keep_addresses(guide: Guide, addresses: Iterable[str]) -> None:
    """Let old addresses lead here, unless a guide lives there now; an address means the last guide that had it."""
    old = {former_address(address) for address in addresses} - {guide.slug, ""}
    FormerAddress.objects.filter(address=guide.slug).delete()
    for address in sorted(old - set(Guide.objects.filter(slug__in=old).values_list("slug", flat=True))):
        FormerAddress.objects.update_or_create(address=address[:500], defaults={"guide": guide})


def join_links(folder: str, changed: Sequence[Guide] | None = None) -> None:
    """Point the links between the guides of a folder (only those from and to `changed`) at each other's rows."""
    meant = Guide.objects.filter(folder=folder, source=OuterRef("target")).values("pk")[:1]
    links = Link.objects.filter(guide__folder=folder, image=False)
    if changed is not None:
        links = links.filter(Q(guide__in=changed) | Q(target__in=[guide.source for guide in changed]))
    links = links.annotate(meant=Subquery(meant))
    lost, moved = Q(leads_to__isnull=False, meant__isnull=True), Q(leads_to__isnull=False) & ~Q(leads_to=F("meant"))
    wrong = list(
        links.filter(lost | moved | Q(leads_to__isnull=True, meant__isnull=False)).values_list("pk", flat=True)
    )
    for start in range(0, len(wrong), JOINED_AT_ONCE):
        batch = Link.objects.filter(pk__in=wrong[start : start + JOINED_AT_ONCE])
        batch.update(leads_to=Subquery(meant))
