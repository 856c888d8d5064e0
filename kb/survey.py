"""A folder and the library in, what differs between them out: which file is which guide, and which must be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.db.models import QuerySet
from django.urls import reverse

from kb import files, library, rows
from kb.addresses import free_slug
from kb.audience import PUBLIC, STAFF
from kb.content.document import ContactCard, Document, Finding
from kb.files import Refusal, SourceFile
from kb.models import Contact, FormerAddress, Guide, Link


@dataclass(slots=True)
class Plan:
    """One file to read: the guide that it changes (None for a new one), and the slug that it will have.

    `findings` are those of the text that was read, also when they refuse its `document`.
    """

    file: SourceFile
    guide: Guide | None
    slug: str
    text_is_new: bool = True
    document: Document | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def audience(self) -> str:
        """Who may read the guide, once it was read; before, who could read it so far."""
        if self.document:
            return self.document.metadata.audience
        return self.guide.audience if self.guide else PUBLIC

    @property
    def is_for_staff(self) -> bool:
        """Whether only staff may read it."""
        return self.audience == STAFF


@dataclass(slots=True)
class Survey:
    """One folder (or the part of it at `below`) beside what the library has from it, by path below the folder."""

    folder: Path
    below: str = ""
    guides: dict[str, Guide] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    files: dict[str, SourceFile] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look at both."""
        self._look_at_library()
        for found in files.find(self.folder, self.below):
            if isinstance(found, Refusal):
                self.refused.append(found)
            else:
                self.files[found.source] = found

    def _look_at_library(self) -> None:
        guides: QuerySet[Guide] = Guide.objects.filter(folder=str(self.folder)).select_related("revision")
        self.guides = {guide.source: guide for guide in guides.defer("html", "revision__text")}
        contacts = Contact.objects.filter(folder=str(self.folder))
        self.contacts = {contact.source: contact for contact in contacts.defer("html", "text")}
        self.taken = set(Guide.objects.values_list("slug", flat=True))
        self.taken |= set(FormerAddress.objects.values_list("address", flat=True))

    def published_problems(self) -> Iterator[tuple[str, str, str, str]]:
        """The problems that the library has from this folder: path and slug of the guide, address and anchor."""
        guides = Guide.objects.filter(folder=str(self.folder), state=Guide.State.PUBLISHED).exclude(problems=None)
        for source, slug, anchor in guides.values_list("source", "slug", "problems__anchor"):
            yield source, slug, anchor, anchor
        whole = guides.filter(problems__anchor="", sections__level=1)  # which its title's anchor means too
        for source, slug, anchor in whole.values_list("source", "slug", "sections__anchor"):
            yield source, slug, anchor, ""

    def guide_files(self) -> list[SourceFile]:
        """The files that are guides."""
        return [file for file in self.files.values() if not is_contact(file)]

    def contact_files(self) -> list[SourceFile]:
        """The files that are contacts."""
        return [file for file in self.files.values() if is_contact(file)]

    def plans(self) -> list[Plan]:
        """The files to read: new, changed, renamed, read by another version, or linked to what moves or arrives."""
        plans: list[Plan] = []
        same: list[SourceFile] = []
        renamed = self._renamed()
        for file in self.guide_files():
            guide = self.guides.get(file.source)
            if guide is None:
                plans.append(self._arrival(file, renamed.get(file.source)))
            elif _needs_reading(guide, file):
                plans.append(Plan(file, guide, guide.slug, text_is_new=_text_differs(guide, file)))
            else:
                same.append(file)
        touched = self._touched_by(plans) if same else set()
        for file in same:
            if file.source in touched:
                guide = self.guides[file.source]
                plans.append(Plan(file, guide, guide.slug, text_is_new=False))
        return plans

    def _arrival(self, file: SourceFile, renamed: Guide | None) -> Plan:
        taken: Collection[str] = self.taken - _addresses_of(renamed) if renamed else self.taken
        slug = free_slug(file.source, taken)
        self.taken.add(slug)
        differs = renamed is None or _text_differs(renamed, file)
        return Plan(file, renamed, slug, text_is_new=differs)

    def _renamed(self) -> dict[str, Guide]:
        """Files that are new here and say word for word what a file said that is gone."""
        gone = {guide.revision.digest: guide for guide in self.gone() if guide.revision}
        found: dict[str, Guide] = {}
        for file in self.guide_files():
            if file.source not in self.guides and (guide := gone.pop(rows.digest(file.data), None)):
                found[file.source] = guide
        return found

    def gone(self) -> list[Guide]:
        """Guides whose file is not there any more; one whose file is there and can't be read is not gone."""
        return [guide for source, guide in self.guides.items() if self._is_gone(source)]

    def is_looked_at(self, source: str) -> bool:
        """Whether a path lies in the part of the folder that is looked at."""
        return not self.below or source == self.below or source.startswith(f"{self.below}/")

    def gone_contacts(self) -> list[Contact]:
        """Contacts whose file is not there any more."""
        return [contact for source, contact in self.contacts.items() if self._is_gone(source) and not contact.retired]

    def _is_gone(self, source: str) -> bool:
        refused = any(refusal.source == source for refusal in self.refused)
        return source not in self.files and not refused and not self._lies_elsewhere(source)

    def _lies_elsewhere(self, source: str) -> bool:
        """Whether it is a file outside of the part that is looked at."""
        return not self.is_looked_at(source) and (self.folder / source).exists()

    def _touched_by(self, plans: Sequence[Plan]) -> set[str]:
        """Unchanged guides whose links now lead elsewhere: to a file that arrived, or to an address that changed."""
        moving = [plan for plan in plans if plan.guide is None or plan.guide.source != plan.file.source]
        links = Link.objects.filter(guide__folder=str(self.folder))
        waiting = links.filter(target__in=[plan.file.source for plan in moving])
        following = links.filter(leads_to__in=[plan.guide.pk for plan in moving if plan.guide])
        return set((waiting | following).values_list("guide__source", flat=True).distinct())

    def followers(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> list[Plan]:
        """Unchanged guides that link to what had another audience before: who may follow their links has changed."""
        turned = [plan.file.source for plan in plans if plan.guide and plan.guide.audience != plan.audience]
        for file, card in cards:
            known = self.contacts.get(file.source)
            turned += [file.source] if known and known.audience != card.audience else []
        if not turned:
            return []
        links = Link.objects.filter(guide__folder=str(self.folder), target__in=turned)
        sources = set(links.values_list("guide__source", flat=True)) - {plan.file.source for plan in plans}
        known_files = [(self.files[source], self.guides[source]) for source in sorted(sources & self.files.keys())]
        return [Plan(file, guide, guide.slug, text_is_new=False) for file, guide in known_files]

    def for_staff(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> set[str]:
        """The paths of the guides and contacts that are for staff only, as they will be after this load."""
        audiences = {source: guide.audience for source, guide in self.guides.items()}
        audiences |= {source: contact.audience for source, contact in self.contacts.items()}
        audiences |= {plan.file.source: plan.audience for plan in plans}
        audiences |= {file.source: card.audience for file, card in cards}
        return {source for source, audience in audiences.items() if audience == STAFF}

    def match_by_title(self, plans: Sequence[Plan]) -> None:
        """Say of a new file with the title of a guide whose file is gone that it is that guide, moved and edited."""
        claimed = {plan.guide.pk for plan in plans if plan.guide}
        gone = [guide for guide in self.gone() if guide.pk not in claimed]
        times_gone = Counter(guide.title for guide in gone)
        times_new = Counter(plan.document.metadata.title for plan in plans if plan.guide is None and plan.document)
        by_title = {guide.title: guide for guide in gone if times_gone[guide.title] == 1}
        for plan in plans:
            title = plan.document.metadata.title if plan.document else ""
            if plan.guide is None and times_new[title] == 1 and title in by_title:
                plan.guide = by_title[title]

    def contact_needs_reading(self, file: SourceFile) -> bool:
        """Whether the file of a contact is new, changed, back again, or was read by another version."""
        known = self.contacts.get(file.source)
        stale = known is None or known.read_with != library.reader_version()
        return stale or self.contact_says_else(file)

    def contact_says_else(self, file: SourceFile) -> bool:
        """Whether the file differs from what its contact says."""
        known = self.contacts.get(file.source)
        return known is not None and (known.retired or known.digest != rows.digest(file.data))

    def contact_slug(self, source: str) -> str:
        """The slug of the contact that a file is."""
        known = self.contacts.get(source)
        return known.slug if known else free_slug(source, ())

    def contact_sources(self) -> Iterator[str]:
        """The paths of all contacts, loaded or about to be."""
        yield from {*self.contacts, *(file.source for file in self.contact_files())}

    def addresses(self, plans: Sequence[Plan]) -> dict[str, str]:
        """Where a link to each file of the folder leads."""
        slugs = {source: g.slug for source, g in self.guides.items() if g.state == Guide.State.PUBLISHED}
        slugs |= {plan.file.source: plan.slug for plan in plans}
        found = {source: reverse("kb:guide-detail", args=[slug]) for source, slug in slugs.items()}
        for source in self.contact_sources():
            found[source] = f"{reverse('kb:contact-list')}#{self.contact_slug(source)}"
        return found


class FolderAlone(Survey):
    """A folder beside an empty library: every file of it is new. Asks no database."""

    def _look_at_library(self) -> None:
        """There is nothing to see."""

    def published_problems(self) -> Iterator[tuple[str, str, str, str]]:
        """None."""
        yield from ()


def is_contact(file: SourceFile) -> bool:
    """Whether it is a file of a folder named contacts whose front matter gives a name."""
    in_contacts = PurePosixPath(file.source).parent.name.lower() == "contacts"
    head = file.data.removeprefix(b"\xef\xbb\xbf").split(b"\n---", 1)[0]
    return in_contacts and head.startswith(b"---") and b"\nname:" in head.replace(b"\r", b"\n")


def _addresses_of(guide: Guide) -> set[str]:
    return {guide.slug, *guide.former_addresses.values_list("address", flat=True)}


def _needs_reading(guide: Guide, file: SourceFile) -> bool:
    stale = guide.read_with != library.reader_version() or guide.state != Guide.State.PUBLISHED
    return stale or _text_differs(guide, file)


def _text_differs(guide: Guide, file: SourceFile) -> bool:
    return guide.revision is None or guide.revision.digest != rows.digest(file.data)
