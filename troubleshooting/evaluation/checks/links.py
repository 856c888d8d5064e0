"""Finds links and pictures of a folder's guides that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import PurePosixPath
from urllib.parse import unquote

from kb.content.document import Link
from kb.content.findings import FileFinding
from kb.content.folder_links import FolderLinks
from kb.content.links import PICTURES, as_named, below_folder
from kb.content.page_links import anchors_in
from kb.library.attachments.files import FolderFiles
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from troubleshooting.catalogue.from_folder import FolderLibrary

ANCHORS_COMPARED = 200
NO_PICTURE = "The picture '{}' is not shown, because it is not here: put it there or mend its path."
NO_DOWNLOAD = "The file '{}' is not offered for download: {}"
OTHER_KIND = "The picture '{}' is not shown, because of its kind: make it a PNG, JPEG, WebP or GIF."


def check(library: FolderLibrary) -> Iterator[FileFinding]:
    """An error for each link to a file or an anchor that is not there, a warning for each such picture.

    A link to a file beside the guides is right when readers may download that.
    """
    state = library.reading.library
    # What a link may point to: headings, footnotes and other parts that have an id.
    anchors = {
        plan.file.source: anchors_in(document.html) | {section.anchor for section in document.structure.sections}
        for plan, document in library.documents
    }
    pictures = {**state.pictures(), **state.downloads()}
    files = {source: source for source in (*library.reading.files, *pictures)}
    others = FolderFiles(state.folder)
    for plan, document in library.documents:
        links, shown_pictures = FolderLinks(plan.file.source, files), FolderLinks(plan.file.source, pictures)
        for link in document.structure.links:
            is_there = link.target in (shown_pictures if link.image else links)
            path = below_folder(plan.file.source, unquote(link.target))
            if link.target and not is_there and (file := others.meant(path)):
                yield from _other_file(plan, link, file, others)
            elif link.image:
                yield from _missing_picture(plan, link, shown_pictures)
            else:
                yield from _broken_link(plan, link, links, anchors, state)


def _other_file(plan: Plan, link: Link, file: str, others: FolderFiles) -> Iterator[FileFinding]:
    """What is wrong with a link to a file that is there, and is neither a guide nor a picture that can be shown."""
    if link.image and PurePosixPath(file).suffix.lower() in PICTURES:
        yield FileFinding(plan.file.source, link.line, "warning", OTHER_KIND.format(link.target))
    elif reason := others.why_not(file):
        message = NO_DOWNLOAD.format(as_named(link.target), reason)
        yield FileFinding(plan.file.source, link.line, "error", message)


def _missing_picture(plan: Plan, link: Link, shown_pictures: FolderLinks) -> Iterator[FileFinding]:
    """A warning for a picture that the page can't show."""
    if link.target not in shown_pictures and unquote(link.target) not in shown_pictures:
        yield FileFinding(plan.file.source, link.line, "warning", NO_PICTURE.format(link.target))


def _broken_link(
    plan: Plan, link: Link, links: FolderLinks, anchors: Mapping[str, frozenset[str]], state: LibraryState
) -> Iterator[FileFinding]:
    target = links.get(link.target) if link.target else plan.file.source
    if target is None:
        message = f"The link leads to '{as_named(link.target)}', which is no guide and no contact of this folder."
        # Other sites write the paths of their pages so, and many of these are in no folder.
        is_of_site = link.target.startswith("/") and not link.target.endswith(".md")
        yield FileFinding(plan.file.source, link.line, "warning" if is_of_site else "error", message)
    elif target in state.withheld:
        message = f"The link leads to '{link.target}', which is kept as a draft: readers are not led there."
        yield FileFinding(plan.file.source, link.line, "error", message)
    elif link.anchor and target in anchors and link.anchor not in anchors[target]:
        written = f"{link.target}#{link.anchor}"
        message = f"The link leads to '{written}', but {target} has no heading with that anchor."
        near = get_close_matches(link.anchor, sorted(anchors[target])[:ANCHORS_COMPARED], n=1)
        message += f" Did you mean '#{near[0]}'?" if near else ""
        yield FileFinding(plan.file.source, link.line, "error", message)
