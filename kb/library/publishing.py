"""The one writer: texts that were read in, guides, revisions and an up-to-date index out.

Everything that changes a guide goes through here, in one transaction each (a contact through `contact_texts`). Call it
within `generation.publication()`, which gives the writers of all processes their turn, and hand what it returns to
`index()`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from kb import content
from kb.content.document import Document
from kb.content.front_matter import audience_in
from kb.content.rendering import with_former_anchors
from kb.library import publication, section_keys, structure_rows
from kb.library.folders.address_file import NOTHING, Remembered
from kb.library.structure_rows import fit
from kb.models import Contact, CopiedFile, FormerAddress, Guide, Image, Link, Revision, SideFile
from kb.models.revisions import LONGEST_NAME
from kb.models.slugs import category_slug, former_address
from kb.search import configured
from kb.search.index import documents

NOT_OF_THE_TEXT = frozenset({"id", "created_at", "loaded", "file_gone", "checked_at", "checked_by_name"})
JOINED_AT_ONCE = 500
RENDERERS = ("Markdown", "pymdown-extensions", "Pygments", "nh3", "markdown-it-py")


class MovedOn(Exception):  # noqa: N818 - it is no error: somebody else was quicker
    """Something else was published since one looked; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A guide to publish: what it was read into, and where it comes from and goes to.

    `from_file` says that the text is what the guide's file says. A text that was proposed comes with its `revision`;
    a guide that is new here with what is `remembered` of its addresses.
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
    remembered: Remembered = NOTHING


@cache
def reader_version() -> str:
    """A name for the code that finds structure and renders: what another version read is read again."""
    names = hashlib.sha256(" ".join(version(name) for name in RENDERERS).encode())
    for path in sorted(Path(content.__file__).parent.glob("*.py")):
        names.update(path.read_bytes())
    return names.hexdigest()[:32]


@transaction.atomic
def publish(arrival: Arrival, guide: Guide | None = None) -> Guide:
    """Make `arrival` what readers see, as a new guide or in place of what `guide` said; the old text is kept.

    `guide` is the row as one saw it: MovedOn when readers see another revision by now, or none, or the proposed one is
    no longer in review. A guide that moves to another slug can still be found under the old one.
    """
    is_new = guide is None
    guide = guide or Guide(slug=arrival.slug)
    old_slug, seen, state = guide.slug, guide.revision, guide.state
    old_path = guide.source if guide.source != arrival.source else ""
    if not is_new:
        wait_for(guide)
    identity = section_keys.identity_of(guide, arrival.document, arrival.remembered)
    _describe(guide, arrival)
    guide.html = with_former_anchors(arrival.document.html, identity.former)
    guide.key = guide.key or arrival.remembered.first or guide.slug
    if is_new:
        guide.save()
        state = guide.state
    revision = _recorded(guide, arrival)
    if not Guide.objects.filter(pk=guide.pk, revision=seen, state=state).update(revision=revision):
        raise MovedOn
    if seen is not None and seen.pk != revision.pk:
        Revision.objects.filter(pk=seen.pk).update(state=Revision.State.SUPERSEDED)
    guide.revision = revision
    guide.save(update_fields=[f.name for f in Guide._meta.concrete_fields if f.name not in NOT_OF_THE_TEXT])  # noqa: SLF001
    if arrival.from_file:
        file_says_the_same(guide)
    kept_by_file = guide.revisions.filter(state=Revision.State.DRAFT, author=None, from_file=True)
    kept_by_file.update(state=Revision.State.SUPERSEDED, changed_at=timezone.now())
    if not is_new:
        structure_rows.forget(guide)
    structure_rows.write(guide, arrival.document, identity.keys)
    section_keys.remember(guide, identity)
    keep_addresses(guide, {old_slug, old_path, *arrival.remembered.former, *arrival.document.metadata.aliases})
    return guide


def _describe(guide: Guide, arrival: Arrival) -> None:
    meta = arrival.document.metadata
    guide.slug = arrival.slug
    guide.folder, guide.source = arrival.folder, arrival.source
    guide.title = fit(meta.title, 300)
    guide.summary = meta.summary
    guide.category = fit(meta.category, 300)
    guide.category_slug = category_slug(guide.category)
    guide.audience, guide.prevalence, guide.step_cost = meta.audience, meta.prevalence, meta.step_cost
    guide.applies_to, guide.tags, guide.contacts = list(meta.applies_to), list(meta.tags), list(meta.contacts)
    guide.owner, guide.review_by = fit(meta.owner, 200), meta.review_by
    guide.questions = list(arrival.questions)
    guide.findings = [[found.line, found.severity, found.message] for found in arrival.document.findings]
    guide.read_with = reader_version()
    guide.state = Guide.State.PUBLISHED
    guide.retired_at, guide.retired_by_name, guide.retired_comment = None, "", ""
    guide.updated_at = timezone.now()


def _recorded(guide: Guide, arrival: Arrival) -> Revision:
    """The published revision that holds the text; a text that is published already is not recorded twice."""
    if arrival.revision is not None:
        return _approved(arrival.revision)
    if guide.revision is not None and guide.revision.digest == structure_rows.digest(arrival.text.encode()):
        return guide.revision
    state, based_on = Revision.State.PUBLISHED, guide.revision
    return record(
        guide, arrival.text, state, arrival.author, arrival.comment, based_on=based_on, from_file=arrival.from_file
    )


def _approved(revision: Revision) -> Revision:
    now = timezone.now()
    waiting = Revision.objects.filter(pk=revision.pk, state=Revision.State.IN_REVIEW)
    if not waiting.update(state=Revision.State.PUBLISHED, published_at=now, changed_at=now, trouble=""):
        raise MovedOn
    revision.refresh_from_db()
    return revision


@transaction.atomic
def record(
    guide: Guide,
    text: str,
    state: Revision.State,
    author: User | None = None,
    comment: str = "",
    *,
    based_on: Revision | None = None,
    merges: Revision | None = None,
    from_file: bool = False,
    aside: bool = False,
) -> Revision:
    """Keep a text as a new revision of the guide; those who do so at once wait for each other."""
    wait_for(guide)
    newest = guide.revisions.order_by("-number").first()
    now = timezone.now()
    return Revision.objects.create(
        guide=guide,
        number=newest.number + 1 if newest else 1,
        text=text,
        digest=structure_rows.digest(text.encode()),
        audience=audience_in(text),
        state=state,
        author=author,
        author_name=name_of(author),
        comment=fit(comment, 500),
        based_on=based_on,
        merges=merges,
        from_file=from_file,
        aside=aside,
        saved=1,
        proposed_at=None if state == Revision.State.DRAFT else now,
        published_at=now if state == Revision.State.PUBLISHED else None,
    )


def wait_for(guide: Guide) -> None:
    """Have the guide for this transaction alone; always before its revisions, so that no two wait for each other."""
    Guide.objects.select_for_update().only("pk").get(pk=guide.pk)


def name_of(user: User | None) -> str:
    """How a person is named beside a text, also when their account is gone; '' for nobody."""
    return fit(user.get_full_name() or user.get_username(), LONGEST_NAME) if user else ""


@transaction.atomic
def file_to_review(guide: Guide, text: str) -> Revision | None:
    """Put what a guide's file says in review, in place of what it said earlier; None when it said so before."""
    guide = Guide.objects.select_for_update(of=("self",)).select_related("loaded").get(pk=guide.pk)
    if guide.loaded and guide.loaded.digest == structure_rows.digest(text.encode()):
        return None
    withdraw_file(guide)
    state, comment = Revision.State.IN_REVIEW, "Its file changed while it was edited in the browser"
    revision = record(guide, text, state, comment=comment, based_on=guide.loaded, from_file=True)
    Guide.objects.filter(pk=guide.pk).update(loaded=revision)
    return revision


@transaction.atomic
def file_says_the_same(guide: Guide) -> None:
    """Remember that the guide's file says what readers see."""
    if Guide.objects.filter(pk=guide.pk, revision=guide.revision).update(loaded=F("revision"), file_gone=False):
        withdraw_file(guide)


def file_says(guide: Guide, revision: Revision) -> None:
    """Remember that the guide's file says an earlier text, unless it was loaded again since one looked.

    What waits in review because of that file stays there.
    """
    known = Guide.objects.filter(pk=guide.pk, loaded=guide.loaded_id)
    known.update(loaded=revision, file_gone=False)


def files_are_gone(guides: Iterable[Guide], *, gone: bool = True) -> None:
    """Remember of guides whether their files are gone, so that nobody waits for a file, or misses it twice."""
    Guide.objects.filter(pk__in=[guide.pk for guide in guides]).update(file_gone=gone)


@transaction.atomic
def move_file(guide: Guide, source: str) -> None:
    """Remember the new path of the file of a retired guide, which stays retired."""
    Guide.objects.filter(pk=guide.pk).update(source=source)
    keep_addresses(guide, {guide.source})


def withdraw_file(guide: Guide) -> None:
    """Let what the guide's file said earlier, and readers never saw, be history."""
    unseen = Q(state=Revision.State.IN_REVIEW) | Q(state=Revision.State.DRAFT, author=None)
    waiting = guide.revisions.filter(unseen, from_file=True)
    waiting.update(state=Revision.State.SUPERSEDED, changed_at=timezone.now())


def keep_addresses(guide: Guide, addresses: Iterable[str]) -> None:
    """Let old addresses lead here, unless a guide lives there now; an address means the last guide that had it."""
    wanted = {former_address(address) for address in addresses} - {guide.slug, ""}
    FormerAddress.objects.filter(address=guide.slug).delete()
    for address in sorted(wanted - set(Guide.objects.filter(slug__in=wanted).values_list("slug", flat=True))):
        FormerAddress.objects.update_or_create(address=address[:500], defaults={"guide": guide})


def will_be_rendered_again(guides: Iterable[int]) -> None:
    """Note that these guides (primary keys) are to be rendered again; the next load does it if this one is killed."""
    Guide.objects.filter(pk__in=list(guides)).update(read_with="")


@transaction.atomic
def move(guide: Guide, slug: str) -> Guide:
    """Give a guide that readers never saw another address; who has its old one open is led on."""
    old = guide.slug
    Guide.objects.filter(pk=guide.pk).update(slug=slug)
    guide.refresh_from_db()
    keep_addresses(guide, {old})
    return guide


@transaction.atomic
def retire(guides: Iterable[Guide], by: User | None = None, comment: str = "") -> list[Guide]:
    """Take guides away from readers; their texts and addresses are kept.

    What a person (`by`) retires stays so when its file is loaded again; what only lost its file comes back with it.
    """
    retired, now = list(guides), timezone.now()
    Guide.objects.filter(pk__in=[guide.pk for guide in retired]).update(
        state=Guide.State.RETIRED,
        updated_at=now,
        retired_at=now if by else None,
        retired_by_name=name_of(by),
        retired_comment=fit(comment, 500),
    )
    return retired


def index(changed: Iterable[Guide], gone: Iterable[Guide] = ()) -> None:
    """Bring the search index up to what was committed."""
    engine = configured.engine()
    if removed := [guide.pk for guide in gone]:
        engine.remove(removed)
    if added := [guide.pk for guide in changed]:
        engine.add(documents.documents_for(added))


def catch_up() -> int:
    """Index what the database has and the index lacks, and forget what only the index has; the number of guides mended.

    Publishes nothing and takes the turn itself: call it outside of `generation.publication()`.
    """
    wanted, found = documents.digests_for(), configured.engine().digests()
    stale = [pk for pk, name in wanted.items() if found.get(pk) != name]
    gone = found.keys() - wanted.keys()
    if not stale and not gone:
        return 0
    with publication.publication():
        engine = configured.engine()
        if len(stale) > len(wanted) // 2:
            engine.rebuild(documents.documents_for())
        else:
            engine.remove(gone)
            engine.add(documents.documents_for(stale))
    return len(stale) + len(gone)


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
        some = Link.objects.filter(pk__in=wrong[start : start + JOINED_AT_ONCE])
        some.update(leads_to=Subquery(meant))


def move_folder(old: str, new: str) -> None:
    """Say that what was loaded from one folder, and what was written beside it, is found in another one now.

    Where exports wrote to that one, its files say what they wrote.
    """
    with transaction.atomic():
        for model in (Guide, Contact, Image, SideFile):
            rows_there = model._default_manager.filter(folder=new)  # noqa: SLF001 - Django's name for it
            here = set(rows_there.values_list("source", flat=True))
            model._default_manager.filter(folder=old).exclude(source__in=here).update(folder=new)  # noqa: SLF001
        copies = CopiedFile.objects.filter(folder=new)
        for source, digest in copies.values_list("source", "digest"):
            seen = Revision.objects.filter(guide__folder=new, guide__source=source, digest=digest)
            revision = seen.exclude(published_at=None).order_by("-number").first()
            if revision is not None:
                Guide.objects.filter(pk=revision.guide_id).update(loaded=revision, file_gone=False)
            Contact.objects.filter(folder=new, source=source, revisions__digest=digest).update(loaded=digest)
            Image.objects.filter(folder=new, source=source, digest=digest).update(loaded=digest, uploaded_by=None)
        copies.delete()
