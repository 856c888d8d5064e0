"""Reads the texts of plans into documents, and says why one can't be published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.content import template_leftovers
from kb.content.document import ContactCard, Document, Finding
from kb.content.findings import FileFinding
from kb.content.links import below_folder, file_at
from kb.content.workers import SECONDS_PER_TEXT, ReadRequest, ReadResult, read_guides
from kb.library import question_targets
from kb.library.attachments.store import targets_of
from kb.library.folders import file_drafts
from kb.library.folders.folder_titles import FolderTitles
from kb.library.folders.library_state import LibraryState, all_names
from kb.library.folders.load_plan import LoadPlan
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import Refusal, SourceFile
from kb.rate_limits import crowding

Progress = Callable[[int, int], None]
Read = Callable[[Iterable[ReadRequest]], Iterable[ReadResult]]
Cards = list[tuple[SourceFile, ContactCard]]
Fetch = Callable[[Iterable[str]], set[str]]


def read_many(requests: Iterable[ReadRequest]) -> Iterator[ReadResult]:
    """Read files, few of them by the process that stays ready; CrowdedError while others read texts."""
    with crowding.place(crowding.Work.TEXT):
        yield from read_guides(requests, seconds=SECONDS_PER_TEXT)


def read_others(known: Mapping[str, Document | ContactCard], requests: Iterable[ReadRequest]) -> Iterator[ReadResult]:
    """Read the files that are not `known` already, and give what those were read into back."""
    all_requests = list(requests)
    results = iter(list(read_many([request for request in all_requests if request.source not in known])))
    for request in all_requests:
        found = known.get(request.source)
        if isinstance(found, ContactCard):
            yield ReadResult(request.source, contact=found)
        else:
            yield ReadResult(request.source, document=found) if found else next(results)


def silent(_done: int, _total: int) -> None:
    """Say nothing of the progress."""


@dataclass(slots=True)
class Reader:
    """Reads texts beside what the library has; `refused` and `findings` (warnings all) grow with it.

    `fetch` is told what links of new texts lead to (below the folder) and gives the attachments that arrive by that.
    Texts that are not for readers are `withheld` where they come from files (`load_plan`), to be kept as drafts; of
    what was written in the browser, that is refused.
    """

    library: LibraryState
    load_plan: LoadPlan | None = None
    read_all: Read = read_many
    progress: Progress = silent
    fetch: Fetch | None = None
    refused: list[Refusal] = field(default_factory=list)
    findings: list[FileFinding] = field(default_factory=list)
    withheld: list[Plan] = field(default_factory=list)
    _titles: FolderTitles | None = None

    def readable(self, plans: list[Plan]) -> tuple[list[Plan], Cards]:
        """The plans with their documents, without those that fail, and the contacts.

        What links to a guide that fails or is withheld, or from a public guide to what is for staff, is read again
        without the link.
        """
        self.read(plans, plans)
        self._read_with_attachments(plans)
        if self.load_plan:
            self.read(self.load_plan.match_by_title(plans), plans)
        self.withheld = [plan for plan in plans if plan.withheld and plan.document is not None]
        self.library.withheld |= {plan.file.source for plan in self.withheld}
        self.library.withheld |= {plan.guide.source for plan in self.withheld if plan.guide}
        kept = self._without_refused(plans)
        cards = self._read_contacts(kept)
        followers = self.library.followers(kept, cards)
        self.read(followers, [*kept, *followers])
        kept += [plan for plan in followers if plan.document is not None]
        lost = {plan.file.source for plan in plans if plan not in kept and (plan.guide is None or plan.moves)}
        lost |= self.library.withheld
        hidden = self.library.for_staff(kept, cards)
        names, hidden_names = all_names(lost), all_names(lost | hidden)
        to_read_again = [plan for plan in kept if _links_to(plan, names if plan.is_for_staff else hidden_names)]
        self.read(to_read_again, kept, hidden)
        return kept, cards

    def _read_with_attachments(self, plans: list[Plan]) -> None:
        """Read once more what links to files that nothing linked to before."""
        if self.fetch is None:
            return
        targets = {target for plan in plans for target in _targets(plan)}
        arrived = targets_of(self.fetch(targets))
        self.read([plan for plan in plans if arrived.intersection(_targets(plan))], plans)

    def read(self, plans: Sequence[Plan], known: Sequence[Plan], hidden: Collection[str] = ()) -> None:
        """Fill in the documents; `hidden` paths are no addresses for public guides."""
        if not plans:
            return
        addresses = self.library.addresses(known)
        for_staff = {path: address for path, address in addresses.items() if file_at(path, address) in hidden}
        public = {path: address for path, address in addresses.items() if path not in for_staff}
        requests = [
            ReadRequest(
                plan.file.source, plan.file.data, addresses if plan.is_for_staff else public, for_staff=for_staff
            )
            for plan in plans
        ]
        for done, (plan, result) in enumerate(zip(plans, self.read_all(requests), strict=True), start=1):
            self.progress(done, len(plans))
            if result.error:
                plan.document = None
                self._refuse(plan.file.source, result.error.line, result.error.message)
            elif result.document:
                self._accept(plan, result.document)

    def _without_refused(self, plans: Sequence[Plan]) -> list[Plan]:
        kept = [plan for plan in plans if plan.document is not None and not plan.withheld]
        self.refused += question_targets.refusals(self.library, kept)
        refused = {refusal.source for refusal in self.refused}
        return [plan for plan in kept if plan.file.source not in refused]

    def _refuse(self, source: str, line: int, message: str) -> None:
        self.refused.append(Refusal(self.library.folder, source, line, message))

    def _accept(self, plan: Plan, document: Document) -> None:
        document = template_leftovers.with_findings(document, plan.file.data.decode())
        keeps_drafts = self.load_plan is not None
        marks = (*document.metadata.withheld, *(self.load_plan.bundles.marks_on(plan.file) if self.load_plan else ()))
        plan.withheld = file_drafts.reasons(marks) if _may_be_withheld(plan, keeps_drafts=keeps_drafts) else ()
        plan.findings = (*file_drafts.findings(plan.withheld, keeps_drafts=keeps_drafts), *document.findings)
        errors = [finding for finding in plan.findings if finding.severity == "error"]
        if plan.withheld and keeps_drafts:
            errors = []  # a draft may be half done
        for finding in errors:
            self._refuse(plan.file.source, finding.line, finding.message)
        plan.document = None if errors else self._in_category(plan, document)
        if not errors:
            self._warn(plan.file.source, plan.findings)

    def _in_category(self, plan: Plan, document: Document) -> Document:
        """The document in the category that its folders make, unless its head gives one."""
        if not document.metadata.category_from_path:
            return document
        if self._titles is None:
            self._titles = (
                self.load_plan.titles if self.load_plan else FolderTitles(self.library.folder, self.library.guides)
            )
        category = self._titles.category_of(plan.file.source)
        return replace(document, metadata=replace(document.metadata, category=category))

    def _warn(self, source: str, findings: Iterable[Finding]) -> None:
        known = set(self.findings)
        found = (FileFinding(source, finding.line, "warning", finding.message) for finding in findings)
        self.findings += [finding for finding in found if finding not in known]

    def _read_contacts(self, plans: Sequence[Plan]) -> Cards:
        found = [file for file in self.library.contacts.files if self.library.contacts.needs_reading(file)]
        if not found:
            return []
        hidden = self.library.for_staff(plans, ()) | self.library.downloads().keys()  # these belong to guides
        all_addresses = self.library.addresses(plans).items()
        addresses = {path: address for path, address in all_addresses if file_at(path, address) not in hidden}
        requests = [ReadRequest(file.source, file.data, addresses, kind="contact") for file in found]
        cards: Cards = []
        for file, result in zip(found, self.read_all(requests), strict=True):
            if result.error:
                self._refuse(file.source, result.error.line, result.error.message)
            elif result.contact:
                cards.append((file, result.contact))
                self._warn(file.source, (*result.contact.findings, *template_leftovers.findings(file.data.decode())))
        return cards


def _may_be_withheld(plan: Plan, *, keeps_drafts: bool) -> bool:
    """Whether what its head says of readers counts: not for what was published in the browser, and is rendered again.

    Texts that were loaded before heads were asked are published although they say that they are not for readers.
    """
    if plan.text_is_new:
        return True
    return keeps_drafts and plan.guide is not None and plan.guide.revision_id == plan.guide.loaded_id


def _targets(plan: Plan) -> set[str]:
    """What the links of a text lead to, below the folder."""
    links = plan.document.whole.structure.links if plan.document else ()
    return {below_folder(plan.file.source, link.target) for link in links}


def _links_to(plan: Plan, lost: set[str]) -> bool:
    links = plan.document.whole.structure.links if plan.document else ()
    return any(below_folder(plan.file.source, link.target) in lost for link in links)
