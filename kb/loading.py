"""Folders of Markdown in, a library that says what they say out, and a report of what became of each file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from kb import breaking, contact_texts, generation, images, library, readings, retiring, side_files, trees
from kb.contact_texts import ContactArrival
from kb.content.document import ContactCard, Document
from kb.files import Refusal, SourceFile
from kb.half_surveys import FolderAlone
from kb.models import Guide
from kb.readings import Progress, Reader, silent
from kb.search.synonyms import FILE_NAME as SYNONYMS
from kb.search.synonyms import SynonymError, read_synonyms
from kb.survey import Plan, Survey

CHUNK = 40
_PLACE = re.compile(r"[^:]*:(\d+): (.*)")

Lint = Callable[["Reading"], Iterable[str]]
lints: list[Lint] = []  # what looks at a folder as a whole; applications that read guides add theirs when they start


@dataclass(slots=True)
class Report:
    """What became of the files, by their path below their folder.

    `in_review` are those that changed while their guides were edited in the browser; `missing` are guides whose file
    is gone.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    in_review: list[str] = field(default_factory=list)
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
        _FolderLoad(Survey(folder, below), report, progress or silent).run(dry_run=dry_run, prune=prune)
    if not dry_run:
        library.catch_up()
        _gather_statistics()
    return report


def _synonym_errors(folder: Path) -> list[Refusal]:
    """Why a line of the folder's synonyms can't be used; searching leaves such lines out."""
    try:
        read_synonyms(folder / SYNONYMS)
    except SynonymError as error:
        place = _PLACE.match(str(error))
        line, message = (int(place[1]), place[2]) if place else (1, str(error))
        return [Refusal(folder, SYNONYMS, line, f"{message[:1].upper()}{message[1:]}")]
    return []


def read(folder: Path) -> Reading:
    """What loading the folder into an empty library would read and refuse; writes nothing, asks no database."""
    survey, report = FolderAlone(folder), Report()
    return _FolderLoad(survey, report, silent).read()


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
    return list(_from_files().order_by("folder").values_list("folder", flat=True).distinct())


def _from_files(folder: str | None = None) -> QuerySet[Guide]:
    """The guides that files said at some time, of one folder or of all."""
    guides: QuerySet[Guide] = Guide.objects.exclude(loaded=None)
    return guides.filter(folder=folder) if folder else guides


def _adopt_moved_folder(folder: Path) -> None:
    """Guides of a folder that is nowhere any more belong to this one, if most of their files are here."""
    if _from_files(str(folder)).exists():
        return
    for old in _loaded_folders():
        sources = _from_files(old).exclude(state=Guide.State.RETIRED).values_list("source", flat=True)
        here = [(folder / source).exists() for source in sources]
        if not Path(old).exists() and sum(here) > len(here) // 2:
            library.move_folder(old, str(folder))
            return


def _gather_statistics() -> None:
    """Without statistics SQLite can pick plans that are 100 times slower."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize=0x10002" if connection.vendor == "sqlite" else "ANALYZE")


class _FolderLoad:
    """The load of one folder: read what differs, check it, write it."""

    def __init__(self, survey: Survey, report: Report, progress: Progress) -> None:
        self.survey, self.report = survey, report
        self.reader = Reader(survey, progress=progress, refused=report.failed, warnings=report.warnings)

    def run(self, *, dry_run: bool, prune: bool) -> None:
        """Read, check, count, and unless it is a dry run, write."""
        gathered = images.gather(self.survey.folder, self.survey.below, dry_run=dry_run)
        self.survey.new_images |= gathered.addresses
        planned = self.survey.plans()
        self.report.failed += [*self.survey.refused, *gathered.refused]
        plans, cards = self.reader.readable(planned)
        self._count(plans, cards)
        self._say_what_breaks(plans, prune=prune)
        if not dry_run:
            library.will_be_rendered_again(plan.guide.pk for plan in plans if plan.guide and not plan.text_is_new)
            images.remember(self.survey.folder, gathered)
            self._write_contacts(cards)
            self._write_guides(plans)
            self._remember_files()
            side_files.gather(self.survey.folder)
        self._retire({plan.guide.pk for plan in plans if plan.guide}, prune=prune, dry_run=dry_run)
        if plans or cards:
            self._lint(plans)

    def _lint(self, plans: Sequence[Plan]) -> None:
        """Say what is wrong with the folder's guides together; those that were just read are not read again."""
        just_read = {plan.file.source: plan.document for plan in plans if plan.document and plan.text_is_new}
        survey = FolderAlone(self.survey.folder)
        reader = Reader(survey, read_all=partial(readings.read_others, just_read))
        known, everything = set(self.report.warnings), survey.plans()
        kept, cards = reader.readable(everything)
        reading = Reading(survey, everything, kept, cards, [])
        said = (line for lint in lints for line in lint(reading))
        self.report.warnings += [line for line in dict.fromkeys(said) if line not in known]

    def read(self) -> Reading:
        """Read everything that differs, and write nothing."""
        plans = self.survey.plans()
        self.report.failed += self.survey.refused
        kept, cards = self.reader.readable(plans)
        return Reading(self.survey, plans, kept, cards, self.report.failed)

    def _count(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> None:
        report, survey = self.report, self.survey
        report.new += [plan.file.source for plan in plans if plan.guide is None]
        report.changed += [plan.file.source for plan in plans if plan.guide and plan.text_is_new]
        report.in_review += [file.source for _guide, file in survey.to_review]
        report.in_review += [file.source for file in survey.contacts.to_review]
        read = [file for file, _card in cards]
        report.new += [file.source for file in read if file.source not in survey.contacts.known]
        report.changed += [file.source for file in read if survey.contacts.says_else(file)]
        told = {*report.new, *report.changed, *report.in_review, *(refusal.source for refusal in survey.refused)}
        report.unchanged += [source for source in survey.files if source not in told]

    def _write_contacts(self, cards: Sequence[tuple[SourceFile, ContactCard]]) -> None:
        if not cards:
            return
        with generation.publication():
            for file, card in cards:
                self._publish_contact(file, card)

    def _publish_contact(self, file: SourceFile, card: ContactCard) -> None:
        survey, known = self.survey, self.survey.contacts.known.get(file.source)
        from_file = file.source not in survey.contacts.edited
        arrival = ContactArrival(
            card=card,
            text=file.data.decode(),
            folder=str(survey.folder),
            source=file.source,
            slug=survey.contacts.slug(file.source),
            comment="Loaded from its file",
            from_file=from_file,
        )
        try:
            contact_texts.publish(arrival, known.digest if known else "")
        except library.MovedOn:  # it was edited in the browser since the survey looked
            if from_file:
                survey.contacts.to_review.append(file)
                for told in (self.report.new, self.report.changed):
                    told[:] = [source for source in told if source != file.source]
                self.report.in_review.append(file.source)

    def _write_guides(self, plans: Sequence[Plan]) -> None:
        reachable = trees.goals(self.survey, plans)
        for start in range(0, len(plans), CHUNK):
            with generation.publication():
                changed = [guide for plan in plans[start : start + CHUNK] if (guide := self._publish(plan, reachable))]
                if len(plans) <= CHUNK:  # else `catch_up` indexes them all at once
                    library.index(changed)
        library.join_links(str(self.survey.folder))

    def _publish(self, plan: Plan, reachable: dict[str, trees.Goal]) -> Guide | None:
        try:
            return readings.publish(plan, self.survey, reachable)
        except library.MovedOn:  # it was edited in the browser since the survey looked
            if plan.guide and plan.text_is_new:
                self.survey.to_review.append((plan.guide, plan.file))
                self.report.changed.remove(plan.file.source)
                self.report.in_review.append(plan.file.source)
            return None

    def _remember_files(self) -> None:
        """Put in review what files say of guides and contacts that were edited in the browser."""
        contact_texts.agree(self.survey.contacts.in_agreement)
        for file in self.survey.contacts.to_review:
            contact_texts.file_to_review(str(self.survey.folder), file.source, file.data.decode())
        for guide in self.survey.in_agreement:
            library.file_says_the_same(guide)
        for guide, file in self.survey.to_review:
            library.file_to_review(guide, file.data.decode())

    def _say_what_breaks(self, plans: Sequence[Plan], *, prune: bool) -> None:
        """Warn of links in guides that stay as they are and whose ends go with what is about to be published.

        Of more than `CHUNK` changes, those that are written as addresses of the site are left to the page of links.
        """
        read = {plan.guide.pk for plan in plans if plan.guide and plan.text_is_new}
        ends: list[tuple[Guide, Document | None]] = [
            (plan.guide, plan.document) for plan in plans if plan.guide and plan.text_is_new
        ]
        going = self._gone({plan.guide.pk for plan in plans if plan.guide}) if prune else []
        ends += [(guide, None) for guide in going]
        places = [
            place
            for guide, document in ends
            for place in breaking.breaking(guide, document, also_addresses=len(ends) <= CHUNK)
            if place.guide.pk not in read and place.guide not in going
        ]
        self.report.warnings += [
            f"{place.guide.source}:{place.line}: The link to '{place.target}' would break. {place.reason}"
            for place in sorted(places, key=lambda place: (place.guide.source, place.line))
        ]

    def _gone(self, kept: set[int]) -> list[Guide]:
        """The published guides that are looked at and whose file is gone."""
        published = [guide for guide in self.survey.gone() if guide.state == Guide.State.PUBLISHED]
        return [guide for guide in published if guide.pk not in kept and self.survey.is_looked_at(guide.source)]

    def _retire(self, kept: set[int], *, prune: bool, dry_run: bool) -> None:
        here = self.survey.is_looked_at
        gone = self._gone(kept)
        contacts = [contact for contact in self.survey.gone_contacts() if here(contact.source)]
        sources = [guide.source for guide in gone] + [contact.source for contact in contacts]
        if not prune:
            self.report.missing += sources
            return
        self.report.retired += sources
        if sources and not dry_run:
            retiring.retire(self.survey.folder, gone, contacts)
        self.report.retired += images.forget_gone(self.survey.folder, here, dry_run=dry_run)
