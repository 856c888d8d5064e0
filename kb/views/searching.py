"""What a person typed in; a page of hits, the page of an error code, or suggestions out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kb.addresses import category_slug
from kb.audience import PUBLIC, STAFF, audiences_for
from kb.categories import Crumb, crumbs
from kb.middleware import FOUND
from kb.models import Contact, ErrorCode, Guide, Problem
from kb.search import engines
from kb.search.analysis import STOP_WORDS, words
from kb.search.query import MAX_LENGTH, Query, clean, parse
from kb.searches import CODES
from kb.views.errors import NothingHere
from kb.views.methods import reads_only
from kb.views.narrowing import Search, filters
from kb.views.paging import page_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.search.engine import Hit, Hits

PAGE_OF_HITS = 10
SUGGESTED = 5
SHORTEST_SUGGESTED = 2
LONGEST_SUGGESTED = 200
MOST_ENDINGS = 2
MOST_CODES = 6


@dataclass(frozen=True, slots=True)
class GuideHits:
    """A guide that matches, where it stands, and its sections that match, the best first."""

    guide: Hit
    crumbs: tuple[Crumb, ...]
    sections: tuple[Hit, ...]


@reads_only
def results(request: HttpRequest) -> HttpResponse:
    """The hits for `?q=`, narrowed by `category` and `product`; a code typed alone leads to its page. 6 queries."""
    if len(request.GET.get("q", "")) > MAX_LENGTH:
        return render(request, "kb/search_too_long.html", {"longest": MAX_LENGTH}, status=400)
    asked = _asked(request)
    query = parse(asked.text, category=asked.category, product=asked.product)
    if not query:
        return render(request, "kb/search_start.html", {"asked": asked})
    codes = ErrorCode.objects.visible_to(request.user).entries(_keys(query))
    if codes and _is_only_a_code(asked, query):
        code_page = redirect("kb:code-detail", codes[0].code)
        return _noted(code_page, request, asked, len(codes), f"{CODES}{codes[0].code}")
    offset = (asked.page - 1) * PAGE_OF_HITS
    found = engines.engine().search(
        query, audiences_for(request.user), limit=PAGE_OF_HITS, offset=offset, literal=asked.literal
    )
    context = {"asked": asked, "hits": found, "codes": _by_code(codes)}
    if found.items:
        response = render(request, "kb/search_results.html", context | _shown(asked, found))
    else:
        response = _nothing_found(request, asked, context)
    return _noted(response, request, asked, found.total)


@reads_only
def suggestions(request: HttpRequest) -> HttpResponse:
    """A fragment that ends what is being typed: codes, sections and words. 1 query."""
    text = clean(request.GET.get("q", "")[:LONGEST_SUGGESTED])
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('kb:search')}?{urlencode({'q': text})}")
    if len(text) < SHORTEST_SUGGESTED:
        return render(request, "kb/_suggestions.html", {"text": ""})
    audiences = audiences_for(request.user)
    codes = ErrorCode.objects.for_audiences(audiences).filter(key__startswith=" ".join(text.split()).lower())
    completions = [
        ended for ended in engines.engine().complete(text, audiences, limit=SUGGESTED) if ended != text.lower()
    ]
    context = {
        "text": text,
        "codes": _first_of_each(codes.order_by("key", "guide__title", "position")[: SUGGESTED * 4])[:3],
        "hits": _first_hits([text, *completions[:MOST_ENDINGS]], audiences),
        "completions": completions[:3],
    }
    return render(request, "kb/_suggestions.html", context)


def _first_hits(texts: list[str], audiences: frozenset[str]) -> list[Hit]:
    """The hits for what was typed, the first of the texts, and for its likeliest ends.

    Titles with words that begin as typed come first, then such headings, then the rest; each guide once.
    """
    starts = [word for word in parse(texts[0]).words if word not in STOP_WORDS] or [texts[0]]
    found = [hit for text in texts for hit in engines.engine().search(parse(text), audiences, limit=SUGGESTED).items]
    found.sort(key=lambda hit: 0 if _begins(hit.title, starts) else 1 if _begins(hit.section, starts) else 2)
    return list({hit.slug: hit for hit in reversed(found)}.values())[: -SUGGESTED - 1 : -1]


def _begins(title: str, starts: list[str]) -> bool:
    """Whether for each start a word of the title begins so."""
    own = words(title).texts
    return all(any(word.startswith(start) for word in own) for start in starts)


def _noted(response: HttpResponse, request: HttpRequest, asked: Search, hits: int, opened: str = "") -> HttpResponse:
    """The response with what the recorder of searches is to know: not of further pages and filters of one search."""
    if asked == Search(asked.text):
        audience = STAFF if STAFF in audiences_for(request.user) else PUBLIC
        response.headers[FOUND] = f"{hits} {audience} {quote(opened)}"
    return response


def _asked(request: HttpRequest) -> Search:
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
    codes = query.codes[:MOST_CODES]
    named = {query.text, *codes, *(code.split()[-1] for code in codes)}
    return sorted({" ".join(code.split()).lower()[:120] for code in named})


def _is_only_a_code(asked: Search, query: Query) -> bool:
    is_alone = query.code is not None or len(query.text.split()) == 1
    return is_alone and not (asked.literal or asked.category or asked.product)


def _shown(asked: Search, found: Hits) -> dict[str, object]:
    pages = Paginator(range(found.total), PAGE_OF_HITS)
    return {
        "groups": [_with_place(hit) for hit in found.items],
        "page": pages.get_page(asked.page),
        "page_root": f"{asked.address()}&",
        "correction": found.correction if (found.correction or "").casefold() != asked.text.casefold() else None,
        "literal": asked.address(literal="1"),
        "filters": filters(asked, found),
        "is_recorded": settings.SEARCH_LOG,
    }


def _with_place(hit: Hit) -> GuideHits:
    return GuideHits(hit, crumbs(hit.category, category_slug(hit.category)), (hit, *hit.also))


def _nothing_found(request: HttpRequest, asked: Search, context: dict[str, object]) -> HttpResponse:
    if asked.page > 1:
        raise NothingHere(f"This search has no page {asked.page}.")
    guides = Guide.objects.visible_to(request.user)
    is_unknown = bool(asked.category) and not guides.in_category(category_slug(asked.category)).exists()
    near = engines.engine().nearest(asked.text, audiences_for(request.user))
    context |= {
        "nearest": [(text, Search(text).address()) for text in near],
        "everywhere": asked.address(category="", product=""),
        "unknown_category": is_unknown,
        "problems": Problem.objects.visible_to(request.user).commonest(5),
        "contacts": Contact.objects.visible_to(request.user)[:3],
    }
    return render(request, "kb/search_nothing.html", context, status=404 if is_unknown else 200)


def _by_code(entries: Iterable[ErrorCode]) -> list[list[ErrorCode]]:
    return [list(same) for _, same in groupby(entries, key=lambda entry: entry.key)]


def _first_of_each(entries: Iterable[ErrorCode]) -> list[ErrorCode]:
    return [same[0] for same in _by_code(entries)]
