"""Reads published guides from the database as the documents that engines index, and their digests."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from kb.content.document import Structure
from kb.models import Guide, StaffForm
from kb.models.audience import INSIDERS, PUBLIC, STAFF
from kb.search.index.contract import GuideDocument, SectionDocument, id_for_staff

if TYPE_CHECKING:
    from django.db.models import QuerySet

BATCH = 200
FORMAT = 2


def documents_for(guide_ids: Iterable[int] | None = None) -> Iterator[GuideDocument]:
    """The published ones of these guides (None: of all), in order of id, read in batches of a few queries each.

    A guide for everyone that says something to staff only gives a second document, for staff, after its own.
    """
    published = _published(guide_ids)
    ids = list(published.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = Guide.objects.for_audiences(INSIDERS).filter(pk__in=ids[start : start + BATCH]).order_by("pk")
        forms = {form.guide_id: form for form in StaffForm.objects.filter(guide__in=ids[start : start + BATCH])}
        for guide in batch.select_related("revision").prefetch_related("sections", "problems__symptoms", "error_codes"):
            document = _document(guide)
            yield document
            if document.audience == PUBLIC and guide.pk in forms:
                yield _for_staff(document, forms[guide.pk])


def digests_for(guide_ids: Iterable[int] | None = None) -> dict[int, str]:
    """By guide id, the digest that its document has, for the published ones; one query, no texts read.

    Those of documents for staff stand under their own ids, as in the index.
    """
    names = ("pk", "slug", "title", "category_slug", "audience", "language", "read_with", "revision__digest")
    digests: dict[int, str] = {}
    for *row, form in _published(guide_ids).values_list(*names, "staff_form"):
        digests[row[0]] = _digest(tuple(row))
        if form is not None and row[4] == PUBLIC:
            digests[id_for_staff(row[0])] = digests[row[0]]
    return digests


def sections_as_data(structure: Structure) -> list[dict[str, Any]]:
    """The sections of a guide as `StaffForm.sections` keeps them."""
    return [asdict(section) for section in sections_of(structure)]


def sections_of(structure: Structure) -> Iterator[SectionDocument]:
    """The sections of a guide, each with the symptoms that stand in it and the codes of its problems and tables."""
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


def _published(guide_ids: Iterable[int] | None) -> QuerySet[Guide]:
    guides = Guide.objects.for_audiences(INSIDERS).order_by("pk")
    return guides if guide_ids is None else guides.filter(pk__in=list(guide_ids))


def _digest(row: tuple[object, ...]) -> str:
    return hashlib.sha256(json.dumps([FORMAT, *row]).encode()).hexdigest()


def _document(guide: Guide) -> GuideDocument:
    sections = list(guide.sections.all())
    section_texts = [(section.anchor, " ".join(section.text.split())) for section in sections]
    symptoms, codes = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    anchors = {section.anchor for section in sections}
    for problem in guide.problems.all():
        home = problem.anchor if problem.anchor in anchors else problem.section
        codes[home].extend(problem.codes)
        for symptom in problem.symptoms.all():
            symptoms[_anchor_of_symptom(symptom.text, home, section_texts)].append(symptom.text)
    for error_code in guide.error_codes.all():
        codes[error_code.anchor].append(error_code.code)
    revision = guide.revision
    row = (guide.pk, guide.slug, guide.title, guide.category_slug, guide.audience, guide.language, guide.read_with)
    parts = (
        SectionDocument(
            anchor=section.anchor,
            title=section.title,
            level=section.level,
            text=section.text,
            symptoms=tuple(dict.fromkeys(symptoms[section.anchor])),
            codes=tuple(dict.fromkeys(codes[section.anchor])),
        )
        for section in sections
    )
    return document_of(guide, parts, _digest((*row, revision.digest if revision else None)))


def _for_staff(document: GuideDocument, form: StaffForm) -> GuideDocument:
    """The document that staff find in place of the one for everyone; they have a digest in common."""
    sections = (
        SectionDocument(**{**section, "symptoms": tuple(section["symptoms"]), "codes": tuple(section["codes"])})
        for section in form.sections
    )
    return replace(document, guide_id=id_for_staff(document.guide_id), audience=STAFF, sections=tuple(sections))


def document_of(guide: Guide, sections: Iterable[SectionDocument], digest: str = "") -> GuideDocument:
    """The document of a guide, with these of its sections."""
    return GuideDocument(
        guide_id=guide.pk,
        slug=guide.slug,
        title=guide.title,
        summary=guide.summary,
        category=guide.category,
        category_slug=guide.category_slug,
        audience=guide.audience,
        applies_to=tuple(map(str, guide.applies_to)),
        tags=tuple(map(str, guide.tags)),
        digest=digest,
        sections=tuple(sections),
        language=guide.language,
    )


def _anchor_of_symptom(symptom: str, anchor: str, sections: list[tuple[str, str]]) -> str:
    """The anchor of the section that words the symptom: a problem may be a whole guide, its symptoms stand in a part.

    `sections` are (anchor, text with single spaces).
    """
    wording = " ".join(symptom.split())
    return next((section_anchor for section_anchor, text in sections if wording in text), anchor)
