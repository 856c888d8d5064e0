"""Rebuilds, from rows, the documents of files that were read before: so that checks of a whole folder read no more.

Only what checks of guides together ask for is in them: where things stand, how symptoms are worded, where links lead.
The texts of sections and the HTML of steps are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from posixpath import relpath
from typing import Any, TypeVar, cast

from django.db.models import F, Model, QuerySet

from kb.content import document as parsed
from kb.content import front_matter
from kb.content.document import ContactCard, Document
from kb.content.withheld import withheld
from kb.library import publishing, question_targets, revisions
from kb.library.folders.file_drafts import WITHHELD
from kb.library.folders.source_files import SourceFile
from kb.models import Contact, ErrorCode, EscalationTrigger, Guide, Link, Problem, ProblemSymptom, Section, Step

Row = TypeVar("Row", bound=Model)


def of_folder(folder: Path, files: Mapping[str, SourceFile]) -> dict[str, Document | ContactCard]:
    """The files that say what readers see, by path, as they were read then. 9 queries, none for no file."""
    if not files:
        return {}
    digests = {source: revisions.digest(file.data) for source, file in files.items()}
    guides = Guide.objects.filter(
        folder=str(folder), state=Guide.State.PUBLISHED, read_with=publishing.reader_version(), revision=F("loaded")
    )
    stored = _documents(guides.select_related("revision").defer("revision__text"))
    known: dict[str, Document | ContactCard] = {
        source: document for digest, source, document in stored if digest == digests.get(source)
    }
    drafts = Guide.objects.filter(WITHHELD, folder=str(folder))
    for source, digest in drafts.values_list("source", "loaded__digest"):
        if digest == digests.get(source):
            kept_from_readers = withheld(front_matter.split(files[source].data.decode(), source).fields, source)
            known[source] = Document(  # nothing leads there
                parsed.Metadata(withheld=kept_from_readers), parsed.Structure(sections=()), "", ()
            )
    contacts = Contact.objects.filter(folder=str(folder), retired=False, read_with=publishing.reader_version())
    known |= {row.source: _card(row) for row in contacts if row.digest == digests.get(row.source)}
    return known


def _documents(guides: QuerySet[Guide]) -> Iterable[tuple[str, str, Document]]:
    """(digest of the text, path, document) of each guide."""
    keys = guides.order_by().values("pk")
    sections = _by_guide(Section.objects.filter(guide__in=keys).defer("text").order_by("position"))
    links = _by_guide(Link.objects.filter(guide__in=keys, for_staff=False).order_by("line", "pk"))
    codes = _by_guide(ErrorCode.objects.filter(guide__in=keys).order_by("position"))
    triggers = _by_guide(EscalationTrigger.objects.filter(guide__in=keys).order_by("position"))
    problems, landmarks = _problems(keys)
    for guide in guides:
        assert guide.revision is not None  # noqa: S101 - it is what the file says
        try:
            questions = question_targets.from_data(guide.questions)
        except KeyError:  # an earlier version kept less of them: the file is to be read
            continue
        structure = parsed.Structure(
            sections=tuple(parsed.Section(s.anchor, s.title, s.level, s.line, s.line, "") for s in sections[guide.pk]),
            problems=tuple(problems[guide.pk]),
            landmarks=tuple(landmarks[guide.pk]),
            questions=questions,
            error_codes=tuple(
                parsed.ErrorCode(c.code, c.meaning, c.action, c.anchor, 0) for c in codes[guide.pk] if not c.named_in
            ),
            named_codes=tuple(parsed.NamedCode(c.code, c.anchor, c.named_in) for c in codes[guide.pk] if c.named_in),
            triggers=tuple(trigger.text for trigger in triggers[guide.pk]),
            links=tuple(
                parsed.Link(_as_written(link.target, guide.source), link.anchor, link.line, link.image)
                for link in links[guide.pk]
            ),
        )
        yield guide.revision.digest, guide.source, Document(_metadata(guide), structure, guide.html, ())


def _problems(
    keys: QuerySet[Guide, Any],
) -> tuple[dict[int, list[parsed.Problem]], dict[int, list[parsed.Landmark]]]:
    """By guide, its problems, and the places of those that are no sections."""
    symptoms: dict[int, list[parsed.Symptom]] = defaultdict(list)
    worded = ProblemSymptom.objects.filter(problem__guide__in=keys).order_by("position")
    for problem, text, line, often in worded.values_list("problem", "text", "line", "frequency"):
        symptoms[problem].append(parsed.Symptom(text, line, cast("parsed.Frequency", often) or None))
    steps: dict[int, list[parsed.Step]] = defaultdict(list)
    step_rows = Step.objects.filter(problem__guide__in=keys).order_by("position")
    columns = step_rows.values_list("problem", "text", "under", "condition", "dangerous", "procedure")
    for problem, text, under, condition, dangerous, procedure in columns:
        steps[problem].append(parsed.Step(text, "", 0, under, condition, dangerous, procedure))
    problems: dict[int, list[parsed.Problem]] = defaultdict(list)
    landmarks: dict[int, list[parsed.Landmark]] = defaultdict(list)
    for row in Problem.objects.filter(guide__in=keys).order_by("position"):
        if row.section != row.anchor:
            landmarks[row.guide_id].append(parsed.Landmark(row.anchor, row.section, row.line))
        problems[row.guide_id].append(
            parsed.Problem(
                row.anchor,
                row.title,
                row.line,
                tuple(symptoms[row.pk]),
                tuple(row.causes),
                tuple(steps[row.pk]),
                tuple(row.codes),
            )
        )
    return problems, landmarks


def _by_guide(parts: QuerySet[Row]) -> dict[int, list[Any]]:
    by_guide: dict[int, list[Any]] = defaultdict(list)
    for part in parts:
        by_guide[part.guide_id].append(part)  # type: ignore[attr-defined]  # all parts of guides have one
    return by_guide


def _metadata(guide: Guide) -> parsed.Metadata:
    return parsed.Metadata(
        title=guide.title,
        summary=guide.summary,
        category=guide.category,
        audience="staff" if guide.audience == "staff" else "public",
        applies_to=tuple(guide.applies_to),
        tags=tuple(guide.tags),
        prevalence=guide.prevalence,  # type: ignore[arg-type]  # it came from such a document
        step_cost=guide.step_cost,
        owner=guide.owner,
        review_by=guide.review_by,
        contacts=tuple(guide.contacts),
        language=guide.language,
    )


def _as_written(target: str, source: str) -> str:
    """A path below the folder as a link in the file `source` writes it."""
    return relpath(target, PurePosixPath(source).parent.as_posix()) if target else ""


def _card(row: Contact) -> ContactCard:
    return ContactCard(
        name=row.name,
        role=row.role,
        tier=row.tier,
        email=row.email,
        phone=row.phone,
        url=row.url,
        hours=row.hours,
        handles=tuple(row.handles),
        audience="staff" if row.audience == "staff" else "public",
        text="",
        html="",
    )
