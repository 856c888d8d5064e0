"""Carries out plans whose texts were read: publishes them, or renders again what is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

from django.utils.translation import gettext_noop

from kb.library import publishing, question_targets
from kb.library.folders.address_file import NO_ENTRY
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from kb.library.publishing import ChangedMeanwhile, ParsedGuide
from kb.library.question_targets import Goal
from kb.models import Guide


def carry_out(plan: Plan, reachable: dict[str, Goal]) -> Guide:
    """Publish a plan; ChangedMeanwhile when readers see another revision than when it was planned, or none."""
    assert plan.document is not None  # noqa: S101 - plans without one were refused
    guide = Guide.objects.select_related("revision").get(pk=plan.guide.pk) if plan.guide else None
    if guide and plan.guide and (guide.revision_id, guide.state) != (plan.guide.revision_id, plan.guide.state):
        raise ChangedMeanwhile
    parsed = ParsedGuide(
        document=plan.document,
        text=plan.file.data.decode(),
        slug=plan.slug,
        folder=str(plan.file.folder),
        source=plan.file.source,
        comment=gettext_noop("Loaded from its file"),
        questions=question_targets.as_data(plan, reachable),
        from_file=plan.text_is_new and plan.revision is None,
        revision=plan.revision,
        dated=plan.dated or _date_of_what_stays(plan, guide),
        address_entry=plan.address_entry if plan.guide is None else NO_ENTRY,
    )
    return publishing.publish(parsed, guide)


def _date_of_what_stays(plan: Plan, guide: Guide | None) -> dt.datetime | None:
    """When a text that readers see already was changed last; it is only rendered again."""
    if guide is None or plan.text_is_new or guide.state != Guide.State.PUBLISHED:
        return None
    return guide.updated_at


def render_again(plans: Sequence[Plan], library: LibraryState) -> list[Guide]:
    """Render what is published once more, for its links; call it in the transaction that changes where they lead.

    A guide with an answer that leads nowhere now stays as it is: its text is to be mended.
    """
    readable = [plan for plan in plans if plan.document is not None]
    refused = {refusal.source for refusal in question_targets.refusals(library, readable)}
    kept = [plan for plan in readable if plan.file.source not in refused]
    publishing.will_be_rendered_again(plan.guide.pk for plan in kept if plan.guide)
    reachable = question_targets.goals(library, kept)
    found: list[Guide] = []
    for plan in kept:
        with suppress(ChangedMeanwhile):  # another text of it is published by now; the next load renders it again
            found.append(carry_out(plan, reachable))
    return found
