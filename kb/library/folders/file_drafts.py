"""Guides whose files say that they are not for readers: `draft: true`, `published: false`, a date that is to come.

Such a file is kept as a draft that the studio shows: its text is a revision in state 'draft', which the guide's
`loaded` names. A guide that was published is retired by it, and comes back when the file says nothing of the kind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kb.content import front_matter
from kb.content.document import Finding, Withheld
from kb.content.findings import FileFinding
from kb.content.withheld import withheld
from kb.library import publication, publishing, section_keys, structure_rows
from kb.library.folders.address_file import NOTHING, Remembered
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import SourceFile
from kb.library.structure_rows import fit
from kb.models import Guide, Revision
from kb.models.audience import STAFF
from kb.models.slugs import category_slug

KEPT = "This text is not for readers ('{}'): it is kept as a draft."
KEPT_UNTIL = "The time for readers is still to come ('{}'): it is kept as a draft, and published at its time."
REFUSED = "This text is not for readers ('{}'): take this line out to publish it."
REFUSED_UNTIL = (
    "The time for readers is still to come ('{}'): take this line out, and say when to publish it as you propose it."
)
STILL_SHOWN = "This text is not for readers ('{}'), but readers still see what was published in the browser: retire it."
COMMENT = "Its file says that it is not for readers"
WITHHELD = Q(loaded__state=Revision.State.DRAFT, retired_at=None) & ~Q(state=Guide.State.PUBLISHED)


def reasons(told: Iterable[Withheld]) -> tuple[Withheld, ...]:
    """Which of the lines of a head keep its text from readers now."""
    now = timezone.now()
    return tuple(one for one in told if one.until is None or _moment(one.until) > now)


def still_shown(guide: Guide, file: SourceFile) -> list[FileFinding]:
    """What to say of a file that is to be a draft, and whose guide was edited in the browser and stays published."""
    if guide.state != Guide.State.PUBLISHED:
        return []
    told = reasons(withheld(front_matter.split(file.data.decode()).fields))
    return [FileFinding(file.source, one.line, "warning", STILL_SHOWN.format(one.written)) for one in told]


def findings(told: Iterable[Withheld], *, keeps_drafts: bool) -> list[Finding]:
    """A sentence for each reason: a warning where the text is kept as a draft, an error where it can't be published."""
    if keeps_drafts:
        return [Finding(one.line, (KEPT_UNTIL if one.until else KEPT).format(one.written)) for one in told]
    return [Finding(one.line, (REFUSED_UNTIL if one.until else REFUSED).format(one.written), "error") for one in told]


def _moment(until: dt.datetime) -> dt.datetime:
    return until if timezone.is_aware(until) else timezone.make_aware(until)


def _time_of(told: Sequence[Withheld]) -> dt.datetime | None:
    """When all reasons are over, None when one is for good."""
    times = [_moment(one.until) for one in told if one.until]
    return max(times) if len(times) == len(told) else None


def keep(plan: Plan, remembered: Remembered = NOTHING) -> None:
    """Keep what a file says as the draft of its guide, which readers don't see; its earlier draft is history.

    What is `remembered` of the addresses of a guide that is new here leads to it from its publication on.
    library.MovedOn when readers see another revision than when the survey looked. A published guide is to be retired
    first, so that a load that is killed in between finds the file changed the next time.
    """
    with publication.publication(), transaction.atomic():
        guide = Guide.objects.select_related("revision").get(pk=plan.guide.pk) if plan.guide else _new(plan, remembered)
        if plan.guide and guide.revision_id != plan.guide.revision_id:
            raise publishing.MovedOn
        if guide.state == Guide.State.PUBLISHED:
            raise publishing.MovedOn
        _describe(guide, plan)
        publishing.withdraw_file(guide)
        text, draft = plan.file.data.decode(), Revision.State.DRAFT
        revision = publishing.record(guide, text, draft, comment=COMMENT, based_on=guide.revision, from_file=True)
        Revision.objects.filter(pk=revision.pk).update(publish_at=_time_of(plan.withheld))
        Guide.objects.filter(pk=guide.pk).update(loaded=revision)


def _new(plan: Plan, remembered: Remembered) -> Guide:
    assert plan.document is not None  # noqa: S101 - else nobody could know that it is a draft
    guide = Guide(slug=plan.slug, key=remembered.first, folder=str(plan.file.folder), source=plan.file.source)
    guide.updated_at = timezone.now()
    identity = section_keys.identity_of(guide, plan.document, remembered)
    guide.save()
    publishing.keep_addresses(guide, remembered.former)
    if remembered.sections or remembered.anchors:
        structure_rows.write_sections(guide, plan.document, identity.keys)
        section_keys.remember(guide, identity)
    return guide


def _describe(guide: Guide, plan: Plan) -> None:
    """What the studio lists; of a guide that was published, the rest stays as it was."""
    assert plan.document is not None  # noqa: S101 - else nobody could know that it is a draft
    meta = plan.document.metadata
    guide.source = plan.file.source
    if guide.revision_id is None or meta.audience == STAFF:  # what stays of a text for staff stays for staff
        guide.audience = meta.audience
    if guide.revision_id is None:
        guide.state = Guide.State.DRAFT
        guide.title, guide.summary = fit(meta.title, 300), meta.summary
        guide.category = fit(meta.category, 300)
        guide.category_slug = category_slug(guide.category)
        guide.owner, guide.review_by = fit(meta.owner, 200), meta.review_by
        guide.updated_at = timezone.now()
    guide.save()


@transaction.atomic
def let_go(guides: Iterable[Guide]) -> None:
    """Forget the drafts of files that are gone; their texts are history, and a file that comes back is read anew."""
    for guide in guides:
        publishing.withdraw_file(guide)
        Guide.objects.filter(pk=guide.pk).update(loaded=guide.revision, state=Guide.State.RETIRED)


def due(now: dt.datetime) -> QuerySet[Revision]:
    """Drafts of files whose time has come, to be published like what was approved."""
    waiting = Revision.objects.filter(state=Revision.State.DRAFT, from_file=True, publish_at__lte=now, trouble="")
    waiting = waiting.filter(loaded_as__retired_at=None).exclude(loaded_as=None)
    return waiting.exclude(loaded_as__state=Guide.State.PUBLISHED)
