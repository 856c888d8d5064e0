"""Writes what a guide for everyone says to staff only, for staff's page, staff's search and staff's walks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from kb.content import staff_blocks
from kb.content.document import Document, StaffForm, Step
from kb.content.rendering import with_former_anchors
from kb.content.walk_parts import ProblemPart, walk_parts
from kb.library import structure_rows
from kb.library.section_keys import Identity
from kb.models import Guide
from kb.models import StaffForm as FormRow
from kb.search.index.documents import sections_as_data


def write(guide: Guide, document: Document, identity: Identity) -> None:
    """Write the guide as staff read it, in place of what was written before; nothing where it is the same for all."""
    FormRow.objects.filter(guide=guide).delete()
    form = document.for_staff
    if form is None:
        return
    FormRow.objects.create(
        guide=guide,
        html=with_former_anchors(form.html, identity.former),
        sections=sections_as_data(form.structure),
        walk=_walk(document, form, identity.keys),
    )


def _walk(document: Document, form: StaffForm, keys: Mapping[str, str]) -> dict[str, Any]:
    """What walks read of a guide, as `troubleshooting.catalogue` has it."""
    parts, told = walk_parts(form.structure), _told_to_all(document)
    return {
        "sections": [list(section) for section in parts.sections],
        "codes": [[code.key, code.code, code.anchor] for code in parts.codes_in_text],
        "triggers": list(parts.triggers),
        "path": [[level.name, level.said] for level in parts.path],
        "problems": [
            _problem(problem, html, told, keys=keys, language=document.metadata.language)
            for problem, html in zip(parts.problems, form.step_html, strict=True)
        ],
    }


def _told_to_all(document: Document) -> dict[tuple[str, int], list[tuple[Step, str]]]:
    """The steps for everyone with their HTML, by their problem and their line."""
    told: dict[tuple[str, int], list[tuple[Step, str]]] = defaultdict(list)
    for problem, step_html in zip(document.structure.problems, document.step_html, strict=True):
        for step, html in zip(problem.steps, step_html, strict=True):
            told[(problem.anchor, step.line)].append((step, html))
    return told


def _problem(
    problem: ProblemPart,
    step_html: tuple[str, ...],
    told: Mapping[tuple[str, int], list[tuple[Step, str]]],
    *,
    keys: Mapping[str, str],
    language: str,
) -> dict[str, Any]:
    """A problem with its parts."""
    return {
        "anchor": problem.anchor,
        "key": structure_rows.key_of_problem(problem.anchor, keys),
        "section": problem.section,
        "title": problem.title,
        "codes": list(problem.codes),
        "symptoms": [
            {"text": symptom.text, "key": symptom.key, "frequency": symptom.frequency} for symptom in problem.symptoms
        ],
        "steps": [
            _step(step, html, told.get((problem.anchor, step.line), []), language)
            for step, html in zip(problem.steps, step_html, strict=True)
        ],
    }


def _step(step: Step, html: str, told: list[tuple[Step, str]], language: str) -> dict[str, Any]:
    """A step, in the words that everyone has of it, and whether it is `for_staff` only: no one else is told of it.

    `told` are the steps for everyone that begin at its line, of which it takes its own. What is said before a step may
    be for staff only, so that all that everyone is told of it is kept beside what staff are.
    """
    public, public_html = told.pop(0) if told else (None, "")
    return {
        "text": public.text if public else step.text,
        "html": staff_blocks.marked(html, public_html, language) if public_html else html,
        "under": step.under,
        "condition": step.condition,
        "dangerous": step.dangerous,
        "procedure": step.procedure,
        "for_staff": not public_html,
        "public_html": public_html,
        "public_under": public.under if public else "",
        "public_condition": public.condition if public else "",
        "public_dangerous": public.dangerous if public else False,
    }
