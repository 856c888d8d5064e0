"""A reader's request in; the pages of guides, categories, error codes and contacts out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kb.models import Contact, ErrorCode, EscalationLevel, EscalationTrigger, Guide, Problem, Section, categories
from kb.models.error_codes import by_code
from kb.web.errors import NothingHere
from kb.web.methods import reads_only
from kb.web.paging import page_of

PAGE_OF_GUIDES = 40
PAGE_OF_CODES = 100
CATEGORIES_AT_HOME = 12
DEEPEST = 3
MOST_TRIGGERS = 200


@reads_only
def home(request: HttpRequest) -> HttpResponse:
    """Where everything starts: a search, a walk, categories, common problems, error codes, contacts. 4 queries."""
    counted = Guide.objects.visible_to(request.user).counted_by_category()
    context = {
        "categories": categories.largest(categories.tree(counted), CATEGORIES_AT_HOME),
        "guide_count": sum(guides for _, _, guides in counted),
        "problems": Problem.objects.visible_to(request.user).commonest(),
        "codes": ErrorCode.objects.visible_to(request.user).known().order_by("-guides", "key")[:12],
        "contacts": Contact.objects.visible_to(request.user)[:3],
    }
    return render(request, "kb/home.html", context)


@reads_only
def guide_list(request: HttpRequest) -> HttpResponse:
    """All guides by title."""
    guides = Guide.objects.visible_to(request.user).listed().order_by("title", "slug")
    return render(request, "kb/guide_list.html", {"page": page_of(request, guides, PAGE_OF_GUIDES)})


@reads_only
def guide_detail(request: HttpRequest, address: str) -> HttpResponse:
    """One guide, as it was rendered when it was published. 4 queries."""
    guides = Guide.objects.visible_to(request.user)
    address = address.replace("\0", "")  # which some databases refuse to look up
    guide = guides.filter(slug=address).first()
    if guide is None:
        return _moved(request, address)
    parts = Section.objects.visible_to(request.user).parts_of(guide)
    title_anchor = parts[0].anchor if parts and parts[0].level == 1 else ""
    context = {
        "guide": guide,
        "crumbs": categories.crumbs(guide.category, guide.category_slug),
        "contents": [part for part in parts if part.anchor and part.anchor != title_anchor and part.level <= DEEPEST],
        "codes": [part for part in parts if part.is_code],
        "related": guides.related_to(guide),
        "contacts": Contact.objects.visible_to(request.user).for_guide(guide),
    }
    return render(request, "kb/guide_detail.html", context)


@reads_only
def category_list(request: HttpRequest) -> HttpResponse:
    """All categories, as a tree with counts."""
    tree = categories.tree(Guide.objects.visible_to(request.user).counted_by_category())
    return render(request, "kb/category_list.html", {"categories": tree})


@reads_only
def category_detail(request: HttpRequest, category: str) -> HttpResponse:
    """The guides of a category and of those below it."""
    guides = Guide.objects.visible_to(request.user)
    trail = categories.trail(categories.tree(guides.counted_by_category()), category.lower())
    if not trail:
        raise NothingHere(f"There is no category “{category[:80]}” with guides in it.")
    below = guides.in_category(trail[-1].slug).listed().order_by("category_slug", "title", "slug")
    context = {"category": trail[-1], "crumbs": trail[:-1], "page": page_of(request, below, PAGE_OF_GUIDES)}
    return render(request, "kb/category_detail.html", context)


@reads_only
def code_list(request: HttpRequest) -> HttpResponse:
    """Every error code with its meaning and action."""
    codes = ErrorCode.objects.visible_to(request.user)
    page = page_of(request, codes.known(), PAGE_OF_CODES)
    entries = codes.entries([known["key"] for known in page.object_list])
    return render(request, "kb/code_list.html", {"page": page, "codes": by_code(entries)})


@reads_only
def code_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What guides say of one error code, and the problems that name it."""
    entries = ErrorCode.objects.visible_to(request.user).explaining(code)
    if not entries:
        raise NothingHere(f"No guide explains the error code “{code[:80]}”.")
    problems = Problem.objects.visible_to(request.user).naming(entries[0].code)
    return render(request, "kb/code_detail.html", {"code": entries[0].code, "entries": entries, "problems": problems})


@reads_only
def contact_list(request: HttpRequest) -> HttpResponse:
    """Whom to ask when a guide does not help, when, and in which order."""
    triggers = EscalationTrigger.objects.visible_to(request.user).select_related("guide").defer("guide__html")
    levels = EscalationLevel.objects.visible_to(request.user).select_related("guide").defer("guide__html")
    context = {
        "contacts": Contact.objects.visible_to(request.user),
        "triggers": triggers.order_by("guide__title", "position")[:MOST_TRIGGERS],
        "levels": levels.order_by("guide__title", "position")[:MOST_TRIGGERS],
    }
    return render(request, "kb/contact_list.html", context)


def _moved(request: HttpRequest, address: str) -> HttpResponse:
    guide = Guide.objects.visible_to(request.user).moved_from(address)
    if guide is None:
        raise NothingHere("There is no guide at this address. It may have been retired, or the address is mistyped.")
    return redirect(guide, permanent=True)
