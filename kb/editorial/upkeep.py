"""Says that a published guide is still right, brings a retired one back, gives one another address."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from kb.content.document import ContentError, Finding
from kb.content.head_values import with_values
from kb.editorial.approval import ATTEMPTS, BUSY, publish_now
from kb.editorial.decisions import Decision, NotPossible, Published, Refused
from kb.library import guide_changes, publication, publishing, revisions, unpublished
from kb.library.publishing import ChangedMeanwhile
from kb.models import Guide, Revision

State = Revision.State
KEPT_BY_FILE = gettext_lazy(
    "Its file says that it is not for readers: take that line out of the file, and load it again."
)


def confirm(guide: Guide, by: User) -> Decision:
    """Say that a published guide is still right: its next review is due a while from today, nothing else changes."""
    review_by = timezone.localdate() + timedelta(days=settings.REVIEW_DAYS)
    for _attempt in range(ATTEMPTS):
        published = Revision.objects.filter(published_as=guide.pk, guide__state=Guide.State.PUBLISHED)
        current = published.select_related("guide").first()
        if current is None:
            raise NotPossible(gettext("Only what readers see can be said to be right."))
        try:
            text = with_values(current.text, {"review_by": review_by.isoformat()})
        except ContentError as error:
            return Refused(current, (Finding(error.line, error.message, "error"),))
        proposed = current
        decision: Decision = Published(guide, current)
        if text != current.text:
            proposed = revisions.record(
                guide, text, State.IN_REVIEW, by, gettext_noop("Checked, still right"), based_on=current
            )
            decision = publish_now(proposed)
        if isinstance(decision, Published):
            with publication.publication():
                publishing.mark_checked(current.guide, by)
            return decision
        Revision.objects.filter(pk=proposed.pk).update(state=State.SUPERSEDED)
        if isinstance(decision, Refused):
            return decision
    raise NotPossible(BUSY)


def bring_back(guide: Guide) -> Guide | Refused:
    """Show a retired guide to readers again, as it was; one that they never saw is a draft again."""
    guide = Guide.objects.select_related("revision", "loaded").get(pk=guide.pk)
    if guide.state != Guide.State.RETIRED:
        raise NotPossible(gettext("It is not retired any more."))
    if guide.loaded is not None and guide.loaded.state == State.DRAFT:
        raise NotPossible(KEPT_BY_FILE)
    if guide.revision is None:
        return unpublished.bring_back(guide)
    change = guide_changes.read_text(guide, guide.revision.text, is_new=False)
    if change.errors:
        return Refused(guide.revision, change.errors)
    try:
        return guide_changes.carry_out(change)
    except ChangedMeanwhile:
        raise NotPossible(BUSY) from None


def rename(guide: Guide, slug: str) -> Guide | Refused:
    """Give a guide another address; the one that it had leads there. NotPossible when another guide has or had it."""
    guide = Guide.objects.select_related("revision").get(pk=guide.pk)
    if guide.state == Guide.State.RETIRED:
        raise NotPossible(gettext("It is retired: bring it back to give it another address."))
    others = Guide.objects.exclude(pk=guide.pk)
    if others.filter(Q(slug=slug) | Q(former_addresses__address=slug)).exists():
        raise NotPossible(
            gettext("The address '{slug}' belongs to another guide, or did: choose another one.").format(slug=slug)
        )
    try:
        if guide.revision is None:
            return unpublished.change_address(guide, slug)
        change = guide_changes.read_renamed(guide, slug)
        return Refused(guide.revision, change.errors) if change.errors else guide_changes.carry_out(change)
    except (ChangedMeanwhile, IntegrityError):
        raise NotPossible(BUSY) from None
