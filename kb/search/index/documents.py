"""Reads published guides from the database as the documents that engines index, and their digests."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kb.models import Guide
from kb.models.audience import INSIDERS
from kb.search.index.contract import GuideDocument, SectionDocument

if TYPE_CHECKING:
    from django.db.models import QuerySet

BATCH = 200
FORMAT = 2


def documents_for(guide_ids: Iterable[int] | None = None) -> Iterator[GuideDocument]:
    """The published ones of these guides (None: of all), in order of id, read in batches of a few queries each."""
    published = _published(guide_ids)
    ids = list(published.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = Guide.objects.for_audiences(INSIDERS).filter(pk__in=ids[start : start + BATCH]).order_by("pk")
        for guide in batch.select_related("revision").prefetch_related("sections", "problems__symptoms", "error_codes"):
            yield _document(guide)


def digests_for(guide_ids: Iterable[int] | None = None) -> dict[int, str]:
    """By guide id, the digest that its document has, for the published ones; one query, no texts read."""
    rows = _published(guide_ids).values_list(
        "pk", "slug", "title", "category_slug", "audience", "language", "read_with", "revision__digest"
    )
    return {row[0]: _digest(row) for row in rows}


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
