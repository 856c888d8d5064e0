"""Finds what a writer may link to: guides, sections, contacts and files, each with the Markdown of its link."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import relpath
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kb.content.patterns import linear
from kb.library.attachments.kinds import note
from kb.models import Attachment, Contact, Guide
from kb.models.audience import EVERYONE, audiences_for
from kb.models.roles import PROPOSE
from kb.search import configured
from kb.search.text.query import clean, parse
from kb.web.access import needs
from kb.web.studio.lookup import guide_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponse

    from kb.search.index.contract import Hit

GUIDES = 8
CONTACTS = 5
FILES = 5
LONGEST_QUERY = 200
_MARKUP = linear(r"([\\\[\]`*_<])")


@dataclass(frozen=True, slots=True)
class Pick:
    """Something to link to: `target` as the guide's text has to say it, and what a list shows of it."""

    kind: str
    title: str
    target: str
    place: str = ""
    is_for_staff: bool = False

    @property
    def markdown(self) -> str:
        """The link, to be put into the text."""
        escaped = _MARKUP.sub(r"\\\1", self.title)
        return f"[{escaped}]({self.target})"


@require_safe
@needs(PROPOSE)
def pick(request: HttpRequest) -> HttpResponse:
    """What can be linked to from the guide `?guide=` that fits `?q=`; a fragment for a script. 4 queries.

    At `/write/pick/`, for writers.
    """
    guide = guide_at(request, request.GET.get("guide", ""))
    text = clean(request.GET.get("q", "")[:LONGEST_QUERY])
    context = {"guide": guide, "words": text, "picks": found(guide, text, request.user) if text else []}
    page = "kb/write/_picks.html" if request.GET.get("fragment") else "kb/write/pick.html"
    return render(request, page, context)


def found(guide: Guide, text: str, user: AbstractBaseUser | AnonymousUser) -> list[Pick]:
    """The guides, with their sections that fit, the contacts and the files that fit, of those that the user may see."""
    audiences, engine = audiences_for(user), configured.engine()
    hits = [
        *engine.suggest(text, audiences, limit=GUIDES).hits,
        *engine.search(parse(text), audiences, limit=GUIDES).items,
    ]
    sources = dict(
        Guide.objects.for_audiences(audiences)
        .filter(folder=guide.folder, slug__in={hit.slug for hit in hits})
        .values_list("slug", "source")
    )
    return [*_guides(guide, hits, sources), *_contacts(guide, text, user), *_files(guide, text, audiences)]


def _guides(guide: Guide, hits: Sequence[Hit], sources: dict[str, str]) -> Iterable[Pick]:
    """Each guide once, followed by its sections."""
    slugs = [slug for slug in dict.fromkeys(hit.slug for hit in hits) if slug in sources][:GUIDES]
    for slug in slugs:
        own = [part for hit in hits if hit.slug == slug for part in (hit, *hit.also)]
        path = _path(guide, sources[slug])
        first = own[0]
        is_for_staff = first.audience == "staff"
        if path:
            yield Pick(gettext("Guide"), first.title, path, first.category, is_for_staff)
        sections = {part.anchor: part.section for part in own if part.anchor and part.section != first.title}
        for anchor, title in sections.items():
            yield Pick(gettext("Section"), title, f"{path}#{quote(anchor)}", first.title, is_for_staff)


def _contacts(guide: Guide, text: str, user: AbstractBaseUser | AnonymousUser) -> Iterable[Pick]:
    fits = Q()
    for word in text.split():
        fits &= Q(name__icontains=word) | Q(role__icontains=word) | Q(slug__icontains=word)
    contacts = Contact.objects.visible_to(user).filter(fits, folder=guide.folder).order_by("tier", "name")
    for contact in contacts[:CONTACTS]:
        is_for_staff = contact.audience == "staff"
        yield Pick(gettext("Contact"), contact.name, _path(guide, contact.source), contact.role, is_for_staff)


def _files(guide: Guide, text: str, audiences: frozenset[str]) -> Iterable[Pick]:
    """The downloads that guides link to already; who links to what is for staff gives it to the guide's readers."""
    fits = Q()
    for word in text.split():
        fits &= Q(source__icontains=word)
    files = list(Attachment.objects.shown_to(audiences).filter(fits, folder=guide.folder)[:FILES])
    of_everyone = Attachment.objects.shown_to(EVERYONE).filter(pk__in=[file.pk for file in files])
    public = set(of_everyone.values_list("pk", flat=True))
    for file in files:
        yield Pick(
            gettext("File"), file.name, _path(guide, file.source), note(file.name, file.size), file.pk not in public
        )


def _path(guide: Guide, source: str) -> str:
    """The path from one file to another as a link says it; '' for the guide itself."""
    if source == guide.source:
        return ""
    return quote(relpath(source, PurePosixPath(guide.source).parent.as_posix()))
