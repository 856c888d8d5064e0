"""The search page, the suggestions while somebody types, and the search for a text that was pasted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kb.models import Contact, ErrorCode, Guide, Problem
from kb.models.audience import STAFF, audiences_for, may_see
from kb.models.categories import Crumb, crumbs, trail, tree
from kb.models.error_codes import by_code
from kb.models.references import read_reference
from kb.models.slugs import category_slug
from kb.rate_limits.rules import Deed
from kb.search import configured
from kb.search.log.record import CODES
from kb.search.text.condensing import condense
from kb.search.text.query import MAX_LENGTH, Query, clean, parse, without_operators
from kb.web.errors import NothingHere
from kb.web.limiting import limited
from kb.web.pages import no_results
from kb.web.pages.search_filters import Search, filters
from kb.web.paging import page_number
from kb.web.query_strings import with_query
from kb.web.request_kinds import reads_only, wants_fragment
from kb.web.search_recording import note_found

if TYPE_CHECKING:
    from kb.search.index.contract import Hit, Hits

HITS_PER_PAGE = 10
SUGGESTED = 5
SHORTEST_SUGGESTED = 2
LONGEST_SUGGESTED = 200
MOST_CODES = 6


@dataclass(frozen=True, slots=True)
class GuideHits:
    """A guide that matches, where it stands, and its sections that match, the best first."""

    guide: Hit
    crumbs: tuple[Crumb, ...]
    sections: tuple[Hit, ...]


@reads_only
def results(request: HttpRequest) -> HttpResponse:
    """The hits for `?q=`, narrowed by `category` and `product`; a code typed alone leads to its page. 6 queries.

    At `/search/`, for everyone.
    """
    if len(request.GET.get("q", "")) > MAX_LENGTH:
        return render(request, "kb/search_too_long.html", {"longest": MAX_LENGTH}, status=400)
    asked = _asked(request)
    if (reference := read_reference(asked.text)) and may_see(request.user, STAFF):
        return redirect("desk:handover", reference)
    query = parse(asked.text, category=asked.category, product=asked.product)
    if not query:
        return render(request, "kb/search_start.html", {"asked": asked})
    is_first = asked == Search(asked.text)  # further pages and filters of one search are not recorded
    codes = ErrorCode.objects.visible_to(request.user).entries(_keys(query))
    if codes and _is_only_a_code(asked, query):
        code_page = redirect("kb:code-detail", codes[0].code)
        return note_found(code_page, request, len(codes), f"{CODES}{codes[0].code}") if is_first else code_page
    offset = (asked.page - 1) * HITS_PER_PAGE
    found = configured.engine().search(
        query, audiences_for(request.user), limit=HITS_PER_PAGE, offset=offset, literal=asked.literal
    )
    # What a walk starts from: operators and filters say nothing of what is seen.
    seen = query.text if query.pasted else " ".join(query.plain.split())
    context = {"asked": asked, "hits": found, "codes": _cards(codes, query), "seen": seen}
    if found.items:
        response = render(request, "kb/search_results.html", context | _shown(asked, query, found))
    else:
        response = _nothing_found(request, asked, query, context)
    return note_found(response, request, found.total) if is_first else response


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
    codes = ErrorCode.objects.for_audiences(audiences).filter(key__startswith=" ".join(text.split()).lower())
    suggested = configured.engine().suggest(text, audiences, limit=SUGGESTED)
    context = {
        "text": text,
        "codes": [same[0] for same in by_code(codes.order_by("key", "guide__title", "position")[: SUGGESTED * 4])][:3],
        "hits": suggested.hits,
        "completions": [ended for ended in suggested.completions if ended != text.lower()][:3],
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


def _asked(request: HttpRequest) -> Search:
    """What the address asks for."""
    asked = request.GET
    return Search(
        text=clean(asked.get("q", "")),
        category=clean(asked.get("category", ""))[:300],
        product=clean(asked.get("product", ""))[:300],
        literal=bool(asked.get("literal")),
        page=page_number(request),
    )


def _keys(query: Query) -> list[str]:
    """The keys of the codes that may be meant: the whole text, what looks like a code, and `429` of `HTTP 429`."""
    codes = query.codes
    named = {query.text, query.only_code, *codes, *(code.split()[-1] for code in codes)} - {""}
    return sorted({" ".join(code.split()).lower()[:120] for code in named})


def _is_only_a_code(asked: Search, query: Query) -> bool:
    is_alone = query.code is not None or len(query.text.split()) == 1
    return is_alone and not (asked.literal or asked.category or asked.product or query.only_code)


def _shown(asked: Search, query: Query, found: Hits) -> dict[str, object]:
    pages = Paginator(range(found.total), HITS_PER_PAGE)
    narrowed = asked
    if not query.pasted:  # filters that were typed are shown, and taken away, as chosen ones are
        text = without_operators(asked.text, "category", "product")
        narrowed = replace(asked, text=text, category=query.category, product=query.product)
    return {
        "groups": [
            GuideHits(hit, crumbs(hit.category, category_slug(hit.category)), (hit, *hit.also)) for hit in found.items
        ],
        "page": pages.get_page(asked.page),
        "page_root": f"{asked.address()}&",
        "correction": found.correction if (found.correction or "").casefold() != asked.text.casefold() else None,
        "literal": asked.address(literal="1"),
        "proposal": found.proposal and (found.proposal, replace(asked, text=found.proposal).address()),
        "filters": filters(narrowed, found),
        "is_recorded": settings.SEARCH_LOG,
    }


def _nothing_found(request: HttpRequest, asked: Search, query: Query, context: dict[str, object]) -> HttpResponse:
    if asked.page > 1:
        raise NothingHere(f"This search has no page {asked.page}.")
    audiences = audiences_for(request.user)
    known = tree(Guide.objects.visible_to(request.user).counted_by_category()) if query.category else ()
    is_unknown = bool(query.category) and not trail(known, category_slug(query.category))
    context |= {
        "unknown_category": query.category if is_unknown else "",
        "like": no_results.like(asked, query, known, audiences) if is_unknown else (),
        "wider": no_results.wider(asked, query, audiences),
        "nearest": no_results.nearest(asked, audiences),
        "problems": Problem.objects.visible_to(request.user).commonest(5),
        "contacts": Contact.objects.visible_to(request.user)[:3],
    }
    return render(request, "kb/search_nothing.html", context, status=404 if is_unknown else 200)


def _cards(entries: list[ErrorCode], query: Query) -> list[list[ErrorCode]]:
    """What guides say of the likeliest codes in the text, by code."""
    places = {code.split()[-1].lower(): place for place, code in reversed(list(enumerate(query.codes)))}
    likeliest = sorted(by_code(entries), key=lambda same: places.get(same[0].key.split()[-1], -1))
    return likeliest[:MOST_CODES]
