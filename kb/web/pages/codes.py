"""The pages of error codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext

from kb.models import ErrorCode, Problem
from kb.models.error_codes import by_code
from kb.web.errors import NothingHere
from kb.web.paging import page_of
from kb.web.request_kinds import reads_only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CODES_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """A problem that names the code, where a link to it leads, and what is said beside its title."""

    problem: Problem
    href: str
    note: str


@reads_only
def code_list(request: HttpRequest) -> HttpResponse:
    """Every error code with its meaning and action, or the guide that names it.

    At `/codes/`, for everyone.
    """
    codes = ErrorCode.objects.visible_to(request.user)
    page = page_of(request, codes.known(), CODES_PER_PAGE)
    entries = codes.entries([row["key"] for row in page.object_list])
    return render(request, "kb/code_list.html", {"page": page, "codes": by_code(entries)})


@reads_only
def code_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What guides say of one error code, the problems that show it, and the other guides that name it. 2 queries.

    At `/codes/<code>/`, for everyone.
    """
    entries = ErrorCode.objects.visible_to(request.user).explaining(code)
    if not entries:
        raise NothingHere(gettext("No guide explains or names the error code “{code}”.").format(code=code[:80]))
    told = by_code(entries)[0]
    problems = Problem.objects.visible_to(request.user).naming(told.first.code)
    shown = {problem.guide_id for problem in problems} | {entry.guide_id for entry in told.defined}
    places = {entry.guide_id: entry for entry in told.named}
    context = {
        "code": told.first.code,
        "entries": told.defined,
        "problems": [_shown(problem, places.get(problem.guide_id)) for problem in problems],
        "named": [entry for entry in told.named if entry.guide_id not in shown],
        "guide_count": told.guides,
    }
    return render(request, "kb/code_detail.html", context)


def _shown(problem: Problem, place: ErrorCode | None) -> ShownProblem:
    """The problem; of one that is a whole guide, the section that names the code."""
    if problem.anchor or place is None:
        note = problem.guide.title if problem.title != problem.guide.title else ""
        return ShownProblem(problem, problem.get_absolute_url(), note)
    note = place.section_title if place.section_title != problem.title else ""
    return ShownProblem(problem, place.get_absolute_url(), note)
