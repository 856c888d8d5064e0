"""Compares a folder with what the library has from it: which file is which guide, and which texts must be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from django.utils import timezone

from kb.content import front_matter
from kb.content.document import ContentError
from kb.content.head import LONGEST_HEAD
from kb.content.patterns import linear
from kb.content.reading import decode
from kb.content.wording import fit
from kb.library import publishing
from kb.library.folders import file_bases, file_drafts
from kb.library.folders.address_file import NO_ENTRY, AddressEntry
from kb.library.folders.bundles import Bundles
from kb.library.folders.contact_plan import is_contact, is_guide
from kb.library.folders.folder_state import FolderState
from kb.library.folders.folder_titles import FolderTitles
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import Refusal, SourceFile
from kb.library.revisions import digest
from kb.models import Contact, Guide, Revision
from kb.models.slugs import former_address, free_slug

_NAMES_CATEGORY = linear(r"(?im)^[ \t\"'{,]*categor(?:y|ies)[\"']?[ \t]*[:=]")


@dataclass(slots=True)
class LoadPlan:
    """A library beside a folder.

    `files` are those of the folder; of a contact that was edited in the browser since, what it says there. What there
    is to do besides reading: files that changed while their guides were edited in the browser go `to_review`; files
    that say by now what is published are `in_agreement`, and those that say what was published in
    between, `at_earlier_text`. What a person retired and whose file has another path is `moved`.
    """

    library: LibraryState
    folder: FolderState
    files: dict[str, SourceFile] = field(default_factory=dict)
    address_entries: dict[str, AddressEntry] = field(default_factory=dict)
    to_review: list[tuple[Guide, SourceFile]] = field(default_factory=list)
    in_agreement: list[Guide] = field(default_factory=list)
    at_earlier_text: list[tuple[Guide, Revision]] = field(default_factory=list)
    moved: list[tuple[Guide, str]] = field(default_factory=list)
    _titles: FolderTitles | None = None
    _bundles: Bundles | None = None

    @classmethod
    def comparing(cls, library: LibraryState, folder: FolderState) -> LoadPlan:
        """The contacts among the files are told apart, and the addresses of what is new here are reserved."""
        plan, contacts = cls(library, folder), library.contacts
        plan.files = {file.source: contacts.unless_edited(file, plan.is_text) for file in folder.files.values()}
        contacts.files = [file for file in plan.files.values() if is_contact(file)]
        entries = dict(folder.address_entries)
        contacts.name_new({file.source: entries.pop(file.source, NO_ENTRY) for file in contacts.files})
        new = plan.files.keys() - library.guides.keys()
        for source, entry in entries.items():
            if source in new:
                plan._reserve(source, entry)
        return plan

    def _reserve(self, source: str, entry: AddressEntry) -> None:
        """Keep what the address file says of a guide that is new here, but for addresses that others have by now."""
        taken = self.library.taken
        address = "" if entry.address in taken else entry.address
        former = tuple(name for name in entry.former if former_address(name) not in taken)
        self.address_entries[source] = replace(entry, address=address, former=former)
        taken |= {address, *former} - {""}

    def plans(self) -> list[Plan]:
        """What to read: files that are new, changed or renamed, and published texts that must be rendered again.

        Those were read by another version, lost their file and have it again, or link to what moves or arrives.
        """
        plans: list[Plan] = []
        to_render: list[tuple[Guide, str]] = []
        guides, renamed = self.library.guides, self._renamed()
        for file in self._guide_files():
            guide = guides.get(file.source)
            if guide is not None:
                plans += self._plans_for_known(guide, file)
            elif file.source in renamed and renamed[file.source].is_withheld:
                plans.append(Plan(file, renamed[file.source], renamed[file.source].slug))
            elif file.source in renamed:
                known = renamed[file.source]
                (self.moved if known.retired_at else to_render).append((known, file.source))
            else:
                plans.append(self._plan_for_new(file))
        planned = {plan.file.source for plan in plans}
        stale = [guide for guide in guides.values() if self._is_stale(guide) and guide not in renamed.values()]
        stale += [guide for guide in guides.values() if guide not in stale and self._is_in_other_category(guide)]
        to_render += [(guide, guide.source) for guide in stale if guide.source not in planned]
        plans += self.library.render_again(to_render)
        return plans + self.library.touched_by(plans)

    def guide_sources(self) -> list[str]:
        """The paths of the files that are guides."""
        return [file.source for file in self._guide_files()]

    def _guide_files(self) -> list[SourceFile]:
        return [file for file in self.files.values() if not is_contact(file)]

    def _plans_for_known(self, guide: Guide, file: SourceFile) -> Iterator[Plan]:
        """What to do about the file of a known guide, when it says something else than it did last."""
        file_digest = digest(file.data)
        is_known = guide.loaded is not None and guide.loaded.digest == file_digest
        if is_known and self._changes_with_its_page(guide, file):
            yield Plan(file, guide, guide.slug)
            return
        if is_known and not _is_due(guide):
            return
        if guide.is_withheld and guide.loaded and guide.loaded.based_on_id == guide.revision_id:
            yield Plan(file, guide, guide.slug)
        elif guide.revision and guide.revision.digest == file_digest:
            self.in_agreement.append(guide)
        elif revision := file_bases.written_since(guide, file_digest, guide.loaded.number if guide.loaded else 0):
            self.at_earlier_text.append((guide, revision))
        elif not guide.retired_at and file_bases.knows_what_is_published(guide, file.data):
            yield Plan(file, guide, guide.slug)
        elif self.is_text(file):
            self.to_review.append((guide, file))

    def _changes_with_its_page(self, guide: Guide, file: SourceFile) -> bool:
        """Whether a text that is unchanged belongs to a page of Hugo's that is for readers now, or no more."""
        is_hidden = bool(file_drafts.reasons(self.bundles.marks_on(file)))
        if guide.state == Guide.State.PUBLISHED:
            return is_hidden and guide.revision_id == guide.loaded_id
        was_hidden = guide.is_withheld and not is_hidden and self.bundles.is_part(file)
        return was_hidden and not file_drafts.own_reasons(file)

    @property
    def bundles(self) -> Bundles:
        """The folders that are one page of Hugo's each."""
        if self._bundles is None:
            self._bundles = Bundles(self.files)
        return self._bundles

    def is_text(self, file: SourceFile) -> bool:
        """Whether a file can be kept as a text at all; refused if not."""
        try:
            front_matter.split(decode(file.data))
        except ContentError as error:
            self.folder.refused.append(Refusal(self.folder.folder, file.source, error.line, error.message))
            return False
        return True

    def _plan_for_new(self, file: SourceFile) -> Plan:
        entry = self.address_entries.get(file.source, NO_ENTRY)
        slug = entry.address or free_slug(file.source, self.library.taken)
        self.library.taken.add(slug)
        return Plan(file, None, slug, address_entry=entry)

    def _is_stale(self, guide: Guide) -> bool:
        """Whether it must be rendered again: it was read by another version, or its file is back."""
        if guide.revision is None or not self.folder.is_looked_at(guide.source):
            return False
        if guide.state == Guide.State.RETIRED:
            return guide.retired_at is None and guide.source in self.files and not guide.is_withheld
        return guide.state == Guide.State.PUBLISHED and guide.read_with != publishing.reader_version()

    @property
    def titles(self) -> FolderTitles:
        """The titles of the folders, as they are now."""
        if self._titles is None:
            self._titles = FolderTitles(self.folder.folder, {*self.guide_sources(), *self.library.guides})
        return self._titles

    def _is_in_other_category(self, guide: Guide) -> bool:
        """Whether the folders of a guide, of which its own text says nothing, are called otherwise by now."""
        file = self.files.get(guide.source)
        is_of_file = guide.state == Guide.State.PUBLISHED and guide.revision_id == guide.loaded_id
        if file is None or not is_of_file or _NAMES_CATEGORY.search(file.data[:LONGEST_HEAD].decode(errors="replace")):
            return False
        has_folders = bool(front_matter.category_of(guide.source))
        return has_folders and fit(self.titles.category_of(guide.source), 300) != guide.category

    def _renamed(self) -> dict[str, Guide]:
        """Files that are new here and say word for word what a file said that is gone, or what readers see of it."""
        gone = [guide for guide in self.gone() if guide.loaded and (guide.revision or guide.is_withheld)]
        texts = {guide.revision.digest: guide for guide in gone if guide.revision}
        texts |= {guide.loaded.digest: guide for guide in gone if guide.loaded}
        found: dict[str, Guide] = {}
        for file in self._guide_files():
            guide = texts.get(digest(file.data)) if file.source not in self.library.guides else None
            if guide is not None and guide not in found.values():
                found[file.source] = guide
        return found

    def match_by_title(self, plans: list[Plan]) -> list[Plan]:
        """Say of a new file with the title of a guide whose file is gone that it is that guide, moved and edited.

        Where that guide was edited in the browser, its published text moves, and the file goes to review: gives those
        plans, which are to be read once more.
        """
        claimed = {plan.guide.pk for plan in plans if plan.guide}
        gone = [guide for guide in self.gone() if guide.pk not in claimed]
        times_gone = Counter(guide.title for guide in gone)
        times_new = Counter(plan.document.metadata.title for plan in plans if plan.guide is None and plan.document)
        by_title = {guide.title: guide for guide in gone if times_gone[guide.title] == 1}
        to_read: list[Plan] = []
        for plan in plans:
            title = plan.document.metadata.title if plan.document else ""
            if plan.guide is None and times_new[title] == 1 and title in by_title:
                plan.guide = by_title[title]
                if plan.guide.retired_at:
                    self.to_review.append((plan.guide, plan.file))
                    self.moved.append((plan.guide, plan.file.source))
                    plan.document = None
                elif not (plan.guide.is_withheld or file_bases.knows_what_is_published(plan.guide, plan.file.data)):
                    self.to_review.append((plan.guide, plan.file))
                    (published,) = self.library.render_again([(plan.guide, plan.guide.source)])
                    plan.file = SourceFile(self.folder.folder, plan.file.source, published.file.data)
                    plan.text_is_new, plan.document, plan.withheld = False, None, ()
                    to_read.append(plan)
        return to_read

    def gone(self) -> list[Guide]:
        """Guides whose file is not there any more; not those that never had one, or whose file can't be read."""
        loaded = [guide for guide in self.library.guides.values() if guide.loaded_id]
        return [guide for guide in loaded if self._is_gone(guide.source, is_contact)]

    def gone_contacts(self) -> list[Contact]:
        """Contacts whose file is not there any more, retired ones as well."""
        loaded = [contact for contact in self.library.contacts.known.values() if contact.loaded]
        return [contact for contact in loaded if self._is_gone(contact.source, is_guide)]

    def _is_gone(self, source: str, is_other: Callable[[SourceFile], bool]) -> bool:
        """Whether no file is there, or one that is something other now."""
        if source in self.files:
            return is_other(self.files[source])
        return not self.folder.may_be_there(source)


def _is_due(guide: Guide) -> bool:
    """Whether its file named a time for readers, and that has come."""
    time = guide.loaded.publish_at if guide.is_withheld and guide.loaded else None
    return time is not None and time <= timezone.now()
