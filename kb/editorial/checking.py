"""Checks a text as it is written: what the guide's page would show, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from kb.content import template_leftovers
from kb.content.document import ContentError, Document, Finding
from kb.content.explaining import Explanation
from kb.content.links import below_folder, file_at, meant_by
from kb.content.phrases import Phrase
from kb.content.workers import explain_bounded, read_guide_bounded
from kb.editorial.decisions import Checked
from kb.library import question_targets
from kb.library.folders import file_drafts
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import SourceFile
from kb.models import Guide
from kb.rate_limits import crowding

NO_GUIDE = Phrase("The link to '{target}' leads nowhere: there is no such guide or contact.")
NO_IMAGE = Phrase("The image '{target}' is not here: upload it, or mend its path.")


def check(guide: Guide, text: str) -> Checked:
    """A text as the guide's page would show it, with all that is wrong with it; in bounded time, and kept nowhere.

    CrowdedError while others read texts.
    """
    library = LibraryState.of_folder(Path(guide.folder))
    plan = Plan(SourceFile(library.folder, guide.source, text.encode("utf-8", "surrogatepass")), guide, guide.slug)
    try:
        with crowding.place(crowding.Work.TEXT):
            plan.document = template_leftovers.with_findings(_read_guide(library, plan, text), text)
    except ContentError as error:
        return Checked(None, (Finding(error.line, error.message, "error"),))
    withheld = file_drafts.reasons(plan.document.metadata.withheld)
    findings = file_drafts.findings(withheld, keeps_drafts=False)
    refusals = question_targets.refusals(library, [plan])
    findings += [Finding(refusal.line, refusal.message, "error") for refusal in refusals]
    findings += _broken_links(library, plan, {finding.line for finding in findings})
    findings = sorted([*plan.document.findings, *findings], key=lambda finding: finding.line)
    return Checked(plan.document, tuple(findings))


def explain(guide: Guide, text: str) -> Explanation | None:
    """How a text is understood, None when it can't be read; in bounded time. CrowdedError while others read texts."""
    try:
        with crowding.place(crowding.Work.TEXT):
            return explain_bounded(text.encode("utf-8", "surrogatepass"), guide.source)
    except ContentError:
        return None


def _broken_links(library: LibraryState, plan: Plan, lines: Collection[int]) -> Iterator[Finding]:
    """A warning for each link and image whose file is not here, but at `lines`, which have a finding already."""
    addresses = library.addresses([plan])
    for link in plan.document.whole.structure.links if plan.document else ():
        path = "" if link.target.startswith("/") else below_folder(plan.file.source, link.target)
        if path and link.line not in lines and addresses.keys().isdisjoint(meant_by(path)):
            message = NO_IMAGE if link.image else NO_GUIDE
            yield Finding(link.line, message.filled(target=link.target), "warning")


def _read_guide(library: LibraryState, plan: Plan, text: str) -> Document:
    """Read for everyone first; only who may see staff guides is shown where they are."""
    addresses = library.addresses([plan])
    hidden = library.for_staff([], [])
    for_staff = {path: address for path, address in addresses.items() if file_at(path, address) in hidden}
    public = {path: address for path, address in addresses.items() if path not in for_staff}
    document = read_guide_bounded(text, plan.file.source, public, for_staff=for_staff)
    if document.metadata.audience == "staff" and hidden:
        document = read_guide_bounded(text, plan.file.source, addresses)
    return document
