"""Writes what was found in a guide's text (sections, problems, codes, links) as rows that pages and walks read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kb.content.document import Document, NamedCode, Structure
from kb.content.document import ErrorCode as FoundCode
from kb.content.document import Link as FoundLink
from kb.content.levels import level
from kb.content.links import below_folder
from kb.content.wording import stored_symptom_key
from kb.library.revisions import fit
from kb.models import (
    ErrorCode,
    EscalationLevel,
    EscalationTrigger,
    Guide,
    Link,
    Problem,
    ProblemSymptom,
    Section,
    Step,
    Symptom,
)

if TYPE_CHECKING:
    from django.db.models import Model


def forget(guide: Guide) -> None:
    """Delete what was found in the guide's text."""
    owned: tuple[type[Model], ...] = (Section, Problem, ErrorCode, EscalationTrigger, EscalationLevel, Link)
    for model in owned:
        model._default_manager.filter(guide=guide).delete()  # noqa: SLF001 - Django's name for it


def write(guide: Guide, document: Document, keys: Mapping[str, str]) -> None:
    """Write what was found in the guide's text, its sections under their `keys` (by anchor).

    `addresses.join_links` says afterwards where its links lead.
    """
    structure = document.structure
    write_sections(guide, document, keys)
    _write_codes(guide, structure)
    EscalationTrigger.objects.bulk_create(
        EscalationTrigger(guide=guide, position=position, text=text) for position, text in enumerate(structure.triggers)
    )
    EscalationLevel.objects.bulk_create(
        EscalationLevel(guide=guide, position=position, text=text, name=found.name, said=found.said)
        for position, (text, found) in enumerate((text, level(text)) for text in structure.path)
    )
    _write_links(guide, structure.links)
    if form := document.for_staff:
        _write_links(guide, [link for link in form.structure.links if link.line in form.lines], for_staff=True)
    _write_problems(guide, document, keys)


def write_sections(guide: Guide, document: Document, keys: Mapping[str, str]) -> None:
    """Write the sections of the guide's text alone: by them its sections are recognised when it is read again."""
    Section.objects.bulk_create(
        Section(
            guide=guide,
            position=position,
            anchor=section.anchor,
            key=keys[section.anchor],
            title=fit(section.title, 500),
            level=section.level,
            line=section.line,
            text=section.text,
        )
        for position, section in enumerate(document.structure.sections)
    )


def _write_codes(guide: Guide, structure: Structure) -> None:
    """The codes that the guide defines, then those that it names in telling what goes wrong."""
    codes: list[tuple[FoundCode | NamedCode, dict[str, str]]] = [
        *((code, {"meaning": code.meaning, "action": code.action}) for code in structure.error_codes),
        *((code, {"named_in": code.place}) for code in structure.named_codes),
    ]
    ErrorCode.objects.bulk_create(
        ErrorCode(
            guide=guide,
            position=position,
            code=fit(code.code, 120),
            key=fit(code.code, 120).lower(),
            anchor=code.anchor,
            **columns,
        )
        for position, (code, columns) in enumerate(codes)
    )


def key_of_problem(anchor: str, keys: Mapping[str, str]) -> str:
    """The key of the section that a problem is; one that is no section has a key that no section can have."""
    return keys.get(anchor, f"#{anchor}" if anchor else "")


def _write_links(guide: Guide, links: Iterable[FoundLink], *, for_staff: bool = False) -> None:
    Link.objects.bulk_create(
        Link(
            guide=guide,
            line=link.line,
            target=fit(below_folder(guide.source, unquote(link.target)), 500),
            anchor=fit(link.anchor, 200),
            image=link.image,
            for_staff=for_staff,
        )
        for link in links
    )


def _write_problems(guide: Guide, document: Document, keys: Mapping[str, str]) -> None:
    found = document.structure.problems
    sections = {landmark.anchor: landmark.section for landmark in document.structure.landmarks}
    problems = Problem.objects.bulk_create(
        Problem(
            guide=guide,
            position=position,
            anchor=problem.anchor,
            key=key_of_problem(problem.anchor, keys),
            section=sections.get(problem.anchor, problem.anchor),
            title=fit(problem.title, 500),
            line=problem.line,
            causes=list(problem.causes),
            codes=list(problem.codes),
        )
        for position, problem in enumerate(found)
    )
    symptoms = _symptom_ids({stored_symptom_key(symptom.text) for problem in found for symptom in problem.symptoms})
    ProblemSymptom.objects.bulk_create(
        ProblemSymptom(
            problem=row,
            symptom_id=symptoms[stored_symptom_key(symptom.text)],
            position=position,
            text=symptom.text,
            line=symptom.line,
            frequency=symptom.frequency or "",
        )
        for row, problem in zip(problems, found, strict=True)
        for position, symptom in enumerate(problem.symptoms)
    )
    Step.objects.bulk_create(
        Step(
            problem=row,
            position=position,
            text=step.text,
            html=html,
            under=step.under,
            condition=step.condition,
            dangerous=step.dangerous,
            procedure=step.procedure,
        )
        for row, problem, step_html in zip(problems, found, document.step_html, strict=True)
        for position, (step, html) in enumerate(zip(problem.steps, step_html, strict=True))
    )


def _symptom_ids(keys: set[str]) -> dict[str, int]:
    Symptom.objects.bulk_create((Symptom(key=key) for key in sorted(keys)), ignore_conflicts=True)
    return dict(Symptom.objects.filter(key__in=keys).values_list("key", "pk"))
