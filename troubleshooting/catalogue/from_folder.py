"""Makes a catalogue and a search engine of a folder of files, as if just these were published; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from kb.content import product_file
from kb.content.document import Document
from kb.content.product_file import usable_products
from kb.content.product_table import NO_PRODUCTS
from kb.library import question_targets
from kb.library.folders import load
from kb.library.folders.plan import Plan
from kb.library.folders.reading import Reading
from kb.models import Contact
from kb.models.audience import STAFF
from kb.models.slugs import category_slug
from kb.search.index.contract import Engine, GuideDocument, id_for_staff
from kb.search.index.documents import sections_of
from kb.search.text.synonyms import FILE_NAME, usable_synonyms
from kb.search.whoosh.engine import WhooshEngine
from troubleshooting.catalogue import build
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.document_rows import guide_row

CONTACT_FIELDS = ("name", "role", "tier", "email", "phone", "url", "hours", "audience")
UNDATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class FolderLibrary:
    """The guides and contacts of a folder, as if they were published."""

    folder: Path
    reading: Reading

    @cached_property
    def documents(self) -> list[tuple[Plan, Document]]:
        """The guides that could be read, in the order of their files."""
        return [(plan, plan.document) for plan in self.reading.kept if plan.document]

    @cached_property
    def contacts(self) -> dict[str, Contact]:
        """The contacts by slug, the first to ask first; they are in no database."""
        contacts = [
            Contact(
                slug=self.reading.library.contacts.slug(file.source),
                handles=list(card.handles),
                **{name: getattr(card, name) for name in CONTACT_FIELDS},
            )
            for file, card in self.reading.contacts
        ]
        return {contact.slug: contact for contact in sorted(contacts, key=lambda contact: (contact.tier, contact.name))}

    def catalogue(self, audiences: frozenset[str]) -> Catalogue:
        """What walks of these audiences would have."""
        reachable = question_targets.goals(self.reading.library, self.reading.kept)
        rows = [
            guide_row(
                document,
                pk=number,
                slug=plan.slug,
                key=plan.slug,
                updated_at=UNDATED,
                source=plan.file.source,
                questions=question_targets.as_data(plan, reachable),
                to_staff=STAFF in audiences,
            )
            for number, (plan, document) in enumerate(self.documents)
            if document.metadata.audience in audiences and document.metadata.kind == "guide"
        ]
        contacts = [contact for contact in self.contacts.values() if contact.audience in audiences]
        ordered = sorted(rows, key=lambda row: str(row.fields["slug"]))
        products = usable_products(self.folder / product_file.FILE_NAME)
        return build.with_planner(build.assemble(ordered, contacts, products or NO_PRODUCTS))

    def engine(self, folder: Path) -> Engine:
        """A search over the guides, which keeps its index in the empty folder `folder`."""
        engine = WhooshEngine(folder, synonyms=lambda: usable_synonyms(self.folder / FILE_NAME))
        engine.rebuild(
            found
            for number, (plan, document) in enumerate(self.documents, start=1)
            for found in _index_documents(number, plan, document)
            if document.metadata.kind == "guide"
        )
        return engine


def read(folder: Path) -> FolderLibrary:
    """Read a folder of guides and contacts."""
    return FolderLibrary(folder, load.read(folder))


def _index_documents(number: int, plan: Plan, document: Document) -> Iterator[GuideDocument]:
    """The document of a guide, and what it is to staff where that is more."""
    meta = document.metadata
    found = GuideDocument(
        guide_id=number,
        slug=plan.slug,
        title=meta.title,
        summary=meta.summary,
        category=meta.category,
        category_slug=category_slug(meta.category),
        audience=meta.audience,
        applies_to=meta.applies_to,
        tags=meta.tags,
        digest=plan.slug,
        sections=tuple(sections_of(document.structure)),
    )
    yield found
    if form := document.for_staff:
        sections = tuple(sections_of(form.structure))
        yield replace(found, guide_id=id_for_staff(number), audience=STAFF, sections=sections)
