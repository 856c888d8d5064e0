"""Makes a catalogue and a search engine of a folder of files, as if just these were published; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.content.document import ContactCard, Document, Structure
from kb.content.document import Problem as FoundProblem
from kb.content.wording import stored_symptom_key
from kb.library import question_targets
from kb.library.folders import load
from kb.library.folders.load_report import Reading
from kb.library.folders.plan import Plan
from kb.models import Contact
from kb.models.slugs import category_slug
from kb.search.index.contract import Engine, GuideDocument, SectionDocument
from kb.search.text.synonyms import FILE_NAME, usable_synonyms
from kb.search.whoosh.engine import WhooshEngine
from troubleshooting.catalogue import build
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.database_rows import GuideRow, ProblemRow, StepRow, SymptomRow

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
        rows = [self._contact(file.source, card) for file, card in self.reading.contacts]
        return {row.slug: row for row in sorted(rows, key=lambda row: (row.tier, row.name))}

    def catalogue(self, audiences: frozenset[str]) -> Catalogue:
        """What walks of these audiences would have."""
        reachable = question_targets.goals(self.reading.library, self.reading.kept)
        rows = [
            _guide_row(number, plan, document, question_targets.as_data(plan, reachable))
            for number, (plan, document) in enumerate(self.documents)
            if document.metadata.audience in audiences
        ]
        contacts = [contact for contact in self.contacts.values() if contact.audience in audiences]
        return build.with_planner(build.assemble(sorted(rows, key=lambda row: str(row.fields["slug"])), contacts))

    def engine(self, folder: Path) -> Engine:
        """A search over the guides, which keeps its index in the empty folder `folder`."""
        engine = WhooshEngine(folder, synonyms=lambda: usable_synonyms(self.folder / FILE_NAME))
        engine.rebuild(_indexed(number, plan, document) for number, (plan, document) in enumerate(self.documents))
        return engine

    def _contact(self, source: str, card: ContactCard) -> Contact:
        names = ("name", "role", "tier", "email", "phone", "url", "hours", "audience")
        fields = {name: getattr(card, name) for name in names}
        return Contact(slug=self.reading.library.contacts.slug(source), handles=list(card.handles), **fields)


def read(folder: Path) -> FolderLibrary:
    """Read a folder of guides and contacts."""
    return FolderLibrary(folder, load.read(folder))


def _guide_row(number: int, plan: Plan, document: Document, questions: tuple[dict[str, Any], ...]) -> GuideRow:
    meta, structure = document.metadata, document.structure
    fields = {
        "pk": number,
        "slug": plan.slug,
        "key": plan.slug,
        "title": meta.title,
        "category": meta.category,
        "category_slug": category_slug(meta.category),
        "applies_to": list(meta.applies_to),
        "prevalence": meta.prevalence,
        "step_cost": meta.step_cost,
        "contacts": list(meta.contacts),
        "questions": list(questions),
        "updated_at": UNDATED,
    }
    return GuideRow(
        fields,
        problems=[problem_row(k, problem, structure) for k, problem in enumerate(structure.problems)],
        sections=[(section.anchor, section.level) for section in structure.sections],
        codes=[(code.code.lower(), code.code, code.anchor) for code in structure.error_codes],
        triggers=list(structure.triggers),
    )


def problem_row(number: int, problem: FoundProblem, structure: Structure) -> ProblemRow:
    """A problem that was read, as the database would hold it."""
    section = next((place.section for place in structure.landmarks if place.anchor == problem.anchor), problem.anchor)
    symptoms = [SymptomRow(s.text, stored_symptom_key(s.text), s.frequency or "") for s in problem.symptoms]
    steps = [StepRow(s.text, "", s.under, s.condition, s.dangerous, s.procedure) for s in problem.steps]
    return ProblemRow(
        number, problem.anchor, problem.anchor, problem.title, list(problem.codes), symptoms, steps, section
    )


def _indexed(number: int, plan: Plan, document: Document) -> GuideDocument:
    meta = document.metadata
    return GuideDocument(
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
        sections=tuple(_sections(document)),
    )


def _sections(document: Document) -> Iterator[SectionDocument]:
    """The sections, each with the symptoms that stand in it and the codes of its problems and tables."""
    structure = document.structure
    problems = structure.problems
    for section in structure.sections:
        lines = range(section.line, section.end_line + 1)
        symptoms = [s.text for problem in problems for s in problem.symptoms if s.line in lines]
        codes = [code for problem in problems if problem.anchor == section.anchor for code in problem.codes]
        codes += [code.code for code in structure.error_codes if code.anchor == section.anchor]
        yield SectionDocument(
            anchor=section.anchor,
            title=section.title,
            level=section.level,
            text=section.text,
            symptoms=tuple(dict.fromkeys(symptoms)),
            codes=tuple(dict.fromkeys(codes)),
        )
