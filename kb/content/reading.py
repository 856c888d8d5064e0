"""Reads the bytes or the text of a file into a guide or a contact, with its safe HTML."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import replace

from kb.content import contacts, front_matter, languages, lint, outline, problems, replies
from kb.content.document import ContactCard, ContentError, Document, Structure
from kb.content.links import FolderLinks
from kb.content.rendering import link_definitions, render, render_fragment

LARGEST_TEXT = 2_000_000
TOO_DEEP = "This text is nested too deeply to be read: flatten its lists, quotations or brackets."


def read_guide(data: bytes | str, source: str, resolve: Mapping[str, str] | None = None) -> Document:
    """A guide as read; ContentError with its line when it can't be.

    `source` is the file's path below the loaded folder, with '/'. `resolve` maps paths below that folder
    (`network/timeouts.md`, `media/plan.png`) to addresses: relative links and images are looked up in it from the
    folder of `source`. Hostile text takes time without bound: `kb.content.workers` bounds it.
    """
    text = decode(data)
    try:
        return _read_guide(text, source, FolderLinks(source, resolve or {}))
    except RecursionError:
        raise ContentError(TOO_DEEP) from None


def read_contact(data: bytes | str, source: str, resolve: Mapping[str, str] | None = None) -> ContactCard:
    """A contact as read, with its HTML; errors, `source` and `resolve` as for `read_guide`."""
    text = decode(data)
    try:
        card = contacts.read_contact(text, source)
        return replace(card, html=render_fragment(front_matter.split(text).body, FolderLinks(source, resolve or {})))
    except RecursionError:
        raise ContentError(TOO_DEEP) from None


def decode(data: bytes | str) -> str:
    """The text of a file, its line endings kept; ContentError when it is too large or not UTF-8."""
    encoded = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    if len(encoded) > LARGEST_TEXT:
        raise ContentError(f"This file is larger than {LARGEST_TEXT // 1_000_000} MB: split it into several guides.")
    if isinstance(data, str):
        return data
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ContentError("This file is UTF-16: save it as UTF-8.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError("This line is not UTF-8: save the file as UTF-8.", line) from None


def _read_guide(text: str, source: str, links: FolderLinks) -> Document:
    head = front_matter.split(text)
    parsed = outline.parse(head.body, head.body_line)
    metadata, head_findings = front_matter.metadata(head.fields, outline=parsed, source=source)
    structure = problems.find(parsed, metadata.title, metadata.summary)
    is_reply = metadata.kind == "reply"
    if is_reply:  # its steps are for who gets it: no walk and no search may lead there
        structure = Structure(structure.sections, links=structure.links)
    if not metadata.language:
        told = languages.language_of("\n".join((metadata.title, *(section.text for section in structure.sections))))
        metadata = replace(metadata, language=told or languages.DEFAULT)
    definitions = link_definitions(head.body)
    html = render(
        head.body,
        sections=structure.sections,
        step_lists=structure.step_lists,
        landmarks=structure.landmarks,
        resolve=links,
        first_line=head.body_line,
        title_anchor=parsed.title_anchor or "",
    )
    return Document(
        metadata=metadata,
        structure=structure,
        html=html,
        step_html=tuple(
            tuple(render_fragment(step.markdown, links, definitions=definitions) for step in problem.steps)
            for problem in structure.problems
        ),
        findings=(
            *head_findings,
            *lint.check(structure, metadata, parsed),
            *(replies.findings(head.body, head.body_line) if is_reply else ()),
        ),
    )
