"""Reads what the desk hands on of guides: their pages, their source, and where the links in that lead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from kb.content import handing_on
from kb.content.document import ContentError, Structure
from kb.content.front_matter import split
from kb.content.guide_words import ProductText, Words
from kb.content.links import SITE_ROOTS, below_folder
from kb.content.workers import read_guide_bounded
from kb.models import Contact, Guide, Link, Section
from kb.rate_limits import crowding
from kb.templatetags.kb_languages import direction

if TYPE_CHECKING:
    from troubleshooting.desk.places import Place


@dataclass(frozen=True)
class GuideText:
    """A guide's page and source, as everyone whom it is for may have them.

    `links` says for files below its folder where their pages are. `sections` are (line, level, anchor); None where they
    are to be found in the text. `root` is scheme and host of the site.
    """

    address: str
    title: str
    html: str
    text: str
    source: str
    root: str
    language: str = ""
    links: dict[str, str] = field(default_factory=dict)
    sections: tuple[tuple[int, int, str], ...] | None = ()

    @property
    def page(self) -> str:
        """The full address of its page."""
        return urljoin(self.root, self.address)

    @cached_property
    def structure(self) -> Structure | None:
        """What its prose says, read once more; None when that can't be done, or not now, as others have texts read."""
        try:
            with crowding.place(crowding.Work.TEXT):
                return read_guide_bounded(self.text, self.source).structure
        except (ContentError, crowding.CrowdedError):
            return None

    def section_html(self, anchor: str) -> str:
        """The page of a section with its sub-sections, of all of it for ''."""
        return handing_on.section_of(self.html, anchor)

    def section_markdown(self, place: Place) -> str:
        """The source of a section, or of the one that a problem lies in; of the whole guide where it has none."""
        lines = self.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        sections = self._found_sections() if self.sections is None else self.sections
        for line, level, anchor in sections:
            if anchor and anchor in (place.anchor, place.flagged_as):
                others = [(other, size) for other, size, _ in sections]
                return self._warning(handing_on.section_source(lines, line, level, others))
        return self._warning(split(self.text).body.strip("\n"))

    def _warning(self, markdown: str) -> str:
        words = Words(self.language)
        said = f"**{words.say(ProductText.CAREFUL)}** {words.say(ProductText.DANGER)}"
        return self.with_full_links(handing_on.with_warnings(markdown, said))

    def _found_sections(self) -> tuple[tuple[int, int, str], ...]:
        found = self.structure.sections if self.structure else ()
        return tuple((section.line, section.level, section.anchor) for section in found)

    def step_markdown(self, anchor: str, position: int, text: str) -> str:
        """The source of a step of the problem at an anchor; '' where the source says something else there."""
        for problem in self.structure.problems if self.structure else ():
            if problem.anchor == anchor and position < len(problem.steps):
                step = problem.steps[position]
                own = handing_on.with_warnings(step.markdown.strip(), "")
                return self.with_full_links(own) if step.text == text else ""
        return ""

    def with_full_links(self, markdown: str) -> str:
        """Markdown of this guide as it can stand elsewhere."""
        return handing_on.with_full_links(markdown, self._full_address)

    def _full_address(self, target: str) -> str:
        path, hash_sign, fragment = target.partition("#")
        if path.startswith("/"):
            return urljoin(self.root, target) if path.split("/")[1] in SITE_ROOTS else ""
        page = self.links.get(below_folder(self.source, unquote(path)), "") if path else self.address
        return f"{urljoin(self.root, page)}{hash_sign}{fragment}" if page else ""


def directed(html: str, language: str) -> str:
    """HTML that stands among that of others, in the direction that its language is written in."""
    return f'<div dir="rtl">{html}</div>' if direction(language) == "rtl" else html


def handed_on(guide: Guide) -> str:
    """The text of a published guide without what it says to staff only, which may be all of it."""
    assert guide.revision is not None  # noqa: S101 - readers see it
    return guide.public_text if hasattr(guide, "staff_form") else guide.revision.text


def guide_texts(slugs: Collection[str], audiences: frozenset[str], root: str) -> dict[str, GuideText]:
    """The texts of guides that these audiences may see, by slug. Four queries."""
    wanted = Guide.objects.for_audiences(audiences).filter(slug__in=slugs).exclude(revision=None)
    names = ("slug", "title", "html", "public_text", "source", "folder", "language", "revision__text")
    rows = list(wanted.select_related("revision", "staff_form").only(*names, "staff_form__guide"))
    links = _links(rows, audiences)
    sections: dict[int, list[tuple[int, int, str]]] = {row.pk: [] for row in rows}
    for pk, *section in Section.objects.filter(guide__in=sections).values_list("guide", "line", "level", "anchor"):
        sections[pk].append((section[0], section[1], section[2]))
    return {
        row.slug: GuideText(
            address=row.get_absolute_url(),
            title=row.title,
            html=row.html,
            text=handed_on(row),
            source=row.source,
            root=root,
            language=row.language,
            links=links[row.pk],
            # The lines that are kept are those of the whole text, with what is for staff only.
            sections=None if hasattr(row, "staff_form") else tuple(sections[row.pk]),
        )
        for row in rows
    }


def _links(rows: list[Guide], audiences: frozenset[str]) -> dict[int, dict[str, str]]:
    """For each guide, where its relative links lead that lead to what these audiences may see. Two queries."""
    contacts: dict[str, dict[str, str]] = {row.folder: {} for row in rows}
    for contact in (
        Contact.objects.for_audiences(audiences).filter(folder__in=contacts).only("slug", "folder", "source")
    ):
        contacts[contact.folder][contact.source] = contact.get_absolute_url()
    found = {row.pk: dict(contacts[row.folder]) for row in rows}
    leading = Link.objects.filter(guide__in=found, leads_to__in=Guide.objects.for_audiences(audiences).order_by())
    for link in leading.select_related("leads_to").only("guide", "target", "leads_to__slug"):
        assert link.leads_to is not None  # noqa: S101 - it is among the guides
        found[link.guide_id][link.target] = link.leads_to.get_absolute_url()
    return found
