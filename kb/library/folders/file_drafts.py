"""Keeps guides as drafts whose files say that they are not for readers: `draft: true`, a date that is to come.

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
from kb.content.phrases import Phrase
from kb.content.withheld import withheld
from kb.library import publication, publishing, revisions, section_keys, source_states, structure_rows
from kb.library.addresses import keep_addresses
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import SourceFile
from kb.models import Guide, Revision
from kb.models.audience import STAFF

KEPT_DRAFT = Phrase("This text is not for readers ('{written}'): it is kept as a draft.")
KEPT_UNTIL = Phrase(
    "The time for readers is still to come ('{written}'): it is kept as a draft, and published at its time."
)
REFUSED = Phrase("This text is not for readers ('{written}'): take this line out to publish it.")
REFUSED_UNTIL = Phrase(
    "The time for readers is still to come ('{written}'): take this line out, and say when to publish it as you "
    "propose it."
)
STILL_SHOWN = "This text is not for readers ('{}'), but readers still see what was published in the browser: retire it."
COMMENT = "Its file says that it is not for readers"
WITHHELD = Q(loaded__state=Revision.State.DRAFT, retired_at=None) & ~Q(state=Guide.State.PUBLISHED)


def reasons(lines: Iterable[Withheld]) -> tuple[Withheld, ...]:
    """Which of the lines of a head keep its text from readers now."""
    now = timezone.now()
    return tuple(line for line in lines if line.until is None or _moment(line.until) > now)


def still_shown(guide: Guide, file: SourceFile) -> list[FileFinding]:
    """What to say of a file that is to be a draft, and whose guide was edited in the browser and stays published."""
    if guide.state != Guide.State.PUBLISHED:
        return []
    lines = own_reasons(file)
    return [FileFinding(file.source, line.line, "warning", STILL_SHOWN.format(line.written)) for line in lines]


def own_reasons(file: SourceFile) -> tuple[Withheld, ...]:
    """What a file itself says to keep it from readers now."""
    return reasons(withheld(front_matter.split(file.data.decode(), file.source).fields, file.source))


def findings(lines: Iterable[Withheld], *, keeps_drafts: bool) -> list[Finding]:
    """A sentence for each reason: a warning where the text is kept as a draft, an error where it can't be published."""
    if keeps_drafts:
        return [
            Finding(line.line, (KEPT_UNTIL if line.until else KEPT_DRAFT).filled(written=line.written))
            for line in lines
        ]
    return [
        Finding(line.line, (REFUSED_UNTIL if line.until else REFUSED).filled(written=line.written), "error")
        for line in lines
    ]


def _moment(until: dt.datetime) -> dt.datetime:
    return until if timezone.is_aware(until) else timezone.make_aware(until)


def _time_of(lines: Sequence[Withheld]) -> dt.datetime | None:
    """When all reasons are over, None when one is for good."""
    times = [_moment(line.until) for line in lines if line.until]
    return max(times) if len(times) == len(lines) else None


def keep(plan: Plan) -> None:
    """Keep what a file says as the draft of its guide, which readers don't see; its earlier draft is history.

    What the address file says of a guide that is new here leads to it from its publication on. ChangedMeanwhile when
    readers see another revision than when it was planned. A published guide is to be retired
    first, so that a load that is killed in between finds the file changed the next time.
    """
    with publication.publication(), transaction.atomic():
        guide = Guide.objects.select_related("revision").get(pk=plan.guide.pk) if plan.guide else _new_guide(plan)
        if plan.guide and guide.revision_id != plan.guide.revision_id:
            raise publishing.ChangedMeanwhile
        if guide.state == Guide.State.PUBLISHED:
            raise publishing.ChangedMeanwhile
        _describe(guide, plan)
        source_states.withdraw_file(guide)
        text, draft = plan.file.data.decode(), Revision.State.DRAFT
        revision = revisions.record(guide, text, draft, comment=COMMENT, based_on=guide.revision, from_file=True)
        Revision.objects.filter(pk=revision.pk).update(publish_at=_time_of(plan.withheld))
        Guide.objects.filter(pk=guide.pk).update(loaded=revision)


def _new_guide(plan: Plan) -> Guide:
    assert plan.document is not None  # noqa: S101 - else nobody could know that it is a draft
    entry = plan.address_entry
    guide = Guide(slug=plan.slug, key=entry.first, folder=str(plan.file.folder), source=plan.file.source)
    guide.updated_at = timezone.now()
    identity = section_keys.identity_of(guide, plan.document, entry)
    guide.save()
    keep_addresses(guide, entry.former)
    if entry.sections or entry.anchors:
        structure_rows.write_sections(guide, plan.document, identity.keys)
        section_keys.save(guide, identity)
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
        publishing.describe(guide, meta)
        guide.updated_at = timezone.now()
    guide.save()


@transaction.atomic
def let_go(guides: Iterable[Guide]) -> None:
    """Forget the drafts of files that are gone; their texts are history, and a file that comes back is read anew."""
    for guide in guides:
        source_states.withdraw_file(guide)
        Guide.objects.filter(pk=guide.pk).update(loaded=guide.revision, state=Guide.State.RETIRED)


def due(now: dt.datetime) -> QuerySet[Revision]:
    """Drafts of files whose time has come, to be published like what was approved."""
    waiting = Revision.objects.filter(state=Revision.State.DRAFT, from_file=True, publish_at__lte=now, trouble="")
    waiting = waiting.filter(loaded_as__retired_at=None).exclude(loaded_as=None)
    return waiting.exclude(loaded_as__state=Guide.State.PUBLISHED)
