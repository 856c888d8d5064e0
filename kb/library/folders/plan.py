"""A folder and the library in, what differs between them out: which file is which guide, and which must be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from kb.content import front_matter
from kb.content.document import ContactCard, ContentError, Document, Finding, Withheld
from kb.content.links import names_of
from kb.content.reading import decode
from kb.library import publishing
from kb.library import structure_rows as rows
from kb.library.folders import address_file, file_bases
from kb.library.folders import source_files as files
from kb.library.folders.address_file import NOTHING, AddressFileError, Remembered
from kb.library.folders.contact_plan import ContactSurvey, is_contact, is_guide
from kb.library.folders.source_files import Refusal, SourceFile
from kb.library.images import store
from kb.models import Contact, FormerAddress, Guide, Link, Revision
from kb.models.audience import PUBLIC, STAFF
from kb.models.slugs import former_address, free_slug


@dataclass(slots=True)
class Plan:
    """One text to read: the guide that it changes (None for a new one), and the slug that it will have.

    `text_is_new` says that it is what the file says and readers don't see yet; else it is what is published already, to
    be rendered again. `findings` are those of the text that was read, also when they refuse its `document`;
    `withheld` is what keeps the text from readers.
    """

    file: SourceFile
    guide: Guide | None
    slug: str
    text_is_new: bool = True
    document: Document | None = None
    findings: tuple[Finding, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    @property
    def audience(self) -> str:
        """Who may read the guide, once it was read; before, who could read it so far."""
        if self.document:
            return self.document.metadata.audience
        return self.guide.audience if self.guide else PUBLIC

    @property
    def moves(self) -> bool:
        """Whether a known guide gets another path."""
        return self.guide is not None and self.guide.source != self.file.source

    @property
    def is_for_staff(self) -> bool:
        """Whether only staff may read it."""
        return self.audience == STAFF


@dataclass(slots=True)
class Survey:
    """One folder (or the part of it at `below`) beside what the library has from it, by path below the folder.

    `withheld` are the paths of guides that nobody is led to, because their files say that they are not for readers.
    """

    keeps_drafts: ClassVar[bool] = True
    folder: Path
    below: str = ""
    guides: dict[str, Guide] = field(default_factory=dict)
    contacts: ContactSurvey = field(default_factory=ContactSurvey)
    files: dict[str, SourceFile] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    to_review: list[tuple[Guide, SourceFile]] = field(default_factory=list)
    in_agreement: list[Guide] = field(default_factory=list)
    said_before: list[tuple[Guide, Revision]] = field(default_factory=list)
    moved: list[tuple[Guide, str]] = field(default_factory=list)
    new_images: dict[str, str] = field(default_factory=dict)
    remembered: dict[str, Remembered] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look at both."""
        self._look_at_library()
        self._look_at_files()
        self._name_contacts()
        self._reserve_addresses()

    def _look_at_files(self) -> None:
        self._look_at_addresses()
        for found in files.find(self.folder, self.below):
            if isinstance(found, Refusal):
                self.refused.append(found)
            else:
                self.files[found.source] = self.contacts.unless_edited(found, self._is_text)
        self.contacts.files = [file for file in self.files.values() if is_contact(file)]

    def _look_at_library(self) -> None:
        guides: QuerySet[Guide] = Guide.objects.filter(folder=str(self.folder)).select_related("revision", "loaded")
        self.guides = {guide.source: guide for guide in guides.defer("html", "revision__text", "loaded__text")}
        self.contacts = ContactSurvey.of_folder(self.folder)
        self.taken = set(Guide.objects.values_list("slug", flat=True))
        self.taken |= set(FormerAddress.objects.values_list("address", flat=True))

    def published_problems(self) -> Iterator[tuple[str, str, str, str]]:
        """The problems that the library has from this folder: path and slug of the guide, address and anchor."""
        guides = Guide.objects.filter(folder=str(self.folder), state=Guide.State.PUBLISHED).exclude(problems=None)
        guides = guides.exclude(source__in=self.withheld)
        for source, slug, anchor in guides.values_list("source", "slug", "problems__anchor"):
            yield source, slug, anchor, anchor
        whole = guides.filter(problems__anchor="", sections__level=1)  # which its title's anchor means too
        for source, slug, anchor in whole.values_list("source", "slug", "sections__anchor"):
            yield source, slug, anchor, ""

    def guide_files(self) -> list[SourceFile]:
        """The files that are guides."""
        return [file for file in self.files.values() if not is_contact(file)]

    def plans(self) -> list[Plan]:
        """What to read: files that are new, changed or renamed, and published texts that must be rendered again.

        Those were read by another version, lost their file and have it again, or link to what moves or arrives. Files
        that changed while their guides were edited in the browser go to `to_review`; files that say by now what is
        published, to `in_agreement`, and those that say what was published since, to `said_before`. What a person
        retired and whose file has another path goes to `moved`.
        """
        plans: list[Plan] = []
        again: list[tuple[Guide, str]] = []
        renamed = self._renamed()
        for file in self.guide_files():
            guide = self.guides.get(file.source)
            if guide is not None:
                plans += self._known(guide, file)
            elif file.source in renamed and renamed[file.source].is_withheld:
                plans.append(Plan(file, renamed[file.source], renamed[file.source].slug))
            elif file.source in renamed:
                known = renamed[file.source]
                (self.moved if known.retired_at else again).append((known, file.source))
            else:
                plans.append(self._arrival(file))
        planned = {plan.file.source for plan in plans}
        stale = [guide for guide in self.guides.values() if self._is_stale(guide) and guide not in renamed.values()]
        again += [(guide, guide.source) for guide in stale if guide.source not in planned]
        plans += self._published_again(again)
        return plans + self._published_again([(guide, guide.source) for guide in self._touched_by(plans)])

    def _known(self, guide: Guide, file: SourceFile) -> Iterator[Plan]:
        """What to do about the file of a known guide, when it says something else than it did last."""
        digest = rows.digest(file.data)
        if guide.loaded and guide.loaded.digest == digest and not _is_due(guide):
            return
        if guide.is_withheld and guide.loaded and guide.loaded.based_on_id == guide.revision_id:
            yield Plan(file, guide, guide.slug)
        elif guide.revision and guide.revision.digest == digest:
            self.in_agreement.append(guide)
        elif ours := file_bases.written_since(guide, digest, guide.loaded.number if guide.loaded else 0):
            self.said_before.append((guide, ours))
        elif not guide.retired_at and file_bases.knows_what_is_published(guide, file.data):
            yield Plan(file, guide, guide.slug)
        elif self._is_text(file):
            self.to_review.append((guide, file))

    def _is_text(self, file: SourceFile) -> bool:
        try:
            front_matter.split(decode(file.data))
        except ContentError as error:
            self.refused.append(Refusal(self.folder, file.source, error.line, error.message))
            return False
        return True

    def _arrival(self, file: SourceFile) -> Plan:
        wanted = self.remembered.get(file.source, NOTHING).address
        slug = wanted or free_slug(file.source, self.taken)
        self.taken.add(slug)
        return Plan(file, None, slug)

    def _reserve_addresses(self) -> None:
        """Keep what is remembered of guides that are new here, but for addresses that others have by now."""
        told, new = self.remembered, self.files.keys() - self.guides.keys()
        self.remembered = {}
        for source, one in told.items():
            if source not in new:
                continue
            address = "" if one.address in self.taken else one.address
            former = tuple(name for name in one.former if former_address(name) not in self.taken)
            self.remembered[source] = replace(one, address=address, former=former)
            self.taken |= {address, *former} - {""}

    def _name_contacts(self) -> None:
        told = {file.source: self.remembered.pop(file.source, NOTHING) for file in self.contacts.files}
        self.contacts.name_new(told)

    def _look_at_addresses(self) -> None:
        path = self.folder / address_file.FILE_NAME
        try:
            self.remembered = address_file.read(path.read_bytes()) if path.is_file() else {}
        except OSError as error:
            self.refused.append(Refusal(self.folder, path.name, 1, f"It can't be read: {error.strerror}."))
        except AddressFileError as error:
            self.refused.append(Refusal(self.folder, path.name, error.line, str(error)))

    def _is_stale(self, guide: Guide) -> bool:
        """Whether it must be rendered again: it was read by another version, or its file is back."""
        if guide.revision is None or not self.is_looked_at(guide.source):
            return False
        if guide.state == Guide.State.RETIRED:
            return guide.retired_at is None and guide.source in self.files and not guide.is_withheld
        return guide.state == Guide.State.PUBLISHED and guide.read_with != publishing.reader_version()

    def _published_again(self, wanted: Sequence[tuple[Guide, str]]) -> list[Plan]:
        """Plans to render what is published once more, each at a path; one that moves gets a slug that fits."""
        texts = dict(Revision.objects.filter(published_as__in=[g.pk for g, _ in wanted]).values_list("pk", "text"))
        plans: list[Plan] = []
        for guide, source in wanted:
            slug = guide.slug
            if source != guide.source:
                slug = free_slug(source, self.taken - _addresses_of(guide))
                self.taken.add(slug)
            file = SourceFile(self.folder, source, texts[guide.revision_id or 0].encode())
            plans.append(Plan(file, guide, slug, text_is_new=False))
        return plans

    def _renamed(self) -> dict[str, Guide]:
        """Files that are new here and say word for word what a file said that is gone, or what readers see of it."""
        gone = [guide for guide in self.gone() if guide.loaded and (guide.revision or guide.is_withheld)]
        said = {guide.revision.digest: guide for guide in gone if guide.revision}
        said |= {guide.loaded.digest: guide for guide in gone if guide.loaded}
        found: dict[str, Guide] = {}
        for file in self.guide_files():
            guide = said.get(rows.digest(file.data)) if file.source not in self.guides else None
            if guide is not None and guide not in found.values():
                found[file.source] = guide
        return found

    def gone(self) -> list[Guide]:
        """Guides whose file is not there any more; not those that never had one, or whose file can't be read."""
        return [guide for source, guide in self.guides.items() if guide.loaded_id and self._is_gone(source, is_contact)]

    def is_looked_at(self, source: str) -> bool:
        """Whether a path lies in the part of the folder that is looked at."""
        return not self.below or source == self.below or source.startswith(f"{self.below}/")

    def gone_contacts(self) -> list[Contact]:
        """Contacts whose file is not there any more, retired ones as well."""
        loaded = [contact for contact in self.contacts.known.values() if contact.loaded]
        return [contact for contact in loaded if self._is_gone(contact.source, is_guide)]

    def _is_gone(self, source: str, is_other: Callable[[SourceFile], bool]) -> bool:
        """Whether no file is there, or one that is something other now."""
        if source in self.files:
            return is_other(self.files[source])
        refused = any(refusal.source == source for refusal in self.refused)
        return not refused and not self._lies_elsewhere(source)

    def _lies_elsewhere(self, source: str) -> bool:
        """Whether it is a file outside of the part that is looked at."""
        return not self.is_looked_at(source) and (self.folder / source).exists()

    def _touched_by(self, plans: Sequence[Plan]) -> list[Guide]:
        """Unchanged guides whose links now lead elsewhere: to a file that arrived, or to an address that changed."""
        moving = [plan for plan in plans if plan.guide is None or plan.moves or plan.guide.state != "published"]
        links = Link.objects.filter(guide__folder=str(self.folder))
        waiting = links.filter(target__in=all_names(plan.file.source for plan in moving))
        following = links.filter(leads_to__in=[plan.guide.pk for plan in moving if plan.guide])
        showing = links.filter(image=True, target__in=self.new_images)
        leaving = links.filter(target__in=all_names(plan.guide.source for plan in moving if plan.guide))
        changed = waiting | following | leaving | showing
        is_any = bool(moving or self.new_images)
        touched = set(changed.values_list("guide__source", flat=True).distinct()) if is_any else set()
        return self._published_at(touched, plans)

    def _published_at(self, sources: Iterable[str], plans: Sequence[Plan]) -> list[Guide]:
        """The published guides at these paths that are not planned already."""
        planned = {plan.guide.pk for plan in plans if plan.guide}
        found = [self.guides[source] for source in sorted(sources) if source in self.guides]
        return [guide for guide in found if guide.state == Guide.State.PUBLISHED and guide.pk not in planned]

    def followers(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> list[Plan]:
        """Unchanged guides that link to what had another audience or path, or to a contact that was not there."""
        known = [(plan, plan.guide) for plan in plans if plan.guide]
        turned = [plan.file.source for plan, guide in known if guide.audience != plan.audience]
        turned += [guide.source for plan, guide in known if guide.audience != plan.audience or plan.moves]
        for file, card in cards:
            contact = self.contacts.known.get(file.source)
            is_same = contact is not None and not contact.retired and contact.audience == card.audience
            turned += [] if is_same else [file.source]
        if not turned:
            return []
        links = Link.objects.filter(guide__folder=str(self.folder), target__in=all_names(turned))
        sources = set(links.values_list("guide__source", flat=True))
        return self._published_again([(guide, guide.source) for guide in self._published_at(sources, plans)])

    def for_staff(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> set[str]:
        """The paths of the guides and contacts that are for staff only, as they will be after this load."""
        audiences = {source: guide.audience for source, guide in self.guides.items()}
        audiences |= {source: contact.audience for source, contact in self.contacts.known.items()}
        audiences |= {plan.guide.source: plan.audience for plan in plans if plan.guide}
        audiences |= {plan.file.source: plan.audience for plan in plans}
        audiences |= {file.source: card.audience for file, card in cards}
        return {source for source, audience in audiences.items() if audience == STAFF}

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
        again: list[Plan] = []
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
                    (published,) = self._published_again([(plan.guide, plan.guide.source)])
                    plan.file = SourceFile(self.folder, plan.file.source, published.file.data)
                    plan.text_is_new, plan.document, plan.withheld = False, None, ()
                    again.append(plan)
        return again

    def addresses(self, plans: Sequence[Plan]) -> dict[str, str]:
        """Where a link to each file of the folder leads."""
        slugs = self._former_paths()
        slugs |= {source: g.slug for source, g in self.guides.items() if g.state == Guide.State.PUBLISHED}
        slugs |= {plan.guide.source: plan.slug for plan in plans if plan.guide}
        slugs |= {plan.file.source: plan.slug for plan in plans}
        shown = {source: slug for source, slug in slugs.items() if source not in self.withheld}
        found = {source: reverse("kb:guide-detail", args=[slug]) for source, slug in shown.items()}
        for source in self.contacts.shown():
            found[source] = f"{reverse('kb:contact-list')}#{self.contacts.slug(source)}"
        return found | self._images()

    def _former_paths(self) -> dict[str, str]:
        """Slugs by the paths that files had before they were renamed; those of guides for everyone."""
        rows = FormerAddress.objects.filter(guide__folder=str(self.folder), guide__state=Guide.State.PUBLISHED)
        rows = rows.filter(guide__audience=PUBLIC).exclude(guide__source__in=self.withheld)
        found = rows.values_list("address", "guide__slug")
        return {f"{address}.md": slug for address, slug in found}

    def pictures(self) -> dict[str, str]:
        """Where the pictures of the folder are loaded from, by path."""
        return self._images()

    def _images(self) -> dict[str, str]:
        return store.addresses(str(self.folder)) | self.new_images


def _is_due(guide: Guide) -> bool:
    """Whether its file named a time for readers, and that has come."""
    time = guide.loaded.publish_at if guide.is_withheld and guide.loaded else None
    return time is not None and time <= timezone.now()


def all_names(sources: Iterable[str]) -> set[str]:
    """All targets of links that may mean one of these files."""
    return {name for source in sources for name in names_of(source)}


def _addresses_of(guide: Guide) -> set[str]:
    return {guide.slug, *guide.former_addresses.values_list("address", flat=True)}
