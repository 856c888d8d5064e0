"""The addresses of the API: guides, hits and error codes that the reader may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from ninja import Query
from ninja.errors import HttpError

from kb.content.foreign.comments import without_hidden
from kb.library import notices
from kb.models import Contact, ErrorCode, EscalationLevel, Guide, Problem, Section
from kb.models.audience import audiences_for, may_see
from kb.models.contacts import PathLevel, helpers
from kb.models.error_codes import by_code
from kb.models.slugs import category_slug
from kb.search import configured
from kb.search.text import query
from kb.web.api.docs import Docs
from kb.web.api.read_only import ReadOnlyAPI
from kb.web.api.schemas import (
    CodeAnswer,
    CodeEntry,
    CodePlace,
    ContactAnswer,
    ContactItem,
    ErrorCodeItem,
    Escalation,
    Failure,
    GuideDetail,
    GuideItem,
    GuideList,
    NoticeItem,
    NoticeList,
    ProblemItem,
    ProcedureItem,
    SearchAnswer,
    SearchItem,
    SectionItem,
)
from kb.web.snippets import html_of

if TYPE_CHECKING:
    from kb.search.index.contract import Hit

Limit = Annotated[int, Query(ge=1, le=100, description="How many items to give at most")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many items to leave out at the start")]

api = ReadOnlyAPI(
    title="Knowledge base API",
    version="1",
    description="Guides, search, error codes and walks, as the pages show them. Read-only; no key is needed. "
    'Whatever is wrong with a request is said as `{"detail": "..."}`.',
    docs_url="docs/",
    openapi_url="openapi.json",
    urls_namespace="api",
    docs=Docs(),
)


@api.get("guides", response={200: GuideList, 422: Failure}, summary="List guides", tags=["guides"])
def guide_list(
    request: HttpRequest,
    category: Annotated[
        str, Query(description="Only guides of this category (`network/timeouts`) and of those below it")
    ] = "",
    limit: Limit = 20,
    offset: Offset = 0,
) -> GuideList:
    """Guides in the order of their titles."""
    guides = Guide.objects.visible_to(request.user)
    if category.strip("/ "):
        guides = guides.in_category(category_slug(category))
    page = guides.listed()[offset : offset + limit]
    return GuideList(count=guides.count(), items=[GuideItem(**_guide_fields(guide)) for guide in page])


@api.get("guides/{path:slug}", response={200: GuideDetail, 404: Failure}, summary="Read a guide", tags=["guides"])
def guide_detail(request: HttpRequest, slug: str) -> GuideDetail | HttpResponse:
    """A guide with its text and the structure found in it. A former address redirects to the guide."""
    slug = _cleaned(slug)
    guide = (
        Guide.objects.visible_to(request.user)
        .filter(slug=slug)
        .select_related("revision")
        .prefetch_related(
            Prefetch("sections", Section.objects.defer("text")),
            Prefetch("problems", Problem.objects.prefetch_related("symptoms", "steps")),
            "error_codes",
            "triggers",
            "path",
        )
        .first()
    )
    if guide is not None:
        return _whole_guide(guide, _markdown(request, guide))
    moved = Guide.objects.visible_to(request.user).moved_from(slug)
    if moved is None:
        raise HttpError(404, f"No guide has the slug {slug!r}.")
    return HttpResponsePermanentRedirect(reverse("api:guide_detail", args=[moved.slug]))


@api.get("search", response={200: SearchAnswer, 422: Failure}, summary="Search", tags=["search"])
def search(
    request: HttpRequest,
    q: Annotated[str, Query(description="Words, phrases in quotes, error codes")],
    limit: Limit = 20,
) -> SearchAnswer:
    """The guides that answer `q`, the best first, each with its best section."""
    hits = configured.engine().search(query.parse(q), audiences_for(request.user), limit=limit)
    return SearchAnswer(query=q, total=hits.total, items=[_search_item(hit) for hit in hits.items])


@api.get("codes/{path:code}", response={200: CodeAnswer, 404: Failure}, summary="Look up an error code", tags=["codes"])
def code_detail(request: HttpRequest, code: str) -> CodeAnswer:
    """What the guides say of an error code, which is found in any case, and `HTTP 429` as `429`; and who names it."""
    code = _cleaned(code)
    found = ErrorCode.objects.visible_to(request.user).explaining(code)
    if not found:
        raise HttpError(404, f"No guide defines or names the error code {code!r}.")
    told = by_code(found)[0]
    return CodeAnswer(
        code=told.first.code,
        entries=[
            CodeEntry(meaning=row.meaning, action=row.action, guide=row.guide.slug, url=row.get_absolute_url())
            for row in told.defined
        ],
        named_by=[
            CodePlace(
                guide=row.guide.slug,
                title=row.guide.title,
                section=row.section_title,
                place=row.named_in,
                url=row.get_absolute_url(),
            )
            for row in told.named
        ],
    )


@api.get("contacts", response={200: ContactAnswer}, summary="List whom to ask", tags=["contacts"])
def contact_list(request: HttpRequest) -> ContactAnswer:
    """Everybody to escalate to, in the order in which to ask them."""
    cards = Contact.objects.visible_to(request.user).defer("html", "text")
    levels = EscalationLevel.objects.visible_to(request.user).along_paths()
    names = ContactItem.model_fields
    found = helpers(cards, map(PathLevel.of, levels)).contacts
    return ContactAnswer(contacts=[ContactItem(**{name: getattr(row, name) for name in names}) for row in found])


@api.get("notices", response={200: NoticeList}, summary="List what is to be known now", tags=["notices"])
def notice_list(request: HttpRequest) -> NoticeList:
    """The notices that run, such as of a known incident."""
    running = notices.running(audiences_for(request.user))
    return NoticeList(notices=[NoticeItem(**NoticeItem.fields_of(notice)) for notice in running])


def _cleaned(name: str) -> str:
    """The slug or code that an address names: a final slash is a slip, and some databases refuse a NUL."""
    return name.replace("\0", "").strip("/ ")


def _guide_fields(guide: Guide) -> dict[str, Any]:
    return {
        "slug": guide.slug,
        "title": guide.title,
        "summary": guide.summary,
        "category": guide.category,
        "audience": guide.audience,
        "applies_to": guide.applies_to,
        "url": guide.get_absolute_url(),
        "updated_at": guide.updated_at,
    }


def _markdown(request: HttpRequest, guide: Guide) -> str:
    """The text of a guide without what its author hides, and what it says to staff only unless it is for them."""
    is_whole = guide.revision is not None and may_see(request.user, guide.revision.audience)
    return without_hidden(guide.revision.text if guide.revision and is_whole else guide.public_text, guide.source)


def _whole_guide(guide: Guide, markdown: str) -> GuideDetail:
    return GuideDetail(
        **_guide_fields(guide),
        source=guide.source,
        markdown=markdown,
        sections=[SectionItem(anchor=row.anchor, title=row.title, level=row.level) for row in guide.sections.all()],
        problems=[_problem_item(problem) for problem in guide.problems.all()],
        error_codes=[
            ErrorCodeItem(code=row.code, meaning=row.meaning, action=row.action)
            for row in guide.error_codes.all()
            if row.is_defined
        ],
        escalation=Escalation(
            triggers=[row.text for row in guide.triggers.all()], path=[row.text for row in guide.path.all()]
        ),
    )


def _problem_item(problem: Problem) -> ProblemItem:
    return ProblemItem(
        anchor=problem.anchor,
        title=problem.title,
        symptoms=[row.text for row in problem.symptoms.all()],
        causes=problem.causes,
        steps=[row.text for row in problem.steps.all()],
        procedures=ProcedureItem.of(problem.steps.all()),
        error_codes=problem.codes,
    )


def _section_url(slug: str, anchor: str) -> str:
    return reverse("kb:guide-detail", args=[slug]) + (f"#{anchor}" if anchor else "")


def _search_item(hit: Hit) -> SearchItem:
    return SearchItem(
        guide=hit.slug,
        anchor=hit.anchor,
        title=hit.title,
        section=hit.section,
        url=_section_url(hit.slug, hit.anchor),
        snippet=html_of(hit.snippet),
        score=hit.score,
        similarity=hit.similarity,
    )
