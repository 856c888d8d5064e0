"""A proposed text in; what readers see out, or what stands against it: nothing goes over a text it does not know of."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from kb.content.document import ContentError, Finding
from kb.content.head_values import with_values
from kb.content.line_endings import in_endings_of
from kb.editorial.decisions import Conflict, Current, Decision, NotPossible, Outdated, Published, Refused, Scheduled
from kb.editorial.drafts import ELSEWHERE, storable
from kb.editorial.standing import against
from kb.library import publication, publishing, question_targets, retiring
from kb.library.folders import file_drafts
from kb.library.folders import reader as readings
from kb.library.folders.partial_plans import LibraryAlone
from kb.library.folders.plan import Plan
from kb.library.folders.reader import Reader
from kb.library.links.breaking import links_to
from kb.models import Guide, Review, Revision

State = Revision.State
ATTEMPTS = 10
BUSY = "Others publish this guide at this very moment: try again."
KEPT_BY_FILE = "Its file says that it is not for readers: take that line out of the file, and load it again."
RETIRED = (Finding(1, "The guide was retired meanwhile: approving this text again brings it back.", "error"),)


def approve(revision: Revision, reviewer: User, comment: str = "") -> Decision:
    """Publish what is in review, or let it wait for its time; it stays in review when something stands against it."""
    revision.refresh_from_db()
    if revision.state != State.IN_REVIEW:
        raise NotPossible(ELSEWHERE)
    review = Review(
        revision=revision,
        reviewer=reviewer,
        reviewer_name=publishing.name_of(reviewer),
        verdict=Review.Verdict.APPROVED,
        text=storable(comment),
    )
    if revision.publish_at is None or revision.publish_at <= timezone.now():
        return _published(revision, review)
    return _unpublishable(revision) or _scheduled(revision, review)


@transaction.atomic
def _scheduled(revision: Revision, review: Review) -> Scheduled:
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
        publishing.wait_for(revision.guide)
        waiting = Revision.objects.filter(pk=revision.pk, state=State.IN_REVIEW)
        if not waiting.update(state=State.SUPERSEDED, changed_at=timezone.now()):
            raise NotPossible(ELSEWHERE)
        edited = publishing.record(
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
    of_files = _take_up_files(now)
    due = Revision.objects.filter(state=State.IN_REVIEW, approved_at__isnull=False)
    due = due.filter(publish_at__lte=now).select_related("guide")
    decisions: list[Decision] = []
    for revision in due.order_by("publish_at", "pk"):
        try:
            decision = _due(revision)
        except NotPossible:  # another process was quicker
            continue
        except Exception:
            logging.getLogger(__name__).exception("Revision %s could not be published at its time", revision)
            continue
        if not isinstance(decision, Published):
            waiting = Revision.objects.filter(pk=revision.pk, state=State.IN_REVIEW)
            back_to = State.DRAFT if revision.pk in of_files else State.IN_REVIEW
            waiting.update(state=back_to, approved_at=None, trouble=_trouble(decision), changed_at=timezone.now())
        decisions.append(decision)
    return decisions


def _take_up_files(now: datetime) -> set[int]:
    """Let the drafts of files whose time has come be as good as approved: their writers said when to publish them."""
    due = set(file_drafts.due(now).values_list("pk", flat=True))
    Revision.objects.filter(pk__in=due, state=State.DRAFT).update(state=State.IN_REVIEW, approved_at=now)
    return due


def _due(revision: Revision) -> Decision:
    is_retired = _is_retired(revision.guide_id)
    if is_retired and revision.from_file:  # by its file, which names this very time; else a person retired it
        is_retired = Guide.objects.filter(pk=revision.guide_id, retired_at__isnull=False).exists()
    return Refused(revision, RETIRED) if is_retired else _published(revision)


def _is_retired(guide: int) -> bool:
    return Guide.objects.filter(pk=guide, state=Guide.State.RETIRED).exists()


def _trouble(decision: Decision) -> str:
    if isinstance(decision, Refused):
        if decision.findings == RETIRED:
            return f"It was not published at its time. {RETIRED[0].message}"
        said = " ".join(f"Line {finding.line}: {finding.message}" for finding in decision.findings)
        return f"It was not published at its time, because it has errors. {said}"
    if isinstance(decision, Conflict):
        number = decision.theirs.number
        return f"It was not published at its time, because revision {number} had changed the same lines meanwhile."
    if isinstance(decision, Outdated):
        number = decision.theirs.number
        return f"It was not published at its time, because revision {number} was published meanwhile: merge the two."
    return ""


def checked(guide: Guide, by: User) -> Decision:
    """Say that a published guide is still right: its next review is due a while from today, nothing else changes."""
    review_by = timezone.localdate() + timedelta(days=settings.REVIEW_DAYS)
    for _attempt in range(ATTEMPTS):
        published = Revision.objects.filter(published_as=guide.pk, guide__state=Guide.State.PUBLISHED)
        current = published.select_related("guide").first()
        if current is None:
            raise NotPossible("Only what readers see can be said to be right.")
        try:
            text = with_values(current.text, {"review_by": review_by.isoformat()})
        except ContentError as error:
            return Refused(current, (Finding(error.line, error.message, "error"),))
        proposed = current
        decision: Decision = Published(guide, current)
        if text != current.text:
            proposed = publishing.record(guide, text, State.IN_REVIEW, by, "Checked, still right", based_on=current)
            decision = _published(proposed)
        if isinstance(decision, Published):
            with publication.publication():
                Guide.objects.filter(pk=guide.pk).update(
                    checked_at=timezone.now(),
                    checked_by_name=publishing.name_of(by),
                    updated_at=current.guide.updated_at,
                )
            return decision
        Revision.objects.filter(pk=proposed.pk).update(state=State.SUPERSEDED)
        if isinstance(decision, Refused):
            return decision
    raise NotPossible(BUSY)


def retire(guide: Guide, by: User, comment: str = "") -> Guide:
    """Take a guide away from readers until it is brought back; loading its file again does not bring it back."""
    retiring.retire(Path(guide.folder), [guide], by=by, comment=comment)
    guide.refresh_from_db()
    return guide


def bring_back(guide: Guide) -> Guide | Refused:
    """Show a retired guide to readers again, as it was; one that they never saw is a draft again."""
    guide = Guide.objects.select_related("revision", "loaded").get(pk=guide.pk)
    if guide.state != Guide.State.RETIRED:
        raise NotPossible("It is not retired any more.")
    if guide.loaded is not None and guide.loaded.state == State.DRAFT:
        raise NotPossible(KEPT_BY_FILE)
    if guide.revision is None:
        Guide.objects.filter(pk=guide.pk).update(state=Guide.State.DRAFT, retired_at=None)
        guide.refresh_from_db()
        return guide
    survey, plans, findings = _read(guide, guide.revision.text)
    if findings:
        return Refused(guide.revision, findings)
    plans[0].text_is_new = False
    try:
        return _carried_out(survey, plans)[0]
    except publishing.MovedOn:
        raise NotPossible(BUSY) from None


def rename(guide: Guide, slug: str) -> Guide | Refused:
    """Give a guide another address; the one that it had leads there. NotPossible when another guide has or had it."""
    guide = Guide.objects.select_related("revision").get(pk=guide.pk)
    if guide.state == Guide.State.RETIRED:
        raise NotPossible("It is retired: bring it back to give it another address.")
    others = Guide.objects.exclude(pk=guide.pk)
    if others.filter(Q(slug=slug) | Q(former_addresses__address=slug)).exists():
        raise NotPossible(f"The address '{slug}' belongs to another guide, or did: choose another one.")
    if guide.revision is None:
        try:
            return publishing.move(guide, slug)
        except IntegrityError:
            raise NotPossible(BUSY) from None
    survey = LibraryAlone(Path(guide.folder))
    linking = links_to(guide).values_list("guide__source", flat=True)
    reader = Reader(survey)
    plans, _cards = reader.readable(survey.renamed(guide, slug, linking))
    if not any(plan.guide == guide for plan in plans):
        return Refused(guide.revision, tuple(Finding(one.line, one.message, "error") for one in reader.refused))
    try:
        return _carried_out(survey, plans)[0]
    except (publishing.MovedOn, IntegrityError):
        raise NotPossible(BUSY) from None


# How a text is published


def _unpublishable(revision: Revision) -> Outdated | Conflict | Refused | None:
    """What stands against publishing a text now."""
    guide = Guide.objects.select_related("revision", "loaded").get(pk=revision.guide_id)
    place = against(revision, guide)
    if not isinstance(place, Current):
        return place
    findings = _read(guide, revision.text)[2]
    return Refused(revision, findings) if findings else None


def _published(revision: Revision, review: Review | None = None) -> Decision:
    """Publish a text in review if it was made knowing what readers see, at that very moment."""
    for _attempt in range(ATTEMPTS):
        guide = Guide.objects.select_related("revision", "loaded").get(pk=revision.guide_id)
        place = against(revision, guide)
        if not isinstance(place, Current):
            return place
        survey, plans, findings = _read(guide, revision.text)
        if findings:
            return Refused(revision, findings)
        try:
            guide = _carried_out(survey, plans, revision, review)[0]
        except publishing.MovedOn:
            revision.refresh_from_db()
            if revision.state != State.IN_REVIEW:
                raise NotPossible(ELSEWHERE) from None
            if guide.state != Guide.State.RETIRED and _is_retired(guide.pk):
                return Refused(revision, RETIRED)
            continue
        revision.refresh_from_db()
        return Published(guide, revision)
    raise NotPossible(BUSY)


def _read(guide: Guide, text: str) -> tuple[LibraryAlone, list[Plan], tuple[Finding, ...]]:
    """The guide and those that must be rendered with it, as read; and the errors that keep it from being published."""
    survey = LibraryAlone(Path(guide.folder))
    reader = Reader(survey)
    plans, _cards = reader.readable(survey.planned(guide, text))
    refused = [refusal for refusal in reader.refused if refusal.source == guide.source]
    return survey, plans, tuple(Finding(refusal.line, refusal.message, "error") for refusal in refused)


def _carried_out(
    survey: LibraryAlone, plans: Sequence[Plan], revision: Revision | None = None, review: Review | None = None
) -> list[Guide]:
    """Publish the plans, the first as `revision` when it has one, all or none; library.MovedOn for none."""
    reachable = question_targets.goals(survey, plans)
    with publication.publication():
        with transaction.atomic():
            arrival = readings.arrival_of(plans[0], survey, reachable)
            arrival = replace(arrival, from_file=False, revision=revision)
            guides = [publishing.publish(arrival, plans[0].guide)]
            guides += [readings.publish(plan, survey, reachable) for plan in plans[1:]]
            publishing.join_links(str(survey.folder), guides)
            if review is not None:
                review.save()
        publishing.index(guides)
    return guides
