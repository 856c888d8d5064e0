"""The search page, the suggestions while somebody types, and the search for a text that was pasted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kb.models import Contact, ErrorCode, Guide, Problem
from kb.models.audience import STAFF, audiences_for, may_see
from kb.models.categories import trail, tree
from kb.models.error_codes import CodeEntries, by_code
from kb.models.references import read_reference
from kb.models.slugs import category_slug
from kb.rate_limits.rules import Deed
from kb.search import configured, use
from kb.search.log.record import CODES
from kb.search.text.condensing import condense
from kb.search.text.query import MAX_LENGTH, Query, clean, parse, without_operators
from kb.web.addresses import address_of
from kb.web.errors import NothingHere
from kb.web.limiting import limited
from kb.web.pages import no_results
from kb.web.pages.codes_named import codes_named
from kb.web.pages.search_filters import Search, filters
from kb.web.paging import page_number
from kb.web.query_strings import with_query
from kb.web.request_kinds import reads_only, wants_fragment
from kb.web.search_recording import note_found

if TYPE_CHECKING:
    from kb.search.index.contract import Hit, Hits, Snippet

HITS_PER_PAGE = 10
SUGGESTED = 5
SHORTEST_SUGGESTED = 2
LONGEST_SUGGESTED = 200
MOST_CODES = 6


class SectionHit(NamedTuple):
    """A section that matches; `heading` is '' for one that is named as its guide is."""

    heading: str
    address: str
    snippet: Snippet


class GuideHits(NamedTuple):
    """A guide that matches, and its sections that match, the best first."""

    guide: Hit
    address: str
    sections: tuple[SectionHit, ...]

    @classmethod
    def of(cls, hit: Hit) -> GuideHits:
        """A hit with its further sections, as the page shows them."""
        address = address_of("kb:guide-detail", hit.slug)
        sections = (
            SectionHit(
                section.section if section.section != section.title else "",
                f"{address}#{section.anchor}" if section.anchor else address,
                section.snippet,
            )
            for section in (hit, *hit.also)
        )
        return cls(hit, address, tuple(sections))


@reads_only
def results(request: HttpRequest) -> HttpResponse:
    """The hits for `?q=`, narrowed by `category` and `product`; a code alone leads to its explanation. 6 queries.

    At `/search/`, for everyone.
    """
    if len(request.GET.get("q", "")) > MAX_LENGTH:
        return render(request, "kb/search_too_long.html", {"longest": MAX_LENGTH}, status=400)
    search = _read_search(request)
    if (reference := read_reference(search.text)) and may_see(request.user, STAFF):
        return redirect("desk:handover", reference)
    query = parse(search.text, category=search.category, product=search.product)
    if not query:
        return render(request, "kb/search_start.html", {"search": search})
    codes = by_code(codes_named(request, query))
    explained = next((told for told in codes if told.defined), None)
    opened_path = ""
    if explained and _is_only_a_code(search, query):
        response: HttpResponse = redirect("kb:code-detail", explained.first.code)
        number, opened_path = len(explained.defined), f"{CODES}{explained.first.code}"
    else:
        response, number = _page_of_hits(request, search, query, codes)
    is_first = search == Search(search.text)  # further pages and filters of one search are not recorded
    return note_found(response, request, number, opened_path) if is_first else response


def _page_of_hits(
    request: HttpRequest, search: Search, query: Query, codes: list[CodeEntries]
) -> tuple[HttpResponse, int]:
    """The page of the hits, or of searches that find more where there are none; with how many hits there are."""
    offset = (search.page - 1) * HITS_PER_PAGE
    hits = configured.engine().search(
        query, audiences_for(request.user), limit=HITS_PER_PAGE, offset=offset, literal=search.literal
    )
    # What a walk starts from: operators and filters say nothing of what is seen.
    seen = query.text if query.pasted else " ".join(query.plain.split())
    # What guides say of the likeliest codes in the text: those that it names first.
    places = {code.split()[-1].lower(): place for place, code in reversed(list(enumerate(query.codes)))}
    likeliest = sorted(codes, key=lambda told: places.get(told.first.key.split()[-1], -1))
    context = {"search": search, "hits": hits, "codes": likeliest[:MOST_CODES], "seen": seen}
    if hits.items:
        response = render(request, "kb/search_results.html", context | _results_context(search, query, hits))
    else:
        response = _nothing_found(request, search, query, context)
    return response, hits.total


@reads_only
def suggestions(request: HttpRequest) -> HttpResponse:
    """A fragment that ends what is being typed: codes, sections and words. 1 query.

    At `/search/suggest/`, for everyone.
    """
    text = clean(request.GET.get("q", "")[:LONGEST_SUGGESTED])
    if not wants_fragment(request):
        return redirect(with_query(reverse("kb:search"), {"q": text}))
    if len(text) < SHORTEST_SUGGESTED:
        return render(request, "kb/_suggestions.html", {"text": ""})
    audiences = audiences_for(request.user)
    codes = ErrorCode.objects.visible_to(request.user).beginning_with(text, SUGGESTED * 4)
    suggested = configured.engine().suggest(text, audiences, limit=SUGGESTED)
    context = {
        "text": text,
        "codes": [told.first for told in by_code(codes)][:3],
        "hits": suggested.hits,
        "completions": [completion for completion in suggested.completions if completion != text.lower()][:3],
    }
    return render(request, "kb/_suggestions.html", context)


@csrf_exempt  # it changes nothing: it only says which address to read
@require_POST
@limited(Deed.PASTE)
def search_for_pasted(request: HttpRequest) -> HttpResponse:
    """Lead to the search for a pasted message or log; a short text is searched for as it was typed.

    POST to `/search/pasted/`, for everyone.
    """
    try:
        text = request.POST.get("q", "")
    except RequestDataTooBig:
        return render(request, "kb/search_too_long.html", status=413)
    return redirect(with_query(reverse("kb:search"), {"q": condense(text)}))


def _read_search(request: HttpRequest) -> Search:
    """What the address asks for."""
    parameters = request.GET
    return Search(
        text=clean(parameters.get("q", "")),
        category=clean(parameters.get("category", ""))[:300],
        product=clean(parameters.get("product", ""))[:300],
        literal=bool(parameters.get("literal")),
        page=page_number(request),
    )


def _is_only_a_code(search: Search, query: Query) -> bool:
    is_alone = query.code is not None or len(query.text.split()) == 1
    return is_alone and not (search.literal or search.category or search.product or query.only_code)


def _results_context(search: Search, query: Query, hits: Hits) -> dict[str, object]:
    pages = Paginator(range(hits.total), HITS_PER_PAGE)
    narrowed = search
    if not query.pasted:  # filters that were typed are shown, and taken away, as chosen ones are
        text = without_operators(search.text, "category", "product")
        narrowed = replace(search, text=text, category=query.category, product=query.product)
    return {
        "typed": search.text,
        "total": hits.total,
        "groups": map(GuideHits.of, hits.items),
        "page": pages.get_page(search.page),
        "page_root": f"{search.address()}&",
        "correction": hits.correction if (hits.correction or "").casefold() != search.text.casefold() else None,
        "literal": search.address(literal="1"),
        "proposal": hits.proposal and (hits.proposal, replace(search, text=hits.proposal).address()),
        "filters": filters(narrowed, hits),
        "is_recorded": settings.SEARCH_LOG,
    }


def _nothing_found(request: HttpRequest, search: Search, query: Query, context: dict[str, object]) -> HttpResponse:
    if search.page > 1:
        raise NothingHere(gettext("This search has no page {page}.").format(page=search.page))
    audiences = audiences_for(request.user)
    category_tree = tree(Guide.objects.visible_to(request.user).counted_by_category()) if query.category else ()
    is_unknown = bool(query.category) and not trail(category_tree, category_slug(query.category))
    context |= {
        "unknown_category": query.category if is_unknown else "",
        "like": no_results.like(search, query, category_tree, audiences) if is_unknown else (),
        "wider": no_results.wider(search, query, audiences),
        "nearest": no_results.nearest(search, audiences),
        "problems": Problem.objects.visible_to(request.user).commonest(use.current(audiences), 5),
        "contacts": Contact.objects.visible_to(request.user)[:3],
    }
    return render(request, "kb/search_nothing.html", context, status=404 if is_unknown else 200)
