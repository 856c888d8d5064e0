"""Loads one folder: reads what differs from the library, checks it, and writes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext_noop

from kb.content.document import ContactCard, Document
from kb.content.findings import FileFinding
from kb.content.source_dates import date_in_name
from kb.library import (
    addresses,
    contact_publishing,
    indexing,
    publication,
    publishing,
    question_targets,
    retiring,
    source_states,
    synonyms,
)
from kb.library.attachments.store import Gathering
from kb.library.contact_publishing import ParsedContact
from kb.library.folders import carrying_out, file_drafts, lints, side_files
from kb.library.folders.commit_dates import commit_dates
from kb.library.folders.load_plan import LoadPlan
from kb.library.folders.load_report import LoadReport
from kb.library.folders.plan import Plan
from kb.library.folders.reader import Progress, Reader, read_many
from kb.library.folders.source_files import SourceFile
from kb.library.images import store
from kb.library.links import breaking
from kb.library.publishing import ChangedMeanwhile
from kb.library.question_targets import Goal
from kb.models import Contact, Guide
from kb.search.text.synonyms import FILE_NAME as SYNONYMS

CHUNK = 40


class FolderLoad:
    """The load of one folder: read what differs, check it, write it."""

    def __init__(self, plan: LoadPlan, report: LoadReport, progress: Progress) -> None:
        self.plan, self.library, self.report = plan, plan.library, report
        self.folder = plan.folder.folder
        self._commits: dict[str, dt.datetime] | None = None
        self.attachments = Gathering(self.folder)
        self.reader = Reader(self.library, plan, read_many, progress, self._fetch, plan.folder.refused, report.findings)

    def run(self, *, dry_run: bool, prune: bool) -> None:
        """Read, check, count, and unless it is a dry run, write."""
        gathered = store.gather(self.folder, self.plan.folder.below, dry_run=dry_run)
        self.library.new_images |= gathered.addresses
        self.attachments.dry_run = dry_run
        self.attachments.look_again(self.plan.folder.is_looked_at, self.plan.files, prune=prune)
        self._tell_of_attachments()
        planned, refused = self.plan.plans(), self.plan.folder.refused
        self.report.failed += [*refused, *gathered.refused]
        failed_before = len(refused)
        plans, cards = self.reader.readable(planned)
        self.report.failed += refused[failed_before:]
        withheld = self.reader.withheld
        self._count(plans, cards)
        self._warn_of_breaking_links(plans, prune=prune)
        if not dry_run:
            publishing.will_be_rendered_again(plan.guide.pk for plan in plans if plan.guide and not plan.text_is_new)
            store.remember(self.folder, gathered)
            self.attachments.remember()
            self._keep_drafts()
            self._write_contacts(cards)
            self._date(plans)
            self._write_guides(plans)
            self._note_files()
            self._note_gone()
            side_files.gather(self.folder)
            synonyms.forget_said_by(side_files.text_of(self.folder, SYNONYMS))
        kept = {plan.guide.pk for plan in (*plans, *withheld) if plan.guide}
        self._retire(kept, prune=prune, dry_run=dry_run)
        summary = self.report.summary
        if plans or cards or withheld or summary is not None:
            reading = lints.reading_of(self.folder, [*plans, *withheld], self.library.downloads())
            known = set(self.report.findings)
            self.report.findings += [finding for finding in lints.findings_in(reading) if finding not in known]
            if summary is not None:
                summary.add(reading)
                unchanged = [guide for guide in self.library.guides.values() if guide.pk not in kept]
                summary.add_known_findings(unchanged, set(self.report.findings))

    def _fetch(self, targets: Iterable[str]) -> set[str]:
        arrived = self.attachments.fetch(targets)
        self._tell_of_attachments()
        return arrived

    def _tell_of_attachments(self) -> None:
        self.library.new_attachments |= self.attachments.addresses
        self.library.lost_attachments |= self.attachments.gone

    def _count(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> None:
        report, contacts = self.report, self.library.contacts
        report.new += [plan.file.source for plan in plans if plan.guide is None]
        report.changed += [plan.file.source for plan in plans if plan.guide and plan.text_is_new]
        report.in_review += [file.source for _guide, file in self.plan.to_review]
        for guide, file in self.plan.to_review:
            report.findings += file_drafts.still_shown(guide, file)
        report.in_review += [file.source for file in contacts.to_review]
        for plan in self.reader.withheld:
            is_shown = plan.guide is not None and plan.guide.state == Guide.State.PUBLISHED
            (report.retired if is_shown else report.drafts).append(plan.file.source)
        read = [file for file, _card in cards]
        report.new += [file.source for file in read if file.source not in contacts.known]
        report.changed += [file.source for file in read if contacts.says_else(file)]
        named = {
            *report.new,
            *report.changed,
            *report.drafts,
            *report.retired,
            *report.in_review,
            *(refusal.source for refusal in self.plan.folder.refused),
        }
        report.unchanged += [source for source in self.plan.files if source not in named]

    def _write_contacts(self, cards: Sequence[tuple[SourceFile, ContactCard]]) -> None:
        if not cards:
            return
        with publication.publication():
            for file, card in cards:
                self._publish_contact(file, card)

    def _publish_contact(self, file: SourceFile, card: ContactCard) -> None:
        contacts = self.library.contacts
        known, from_file = contacts.known.get(file.source), file.source not in contacts.edited
        parsed = ParsedContact(
            card=card,
            text=file.data.decode(),
            folder=str(self.folder),
            source=file.source,
            slug=contacts.slug(file.source),
            comment=gettext_noop("Loaded from its file"),
            from_file=from_file,
        )
        try:
            contact_publishing.publish_contact(parsed, known.digest if known else "")
        except ChangedMeanwhile:  # it was edited in the browser since the folder was compared
            if from_file:
                contacts.to_review.append(file)
                self.report.goes_to_review(file.source)

    def _date(self, plans: Iterable[Plan]) -> None:
        """Find when the files were changed last whose texts readers are to see."""
        for plan in plans:
            is_of_file = plan.text_is_new or (plan.guide is not None and plan.guide.revision_id == plan.guide.loaded_id)
            if plan.document is None or not is_of_file or plan.revision is not None:
                continue
            dated = plan.document.metadata.dated
            if dated is None:
                self._commits = commit_dates(self.folder) if self._commits is None else self._commits
                dated = self._commits.get(plan.file.source) or date_in_name(plan.file.source)
            dated = timezone.make_aware(dated) if dated and timezone.is_naive(dated) else dated
            plan.dated = dated if dated and dated <= timezone.now() else None

    def _write_guides(self, plans: Sequence[Plan]) -> None:
        reachable = question_targets.goals(self.library, plans)
        for start in range(0, len(plans), CHUNK):
            with publication.publication():
                written = [self._carry_out(plan, reachable) for plan in plans[start : start + CHUNK]]
                if len(plans) <= CHUNK:  # else `catch_up` indexes them all at once
                    indexing.update_index(guide for guide in written if guide)
        addresses.join_links(str(self.folder))

    def _carry_out(self, plan: Plan, reachable: dict[str, Goal]) -> Guide | None:
        try:
            return carrying_out.carry_out(plan, reachable)
        except ChangedMeanwhile:  # it was edited in the browser since the folder was compared
            if plan.guide and plan.text_is_new:
                self.plan.to_review.append((plan.guide, plan.file))
                self.report.goes_to_review(plan.file.source)
            return None

    def _keep_drafts(self) -> None:
        """Take away from readers what its file says is not for them, and keep all such texts as drafts."""
        withheld = self.reader.withheld
        shown = [plan.guide for plan in withheld if plan.guide and plan.guide.state == Guide.State.PUBLISHED]
        seen = dict(Guide.objects.filter(pk__in=[guide.pk for guide in shown]).values_list("pk", "revision"))
        shown = [guide for guide in shown if seen.get(guide.pk) == guide.revision_id]
        if shown:
            retiring.retire(shown)
        for plan in withheld:
            try:
                file_drafts.keep(plan)
            except ChangedMeanwhile:  # it was published in the browser since then: the next load sees to it
                self.report.drafts = [source for source in self.report.drafts if source != plan.file.source]
                self.report.in_review.append(plan.file.source)

    def _note_files(self) -> None:
        """Put in review what files say of guides and contacts that were edited in the browser."""
        contact_publishing.agree(self.library.contacts.in_agreement)
        for file in self.library.contacts.to_review:
            contact_publishing.file_to_review(str(self.folder), file.source, file.data.decode())
        for contact, digest in self.library.contacts.at_earlier_text:
            contact_publishing.file_says(contact, digest)
        for guide in self.plan.in_agreement:
            source_states.file_says_the_same(guide)
        for guide, revision in self.plan.at_earlier_text:
            source_states.file_says(guide, revision)
        for guide, source in self.plan.moved:
            source_states.move_file(guide, source)
        for guide, file in self.plan.to_review:
            source_states.file_to_review(guide, file.data.decode())

    def _note_gone(self) -> None:
        """Note which files of what is retired are gone, and which files that were gone are back."""
        for model in (Guide, Contact):
            found = model._default_manager.filter(folder=str(self.folder), file_gone=True)  # noqa: SLF001
            found.filter(source__in=self.plan.files).update(file_gone=False)
        is_looked_at, moved = self.plan.folder.is_looked_at, [guide for guide, _source in self.plan.moved]
        retired = [guide for guide in self.plan.gone() if guide.retired_at and guide not in moved]
        source_states.files_are_gone(guide for guide in retired if is_looked_at(guide.source))
        lost = [contact for contact in self.plan.gone_contacts() if contact.retired and is_looked_at(contact.source)]
        contact_publishing.files_are_gone(lost)

    def _warn_of_breaking_links(self, plans: Sequence[Plan], *, prune: bool) -> None:
        """Warn of links in guides that stay as they are and whose ends go with what is about to be published.

        Of more than `CHUNK` changes, those that are written as addresses of the site are left to the page of links.
        """
        read = {plan.guide.pk for plan in plans if plan.guide and plan.text_is_new}
        ends: list[tuple[Guide, Document | None]] = [
            (plan.guide, plan.document) for plan in plans if plan.guide and plan.text_is_new
        ]
        withheld = [plan.guide for plan in self.reader.withheld if plan.guide]
        leaving = self._gone({plan.guide.pk for plan in plans if plan.guide} | {guide.pk for guide in withheld})
        leaving = [*withheld, *(leaving if prune else [])]
        ends += [(guide, None) for guide in leaving]
        places = [
            place
            for guide, document in ends
            for place in breaking.breaking(guide, document, also_addresses=len(ends) <= CHUNK)
            if place.guide.pk not in read and place.guide not in leaving
        ]
        message = "The link to '{}' would break. {}"
        self.report.findings += [
            FileFinding(place.guide.source, place.line, "warning", message.format(place.target, place.reason))
            for place in sorted(places, key=lambda place: (place.guide.source, place.line))
        ]

    def _gone(self, kept: set[int]) -> list[Guide]:
        """The guides that are looked at, published or drafts of files, and whose file is gone."""
        known = [
            guide
            for guide in self.plan.gone()
            if guide.is_withheld or (guide.state == Guide.State.PUBLISHED and not guide.file_gone)
        ]
        return [guide for guide in known if guide.pk not in kept and self.plan.folder.is_looked_at(guide.source)]

    def _retire(self, kept: set[int], *, prune: bool, dry_run: bool) -> None:
        is_looked_at = self.plan.folder.is_looked_at
        gone = self._gone(kept)
        lost = [contact for contact in self.plan.gone_contacts() if not contact.retired and not contact.file_gone]
        contacts = [contact for contact in lost if is_looked_at(contact.source)]
        sources = [guide.source for guide in gone] + [contact.source for contact in contacts]
        if not prune:
            self.report.missing += sources
            return
        self.report.retired += sources
        if sources and not dry_run:
            file_drafts.let_go(guide for guide in gone if guide.is_withheld)
            retiring.retire([guide for guide in gone if not guide.is_withheld], contacts)
            source_states.files_are_gone(gone)
            contact_publishing.files_are_gone(contacts)
        self.report.retired += store.forget_gone(self.folder, is_looked_at, dry_run=dry_run)
