"""Lists the texts that wait for a writer, and the guides that need care."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from kb.models import Guide, Revision, ancestry
from kb.models.audience import audiences_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

State = Revision.State


def drafts_of(author: User) -> QuerySet[Revision]:
    """What a person is writing, the newest first."""
    return _listed(author).filter(author=author, state=State.DRAFT, aside=False).order_by("-changed_at")


def kept_aside(author: User) -> QuerySet[Revision]:
    """Texts of a person that were kept beside another draft of theirs."""
    return _listed(author).filter(author=author, state=State.DRAFT, aside=True).order_by("-changed_at")


def in_review(reader: User) -> QuerySet[Revision]:
    """What waits for a reviewer, or for its time, the oldest first."""
    return _listed(reader).filter(state=State.IN_REVIEW).order_by("proposed_at", "pk")


def recently_published(reader: User) -> QuerySet[Revision]:
    """What readers see, the newest first."""
    rows = _listed(reader).filter(state=State.PUBLISHED, guide__state=Guide.State.PUBLISHED)
    return rows.order_by("-published_at", "-pk")


def overdue(reader: User) -> QuerySet[Guide]:
    """Published guides that were to be checked by now, the longest overdue first."""
    found: QuerySet[Guide] = Guide.objects.of_any_kind(audiences_for(reader)).filter(review_by__lt=timezone.localdate())
    return found.defer("html", "questions", "findings", "finding_parts").order_by("review_by", "title")


def with_findings(reader: User) -> QuerySet[Guide]:
    """Published guides of which lint has something to say."""
    found: QuerySet[Guide] = Guide.objects.of_any_kind(audiences_for(reader)).exclude(findings=[])
    return found.defer("html", "questions").order_by("title", "slug")


def unaware(revisions: Iterable[Revision]) -> set[int]:
    """The keys of those that were made without knowing what readers see by now. One query."""
    waiting = [revision for revision in revisions if revision.guide.revision_id]
    parents = ancestry.parents_of({revision.guide_id for revision in waiting})
    return {
        revision.pk
        for revision in waiting
        if revision.guide.revision_id not in ancestry.all_above(revision.pk, parents)
    }


def in_studio(reader: User) -> QuerySet[Guide]:
    """All guides that a writer may see, with whether something of each is in review, or a draft of theirs."""
    proposed = Revision.objects.readable_by(reader).filter(guide=OuterRef("pk"), state=State.IN_REVIEW)
    mine = Revision.objects.filter(guide=OuterRef("pk"), state=State.DRAFT, author=reader)
    guides: QuerySet[Guide] = Guide.objects.in_studio_of(reader)
    rows = guides.annotate(is_in_review=Exists(proposed), has_draft=Exists(mine))
    return rows.select_related("revision").defer(
        "html", "questions", "contacts", "findings", "finding_parts", "revision__text", "summary"
    )


def saying(text: str, reader: User) -> Q:
    """Guides whose title, address or text holds `text`; of texts, what readers see, what is in review, and own ones."""
    own = Q(state=State.IN_REVIEW) | Q(state=State.DRAFT, author=reader)
    texts = Revision.objects.readable_by(reader).filter(own, guide=OuterRef("pk"), text__icontains=text)
    named = Q(title__icontains=text) | Q(slug__icontains=text) | Q(revision__text__icontains=text)
    return named | Q(Exists(texts))


def of_person(reader: User) -> Q:
    """Guides that a person owns, by any of their names, or has written a text of."""
    names = {name for name in (reader.get_full_name(), reader.get_username(), reader.email) if name}
    owned = Q()
    for name in names:
        owned |= Q(owner__iexact=name)
    return owned | Q(Exists(Revision.objects.filter(guide=OuterRef("pk"), author=reader)))


def _listed(reader: User) -> QuerySet[Revision]:
    """Revisions of guides that a person may see, with what a line of a list shows."""
    guides = Guide.objects.in_studio_of(reader).values("pk")
    rows = Revision.objects.readable_by(reader).filter(guide__in=guides).select_related("guide")
    return rows.defer("text", "guide__html", "guide__questions", "guide__findings", "guide__contacts")
