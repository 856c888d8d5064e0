"""Changes one guide as its writers say in the browser, together with the guides that must be rendered with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from kb.content.document import Finding
from kb.library import addresses, indexing, publication, question_targets
from kb.library.folders import carrying_out
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from kb.library.folders.reader import Reader
from kb.library.folders.source_files import SourceFile
from kb.library.links.breaking import links_to
from kb.models import Guide, Review, Revision


@dataclass(frozen=True, slots=True)
class GuideChange:
    """The plan for a guide, as read, then those for the others; `errors` are what keeps the guide from readers."""

    library: LibraryState
    plans: list[Plan]
    errors: tuple[Finding, ...]


def read_text(guide: Guide, text: str, *, is_new: bool = True) -> GuideChange:
    """A text of a guide, to be published; not `is_new` when it is what readers saw before the guide was retired."""
    library = LibraryState.of_folder(Path(guide.folder))
    file = SourceFile(library.folder, guide.source, text.encode())
    appears = guide.state != Guide.State.PUBLISHED
    others = library.touched_by([Plan(file, None, guide.slug)]) if appears else []
    plan = Plan(file, guide, guide.slug)
    change = _change_of(
        library, guide, [plan, *(other for other in others if other.guide and other.guide.pk != guide.pk)]
    )
    plan.text_is_new = is_new
    return change


def read_renamed(guide: Guide, slug: str) -> GuideChange:
    """What is published of a guide, again under another slug, and the guides that link to it."""
    library = LibraryState.of_folder(Path(guide.folder))
    (plan,) = library.render_again([(guide, guide.source)])
    plan.slug = slug
    linking = set(links_to(guide).values_list("guide__source", flat=True))
    return _change_of(library, guide, [plan, *library.published_at(linking, [plan])])


def _change_of(library: LibraryState, guide: Guide, plans: list[Plan]) -> GuideChange:
    reader = Reader(library)
    readable, _cards = reader.readable(plans)
    refused = (refusal for refusal in reader.refused if refusal.source == guide.source)
    return GuideChange(library, readable, tuple(Finding(refusal.line, refusal.message, "error") for refusal in refused))


def carry_out(change: GuideChange, revision: Revision | None = None, review: Review | None = None) -> Guide:
    """Publish a change, as `revision` if it was proposed, all of it or nothing; ChangedMeanwhile for nothing."""
    reachable = question_targets.goals(change.library, change.plans)
    change.plans[0].revision = revision
    with publication.publication():
        with transaction.atomic():
            guides = [carrying_out.carry_out(plan, reachable) for plan in change.plans]
            addresses.join_links(str(change.library.folder), guides)
            if review is not None:
                review.save()
        indexing.update_index(guides)
    return guides[0]
