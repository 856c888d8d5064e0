"""Publishes a parsed guide in one transaction; nothing else changes what readers see of a guide.

Call it within `publication.publication()`, which gives the writers of all processes their turn, and hand what it
returns to `indexing.update_index()`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from kb import content
from kb.content.document import Document, Metadata
from kb.content.rendering import with_former_anchors
from kb.content.wording import fit
from kb.library import revisions, section_keys, staff_forms, structure_rows
from kb.library.addresses import keep_addresses
from kb.library.folders.address_file import NO_ENTRY, AddressEntry
from kb.library.revisions import digest, display_name
from kb.library.source_states import file_says_the_same
from kb.models import Guide, Revision
from kb.models.audience import PUBLIC, STAFF
from kb.models.slugs import category_slug
from kb.models.wording import parts_of

NOT_OF_THE_TEXT = frozenset({"id", "created_at", "loaded", "file_gone", "checked_at", "checked_by_name"})
RENDERERS = ("Markdown", "Pygments", "nh3", "markdown-it-py", "lxml")


class ChangedMeanwhile(Exception):  # noqa: N818 - it is no error: somebody else was quicker
    """Something else was published since one looked; nothing was changed."""


@dataclass(frozen=True, slots=True)
class ParsedGuide:
    """A guide to publish: what its text was read into, and where it comes from and goes to.

    `from_file` says that the text is what the guide's file says. A text that was proposed comes with its `revision`;
    a guide that is new here with what the address file says of it. `dated` is when the text was changed last, None for
    now.
    """

    document: Document
    text: str
    slug: str
    folder: str = ""
    source: str = ""
    author: User | None = None
    comment: str = ""
    questions: tuple[dict[str, Any], ...] = ()
    from_file: bool = False
    revision: Revision | None = None
    address_entry: AddressEntry = NO_ENTRY
    dated: dt.datetime | None = None


@cache
def reader_version() -> str:
    """A name for the code that finds structure and renders: what another version read is read again."""
    names = hashlib.sha256(" ".join(version(name) for name in RENDERERS).encode())
    folder = Path(content.__file__).parent
    for path in sorted([*folder.rglob("*.py"), *folder.glob("*.json")]):
        names.update(path.read_bytes())
    return names.hexdigest()[:32]


@transaction.atomic
def publish(parsed: ParsedGuide, guide: Guide | None = None) -> Guide:
    """Make `parsed` what readers see, as a new guide or in place of what `guide` said; the old text is kept.

    `guide` is the row as one saw it: ChangedMeanwhile when readers see another revision by now, or none, or the
    proposed one is no longer in review. A guide that moves to another slug can still be found under the old one.
    """
    is_new = guide is None
    guide = guide or Guide(slug=parsed.slug)
    old_slug, seen, state = guide.slug, guide.revision, guide.state
    old_path = guide.source if guide.source != parsed.source else ""
    if not is_new:
        revisions.lock(guide)
    identity = section_keys.identity_of(guide, parsed.document, parsed.address_entry)
    _fill(guide, parsed)
    guide.html = with_former_anchors(parsed.document.html, identity.former)
    guide.key = guide.key or parsed.address_entry.first or guide.slug
    if is_new:
        guide.save()
        state = guide.state
    revision = _recorded(guide, parsed)
    _say_whom_it_is_for(revision, parsed.document)
    if not Guide.objects.filter(pk=guide.pk, revision=seen, state=state).update(revision=revision):
        raise ChangedMeanwhile
    if seen is not None and seen.pk != revision.pk:
        Revision.objects.filter(pk=seen.pk).update(state=Revision.State.SUPERSEDED)
    guide.revision = revision
    guide.save(update_fields=[f.name for f in Guide._meta.concrete_fields if f.name not in NOT_OF_THE_TEXT])
    if parsed.from_file:
        file_says_the_same(guide)
    kept_by_file = guide.revisions.filter(state=Revision.State.DRAFT, author=None, from_file=True)
    kept_by_file.update(state=Revision.State.SUPERSEDED, changed_at=timezone.now())
    if not is_new:
        structure_rows.forget(guide)
    structure_rows.write(guide, parsed.document, identity.keys)
    staff_forms.write(guide, parsed.document, identity)
    section_keys.save(guide, identity)
    keep_addresses(guide, {old_slug, old_path, *parsed.address_entry.former, *parsed.document.metadata.aliases})
    return guide


def describe(guide: Guide, meta: Metadata) -> None:
    """Set what a list of guides shows, from the head of a text."""
    guide.title, guide.summary, guide.kind = fit(meta.title, 300), meta.summary, meta.kind
    guide.category = fit(meta.category, 300)
    guide.category_slug = category_slug(guide.category)
    guide.owner, guide.review_by = fit(meta.owner, 200), meta.review_by


def _fill(guide: Guide, parsed: ParsedGuide) -> None:
    meta = parsed.document.metadata
    describe(guide, meta)
    guide.slug, guide.folder, guide.source = parsed.slug, parsed.folder, parsed.source
    guide.audience, guide.prevalence, guide.step_cost = meta.audience, meta.prevalence, meta.step_cost
    guide.applies_to, guide.tags, guide.contacts = list(meta.applies_to), list(meta.tags), list(meta.contacts)
    guide.questions, guide.language = list(parsed.questions), meta.language
    guide.findings = [[found.line, found.severity, str(found.message)] for found in parsed.document.findings]
    guide.finding_parts = [parts_of(found.message) for found in parsed.document.findings]
    guide.public_text = parsed.document.for_staff.public_text if parsed.document.for_staff else ""
    guide.read_with = reader_version()
    guide.state = Guide.State.PUBLISHED
    guide.retired_at, guide.retired_by_name, guide.retired_comment = None, "", ""
    guide.updated_at = parsed.dated or timezone.now()


def _recorded(guide: Guide, parsed: ParsedGuide) -> Revision:
    """The published revision that holds the text; a text that is published already is not recorded twice."""
    if parsed.revision is not None:
        return _approved(parsed.revision)
    if guide.revision is not None and guide.revision.digest == digest(parsed.text.encode()):
        return guide.revision
    state, based_on = Revision.State.PUBLISHED, guide.revision
    return revisions.record(
        guide, parsed.text, state, parsed.author, parsed.comment, based_on=based_on, from_file=parsed.from_file
    )


def _say_whom_it_is_for(revision: Revision, document: Document) -> None:
    """A text that says something to staff only is for staff as a whole, whoever may read the guide."""
    is_public = document.metadata.audience == PUBLIC and document.for_staff is None
    revision.audience = PUBLIC if is_public else STAFF
    Revision.objects.filter(pk=revision.pk).exclude(audience=revision.audience).update(audience=revision.audience)


def _approved(revision: Revision) -> Revision:
    now = timezone.now()
    waiting = Revision.objects.filter(pk=revision.pk, state=Revision.State.IN_REVIEW)
    if not waiting.update(state=Revision.State.PUBLISHED, published_at=now, changed_at=now, trouble=""):
        raise ChangedMeanwhile
    revision.refresh_from_db()
    return revision


def will_be_rendered_again(guides: Iterable[int]) -> None:
    """Note that these guides (primary keys) are to be rendered again; the next load does it if this one is killed."""
    Guide.objects.filter(pk__in=list(guides)).update(read_with="")


def mark_checked(guide: Guide, by: User) -> None:
    """Note who says now that a guide is still right; `guide.updated_at` is when what readers see last changed."""
    Guide.objects.filter(pk=guide.pk).update(
        checked_at=timezone.now(), checked_by_name=display_name(by), updated_at=guide.updated_at
    )
