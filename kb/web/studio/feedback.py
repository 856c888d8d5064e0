"""What readers and staff say of a guide, for its writers: numbers by section, flags to settle, and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from kb.library.feedback import flags
from kb.library.feedback.numbers import DAYS, Numbers, numbers_of
from kb.models import Section, SectionFlag, SectionVote, roles
from kb.models.audience import STAFF, audiences_for, may_see
from kb.web.access import needs, writer
from kb.web.errors import NothingHere
from kb.web.paging import page_of
from kb.web.request_kinds import posts_only
from kb.web.studio.lookup import guide_at

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from kb.models import Guide

SENTENCES_PER_PAGE = 40
MOST_FLAGS = 100
SETTLED_BEFORE = gettext_lazy("Somebody has settled this flag already.")


@require_safe
@needs(roles.PROPOSE)
def feedback(request: HttpRequest, slug: str) -> HttpResponse:
    """The numbers of a guide and its sections, its open flags, and what readers wrote, the newest first. 12 queries.

    At `/write/guides/<slug>/feedback/`, for writers.
    """
    guide = guide_at(request, slug)
    whole, by_section = numbers_of(guide, audiences_for(request.user))
    titles = dict(Section.objects.filter(guide=guide).order_by("position").values_list("key", "title"))
    page = page_of(request, _sentences(request, guide), SENTENCES_PER_PAGE)
    context = {
        "guide": guide,
        "days": DAYS,
        "numbers": whole,
        "sections": [(title, by_section[key]) for key, title in titles.items() if key and key in by_section],
        "flags": [(flag, titles.get(flag.section, guide.title)) for flag in _flags(request, guide)],
        "page": page,
        "sentences": [(vote, titles.get(vote.section, guide.title)) for vote in page.object_list],
    }
    return render(request, "kb/write/feedback.html", context)


@posts_only("kb:write-feedback", "slug")
@needs(roles.PROPOSE)
def settle_flag(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say that what a member of staff flagged is seen to.

    POST to `/write/guides/<slug>/flags/<pk>/settle/`, for writers.
    """
    guide = guide_at(request, slug)
    flag = SectionFlag.objects.filter(guide=guide, pk=pk).first() if may_see(request.user, STAFF) else None
    if flag is None:
        raise NothingHere(gettext("There is no such flag."))
    if flags.settle(flag, writer(request)):
        messages.success(
            request,
            gettext("The flag “{kind}” is settled.").format(kind=flag.get_kind_display()),
        )
    else:
        messages.info(request, SETTLED_BEFORE)
    return redirect("kb:write-feedback", guide.slug)


def panel(request: HttpRequest, guide: Guide) -> dict[str, object]:
    """What the page of a guide in the studio shows of it. Three queries."""
    numbers: Numbers = numbers_of(guide, audiences_for(request.user))[0]
    return {"numbers": numbers, "days": DAYS}


def _flags(request: HttpRequest, guide: Guide) -> list[SectionFlag]:
    if not may_see(request.user, STAFF):
        return []
    return list(SectionFlag.objects.open().filter(guide=guide).select_related("flagged_by")[:MOST_FLAGS])


def _sentences(request: HttpRequest, guide: Guide) -> QuerySet[SectionVote]:
    """The votes with a reason or a sentence, of readers and on texts that are not hidden from the writer."""
    seen = audiences_for(request.user)
    votes = SectionVote.objects.filter(guide=guide, audience__in=seen, revision__audience__in=seen)
    return votes.exclude(reason="", sentence="").select_related("revision").defer("revision__text")
