"""What the library has from a folder, and which of its guides must be rendered again when something there changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import QuerySet
from django.urls import reverse

from kb.content.document import ContactCard
from kb.content.links import ENDINGS, SITE_FOLDERS, OtherAddress, names_of
from kb.library.attachments import store as attachments
from kb.library.folders.contact_plan import ContactPlan
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import SourceFile
from kb.library.images import store
from kb.models import FormerAddress, Guide, Link, Revision
from kb.models.audience import PUBLIC, STAFF
from kb.models.slugs import free_slug


@dataclass(slots=True)
class LibraryState:
    """The guides, contacts, images and attachments that the library has from a folder, by path below it.

    `taken` are the addresses that guides have or had, `new_images` and `new_attachments` those that are about to
    arrive, `lost_attachments` those that are about to go. `withheld` are the
    paths of guides that nobody is led to, because their files say that they are not for readers. An empty one asks no
    database.
    """

    folder: Path
    guides: dict[str, Guide] = field(default_factory=dict)
    contacts: ContactPlan = field(default_factory=ContactPlan)
    taken: set[str] = field(default_factory=set)
    images: Mapping[str, str] = field(default_factory=dict)
    new_images: dict[str, str] = field(default_factory=dict)
    attachments: Mapping[str, str] = field(default_factory=dict)
    new_attachments: dict[str, str] = field(default_factory=dict)
    lost_attachments: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)

    @classmethod
    def of_folder(cls, folder: Path) -> LibraryState:
        """As the database has it now."""
        guides: QuerySet[Guide] = Guide.objects.filter(folder=str(folder)).select_related("revision", "loaded")
        taken = set(Guide.objects.values_list("slug", flat=True))
        return cls(
            folder,
            {guide.source: guide for guide in guides.defer("html", "revision__text", "loaded__text")},
            ContactPlan.of_folder(folder),
            taken | set(FormerAddress.objects.values_list("address", flat=True)),
            store.addresses(str(folder)),
            attachments=attachments.addresses(str(folder)),
        )

    def published_problems(self) -> Iterator[tuple[str, str, str, str]]:
        """The problems that the library has from this folder: path and slug of the guide, address and anchor."""
        if not self.guides:
            return
        guides = Guide.objects.filter(folder=str(self.folder), state=Guide.State.PUBLISHED).exclude(problems=None)
        guides = guides.exclude(source__in=self.withheld)
        for source, slug, anchor in guides.values_list("source", "slug", "problems__anchor"):
            yield source, slug, anchor, anchor
        whole = guides.filter(problems__anchor="", sections__level=1)  # which its title's anchor means too
        for source, slug, anchor in whole.values_list("source", "slug", "sections__anchor"):
            yield source, slug, anchor, ""

    # Where links lead

    def addresses(self, plans: Sequence[Plan]) -> dict[str, str]:
        """Where a link to each file of the folder leads once the plans are carried out."""
        slugs = {source: g.slug for source, g in self.guides.items() if g.state == Guide.State.PUBLISHED}
        moved = {plan.guide.source: plan.file.source for plan in plans if plan.guide and plan.moves}
        slugs = {source: slug for source, slug in slugs.items() if source not in moved}
        slugs |= {plan.file.source: plan.slug for plan in plans}
        shown = {source: slug for source, slug in slugs.items() if source not in self.withheld}
        found = {source: reverse("kb:guide-detail", args=[slug]) for source, slug in shown.items()}
        others = dict(self._former_paths()) if self.guides else {}
        others |= {path: plan.file.source for plan in plans for path in paths_of(plan.file.source, plan.old_addresses)}
        others |= moved
        found = {path: OtherAddress(found[file], file) for path, file in others.items() if file in found} | found
        for source in self.contacts.shown():
            found[source] = f"{reverse('kb:contact-list')}#{self.contacts.slug(source)}"
        return found | self.pictures() | self.downloads()

    def _former_paths(self) -> Iterator[tuple[str, str]]:
        """The paths that files had before, or that their pages stood under, and the files; of guides for everyone."""
        former = FormerAddress.objects.filter(guide__folder=str(self.folder), guide__state=Guide.State.PUBLISHED)
        former = former.filter(guide__audience=PUBLIC).exclude(guide__source__in=self.withheld)
        for address, source in former.values_list("address", "guide__source"):
            for path in paths_of(source, [address]):
                yield path, source

    def pictures(self) -> dict[str, str]:
        """Where the pictures of the folder are loaded from, by path."""
        return {**self.images, **self.new_images}

    def downloads(self) -> dict[str, str]:
        """Where the attachments of the folder are loaded from, by path."""
        found = {**self.attachments, **self.new_attachments}
        return {source: address for source, address in found.items() if source not in self.lost_attachments}

    def for_staff(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> set[str]:
        """The paths of guides and contacts that are for staff only once the plans are carried out."""
        audiences = {source: guide.audience for source, guide in self.guides.items()}
        audiences |= {source: contact.audience for source, contact in self.contacts.known.items()}
        audiences |= {plan.guide.source: plan.audience for plan in plans if plan.guide}
        audiences |= {plan.file.source: plan.audience for plan in plans}
        audiences |= {file.source: card.audience for file, card in cards}
        return {source for source, audience in audiences.items() if audience == STAFF}

    # What must be rendered again

    def render_again(self, guides: Iterable[tuple[Guide, str]]) -> list[Plan]:
        """Plans to render what is published once more, each at a path; one that moves gets a slug that fits."""
        pairs = list(guides)
        if not pairs:
            return []
        published = Revision.objects.filter(published_as__in=[guide.pk for guide, _source in pairs])
        texts = dict(published.values_list("pk", "text"))
        plans: list[Plan] = []
        for guide, source in pairs:
            slug = guide.slug
            if source != guide.source:
                own = {guide.slug, *guide.former_addresses.values_list("address", flat=True)}
                slug = free_slug(source, self.taken - own)
                self.taken.add(slug)
            file = SourceFile(self.folder, source, texts[guide.revision_id or 0].encode())
            plans.append(Plan(file, guide, slug, text_is_new=False))
        return plans

    def touched_by(self, plans: Sequence[Plan]) -> list[Plan]:
        """Unchanged guides whose links now lead elsewhere: to a file that arrived, or to an address that changed."""
        moving = [plan for plan in plans if plan.guide is None or plan.moves or plan.guide.state != "published"]
        files = {*self.new_images, *attachments.targets_of({*self.new_attachments, *self.lost_attachments})}
        if not self.guides or not (plans or files):
            return []
        links = self._links()
        arriving = [plan for plan in plans if plan.text_is_new]
        others = {path for plan in arriving for path in paths_of(plan.file.source, plan.old_addresses)}
        waiting = links.filter(target__in=all_names([*(plan.file.source for plan in moving), *others]))
        following = links.filter(leads_to__in=[plan.guide.pk for plan in moving if plan.guide])
        showing = links.filter(target__in=files)
        leaving = links.filter(target__in=all_names(plan.guide.source for plan in moving if plan.guide))
        return self._with_these_links(waiting | following | leaving | showing, plans)

    def followers(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> list[Plan]:
        """Unchanged guides that link to what had another audience or path, or to a contact that was not there."""
        known = [(plan, plan.guide) for plan in plans if plan.guide]
        changed = [plan.file.source for plan, guide in known if guide.audience != plan.audience]
        changed += [guide.source for plan, guide in known if guide.audience != plan.audience or plan.moves]
        for file, card in cards:
            contact = self.contacts.known.get(file.source)
            is_same = contact is not None and not contact.retired and contact.audience == card.audience
            changed += [] if is_same else [file.source]
        return self.linking_to(*changed, planned=plans)

    def linking_to(self, *sources: str, planned: Sequence[Plan] = ()) -> list[Plan]:
        """What is published of the guides that link to files, to be rendered again."""
        if not self.guides or not sources:
            return []
        return self._with_these_links(self._links().filter(target__in=all_names(sources)), planned)

    def _links(self) -> QuerySet[Link]:
        found: QuerySet[Link] = Link.objects.filter(guide__folder=str(self.folder))
        return found

    def _with_these_links(self, links: QuerySet[Link], planned: Sequence[Plan]) -> list[Plan]:
        return self.published_at(set(links.values_list("guide__source", flat=True)), planned)

    def published_at(self, sources: Iterable[str], planned: Sequence[Plan]) -> list[Plan]:
        """What is published at these paths and not planned already, to be rendered again."""
        known = {plan.guide.pk for plan in planned if plan.guide}
        found = [self.guides[source] for source in sorted(sources) if source in self.guides]
        published = [guide for guide in found if guide.state == Guide.State.PUBLISHED and guide.pk not in known]
        return self.render_again((guide, guide.source) for guide in published)


def all_names(sources: Iterable[str]) -> set[str]:
    """All targets of links that may mean one of these files."""
    return {name for source in sources for name in names_of(source)}


def paths_of(source: str, addresses: Iterable[str]) -> Iterator[str]:
    """The paths that links to old addresses of a file may mean, as if files lay there."""
    top = source.partition("/")[0]
    for address in addresses:
        path = address.strip().strip("/").partition("#")[0].partition("?")[0]
        for ending in (*ENDINGS, ".html", ".htm"):
            path = path.removesuffix(ending)
        for written in dict.fromkeys((path, path.lower())) if path else ():
            yield f"{written}.md"
            if top in SITE_FOLDERS and source != top:
                yield f"{top}/{written}.md"
