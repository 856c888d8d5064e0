"""Holds a folder's guides to the questions that lie beside them: the walks must lead where the questions say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content.document import Document
from kb.content.findings import FileFinding
from kb.library.folders.plan import Plan
from kb.models.audience import EVERYONE
from kb.search.evaluation import QuestionError, read_questions
from kb.search.index.contract import Engine
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.from_folder import FolderLibrary
from troubleshooting.evaluation.asking import Asked, Facts, measure
from troubleshooting.evaluation.own_words import FILE_NAME, facts_of, sort_out, steps_in

LEAST_AMONG_THREE = 0.85
LEAST_ESCALATED = 0.9
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Floor:
    """What must be so for a share of some questions, at least; `figure` is one of those of `asking`."""

    figure: str
    least: float
    sentence: str


AMONG_THREE = Floor(
    "top3_before", LEAST_AMONG_THREE, "the right guide is among the first three for {share} of the questions"
)
ESCALATED = Floor(
    "escalate", LEAST_ESCALATED, "the walk ends with the contacts for {share} of the questions that no guide answers"
)


def check(library: FolderLibrary, catalogue: Catalogue, engine: Callable[[], Engine]) -> Iterator[FileFinding]:
    """What is wrong with the questions of a folder, and with where its guides lead who asks them."""
    if not (library.folder / FILE_NAME).is_file():
        return
    try:
        questions = read_questions(_within(library.folder), also_uncovered=True)
    except QuestionError as error:
        yield FileFinding(FILE_NAME, error.line, "error", error.sentence[:1].upper() + error.sentence[1:])
        return
    public = [(plan, document) for plan, document in library.documents if document.metadata.audience in EVERYONE]
    sources = {number: plan.file.source for number, (plan, _) in enumerate(public)}
    covered, uncovered, unknown = sort_out(questions, sources, lambda number: _facts(*public[number]))
    for line, path in unknown:
        yield FileFinding(FILE_NAME, line, "error", f"There is no guide '{path}' that everybody may read.")
    for asked, floor in ((covered, AMONG_THREE), (uncovered, ESCALATED)):
        if asked:
            yield from _below(asked, floor, catalogue, engine())


def _within(folder: Path) -> Path:
    """The file of questions; QuestionError for a link that leads out of the folder."""
    path = folder / FILE_NAME
    if not path.resolve().is_relative_to(folder.resolve()):
        raise QuestionError(FILE_NAME, "this is a link that leads out of the folder: copy the file in instead.")
    return path


def _facts(plan: Plan, document: Document) -> Facts:
    meta = document.metadata
    text = plan.file.data.decode()
    has_problem = bool(document.structure.problems)
    return facts_of(plan.slug, meta.title, text, meta.category, meta.applies_to, has_problem=has_problem)


def _below(asked: Sequence[Asked], floor: Floor, catalogue: Catalogue, engine: Engine) -> Iterator[FileFinding]:
    measured = measure(asked, steps_in(catalogue, EVERYONE, engine))
    missed = measured.missed(floor.figure)
    share = 1 - len(missed) / len(asked)
    if share < floor.least:
        lines = ", ".join(map(str, missed[:MOST_NAMED])) + (", ..." if len(missed) > MOST_NAMED else "")
        told = floor.sentence.format(share=f"{share:.0%}")
        message = f"By the words alone {told}, and {floor.least:.0%} is the least. It is not so in line {lines}."
        yield FileFinding(FILE_NAME, missed[0], "error", message)
