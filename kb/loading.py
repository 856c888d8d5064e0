"""Folders of Markdown in, a library that says what they say out, and a report of what became of each file."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from kb import files, generation, library
from kb.addresses import free_slug
from kb.content.document import Branch, ContactCard, ContentError, Document, Leaf, Question
from kb.content.workers import ReadRequest, read_all
from kb.files import Refusal, SourceFile
from kb.models import Contact, FormerAddress, Guide, Link

CHUNK = 40
READ_SECONDS = 10.0

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


@dataclass(slots=True)
class Plan:
    """One file to read: the guide that it changes (None for a new one), and the slug that it will have."""

    file: SourceFile
    guide: Guide | None
    slug: str
    text_is_new: bool = True
    document: Document | None = None


def load(
    paths: Sequence[Path] = (), *, dry_run: bool = False, prune: bool = False, progress: Progress | None = None
) -> Report:
    """Make the library say what the files below `paths` say (default: the content folder).

    A file that can't be read is reported and leaves its guide as it was. With `prune`, guides whose file is gone are
    retired. With `dry_run`, everything is read and nothing is written. Safe to run again after it was killed.
    """
    report = Report()
    for folder, below in _roots(paths or [settings.CONTENT_DIR]):
        _FolderLoad(folder, below, report, dry_run=dry_run, prune=prune, progress=progress).run()
    if not dry_run:
        library.catch_up()
        _gather_statistics()
    return report


def _roots(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each path as (folder that its guides belong to, path below it); a part of a known folder belongs to it."""
    stored = Guide.objects.exclude(folder="").values_list("folder", flat=True).order_by("folder").distinct()
    known = [settings.CONTENT_DIR.resolve(), *(Path(folder) for folder in stored)]
    for given in paths:
        path = given.resolve()
        home = next((folder for folder in known if path.is_relative_to(folder)), None)
        home = home or (path if path.is_dir() else path.parent)
        below = path.relative_to(home).as_posix()
        yield home, "" if below == "." else below


def _gather_statistics() -> None:
    """Without statistics SQLite can pick plans that are 100 times slower."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize=0x10002" if connection.vendor == "sqlite" else "ANALYZE")


class _FolderLoad:
    """The load of one folder, or of the part of it at `below`."""

    def __init__(
        self, folder: Path, below: str, report: Report, *, dry_run: bool, prune: bool, progress: Progress | None
    ) -> None:
        self.folder, self.below, self.report = folder, below, report
        self.dry_run, self.prune, self.progress = dry_run, prune, progress or (lambda _done, _total: None)
        self.guides: dict[str, Guide] = {}
        self.contacts: dict[str, Contact] = {}
        self.files: dict[str, SourceFile] = {}
        self.refused: set[str] = set()
        self.taken: set[str] = set()

    def run(self) -> None:
        """Read, check, write."""
        self._adopt_moved_folder()
        self._survey()
        contacts = [file for file in self.files.values() if _is_contact(file)]
        plans = self._plan([file for file in self.files.values() if not _is_contact(file)])
        cards = self._read(plans, [file for file in contacts if self._contact_changed(file)])
        plans = self._match_moved_by_title(self._without_broken_trees(plans))
        self._count(plans, cards, contacts)
        if not self.dry_run:
            self._write(plans, cards)
        self._retire()

    def _adopt_moved_folder(self) -> None:
        """Guides of a folder that is nowhere any more belong to this one, if their files are here."""
        if self.dry_run or Guide.objects.filter(folder=str(self.folder)).exists():
            return
        for folder in Guide.objects.exclude(folder="").values_list("folder", flat=True).order_by("folder").distinct():
            sources = Guide.objects.filter(folder=folder).values_list("source", flat=True)
            if not Path(folder).exists() and all((self.folder / source).exists() for source in sources[:20]):
                library.move_folder(folder, str(self.folder))
                return

    def _survey(self) -> None:
        guides: QuerySet[Guide] = Guide.objects.filter(folder=str(self.folder)).select_related("revision")
        self.guides = {guide.source: guide for guide in guides.defer("html", "revision__text")}
        self.contacts = {c.source: c for c in Contact.objects.filter(folder=str(self.folder)).defer("html", "text")}
        for found in files.find(self.folder, self.below):
            if isinstance(found, Refusal):
                self._refuse(found)
            else:
                self.files[found.source] = found
        self.taken = set(Guide.objects.values_list("slug", flat=True))
        self.taken |= set(FormerAddress.objects.values_list("address", flat=True))

    def _refuse(self, refusal: Refusal) -> None:
        self.report.failed.append(refusal)
        self.refused.add(refusal.source)

    # What to read

    def _plan(self, found: Sequence[SourceFile]) -> list[Plan]:
        plans: list[Plan] = []
        same: list[SourceFile] = []
        moved = self._moved_by_digest(found)
        for file in found:
            guide = self.guides.get(file.source)
            if guide is not None and not self._needs_reading(guide, file):
                same.append(file)
            elif guide is not None:
                plans.append(Plan(file, guide, guide.slug, text_is_new=_text_differs(guide, file)))
            else:
                plans.append(self._plan_arrival(file, moved.get(file.source)))
        touched = self._touched_by(plans)
        for file in same:
            if file.source in touched:
                guide = self.guides[file.source]
                plans.append(Plan(file, guide, guide.slug, text_is_new=False))
            else:
                self.report.unchanged.append(file.source)
        return plans

    def _plan_arrival(self, file: SourceFile, moved: Guide | None) -> Plan:
        taken: Collection[str] = self.taken - self._own_addresses(moved) if moved else self.taken
        slug = free_slug(file.source, taken)
        self.taken.add(slug)
        return Plan(file, moved, slug)

    def _own_addresses(self, guide: Guide) -> set[str]:
        return {guide.slug, *guide.former_addresses.values_list("address", flat=True)}

    def _needs_reading(self, guide: Guide, file: SourceFile) -> bool:
        stale = guide.read_with != library.reader_version() or guide.state != Guide.State.PUBLISHED
        return stale or _text_differs(guide, file)

    def _moved_by_digest(self, found: Sequence[SourceFile]) -> dict[str, Guide]:
        """Files that are new here and say word for word what a file said that is gone: it was renamed."""
        gone = {guide.revision.digest: guide for guide in self._gone() if guide.revision}
        moved: dict[str, Guide] = {}
        for file in found:
            if file.source not in self.guides and (guide := gone.pop(library.digest(file.data), None)):
                moved[file.source] = guide
        return moved

    def _gone(self) -> list[Guide]:
        """Guides whose file is not there any more."""
        known = self.files.keys() | self.refused
        return [g for source, g in self.guides.items() if source not in known and not self._exists(source)]

    def _exists(self, source: str) -> bool:
        """A file outside of the part that is loaded may well be there."""
        inside = not self.below or source == self.below or source.startswith(f"{self.below}/")
        return not inside and (self.folder / source).exists()

    def _touched_by(self, plans: Sequence[Plan]) -> set[str]:
        """Unchanged guides whose links now lead elsewhere: to a file that arrived, or to an address that changed."""
        arrived = [plan.file.source for plan in plans if plan.guide is None or plan.guide.source != plan.file.source]
        moved = [plan.guide.pk for plan in plans if plan.guide and plan.guide.source != plan.file.source]
        links = Link.objects.filter(guide__folder=str(self.folder))
        waiting = links.filter(target__in=arrived) | links.filter(leads_to__in=moved)
        return set(waiting.values_list("guide__source", flat=True).distinct())

    def _contact_changed(self, file: SourceFile) -> bool:
        known = self.contacts.get(file.source)
        if known is None or known.retired or known.read_with != library.reader_version():
            return True
        return known.digest != library.digest(file.data)

    # Reading

    def _read(self, plans: list[Plan], contacts: Sequence[SourceFile]) -> list[tuple[SourceFile, ContactCard]]:
        """Fill in each plan's document; the plans that fail are refused, and their links taken out of the others."""
        self._read_plans(plans, plans, extra=len(contacts))
        lost = {plan.file.source for plan in plans if plan.document is None and plan.guide is None}
        plans[:] = [plan for plan in plans if plan.document is not None]
        linking = [p for p in plans if p.document and any(ln.target in lost for ln in p.document.structure.links)]
        if linking:
            self._read_plans(linking, plans)
        cards: list[tuple[SourceFile, ContactCard]] = []
        requests = [ReadRequest(file.data, file.source, contact=True) for file in contacts]
        for file, result in zip(
            contacts, read_all(requests, self._addresses(plans), seconds=READ_SECONDS), strict=True
        ):
            if isinstance(result, ContentError):
                self._refuse(Refusal(self.folder, file.source, result.line, result.message))
            elif isinstance(result, ContactCard):
                cards.append((file, result))
        return cards

    def _read_plans(self, plans: Sequence[Plan], all_plans: Sequence[Plan], extra: int = 0) -> None:
        requests = [ReadRequest(plan.file.data, plan.file.source) for plan in plans]
        results = read_all(requests, self._addresses(all_plans), seconds=READ_SECONDS)
        for done, (plan, result) in enumerate(zip(plans, results, strict=True), start=1):
            self.progress(done, len(plans) + extra)
            if isinstance(result, ContentError):
                self._refuse(Refusal(self.folder, plan.file.source, result.line, result.message))
            elif isinstance(result, Document):
                self._accept(plan, result)

    def _accept(self, plan: Plan, document: Document) -> None:
        errors = [finding for finding in document.findings if finding.severity == "error"]
        for finding in errors:
            self._refuse(Refusal(self.folder, plan.file.source, finding.line, finding.message))
        if not errors:
            plan.document = document
        self.report.warnings += [
            f"{plan.file.source}:{finding.line}: {finding.message}"
            for finding in document.findings
            if finding.severity == "warning"
        ]

    def _addresses(self, plans: Sequence[Plan]) -> dict[str, str]:
        """Where a link to each file of the folder leads."""
        found = {source: guide.slug for source, guide in self.guides.items()}
        found |= {plan.file.source: plan.slug for plan in plans}
        addresses = {source: reverse("kb:guide-detail", args=[slug]) for source, slug in found.items()}
        for source in [*self.contacts, *(file.source for file in self.files.values() if _is_contact(file))]:
            addresses[source] = f"{reverse('kb:contact-list')}#{self._contact_slug(source)}"
        return addresses

    def _contact_slug(self, source: str) -> str:
        known = self.contacts.get(source)
        return known.slug if known else free_slug(source, ())

    def _match_moved_by_title(self, plans: list[Plan]) -> list[Plan]:
        """A new file that has the title of a guide whose file is gone is that guide, moved and edited."""
        claimed = {plan.guide.pk for plan in plans if plan.guide}
        gone = Counter(guide.title for guide in self._gone() if guide.pk not in claimed)
        by_title = {guide.title: guide for guide in self._gone() if gone[guide.title] == 1}
        arrived = Counter(plan.document.metadata.title for plan in plans if plan.guide is None and plan.document)
        for plan in plans:
            title = plan.document.metadata.title if plan.document else ""
            if plan.guide is None and arrived[title] == 1 and title in by_title:
                plan.guide = by_title[title]
        return plans

    # Decision trees

    def _without_broken_trees(self, plans: list[Plan]) -> list[Plan]:
        """Refuse guides whose questions lead to what is neither a problem nor a contact; what they said stays."""
        kept = plans
        while True:
            goals = self._goals(kept)
            broken = [(plan, leaf) for plan in kept for leaf in _leaves(plan) if _goal(plan, leaf) not in goals]
            if not broken:
                return kept
            for plan, leaf in broken:
                message = f"The answer '{leaf.label}' leads to {leaf.target}, where there is no problem and no contact."
                self._refuse(Refusal(self.folder, plan.file.source, leaf.line, message))
            lost = {plan.file.source for plan, _leaf in broken}
            kept = [plan for plan in kept if plan.file.source not in lost]

    def _goals(self, plans: Sequence[Plan]) -> dict[str, dict[str, Any]]:
        """What a leaf may lead to, by path and anchor."""
        goals: dict[str, dict[str, Any]] = {}
        problems = Guide.objects.filter(folder=str(self.folder)).exclude(problems=None)
        for source, slug, anchor in problems.values_list("source", "slug", "problems__anchor"):
            goals[f"{source}#{anchor}"] = {"problem": [slug, anchor]}
        for plan in plans:
            if plan.document:
                for problem in plan.document.structure.problems:
                    goals[f"{plan.file.source}#{problem.anchor}"] = {"problem": [plan.slug, problem.anchor]}
        for source in [*self.contacts, *(file.source for file in self.files.values() if _is_contact(file))]:
            goals[f"{source}#"] = {"contact": self._contact_slug(source)}
        return goals

    # Writing

    def _count(self, plans: Sequence[Plan], cards: Sequence[tuple[SourceFile, ContactCard]], contacts: Any) -> None:
        for plan in plans:
            kept = self.report.changed if plan.text_is_new else self.report.unchanged
            (self.report.new if plan.guide is None else kept).append(plan.file.source)
        read = {file.source for file, _card in cards}
        for file in contacts:
            if file.source in read:
                (self.report.changed if file.source in self.contacts else self.report.new).append(file.source)
            elif file.source not in self.refused:
                self.report.unchanged.append(file.source)

    def _write(self, plans: list[Plan], cards: Sequence[tuple[SourceFile, ContactCard]]) -> None:
        goals = self._goals(plans)
        if cards:
            with generation.publication():
                for file, card in cards:
                    slug = self._contact_slug(file.source)
                    library.save_contact(card, slug=slug, folder=str(self.folder), source=file.source, data=file.data)
        for start in range(0, len(plans), CHUNK):
            with generation.publication():
                changed = [self._publish(plan, goals) for plan in plans[start : start + CHUNK]]
                if len(plans) <= CHUNK:  # else `catch_up` indexes them all at once
                    library.index(changed)
        library.join_links(str(self.folder))

    def _publish(self, plan: Plan, goals: dict[str, dict[str, Any]]) -> Guide:
        assert plan.document is not None  # noqa: S101 - plans without one were refused
        targets = {leaf.target: goals[_goal(plan, leaf)] for leaf in _leaves(plan)}
        arrival = library.Arrival(
            document=plan.document,
            text=plan.file.data.decode(),
            slug=plan.slug,
            folder=str(self.folder),
            source=plan.file.source,
            comment="Loaded from its file" if plan.text_is_new else "",
            questions=library.questions_as_data(plan.document.structure.questions, targets),
        )
        guide = plan.guide and Guide.objects.select_related("revision").get(pk=plan.guide.pk)
        return library.publish(arrival, guide)

    def _retire(self) -> None:
        moved = Guide.objects.filter(folder=str(self.folder), source__in=self.files)
        kept = set(moved.values_list("pk", flat=True))
        gone = [g for g in self._gone() if g.state == Guide.State.PUBLISHED and g.pk not in kept]
        if not self.prune:
            self.report.missing += [guide.source for guide in gone]
            return
        self.report.retired += [guide.source for guide in gone]
        if gone and not self.dry_run:
            with generation.publication():
                library.index([], library.retire(gone))


def _text_differs(guide: Guide, file: SourceFile) -> bool:
    return guide.revision is None or guide.revision.digest != library.digest(file.data)


def _is_contact(file: SourceFile) -> bool:
    """A file of a folder named contacts whose front matter gives a name."""
    in_contacts = PurePosixPath(file.source).parent.name.lower() == "contacts"
    head = file.data.lstrip(b"\xef\xbb\xbf").split(b"\n---", 1)[0]
    return in_contacts and head.startswith(b"---") and b"\nname:" in head.replace(b"\r", b"\n")


def _leaves(plan: Plan) -> Iterator[Leaf]:
    """The leaves of all the trees that the guide asks."""
    waiting: list[Question | Branch | Leaf] = list(plan.document.structure.questions) if plan.document else []
    while waiting:
        item = waiting.pop()
        if isinstance(item, Leaf):
            yield item
        else:
            waiting += item.branches if isinstance(item, Question) else [item.then]


def _goal(plan: Plan, leaf: Leaf) -> str:
    """A leaf's target as path below the folder, and anchor."""
    path, _, anchor = leaf.target.partition("#")
    here = posixpath.dirname(plan.file.source)
    return f"{posixpath.normpath(posixpath.join(here, path)) if path else plan.file.source}#{anchor}"
