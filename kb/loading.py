"""Folders of Markdown in, a library that says what they say out, and a report of what became of each file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from kb import generation, library, trees
from kb.content.document import ContactCard, Document
from kb.content.links import below_folder
from kb.content.workers import SECONDS, ReadRequest, read_guides
from kb.files import Refusal, SourceFile
from kb.models import Guide
from kb.search.synonyms import FILE_NAME as SYNONYMS
from kb.search.synonyms import SynonymError, read_synonyms
from kb.survey import FolderAlone, Plan, Survey

CHUNK = 40

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """What became of the files, by their path below their folder; `missing` are guides whose file is gone."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """The files of a folder as read: all `plans`, those `kept` with their documents, contacts, and what was refused."""

    survey: Survey
    plans: list[Plan]
    kept: list[Plan]
    contacts: list[tuple[SourceFile, ContactCard]]
    refused: list[Refusal]


def load(
    paths: Sequence[Path] = (), *, dry_run: bool = False, prune: bool = False, progress: Progress | None = None
) -> Report:
    """Make the library say what the files below `paths` say (default: the content folder).

    A file that can't be read is reported and leaves its guide as it was. With `prune`, guides whose file is gone are
    retired. With `dry_run`, everything is read and nothing is written. `progress` is told how many files were read,
    and of how many. Safe to run again after it was killed.
    """
    report = Report()
    for folder, below in _roots(paths or [settings.CONTENT_DIR]):
        if not dry_run:
            _adopt_moved_folder(folder)
        report.failed += _synonym_errors(folder)
        _FolderLoad(Survey(folder, below), report, progress or _silent).run(dry_run=dry_run, prune=prune)
    if not dry_run:
        library.catch_up()
        _gather_statistics()
    return report


def _synonym_errors(folder: Path) -> list[Refusal]:
    """Why a line of the folder's synonyms can't be used; searching leaves such lines out."""
    try:
        read_synonyms(folder / SYNONYMS)
    except SynonymError as error:
        place = re.match(r"[^:]*:(\d+): (.*)", str(error))
        line, message = (int(place[1]), place[2]) if place else (1, str(error))
        return [Refusal(folder, SYNONYMS, line, f"{message[:1].upper()}{message[1:]}")]
    return []


def read(folder: Path) -> Reading:
    """What loading the folder into an empty library would read and refuse; writes nothing, asks no database."""
    survey, report = FolderAlone(folder), Report()
    return _FolderLoad(survey, report, _silent).read()


def _silent(_done: int, _total: int) -> None:
    """Say nothing of the progress."""


def _roots(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each path as (folder that its guides belong to, path below it); a part of a known folder belongs to it."""
    known = [settings.CONTENT_DIR.resolve(), *(Path(folder) for folder in _loaded_folders())]
    for given in paths:
        path = given.resolve()
        home = next((folder for folder in known if path.is_relative_to(folder)), None)
        home = home or (path if path.is_dir() else path.parent)
        below = path.relative_to(home).as_posix()
        yield home, "" if below == "." else below


def _loaded_folders() -> list[str]:
    return list(Guide.objects.exclude(folder="").order_by("folder").values_list("folder", flat=True).distinct())


def _adopt_moved_folder(folder: Path) -> None:
    """Guides of a folder that is nowhere any more belong to this one, if their files are here."""
    if Guide.objects.filter(folder=str(folder)).exists():
        return
    for old in _loaded_folders():
        sources = Guide.objects.filter(folder=old).values_list("source", flat=True)
        if not Path(old).exists() and all((folder / source).exists() for source in sources):
            library.move_folder(old, str(folder))
            return


def _gather_statistics() -> None:
    """Without statistics SQLite can pick plans that are 100 times slower."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize=0x10002" if connection.vendor == "sqlite" else "ANALYZE")


class _FolderLoad:
    """The load of one folder: read what differs, check it, write it."""

    def __init__(self, survey: Survey, report: Report, progress: Progress) -> None:
        self.survey, self.report, self.progress = survey, report, progress

    def run(self, *, dry_run: bool, prune: bool) -> None:
        """Read, check, count, and unless it is a dry run, write."""
        self.report.failed += self.survey.refused
        plans, cards = self._readable(self.survey.plans())
        self.survey.match_by_title(plans)
        self._count(plans, cards)
        if not dry_run:
            self._write_contacts(cards)
            self._write_guides(plans)
        self._retire({plan.guide.pk for plan in plans if plan.guide}, prune=prune, dry_run=dry_run)

    def _refuse(self, refusal: Refusal) -> None:
        self.report.failed.append(refusal)
        self.survey.refused.append(refusal)

    # Reading

    def read(self) -> Reading:
        """Read everything that differs, and write nothing."""
        self.report.failed += self.survey.refused
        plans = self.survey.plans()
        kept, cards = self._readable(plans)
        return Reading(self.survey, plans, kept, cards, self.report.failed)

    def _readable(self, plans: list[Plan]) -> tuple[list[Plan], list[tuple[SourceFile, ContactCard]]]:
        """The plans with their documents, without those that fail, and the contacts.

        What links to a guide that fails, or from a public guide to what is for staff, is read again without the link.
        """
        self._read(plans, plans)
        kept = self._without_refused(plans)
        cards = self._read_contacts(kept)
        followers = self.survey.followers(kept, cards)
        self._read(followers, [*kept, *followers])
        kept += [plan for plan in followers if plan.document is not None]
        lost = {plan.file.source for plan in plans if plan not in kept and plan.guide is None}
        hidden = self.survey.for_staff(kept, cards)
        self._read(
            [plan for plan in kept if _links_to(plan, lost if plan.is_for_staff else lost | hidden)], kept, hidden
        )
        return kept, cards

    def _without_refused(self, plans: Sequence[Plan]) -> list[Plan]:
        kept = [plan for plan in plans if plan.document is not None]
        for refusal in trees.refusals(self.survey, kept):
            self._refuse(refusal)
        refused = {refusal.source for refusal in self.survey.refused}
        return [plan for plan in kept if plan.file.source not in refused]

    def _read(self, plans: Sequence[Plan], known: Sequence[Plan], hidden: Collection[str] = ()) -> None:
        """Fill in the documents; `hidden` paths are no addresses for public guides."""
        addresses = self.survey.addresses(known)
        public = {source: address for source, address in addresses.items() if source not in hidden}
        requests = [
            ReadRequest(plan.file.source, plan.file.data, addresses if plan.is_for_staff else public) for plan in plans
        ]
        results = read_guides(requests, seconds=SECONDS)
        for done, (plan, result) in enumerate(zip(plans, results, strict=True), start=1):
            self.progress(done, len(plans))
            if result.error:
                self._refuse(Refusal(self.survey.folder, plan.file.source, result.error.line, result.error.message))
            elif result.document:
                self._accept(plan, result.document)

    def _accept(self, plan: Plan, document: Document) -> None:
        plan.findings = document.findings
        errors = [finding for finding in document.findings if finding.severity == "error"]
        for finding in errors:
            self._refuse(Refusal(self.survey.folder, plan.file.source, finding.line, finding.message))
        plan.document = None if errors else document
        said = [f"{plan.file.source}:{finding.line}: {finding.message}" for finding in document.findings]
        known = set(self.report.warnings)
        self.report.warnings += [warning for warning in said if not errors and warning not in known]

    def _read_contacts(self, plans: Sequence[Plan]) -> list[tuple[SourceFile, ContactCard]]:
        found = [file for file in self.survey.contact_files() if self.survey.contact_needs_reading(file)]
        hidden = self.survey.for_staff(plans, ())
        addresses = {path: where for path, where in self.survey.addresses(plans).items() if path not in hidden}
        requests = [ReadRequest(file.source, file.data, addresses, kind="contact") for file in found]
        cards: list[tuple[SourceFile, ContactCard]] = []
        for file, result in zip(found, read_guides(requests, seconds=SECONDS), strict=True):
            if result.error:
                self._refuse(Refusal(self.survey.folder, file.source, result.error.line, result.error.message))
            elif result.contact:
                cards.append((file, result.contact))
        return cards

    # Writing

    def _count(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> None:
        report, survey = self.report, self.survey
        report.new += [plan.file.source for plan in plans if plan.guide is None]
        report.changed += [plan.file.source for plan in plans if plan.guide and plan.text_is_new]
        read = [file for file, _card in cards]
        report.new += [file.source for file in read if file.source not in survey.contacts]
        report.changed += [file.source for file in read if survey.contact_says_else(file)]
        told = {*report.new, *report.changed, *(refusal.source for refusal in survey.refused)}
        report.unchanged += [source for source in survey.files if source not in told]

    def _write_contacts(self, cards: Sequence[tuple[SourceFile, ContactCard]]) -> None:
        if not cards:
            return
        with generation.publication():
            for file, card in cards:
                slug, folder = self.survey.contact_slug(file.source), str(self.survey.folder)
                library.save_contact(card, slug=slug, folder=folder, source=file.source, data=file.data)

    def _write_guides(self, plans: Sequence[Plan]) -> None:
        reachable = trees.goals(self.survey, plans)
        for start in range(0, len(plans), CHUNK):
            with generation.publication():
                changed = [self._publish(plan, reachable) for plan in plans[start : start + CHUNK]]
                if len(plans) <= CHUNK:  # else `catch_up` indexes them all at once
                    library.index(changed)
        if plans:
            library.join_links(str(self.survey.folder))

    def _publish(self, plan: Plan, reachable: dict[str, trees.Goal]) -> Guide:
        assert plan.document is not None  # noqa: S101 - plans without one were refused
        arrival = library.Arrival(
            document=plan.document,
            text=plan.file.data.decode(),
            slug=plan.slug,
            folder=str(self.survey.folder),
            source=plan.file.source,
            comment="Loaded from its file",
            questions=trees.as_data(plan, reachable),
        )
        guide = Guide.objects.select_related("revision").get(pk=plan.guide.pk) if plan.guide else None
        return library.publish(arrival, guide)

    def _retire(self, kept: set[int], *, prune: bool, dry_run: bool) -> None:
        here = self.survey.is_looked_at
        published = [guide for guide in self.survey.gone() if guide.state == Guide.State.PUBLISHED]
        gone = [guide for guide in published if guide.pk not in kept and here(guide.source)]
        contacts = [contact for contact in self.survey.gone_contacts() if here(contact.source)]
        sources = [guide.source for guide in gone] + [contact.source for contact in contacts]
        if not prune:
            self.report.missing += sources
            return
        self.report.retired += sources
        if sources and not dry_run:
            with generation.publication():
                library.index([], library.retire(gone))
                library.retire_contacts(contacts)


def _links_to(plan: Plan, lost: set[str]) -> bool:
    links = plan.document.structure.links if plan.document else ()
    return any(below_folder(plan.file.source, link.target) in lost for link in links)
