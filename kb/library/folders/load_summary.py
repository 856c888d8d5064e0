"""Counts by kind what a load understood of a folder and what it left out, with one example of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from kb.content import front_matter
from kb.content.document import ContentError, Document, Link
from kb.content.findings import FileFinding
from kb.content.folder_links import FolderLinks
from kb.content.links import DownloadAddress
from kb.content.patterns import linear
from kb.content.unknown_keys import unknown_keys
from kb.library.folders import file_drafts, other_files
from kb.models import Guide
from kb.models.wording import read_findings

if TYPE_CHECKING:
    from kb.library.folders.plan import Plan
    from kb.library.folders.reading import Reading

LONGEST_EXAMPLE = 300
FOR_EVERYONE, FOR_STAFF, DRAFTS, CONTACTS = "Guides for everyone", "Guides for staff", "Drafts", "Contacts"
SECTIONS, PROBLEMS, SYMPTOMS, STEPS = "Sections", "Problems", "Symptoms", "Steps of solutions"
CODES, NAMED_CODES, QUESTIONS = "Error codes explained", "Error codes named", "Questions that guides ask"
LINKS, PICTURES, DOWNLOADS = "Links within the library", "Pictures", "Downloads"
STAFF_PARTS, BOXES, TABS, TABLES = "Guides with parts for staff only", "Boxes and folded parts", "Tabs", "Tables"
UNDERSTOOD = (
    *(FOR_EVERYONE, FOR_STAFF, STAFF_PARTS, DRAFTS, CONTACTS, SECTIONS, PROBLEMS, SYMPTOMS, STEPS, CODES, NAMED_CODES),
    *(QUESTIONS, BOXES, TABS, TABLES, LINKS, PICTURES, DOWNLOADS),
)
_SHOWN = (
    (BOXES, linear(r'class="admonition-title">([^<]*)|<details><summary>([^<]*)')),
    (TABS, linear(r'class="tab-title">([^<]*)')),
    (
        TABLES,
        linear(r'aria-label="Table(?:: ([^"]*))?" class="table-scroll"|class="table-scroll"[^>]*aria-label="Table'),
    ),
)
"""What the pages of guides have beside their structure, and how it is written there, with its title."""
NO_PROBLEM = "Guides in which no problem was found"


@dataclass(slots=True)
class Kind:
    """How often something is there, in which files, and the first of them: `example`, at `place` (`file:line`)."""

    count: int = 0
    files: set[str] = field(default_factory=set)
    place: str = ""
    example: str = ""

    def add(self, source: str, line: int, example: str) -> None:
        """Count one more."""
        if not self.count:
            self.place = f"{source}:{line}" if line else source
            self.example = shortened(example)
        self.count += 1
        self.files.add(source)


@dataclass(slots=True)
class LoadSummary:
    """What is counted of all folders of a load.

    `understood` is by the names above; `keys` are those of heads that mean nothing here; `others` the files that are
    not read, by their folder and ending. `known_findings` are those of guides that were read by an earlier load.
    """

    understood: dict[str, Kind] = field(default_factory=lambda: {name: Kind() for name in UNDERSTOOD})
    without_problem: Kind = field(default_factory=Kind)
    keys: dict[str, Kind] = field(default_factory=dict)
    others: dict[tuple[str, str], Kind] = field(default_factory=dict)
    known_findings: list[FileFinding] = field(default_factory=list)

    def add(self, reading: Reading) -> None:
        """Count what was read of a folder."""
        addresses = reading.library.addresses(reading.kept)
        for plan in reading.kept:
            if plan.document is not None:
                self._add_guide(plan, plan.document, addresses)
        for plan in reading.plans:
            if plan.withheld and plan.document is not None:
                source, reasons = plan.file.source, plan.withheld
                self.understood[DRAFTS].add(source, reasons[0].line, reasons[0].written)
                found = file_drafts.findings(reasons, keeps_drafts=True)
                self.known_findings += [FileFinding(source, each.line, each.severity, each.message) for each in found]
        for file, card in reading.contacts:
            self.understood[CONTACTS].add(file.source, 1, card.name)

    def add_known_findings(self, guides: Iterable[Guide], told: Collection[FileFinding]) -> None:
        """Add what is said of guides that were not read now, but for what was `told` already."""
        for guide in guides:
            found = (
                FileFinding(guide.source, *finding) for finding in read_findings(guide.findings, guide.finding_parts)
            )
            self.known_findings += [finding for finding in found if finding not in told]

    def add_other_files(self, folder: Path, below: str, taken: Collection[str]) -> None:
        """Count the files of a folder that are not read; `taken` are its attachments, by path."""
        for source in other_files.unread(folder, below, taken):
            place, ending = other_files.place_of(folder, source)
            self.others.setdefault((place, ending), Kind()).add(source, 0, "")

    def _add_guide(self, plan: Plan, document: Document, addresses: Mapping[str, str]) -> None:
        source, metadata = plan.file.source, document.metadata
        kinds = self.understood
        kinds[FOR_STAFF if metadata.audience == "staff" else FOR_EVERYONE].add(source, 1, metadata.title)
        whole = document.whole.structure
        for name, line, text in _parts(document):
            kinds[name].add(source, line, text)
        for name, pattern in _SHOWN:
            for found in pattern.finditer(document.whole.html):
                kinds[name].add(source, 0, unescape(next(filter(None, found.groups()), "")))
        if document.for_staff is not None:
            kinds[STAFF_PARTS].add(source, min(document.for_staff.lines, default=0), metadata.title)
        if not whole.problems:
            self.without_problem.add(source, 1, metadata.title)
        links = FolderLinks(source, addresses)
        for link in whole.links:
            if name := _kind_of(link, links, addresses):
                kinds[name].add(source, link.line, link.text or link.target)
        for key, line in _keys_of(plan):
            self.keys.setdefault(key, Kind()).add(source, line, key)


def shortened(text: str) -> str:
    """A text on one line, and not too long to be looked at."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EXAMPLE else f"{line[:LONGEST_EXAMPLE]}…"


def _parts(document: Document) -> Iterator[tuple[str, int, str]]:
    """What was found in a guide: its kind, its line, and its words."""
    structure = document.whole.structure
    yield from ((SECTIONS, section.line, section.title) for section in structure.sections if section.level)
    for problem in structure.problems:
        yield PROBLEMS, problem.line, problem.title or document.metadata.title
        yield from ((SYMPTOMS, symptom.line, symptom.text) for symptom in problem.symptoms)
        yield from ((STEPS, step.line, step.text) for step in problem.steps)
    yield from ((CODES, code.line, code.code) for code in structure.error_codes)
    yield from ((NAMED_CODES, 0, code.code) for code in structure.named_codes)
    yield from ((QUESTIONS, question.line, question.text) for question in structure.questions)


def _kind_of(link: Link, links: FolderLinks, addresses: Mapping[str, str]) -> str:
    """What kind of thing a link leads to, '' when it leads nowhere or to its own page."""
    path = links.path_of(link.target) if link.target else None
    if path is None:
        return ""
    if isinstance(addresses[path], DownloadAddress):
        return DOWNLOADS
    return PICTURES if link.image else LINKS


def _keys_of(plan: Plan) -> list[tuple[str, int]]:
    """The keys of the head that mean nothing here, with their lines."""
    try:
        return unknown_keys(front_matter.split(plan.file.data.decode(), plan.file.source).fields)
    except ContentError:  # it was read as something else
        return []
