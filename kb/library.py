"""The one writer: texts that were read in, guides, revisions and an up-to-date index out.

Everything that changes a guide or a contact goes through here, in one transaction each. Call it within
`generation.publication()`, which gives the writers of all processes their turn, and hand what it returns to `index()`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from kb import content, generation, rows
from kb.addresses import category_slug, former_address
from kb.content.document import ContactCard, Document
from kb.models import Contact, FormerAddress, Guide, Link, Revision
from kb.rows import fit
from kb.search import documents, engines

RENDERERS = ("Markdown", "pymdown-extensions", "Pygments", "nh3", "markdown-it-py")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A guide to publish: what it was read into, and where it comes from and goes to."""

    document: Document
    text: str
    slug: str
    folder: str = ""
    source: str = ""
    author: User | None = None
    comment: str = ""
    questions: tuple[dict[str, Any], ...] = ()


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

    A guide that moves to another slug can still be found under the old one.
    """
    guide = guide or Guide(slug=arrival.slug)
    old_slug, is_new = guide.slug, guide.pk is None
    _describe(guide, arrival)
    guide.save()
    revision = _record(guide, arrival)
    if revision.pk != guide.revision_id:
        guide.revision = revision
        guide.save(update_fields=["revision"])
    if not is_new:
        rows.forget(guide)
    rows.write(guide, arrival.document)
    _keep_addresses(guide, {old_slug, *arrival.document.metadata.aliases})
    return guide


def _describe(guide: Guide, arrival: Arrival) -> None:
    meta = arrival.document.metadata
    guide.slug = arrival.slug
    guide.folder, guide.source = arrival.folder, arrival.source
    guide.title = fit(meta.title, 300)
    guide.summary = meta.summary
    guide.category = fit(meta.category, 300)
    guide.category_slug = category_slug(guide.category)
    guide.audience, guide.prevalence = meta.audience, meta.prevalence
    guide.applies_to, guide.tags, guide.contacts = list(meta.applies_to), list(meta.tags), list(meta.contacts)
    guide.owner, guide.review_by = fit(meta.owner, 200), meta.review_by
    guide.questions = list(arrival.questions)
    guide.html = arrival.document.html
    guide.read_with = reader_version()
    guide.state = Guide.State.PUBLISHED
    guide.updated_at = timezone.now()


def _record(guide: Guide, arrival: Arrival) -> Revision:
    """The published revision that holds the text; a text that is published already is not recorded twice."""
    name = rows.digest(arrival.text.encode())
    published = guide.revision
    if published is not None and published.digest == name:
        return published
    if published is not None:
        Revision.objects.filter(pk=published.pk).update(state=Revision.State.SUPERSEDED)
    newest = guide.revisions.order_by("-number").first()
    return Revision.objects.create(
        guide=guide,
        number=newest.number + 1 if newest else 1,
        text=arrival.text,
        digest=name,
        state=Revision.State.PUBLISHED,
        author=arrival.author,
        comment=fit(arrival.comment, 500),
        based_on=published,
    )


def _keep_addresses(guide: Guide, addresses: Iterable[str]) -> None:
    """Let old addresses lead here, unless a guide lives there now; an address means the last guide that had it."""
    wanted = {former_address(address) for address in addresses} - {guide.slug, ""}
    FormerAddress.objects.filter(address=guide.slug).delete()
    for address in sorted(wanted - set(Guide.objects.filter(slug__in=wanted).values_list("slug", flat=True))):
        FormerAddress.objects.update_or_create(address=address[:500], defaults={"guide": guide})


@transaction.atomic
def retire(guides: Iterable[Guide]) -> list[Guide]:
    """Take guides away from readers; their texts and addresses are kept."""
    retired = list(guides)
    Guide.objects.filter(pk__in=[guide.pk for guide in retired]).update(
        state=Guide.State.RETIRED, updated_at=timezone.now()
    )
    return retired


@transaction.atomic
def retire_contacts(contacts: Iterable[Contact]) -> None:
    """Take contacts away from readers; what their files said is kept."""
    Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).update(retired=True)


@transaction.atomic
def save_contact(card: ContactCard, *, slug: str, folder: str, source: str, data: bytes) -> Contact:
    """Make a contact what its file says, as a new one or in place of what the file said before."""
    contact = Contact.objects.filter(folder=folder, source=source).first() or Contact(slug=slug)
    contact.folder, contact.source = folder, source
    contact.name, contact.role = fit(card.name, 200), fit(card.role, 300)
    contact.tier, contact.email, contact.url = card.tier, card.email, card.url
    contact.phone, contact.hours = fit(card.phone, 60), fit(card.hours, 200)
    contact.handles, contact.audience = list(card.handles), card.audience
    contact.text, contact.html, contact.digest = data.decode(), card.html, rows.digest(data)
    contact.read_with, contact.retired = reader_version(), False
    contact.save()
    return contact


def index(changed: Iterable[Guide], gone: Iterable[Guide] = ()) -> None:
    """Bring the search index up to what was committed."""
    engine = engines.engine()
    if removed := [guide.pk for guide in gone]:
        engine.remove(removed)
    if added := [guide.pk for guide in changed]:
        engine.add(documents.documents_for(added))


def catch_up() -> int:
    """Index what the database has and the index lacks, and forget what only the index has; the number of guides mended.

    Publishes nothing and takes the turn itself: call it outside of `generation.publication()`.
    """
    wanted, found = documents.digests_for(), engines.engine().digests()
    stale = [pk for pk, name in wanted.items() if found.get(pk) != name]
    gone = found.keys() - wanted.keys()
    if not stale and not gone:
        return 0
    with generation.publication():
        engine = engines.engine()
        if len(stale) > len(wanted) // 2:
            engine.rebuild(documents.documents_for())
        else:
            engine.remove(gone)
            engine.add(documents.documents_for(stale))
    return len(stale) + len(gone)


def join_links(folder: str) -> None:
    """Point the links between the guides of a folder at each other's rows."""
    meant = Guide.objects.filter(folder=folder, source=OuterRef("target")).values("pk")[:1]
    Link.objects.filter(guide__folder=folder, image=False).update(leads_to=Subquery(meant))


def move_folder(old: str, new: str) -> None:
    """Say that what was loaded from one folder is found in another one now."""
    with transaction.atomic():
        Guide.objects.filter(folder=old).update(folder=new)
        Contact.objects.filter(folder=old).update(folder=new)
