"""Folders of Markdown in, a library that says what they say out, and a report of what became of each file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from kb.content.document import ContactCard, Document
from kb.content.findings import FileFinding
from kb.content.patterns import linear
from kb.library import contact_publishing, publication, publishing, question_targets, retiring
from kb.library.contact_publishing import ContactArrival
from kb.library.folders import file_drafts, known_documents, side_files
from kb.library.folders import reader as readings
from kb.library.folders.address_file import NOTHING
from kb.library.folders.partial_plans import FolderAlone
from kb.library.folders.plan import Plan, Survey
from kb.library.folders.reader import Progress, Reader, silent
from kb.library.folders.source_files import Refusal, SourceFile
from kb.library.images import store
from kb.library.links import breaking
from kb.models import Contact, Guide
from kb.search.text.synonyms import FILE_NAME as SYNONYMS
from kb.search.text.synonyms import SynonymError, read_synonyms

CHUNK = 40
_PLACE = linear(r"[^:]*:(\d+): (.*)")

Lint = Callable[["Reading"], Iterable[FileFinding]]
lints: list[Lint] = []  # what looks at a folder as a whole; applications that read guides add theirs when they start


@dataclass(slots=True)
class Report:
    """What became of the files, by their path below their folder.

    `drafts` are those that are new or changed and say that they are not for readers; `in_review` are those that changed
    while their guides were edited in the browser; `missing` are guides whose file is gone.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    in_review: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[Refusal] = field(default_factory=list)
    findings: list[FileFinding] = field(default_factory=list)

    @property
    def warnings(self) -> list[str]:
        """What is odd but was loaded, as `file:line: message`."""
        return [str(finding) for finding in self.findings]


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
        publishing.catch_up()
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
    survey, report = FolderAlone(folder), Report(failed=[*store.unshowable(folder), *_synonym_errors(folder)])
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
            publishing.move_folder(old, str(folder))
            return


def _gather_statistics() -> None:
    """Without statistics SQLite can pick plans that are 100 times slower."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize=0x10002" if connection.vendor == "sqlite" else "ANALYZE")


class _FolderLoad:
    """The load of one folder: read what differs, check it, write it."""

    def __init__(self, survey: Survey, report: Report, progress: Progress) -> None:
        self.survey, self.report = survey, report
        self.reader = Reader(survey, progress=progress, refused=report.failed, findings=report.findings)

    def run(self, *, dry_run: bool, prune: bool) -> None:
        """Read, check, count, and unless it is a dry run, write."""
        gathered = store.gather(self.survey.folder, self.survey.below, dry_run=dry_run)
        self.survey.new_images |= gathered.addresses
        planned = self.survey.plans()
        self.report.failed += [*self.survey.refused, *gathered.refused]
        plans, cards = self.reader.readable(planned)
        withheld = self.reader.withheld
        self._count(plans, cards)
        self._say_what_breaks(plans, prune=prune)
        if not dry_run:
            publishing.will_be_rendered_again(plan.guide.pk for plan in plans if plan.guide and not plan.text_is_new)
            store.remember(self.survey.folder, gathered)
            self._keep_drafts()
            self._write_contacts(cards)
            self._write_guides(plans)
            self._remember_files()
            self._remember_gone()
            side_files.gather(self.survey.folder)
        kept = {plan.guide.pk for plan in (*plans, *withheld) if plan.guide}
        self._retire(kept, prune=prune, dry_run=dry_run)
        if plans or cards or withheld:
            self._lint(plans)

    def _lint(self, plans: Sequence[Plan]) -> None:
        """Say what is wrong with the folder's guides together.

        What was just read, or says what readers see already, is not read again.
        """
        survey = FolderAlone(self.survey.folder)
        survey.new_images = store.addresses(str(survey.folder))  # some were uploaded and are no files
        known = known_documents.of_folder(survey.folder, survey.files)
        for plan in (*plans, *self.reader.withheld):
            file = survey.files.get(plan.file.source)
            if plan.document and file and file.data == plan.file.data:
                known[file.source] = plan.document
        reader = Reader(survey, read_all=partial(readings.read_others, known))
        told, everything = set(self.report.findings), survey.plans()
        kept, cards = reader.readable(everything)
        reading = Reading(survey, everything, kept, cards, [])
        said = (finding for lint in lints for finding in lint(reading))
        self.report.findings += [finding for finding in dict.fromkeys(said) if finding not in told]

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
        for guide, file in survey.to_review:
            report.findings += file_drafts.still_shown(guide, file)
        report.in_review += [file.source for file in survey.contacts.to_review]
        for plan in self.reader.withheld:
            is_shown = plan.guide is not None and plan.guide.state == Guide.State.PUBLISHED
            (report.retired if is_shown else report.drafts).append(plan.file.source)
        read = [file for file, _card in cards]
        report.new += [file.source for file in read if file.source not in survey.contacts.known]
        report.changed += [file.source for file in read if survey.contacts.says_else(file)]
        told = {
            *report.new,
            *report.changed,
            *report.drafts,
            *report.retired,
            *report.in_review,
            *(refusal.source for refusal in survey.refused),
        }
        report.unchanged += [source for source in survey.files if source not in told]

    def _write_contacts(self, cards: Sequence[tuple[SourceFile, ContactCard]]) -> None:
        if not cards:
            return
        with publication.publication():
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
            contact_publishing.publish(arrival, known.digest if known else "")
        except publishing.MovedOn:  # it was edited in the browser since the survey looked
            if from_file:
                survey.contacts.to_review.append(file)
                for told in (self.report.new, self.report.changed):
                    told[:] = [source for source in told if source != file.source]
                self.report.in_review.append(file.source)

    def _write_guides(self, plans: Sequence[Plan]) -> None:
        reachable = question_targets.goals(self.survey, plans)
        for start in range(0, len(plans), CHUNK):
            with publication.publication():
                changed = [guide for plan in plans[start : start + CHUNK] if (guide := self._publish(plan, reachable))]
                if len(plans) <= CHUNK:  # else `catch_up` indexes them all at once
                    publishing.index(changed)
        publishing.join_links(str(self.survey.folder))

    def _publish(self, plan: Plan, reachable: dict[str, question_targets.Goal]) -> Guide | None:
        try:
            return readings.publish(plan, self.survey, reachable)
        except publishing.MovedOn:  # it was edited in the browser since the survey looked
            if plan.guide and plan.text_is_new:
                self.survey.to_review.append((plan.guide, plan.file))
                self.report.changed.remove(plan.file.source)
                self.report.in_review.append(plan.file.source)
            return None

    def _keep_drafts(self) -> None:
        """Take away from readers what its file says is not for them, and keep all such texts as drafts."""
        withheld = self.reader.withheld
        shown = [plan.guide for plan in withheld if plan.guide and plan.guide.state == Guide.State.PUBLISHED]
        seen = dict(Guide.objects.filter(pk__in=[guide.pk for guide in shown]).values_list("pk", "revision"))
        shown = [guide for guide in shown if seen.get(guide.pk) == guide.revision_id]
        if shown:
            retiring.retire(self.survey.folder, shown)
        for plan in withheld:
            try:
                file_drafts.keep(plan, self.survey.remembered.get(plan.file.source, NOTHING))
            except (
                publishing.MovedOn
            ):  # it was published in the browser since the survey looked: the next load sees to it
                self.report.drafts = [source for source in self.report.drafts if source != plan.file.source]
                self.report.in_review.append(plan.file.source)

    def _remember_files(self) -> None:
        """Put in review what files say of guides and contacts that were edited in the browser."""
        contact_publishing.agree(self.survey.contacts.in_agreement)
        for file in self.survey.contacts.to_review:
            contact_publishing.file_to_review(str(self.survey.folder), file.source, file.data.decode())
        for contact, digest in self.survey.contacts.said_before:
            contact_publishing.file_says(contact, digest)
        for guide in self.survey.in_agreement:
            publishing.file_says_the_same(guide)
        for guide, revision in self.survey.said_before:
            publishing.file_says(guide, revision)
        for guide, source in self.survey.moved:
            publishing.move_file(guide, source)
        for guide, file in self.survey.to_review:
            publishing.file_to_review(guide, file.data.decode())

    def _remember_gone(self) -> None:
        """Note which files of what is retired are gone, and which files that were gone are back."""
        for model in (Guide, Contact):
            found = model._default_manager.filter(folder=str(self.survey.folder), file_gone=True)  # noqa: SLF001
            found.filter(source__in=self.survey.files).update(file_gone=False)
        here, moved = self.survey.is_looked_at, [guide for guide, _source in self.survey.moved]
        retired = [guide for guide in self.survey.gone() if guide.retired_at and guide not in moved]
        publishing.files_are_gone(guide for guide in retired if here(guide.source))
        lost = [contact for contact in self.survey.gone_contacts() if contact.retired and here(contact.source)]
        contact_publishing.files_are_gone(lost)

    def _say_what_breaks(self, plans: Sequence[Plan], *, prune: bool) -> None:
        """Warn of links in guides that stay as they are and whose ends go with what is about to be published.

        Of more than `CHUNK` changes, those that are written as addresses of the site are left to the page of links.
        """
        read = {plan.guide.pk for plan in plans if plan.guide and plan.text_is_new}
        ends: list[tuple[Guide, Document | None]] = [
            (plan.guide, plan.document) for plan in plans if plan.guide and plan.text_is_new
        ]
        withheld = [plan.guide for plan in self.reader.withheld if plan.guide]
        going = self._gone({plan.guide.pk for plan in plans if plan.guide} | {guide.pk for guide in withheld})
        going = [*withheld, *(going if prune else [])]
        ends += [(guide, None) for guide in going]
        places = [
            place
            for guide, document in ends
            for place in breaking.breaking(guide, document, also_addresses=len(ends) <= CHUNK)
            if place.guide.pk not in read and place.guide not in going
        ]
        said = "The link to '{}' would break. {}"
        self.report.findings += [
            FileFinding(place.guide.source, place.line, "warning", said.format(place.target, place.reason))
            for place in sorted(places, key=lambda place: (place.guide.source, place.line))
        ]

    def _gone(self, kept: set[int]) -> list[Guide]:
        """The guides that are looked at, published or drafts of files, and whose file is gone."""
        known = [
            guide
            for guide in self.survey.gone()
            if guide.is_withheld or (guide.state == Guide.State.PUBLISHED and not guide.file_gone)
        ]
        return [guide for guide in known if guide.pk not in kept and self.survey.is_looked_at(guide.source)]

    def _retire(self, kept: set[int], *, prune: bool, dry_run: bool) -> None:
        here = self.survey.is_looked_at
        gone = self._gone(kept)
        lost = [contact for contact in self.survey.gone_contacts() if not contact.retired and not contact.file_gone]
        contacts = [contact for contact in lost if here(contact.source)]
        sources = [guide.source for guide in gone] + [contact.source for contact in contacts]
        if not prune:
            self.report.missing += sources
            return
        self.report.retired += sources
        if sources and not dry_run:
            file_drafts.let_go(guide for guide in gone if guide.is_withheld)
            retiring.retire(self.survey.folder, [guide for guide in gone if not guide.is_withheld], contacts)
            publishing.files_are_gone(gone)
            contact_publishing.files_are_gone(contacts)
        self.report.retired += store.forget_gone(self.survey.folder, here, dry_run=dry_run)
