"""The guides of a folder in; out, the links that lead nowhere, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from html import unescape

from kb.content.document import Document, Link
from kb.content.links import FolderLinks
from kb.survey import Plan
from troubleshooting.shelf import FileFinding, Shelf

_ID = re.compile(r'\sid="([^"]+)"')
ANCHORS_COMPARED = 200


def check(shelf: Shelf) -> Iterator[FileFinding]:
    """An error for each link to a file or an anchor that is not there, a warning for each such picture."""
    survey = shelf.reading.survey
    anchors = {plan.file.source: _anchors(document) for plan, document in shelf.documents}
    files = {source: source for source in survey.files}
    for plan, document in shelf.documents:
        links = FolderLinks(plan.file.source, files)
        for link in document.structure.links:
            yield from _broken(plan, link, links, anchors)


def _broken(plan: Plan, link: Link, links: FolderLinks, anchors: Mapping[str, frozenset[str]]) -> Iterator[FileFinding]:
    if link.image:
        message = f"The picture '{link.target}' is not shown: pictures must lie on a web site or below /media/."
        yield FileFinding(plan.file.source, link.line, "warning", message)
        return
    target = links.get(link.target) if link.target else plan.file.source
    if target is None:
        message = f"The link leads to '{link.target}', which is no guide and no contact of this folder."
        yield FileFinding(plan.file.source, link.line, "error", message)
    elif link.anchor and target in anchors and link.anchor not in anchors[target]:
        written = f"{link.target}#{link.anchor}"
        message = f"The link leads to '{written}', but {target} has no heading with that anchor."
        message += _nearest(link.anchor, anchors[target])
        yield FileFinding(plan.file.source, link.line, "error", message)


def _nearest(anchor: str, known: frozenset[str]) -> str:
    near = get_close_matches(anchor, sorted(known)[:ANCHORS_COMPARED], n=1)
    return f" Did you mean '#{near[0]}'?" if near else ""


def _anchors(document: Document) -> frozenset[str]:
    """What a link may point to: headings, footnotes and other parts that have an id."""
    headings = {section.anchor for section in document.structure.sections}
    return frozenset(headings | {unescape(found) for found in _ID.findall(document.html)} | {"page_main"})
