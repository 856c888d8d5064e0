"""Reads the bytes or the text of a file into a guide or a contact, with its safe HTML."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Mapping
from dataclasses import replace

from kb.content import contacts, front_matter, html_steps, languages, lint, outline, problems, replies, staff_blocks
from kb.content.blocks import Outline
from kb.content.document import ContactCard, ContentError, Document, Finding, Metadata, Problem, StaffForm, Structure
from kb.content.folder_links import FolderLinks
from kb.content.foreign.comments import NEVER_ENDS
from kb.content.foreign.lines import shown as quoted
from kb.content.foreign.translating import Translation, translated
from kb.content.guide_words import Words
from kb.content.head import FrontMatter
from kb.content.languages.named import language_named
from kb.content.patterns import linear
from kb.content.phrases import Phrase
from kb.content.rendering import link_definitions, render, render_fragment

LARGEST_TEXT = 2_000_000
TOO_DEEP = Phrase("This text is nested too deeply to be read: flatten its lists, quotations or brackets.")
FOR_GUIDES = Phrase(
    "Only guides have blocks for staff: take this one out, or make a second contact with 'audience: staff'."
)

_WORD = linear(r"\w+")


def read_guide(
    data: bytes | str,
    source: str,
    resolve: Mapping[str, str] | None = None,
    for_staff: Mapping[str, str] | None = None,
) -> Document:
    """A guide as read; ContentError with its line when it can't be.

    `source` is the file's path below the loaded folder, with '/'. `resolve` maps paths below that folder
    (`network/timeouts.md`, `media/plan.png`) to addresses: relative links and images are looked up in it from the
    folder of `source`; `for_staff` has those that only what is for staff may lead to. Hostile text takes time without
    bound: `kb.content.workers` bounds it.
    """
    text = decode(data)
    try:
        links = FolderLinks(source, resolve or {})
        return _read_guide(text, source, links, FolderLinks(source, {**(resolve or {}), **(for_staff or {})}))
    except RecursionError:
        raise ContentError(TOO_DEEP) from None


def read_contact(data: bytes | str, source: str, resolve: Mapping[str, str] | None = None) -> ContactCard:
    """A contact as read, with its HTML; errors, `source` and `resolve` as for `read_guide`."""
    text = decode(data)
    try:
        card = contacts.read_contact(text, source)
        head, links = front_matter.split(text), FolderLinks(source, resolve or {})
        is_public = card.audience == "public"
        if is_public and (hidden := staff_blocks.hidden_lines(head.body)):
            raise ContentError(FOR_GUIDES, head.body_line + min(hidden))
        translation = translated(head, source, links.addresses, shows_staff=not is_public)
        if is_public and (hidden := _for_staff_in(translation) | translation.for_staff.pieces):
            raise ContentError(FOR_GUIDES, head.body_line + min(hidden))
        return replace(card, html=render_fragment(translation.head.body, links))
    except RecursionError:
        raise ContentError(TOO_DEEP) from None


def decode(data: bytes | str) -> str:
    """The text of a file, its line endings kept; ContentError when it is too large or not UTF-8."""
    encoded = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    if len(encoded) > LARGEST_TEXT:
        raise ContentError(
            Phrase(
                "This file is larger than {number} MB: split it into several guides.",
                number=LARGEST_TEXT // 1_000_000,
            )
        )
    if isinstance(data, str):
        return data
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ContentError(Phrase("This file is UTF-16: save it as UTF-8."))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError(Phrase("This line is not UTF-8: save the file as UTF-8."), line) from None


def _read_guide(text: str, source: str, links: FolderLinks, staff_links: FolderLinks) -> Document:
    head = front_matter.split(text, source)
    hidden, public = _public(head, source, links)
    parsed, metadata, found = _understood(public, source)
    is_reply = metadata.kind == "reply"
    has_more = bool(hidden or public.for_staff.pieces)
    is_all = has_more and metadata.audience == "staff" and not is_reply  # all of it is for staff
    if is_all:
        hidden, has_more = frozenset(), False
        public = translated(head, source, links.addresses, shows_staff=True)
        parsed, metadata, found = _understood(public, source)
    structure = _structure(parsed, metadata, links)
    if is_reply:  # its steps are for who gets it: no walk and no search may lead there
        structure = Structure(structure.sections, links=structure.links)
    if not metadata.language:
        found_in = languages.language_of(
            "\n".join((metadata.title, *(each.text for each in structure.sections))),
            lambda: language_named(source, links.addresses),
        )
        metadata = replace(metadata, language=found_in or languages.DEFAULT)
    told = replace(head, body=staff_blocks.without(head.body, hidden))
    shown = _shown(public, told, source, links, metadata.language, shows_staff=is_all)
    html, step_html = _rendered(public.head, parsed, structure, links, metadata, shown=shown)
    found += [*lint.check(structure, metadata, parsed), *staff_blocks.findings(head.body, head.body_line, hidden)]
    if is_reply:
        found += replies.findings(public.head.body, head.body_line)
    return Document(
        metadata=metadata,
        structure=structure,
        html=html,
        step_html=step_html,
        findings=tuple(found),
        for_staff=_for_staff(text, source, metadata, hidden, staff_links) if has_more else None,
    )


def _public(head: FrontMatter, source: str, links: FolderLinks) -> tuple[frozenset[int], Translation]:
    """The lines (from 0) of a body that are for staff only, and the rest in our forms.

    They go before the forms of other tools are read, which may take words from one line to another; what is such a
    block only as such a form goes after that.
    """
    hidden = staff_blocks.hidden_lines(head.body)
    told = _told_of_ends(head, head.body, hidden)
    for _ in range(staff_blocks.MOST_LOOKS):
        public = translated(replace(head, body=staff_blocks.without(head.body, hidden)), source, links.addresses)
        more = _for_staff_in(public)
        if more <= hidden:
            return hidden, replace(public, findings=(*told.values(), *public.findings))
        unended = [each for each in public.findings if getattr(each.message, "template", "") == NEVER_ENDS.template]
        told |= {each.line: each for each in unended if (each.line or 0) - head.body_line in more}
        told = _told_of_ends(head, public.head.body, more) | told
        hidden |= more
    everything = frozenset(range(head.body.count("\n") + 1))
    return everything, translated(replace(head, body=staff_blocks.without(head.body, everything)), source)


def _for_staff_in(translation: Translation) -> frozenset[int]:
    """The lines (from 0) of a body that are for staff only as a whole."""
    return staff_blocks.hidden_lines(translation.head.body) | translation.for_staff.lines


def _told_of_ends(head: FrontMatter, body: str, hidden: Collection[int]) -> dict[int | None, Finding]:
    """What is said of containers for staff that never end, by their line."""
    rows = head.body.split("\n")
    lines = [number for number in staff_blocks.never_ending(body) if number in hidden]
    return {
        head.body_line + number: Finding(head.body_line + number, NEVER_ENDS.filled(written=quoted(rows[number])))
        for number in lines[:1]
    }


def _understood(public: Translation, source: str) -> tuple[Outline, Metadata, list[Finding]]:
    head = public.head
    parsed = outline.parse(head.body, head.body_line)
    metadata, found = front_matter.metadata(head.fields, outline=parsed, source=source, title=public.title)
    metadata = replace(metadata, tags=tuple(dict.fromkeys((*metadata.tags, *public.tags))))
    return parsed, metadata, [*found, *public.findings]


def _structure(parsed: Outline, metadata: Metadata, links: FolderLinks) -> Structure:
    """What the prose says; links to pictures and downloads lead to where these lie."""
    structure = problems.find(parsed, metadata.title, metadata.summary)
    found = (replace(link, target=links.as_found(link.target)) for link in structure.links)
    return replace(structure, links=tuple(found))


def _for_staff(text: str, source: str, metadata: Metadata, hidden: frozenset[int], links: FolderLinks) -> StaffForm:
    """The whole guide: its head stays as everyone sees it."""
    whole = front_matter.split(text, source)
    translation = translated(whole, source, links.addresses, shows_staff=True)
    head, shown = translation.head, _shown(translation, whole, source, links, metadata.language, shows_staff=True)
    parsed = outline.parse(head.body, head.body_line)
    structure = _structure(parsed, metadata, links)
    html, step_html = _rendered(head, parsed, structure, links, metadata, shown=shown)
    lines = frozenset(number + head.body_line for number in hidden)
    return StaffForm(structure, html, step_html, staff_blocks.public_text(text, hidden), lines)


def _shown(
    translation: Translation,
    head: FrontMatter,
    source: str,
    links: FolderLinks,
    language: str,
    *,
    shows_staff: bool,
) -> FrontMatter:
    """A body as its page shows it: words of the product itself are in the guide's language.

    Its structure, and with it search and the anchors of addresses, is read from the translation, which has them in
    English. Each line is the same in both but for these words.
    """
    if not translation.has_words or Words(language).are_english:
        return translation.head
    return translated(head, source, links.addresses, language, shows_staff=shows_staff).head


def _problems_shown(head: FrontMatter, structure: Structure, metadata: Metadata) -> tuple[Problem, ...]:
    """The problems with the source of their steps as the page shows it, as long as its words tell the same steps."""
    found = problems.find(outline.parse(head.body, head.body_line), metadata.title, metadata.summary).problems
    same = [_places(problem) for problem in found] == [_places(problem) for problem in structure.problems]
    return found if same else structure.problems


def _places(problem: Problem) -> tuple[str, list[int]]:
    return problem.anchor, [step.line for step in problem.steps]


def _rendered(
    head: FrontMatter,
    parsed: Outline,
    structure: Structure,
    links: FolderLinks,
    metadata: Metadata,
    *,
    shown: FrontMatter,
) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """The safe HTML of a body, and that of each step of each problem."""
    definitions = link_definitions(shown.body)
    found = structure.problems if shown is head else _problems_shown(shown, structure, metadata)
    html = render(
        shown.body,
        sections=structure.sections,
        step_lists=structure.step_lists,
        landmarks=structure.landmarks,
        resolve=links,
        first_line=head.body_line,
        title_anchor=_title_anchor(parsed, structure, metadata.title),
        language=metadata.language,
    )
    step_html = tuple(
        tuple(
            render_fragment(step.markdown, links, definitions=definitions, language=metadata.language)
            for step in problem.steps
        )
        for problem in found
    )
    return html_steps.marked(html, found), step_html


def _title_anchor(parsed: Outline, structure: Structure, title: str) -> str:
    """The anchor of the heading that a page does not show, as it only says its title again; '' for none.

    A heading such as 'Support' is a label, and none the less the title of a page that its head or file calls so. One
    that says more than the title of the head, such as the whole message of an error, is shown.
    """
    first = next((section for section in structure.sections if section.level), None)
    if first is None or first.level != 1 or not set(_title_words(first.title)) <= set(_title_words(title)):
        return ""
    repeats = first.title.strip().casefold() == title.strip().casefold()
    return first.anchor if repeats or first.anchor == parsed.title_anchor else ""


def _title_words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
