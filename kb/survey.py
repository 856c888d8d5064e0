"""A folder and the library in, what differs between them out: which file is which guide, and which must be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.db.models import QuerySet
from django.urls import reverse

from kb import files, images, library, rows
from kb.addresses import free_slug
from kb.audience import PUBLIC, STAFF
from kb.content import front_matter
from kb.content.document import ContactCard, ContentError, Document, Finding
from kb.content.reading import decode
from kb.files import Refusal, SourceFile
from kb.models import Contact, FormerAddress, Guide, Link, Revision

EDITED_TOO = (
    "It changed while this contact was edited in the browser, which stays as it is there: export the guides, "
    "put what this file says into the exported one, and load that."
)


@dataclass(slots=True)
class Plan:
    """One text to read: the guide that it changes (None for a new one), and the slug that it will have.

    `text_is_new` says that it is what the file says and readers don't see yet; else it is what is published already, to
    be rendered again. `findings` are those of the text that was read, also when they refuse its `document`.
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
    def moves(self) -> bool:
        """Whether a known guide gets another path."""
        return self.guide is not None and self.guide.source != self.file.source

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
    to_review: list[tuple[Guide, SourceFile]] = field(default_factory=list)
    in_agreement: list[Guide] = field(default_factory=list)
    images_changed: list[str] = field(default_factory=list)
    edited_contacts: set[str] = field(default_factory=set)
    contacts_in_agreement: list[Contact] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look at both."""
        self._look_at_library()
        self._look_at_files()

    def _look_at_files(self) -> None:
        for found in files.find(self.folder, self.below):
            if isinstance(found, Refusal):
                self.refused.append(found)
            else:
                self.files[found.source] = self._unless_edited(found)

    def _unless_edited(self, file: SourceFile) -> SourceFile:
        """The file; of a contact that was edited in the browser since it was loaded, what was written there."""
        known = self.contacts.get(file.source)
        if known is None or known.retired or known.loaded == known.digest:
            return file
        digest = rows.digest(file.data)
        if digest == known.digest:
            self.contacts_in_agreement.append(known)
            return file
        if digest != known.loaded:
            self.refused.append(Refusal(self.folder, file.source, 1, EDITED_TOO))
        self.edited_contacts.add(file.source)
        return SourceFile(self.folder, file.source, known.text.encode())

    def _look_at_library(self) -> None:
        guides: QuerySet[Guide] = Guide.objects.filter(folder=str(self.folder)).select_related("revision", "loaded")
        self.guides = {guide.source: guide for guide in guides.defer("html", "revision__text", "loaded__text")}
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
        """What to read: files that are new, changed or renamed, and published texts that must be rendered again.

        Those were read by another version, lost their file and have it again, or link to what moves or arrives. Files
        that changed while their guides were edited in the browser go to `to_review`; files that say by now what is
        published, to `in_agreement`.
        """
        plans: list[Plan] = []
        again: list[tuple[Guide, str]] = []
        renamed = self._renamed()
        for file in self.guide_files():
            guide = self.guides.get(file.source)
            if guide is not None:
                plans += self._known(guide, file)
            elif file.source in renamed:
                again.append((renamed[file.source], file.source))
            else:
                plans.append(self._arrival(file))
        planned = {plan.file.source for plan in plans}
        stale = [guide for guide in self.guides.values() if self._is_stale(guide) and guide not in renamed.values()]
        again += [(guide, guide.source) for guide in stale if guide.source not in planned]
        plans += self._published_again(again)
        return plans + self._published_again([(guide, guide.source) for guide in self._touched_by(plans)])

    def _known(self, guide: Guide, file: SourceFile) -> Iterator[Plan]:
        """What to do about the file of a known guide, when it says something else than it did last."""
        if guide.loaded and guide.loaded.digest == rows.digest(file.data):
            return
        if guide.revision and guide.revision.digest == rows.digest(file.data):
            self.in_agreement.append(guide)
        elif guide.revision_id == guide.loaded_id and not guide.retired_at:
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
        slug = free_slug(file.source, self.taken)
        self.taken.add(slug)
        return Plan(file, None, slug)

    def _is_stale(self, guide: Guide) -> bool:
        """Whether it must be rendered again: it was read by another version, or its file is back."""
        if guide.revision is None or not self.is_looked_at(guide.source):
            return False
        if guide.state == Guide.State.RETIRED:
            return guide.retired_at is None and guide.source in self.files
        return guide.state == Guide.State.PUBLISHED and guide.read_with != library.reader_version()

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
        """Files that are new here and say word for word what a file said that is gone."""
        gone = {guide.loaded.digest: guide for guide in self.gone() if guide.loaded and guide.revision}
        found: dict[str, Guide] = {}
        for file in self.guide_files():
            if file.source not in self.guides and (guide := gone.pop(rows.digest(file.data), None)):
                found[file.source] = guide
        return found

    def gone(self) -> list[Guide]:
        """Guides whose file is not there any more; not those that never had one, or whose file can't be read."""
        return [guide for source, guide in self.guides.items() if guide.loaded_id and self._is_gone(source)]

    def is_looked_at(self, source: str) -> bool:
        """Whether a path lies in the part of the folder that is looked at."""
        return not self.below or source == self.below or source.startswith(f"{self.below}/")

    def gone_contacts(self) -> list[Contact]:
        """Contacts whose file is not there any more."""
        loaded = [contact for contact in self.contacts.values() if contact.loaded and not contact.retired]
        return [contact for contact in loaded if self._is_gone(contact.source)]

    def _is_gone(self, source: str) -> bool:
        refused = any(refusal.source == source for refusal in self.refused)
        return source not in self.files and not refused and not self._lies_elsewhere(source)

    def _lies_elsewhere(self, source: str) -> bool:
        """Whether it is a file outside of the part that is looked at."""
        return not self.is_looked_at(source) and (self.folder / source).exists()

    def _touched_by(self, plans: Sequence[Plan]) -> list[Guide]:
        """Unchanged guides whose links now lead elsewhere: to a file that arrived, or to an address that changed."""
        moving = [plan for plan in plans if plan.guide is None or plan.moves]
        links = Link.objects.filter(guide__folder=str(self.folder))
        waiting = links.filter(target__in=[plan.file.source for plan in moving])
        following = links.filter(leads_to__in=[plan.guide.pk for plan in moving if plan.guide])
        showing = links.filter(image=True, target__in=self.images_changed)
        changed = waiting | following | showing
        is_any = bool(moving or self.images_changed)
        touched = set(changed.values_list("guide__source", flat=True).distinct()) if is_any else set()
        return self._published_at(touched, plans)

    def _published_at(self, sources: Iterable[str], plans: Sequence[Plan]) -> list[Guide]:
        """The published guides at these paths that are not planned already."""
        planned = {plan.guide.pk for plan in plans if plan.guide}
        found = [self.guides[source] for source in sorted(sources) if source in self.guides]
        return [guide for guide in found if guide.state == Guide.State.PUBLISHED and guide.pk not in planned]

    def followers(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> list[Plan]:
        """Unchanged guides that link to what had another audience before: who may follow their links has changed."""
        turned = [plan.file.source for plan in plans if plan.guide and plan.guide.audience != plan.audience]
        for file, card in cards:
            known = self.contacts.get(file.source)
            turned += [file.source] if known and known.audience != card.audience else []
        if not turned:
            return []
        links = Link.objects.filter(guide__folder=str(self.folder), target__in=turned)
        sources = set(links.values_list("guide__source", flat=True))
        return self._published_again([(guide, guide.source) for guide in self._published_at(sources, plans)])

    def for_staff(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> set[str]:
        """The paths of the guides and contacts that are for staff only, as they will be after this load."""
        audiences = {source: guide.audience for source, guide in self.guides.items()}
        audiences |= {source: contact.audience for source, contact in self.contacts.items()}
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
                if plan.guide.revision_id != plan.guide.loaded_id:
                    self.to_review.append((plan.guide, plan.file))
                    (published,) = self._published_again([(plan.guide, plan.guide.source)])
                    plan.file = SourceFile(self.folder, plan.file.source, published.file.data)
                    plan.text_is_new, plan.document = False, None
                    again.append(plan)
        return again

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
        return found | self._images()

    def _images(self) -> dict[str, str]:
        return images.addresses(str(self.folder))


def is_contact(file: SourceFile) -> bool:
    """Whether it is a file of a folder named contacts whose front matter gives a name."""
    in_contacts = PurePosixPath(file.source).parent.name.lower() == "contacts"
    head = file.data.removeprefix(b"\xef\xbb\xbf").split(b"\n---", 1)[0]
    return in_contacts and head.startswith(b"---") and b"\nname:" in head.replace(b"\r", b"\n")


def _addresses_of(guide: Guide) -> set[str]:
    return {guide.slug, *guide.former_addresses.values_list("address", flat=True)}
