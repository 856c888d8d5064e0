"""Approves proposed texts and publishes them, at once or at their time, unless something stands against it.

No text goes over another one that it does not know of.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from kb.content.document import Finding
from kb.content.line_endings import in_endings_of
from kb.content.phrases import Phrase
from kb.editorial.decisions import Conflict, Current, Decision, NotPossible, Outdated, Published, Refused, Scheduled
from kb.editorial.drafts import ELSEWHERE, storable
from kb.editorial.standing import against
from kb.library import guide_changes, revisions
from kb.library.folders import file_drafts
from kb.library.publishing import ChangedMeanwhile
from kb.models import Guide, Review, Revision
from kb.models.wording import spoken

State = Revision.State
ATTEMPTS = 10
BUSY = gettext_lazy("Others publish this guide at this very moment: try again.")
RETIRED = (Finding(1, Phrase("The guide was retired meanwhile: approving this text again brings it back."), "error"),)


def approve(revision: Revision, reviewer: User, comment: str = "") -> Decision:
    """Publish what is in review, or let it wait for its time; it stays in review when something stands against it."""
    revision.refresh_from_db()
    if revision.state != State.IN_REVIEW:
        raise NotPossible(ELSEWHERE)
    review = Review(
        revision=revision,
        reviewer=reviewer,
        reviewer_name=revisions.display_name(reviewer),
        verdict=Review.Verdict.APPROVED,
        text=storable(comment),
    )
    if revision.publish_at is None or revision.publish_at <= timezone.now():
        return publish_now(revision, review)
    return _unpublishable(revision) or _schedule(revision, review)


@transaction.atomic
def _schedule(revision: Revision, review: Review) -> Scheduled:
    now = timezone.now()
    waiting = Revision.objects.filter(pk=revision.pk, state=State.IN_REVIEW, publish_at=revision.publish_at)
    if not waiting.update(approved_at=now, changed_at=now, trouble=""):
        raise NotPossible(ELSEWHERE)
    review.save()
    revision.refresh_from_db()
    return Scheduled(revision)


def edit_and_approve(
    revision: Revision, reviewer: User, text: str, comment: str = "", merged_with: Revision | None = None
) -> Decision:
    """Approve a text with the reviewer's changes, as a revision of the reviewer; what was proposed is kept as it was.

    `merged_with` is the published revision that the reviewer saw beside it and that the text takes into account.
    """
    text, comment = in_endings_of(storable(text), revision.text), storable(comment)
    with transaction.atomic():
        revisions.lock(revision.guide)
        waiting = Revision.objects.filter(pk=revision.pk, state=State.IN_REVIEW)
        if not waiting.update(state=State.SUPERSEDED, changed_at=timezone.now()):
            raise NotPossible(ELSEWHERE)
        edited = revisions.record(
            revision.guide,
            text,
            State.IN_REVIEW,
            reviewer,
            comment or revision.comment,
            based_on=merged_with or revision,
            merges=revision if merged_with else None,
        )
        Revision.objects.filter(pk=edited.pk).update(publish_at=revision.publish_at)
    return approve(edited, reviewer, comment)


def publish_due(now: datetime | None = None) -> list[Decision]:
    """Publish what is approved and whose time has come; what can't be goes back to review, with the reason noted.

    So with files that name a time for readers and are drafts until then; those that can't be published stay drafts.
    What fails for a reason of ours is tried again the next time, and keeps nothing else from its readers.
    """
    now = now or timezone.now()
    # The drafts of files whose time has come are as good as approved: their writers said when to publish them.
    of_files = set(file_drafts.due(now).values_list("pk", flat=True))
    Revision.objects.filter(pk__in=of_files, state=State.DRAFT).update(state=State.IN_REVIEW, approved_at=now)
    due = Revision.objects.filter(state=State.IN_REVIEW, approved_at__isnull=False)
    due = due.filter(publish_at__lte=now).select_related("guide")
    decisions: list[Decision] = []
    for revision in due.order_by("publish_at", "pk"):
        try:
            decision = _publish_one_due(revision)
        except NotPossible:  # another process was quicker
            continue
        except Exception:
            logging.getLogger(__name__).exception("Revision %s could not be published at its time", revision)
            continue
        if not isinstance(decision, Published):
            waiting = Revision.objects.filter(pk=revision.pk, state=State.IN_REVIEW)
            back_to = State.DRAFT if revision.pk in of_files else State.IN_REVIEW
            waiting.update(state=back_to, approved_at=None, trouble=_sentence_on(decision), changed_at=timezone.now())
        decisions.append(decision)
    return decisions


def _publish_one_due(revision: Revision) -> Decision:
    is_retired = _is_retired(revision.guide_id)
    if is_retired and revision.from_file:  # by its file, which names this very time; else a person retired it
        is_retired = Guide.objects.filter(pk=revision.guide_id, retired_at__isnull=False).exists()
    return Refused(revision, RETIRED) if is_retired else publish_now(revision)


def _is_retired(guide: int) -> bool:
    return Guide.objects.filter(pk=guide, state=Guide.State.RETIRED).exists()


def _sentence_on(decision: Decision) -> str:
    if isinstance(decision, Refused):
        if decision.findings == RETIRED:
            return gettext("It was not published at its time. {message}").format(message=spoken(RETIRED[0].message))
        sentences = " ".join(
            gettext("Line {line}: {message}").format(line=finding.line, message=spoken(finding.message))
            for finding in decision.findings
        )
        return gettext("It was not published at its time, because it has errors. {sentences}").format(
            sentences=sentences
        )
    if isinstance(decision, Conflict):
        number = decision.theirs.number
        return gettext(
            "It was not published at its time, because revision {number} had changed the same lines meanwhile."
        ).format(number=number)
    if isinstance(decision, Outdated):
        number = decision.theirs.number
        return gettext(
            "It was not published at its time, because revision {number} was published meanwhile: merge the two."
        ).format(number=number)
    return ""


def _unpublishable(revision: Revision) -> Outdated | Conflict | Refused | None:
    """What stands against publishing a text now."""
    guide = Guide.objects.select_related("revision", "loaded").get(pk=revision.guide_id)
    standing = against(revision, guide)
    if not isinstance(standing, Current):
        return standing
    errors = guide_changes.read_text(guide, revision.text).errors
    return Refused(revision, errors) if errors else None


def publish_now(revision: Revision, review: Review | None = None) -> Decision:
    """Publish a text in review if it was made knowing what readers see, at that very moment."""
    for _attempt in range(ATTEMPTS):
        guide = Guide.objects.select_related("revision", "loaded").get(pk=revision.guide_id)
        standing = against(revision, guide)
        if not isinstance(standing, Current):
            return standing
        change = guide_changes.read_text(guide, revision.text)
        if change.errors:
            return Refused(revision, change.errors)
        try:
            published = guide_changes.carry_out(change, revision, review)
        except ChangedMeanwhile:
            revision.refresh_from_db()
            if revision.state != State.IN_REVIEW:
                raise NotPossible(ELSEWHERE) from None
            if guide.state != Guide.State.RETIRED and _is_retired(guide.pk):
                return Refused(revision, RETIRED)
            continue
        revision.refresh_from_db()
        return Published(published, revision)
    raise NotPossible(BUSY)
