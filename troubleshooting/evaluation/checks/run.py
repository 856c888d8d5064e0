"""Checks folders of guides, contacts and walks for all that is wrong with them, before they are loaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from kb.content import front_matter
from kb.content.document import Structure
from kb.content.findings import FileFinding, as_lines
from kb.library.folders.reading import Reading
from kb.models.audience import EVERYONE, INSIDERS
from kb.search.index.contract import Engine
from troubleshooting.catalogue import from_folder
from troubleshooting.catalogue.from_folder import FolderLibrary
from troubleshooting.catalogue.values import Published
from troubleshooting.evaluation.checks import links, products, question_files, symptoms, trees, walk_files, walk_trials
from troubleshooting.evaluation.checks.walk_files import WalkCase

__all__ = ["Totals", "as_lines", "as_warnings", "check", "check_and_count", "check_folder"]

FIRST_WORDS = 5


@dataclass(slots=True)
class Totals:
    """How many guides there are, how many tell of a problem, and how many of one with a symptom and a step."""

    guides: int = 0
    with_problem: int = 0
    with_symptom_and_step: int = 0

    def count(self, structure: Structure) -> None:
        """Count a guide."""
        self.guides += 1
        self.with_problem += bool(structure.problems)
        self.with_symptom_and_step += any(problem.symptoms and problem.steps for problem in structure.problems)

    def __str__(self) -> str:
        """One line of them."""
        return (
            f"{self.guides} guide{'' if self.guides == 1 else 's'}: {self.with_problem} with a problem, "
            f"{self.with_symptom_and_step} with a symptom and a step, {self.guides - self.with_problem} without."
        )


def check(paths: Sequence[Path] = ()) -> list[FileFinding]:
    """What is wrong below `paths` (default: the content folder), by file and line, errors first at each line.

    A path is judged within its folder: the content folder if it lies there, else itself or the folder of the file.
    The name of a file is its path below that folder. Neither the database nor the search index is touched.
    """
    return check_and_count(paths)[0]


def check_and_count(paths: Sequence[Path] = ()) -> tuple[list[FileFinding], Totals]:
    """The same, and how many of the guides below `paths` tell of a problem."""
    found: set[FileFinding] = set()
    totals = Totals()
    below: dict[Path, set[str]] = {}
    for path in paths or [settings.CONTENT_DIR]:
        home, part = _home(path.resolve())
        below.setdefault(home, set()).add(part)
    for home, parts in below.items():
        library = from_folder.read(home)
        found.update(finding for finding in _check(library) if _is_below(finding.file, parts))
        for plan, document in library.documents:
            if _is_below(plan.file.source, parts):
                totals.count(document.structure)
    return sorted(found), totals


def _is_below(file: str, parts: Collection[str]) -> bool:
    return any(not part or file == part or file.startswith(f"{part}/") for part in parts)


def as_warnings(reading: Reading) -> list[FileFinding]:
    """What is wrong with the guides of a folder together, for who loads it; the walks beside them are not tried."""
    library = FolderLibrary(reading.library.folder, reading)
    findings = sorted({*_together(library, library.catalogue(INSIDERS).published)})
    return [replace(finding, severity="warning") for finding in findings]


def check_folder(folder: Path) -> Iterator[FileFinding]:
    """All that is wrong with one folder of guides, contacts, walks and questions."""
    yield from _check(from_folder.read(folder))


def _check(library: FolderLibrary) -> Iterator[FileFinding]:
    catalogues = {audiences: library.catalogue(audiences) for audiences in (EVERYONE, INSIDERS)}
    cases: list[WalkCase] = []
    for item in walk_files.read(library.folder):
        if isinstance(item, FileFinding):
            yield item
        else:
            cases.append(item)
    yield from _refused_by_load(library)
    yield from _together(library, catalogues[INSIDERS].published)
    with ExitStack() as stack:
        engine = _engine_when_needed(library, stack)
        yield from walk_trials.check(library, cases, catalogues, engine)
        yield from question_files.check(library, catalogues[EVERYONE], engine)


def _engine_when_needed(library: FolderLibrary, stack: ExitStack) -> Callable[[], Engine]:
    """Gives a search over the guides, built when it is first asked for, which is there until the stack is closed."""
    return cache(lambda: library.engine(Path(stack.enter_context(TemporaryDirectory()))))


def _together(library: FolderLibrary, published: Published) -> Iterator[FileFinding]:
    """What only the guides of a folder together can tell."""
    yield from links.check(library)
    yield from trees.check(library)
    yield from symptoms.same(library, published)
    yield from symptoms.nearly_same(library)
    yield from _contacts(library, published)
    yield from products.check(library)


def _home(path: Path) -> tuple[Path, str]:
    """The folder that a path is judged in, and the path below it ('' for all of it)."""
    content = Path(settings.CONTENT_DIR).resolve()
    home = content if path.is_relative_to(content) else path if path.is_dir() else path.parent
    below = path.relative_to(home).as_posix()
    return home, "" if below == "." else below


def _refused_by_load(library: FolderLibrary) -> Iterator[FileFinding]:
    for refusal in library.reading.refused:
        yield FileFinding(refusal.source, refusal.line, "error", refusal.message)
    for plan in library.reading.plans:
        for finding in plan.findings:
            yield FileFinding(plan.file.source, finding.line, finding.severity, finding.message)
    for file, card in library.reading.contacts:
        for finding in card.findings:
            yield FileFinding(file.source, finding.line, finding.severity, finding.message)


def _contacts(library: FolderLibrary, published: Published) -> Iterator[FileFinding]:
    """Contacts that a guide names and that are none, and triggers that nobody takes."""
    takers = {trigger.text: trigger.contacts for trigger in published.triggers.values()}
    for plan, document in library.documents:
        text = plan.file.data.decode()
        lines = getattr(front_matter.split(text).fields, "lines", {})
        for slug in document.metadata.contacts:
            if slug not in published.contacts:
                near = get_close_matches(slug, published.contacts, n=1)
                message = f"There is no contact '{slug}'." + (f" Did you mean '{near[0]}'?" if near else "")
                yield FileFinding(plan.file.source, lines.get("contacts", 1), "error", message)
        for trigger in document.structure.triggers:
            if published.contacts and not takers.get(trigger, True):
                message = f"Nobody takes the trigger '{trigger}': name it under 'for' of a contact, or name a contact."
                yield FileFinding(plan.file.source, _line_of(trigger, text), "warning", message)
    if library.documents and not published.contacts:
        message = "There is no contact: a walk in which nothing helps ends with nobody to ask."
        yield FileFinding("contacts", 1, "warning", message)


def _line_of(words: str, text: str) -> int:
    """The line at which a text begins that was found in a file, 1 when it can't be told."""
    start = " ".join(words.split()[:FIRST_WORDS])
    plain = (line.replace("*", "").replace("`", "").replace("_", "") for line in text.splitlines())
    return next((number for number, line in enumerate(plain, 1) if start.replace("_", "") in " ".join(line.split())), 1)
