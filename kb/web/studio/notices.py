"""The pages on which editors set notices: the list, the form of one, and the button that ends it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kb.content.numbers import whole_number
from kb.library import notices
from kb.library.notices import MOST_NOT_OVER, NoticeChangedMeanwhileError, TooManyNoticesError
from kb.models import Notice
from kb.models.audience import STAFF, Audience, audiences_for, may_see
from kb.models.roles import PUBLISH
from kb.web.access import needs, writer
from kb.web.errors import NothingHere
from kb.web.paging import page_of
from kb.web.request_kinds import posts_only
from kb.web.studio.notice_form import NoticeForm, initial, unseen

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

OVER_PER_PAGE = 25
TOO_MANY = format_lazy(
    gettext_lazy("There are {number} notices that are not over: end some before you set another one."),
    number=MOST_NOT_OVER,
)
QUICKER = gettext_lazy(
    "Somebody else has changed this notice meanwhile. What you entered is still here: look, and save it again."
)


@require_safe
@needs(PUBLISH)
def notice_list(request: HttpRequest) -> HttpResponse:
    """The notices that run, those to come, and those that are over. 3 queries.

    At `/write/notices/`, for editors.
    """
    now = timezone.now()
    rows = Notice.objects.visible_to(request.user).select_related("author")
    not_over = list(rows.not_over(now))
    context = {
        "running": [notice for notice in not_over if notice.starts_at <= now],
        "to_come": [notice for notice in reversed(not_over) if notice.starts_at > now],
        "page": page_of(request, rows.over(now).order_by("-ends_at", "-pk"), OVER_PER_PAGE),
        "here": "notices",
    }
    return render(request, "kb/write/notices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PUBLISH)
def write_notice_new(request: HttpRequest) -> HttpResponse:
    """The form for a new notice.

    At `/write/notices/new/`, for editors.
    """
    if request.method != "POST":
        return _page(request, None, NoticeForm(initial={"kind": Notice.Kind.INFO, "audience": Audience.PUBLIC}))
    form = _form(request)
    if not form.is_valid():
        return _page(request, None, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        notice = notices.create(form.setting, writer(request))
    except TooManyNoticesError:
        form.add_error(None, TOO_MANY)
        return _page(request, None, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _saved(request, notice)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PUBLISH)
def write_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a notice.

    At `/write/notices/<pk>/`, for editors.
    """
    notice = _notice_at(request, pk)
    if request.method != "POST":
        return _page(request, notice, NoticeForm(initial=initial(notice, audiences_for(request.user))))
    form = _form(request)
    if not form.is_valid():
        return _page(request, notice, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        kept = unseen(notice, audiences_for(request.user))
        setting = replace(form.setting, targets=[*form.setting.targets, *kept])
        notice = notices.change(notice, setting, _seen(request))
    except NoticeChangedMeanwhileError:
        form.add_error(None, QUICKER)
        return _page(request, _notice_at(request, pk), form, HTTPStatus.CONFLICT)
    return _saved(request, notice)


@posts_only("kb:write-notice", "pk")
@needs(PUBLISH)
def end_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """End a notice now.

    POST to `/write/notices/<pk>/end/`, for editors.
    """
    try:
        notices.end(_notice_at(request, pk), _seen(request))
    except NoticeChangedMeanwhileError:
        messages.error(
            request, gettext("Somebody else has changed this notice meanwhile: look at it before you end it.")
        )
    else:
        messages.success(request, gettext("Ended: readers do not see it any more."))
    return redirect("kb:write-notices")


def _form(request: HttpRequest) -> NoticeForm:
    return NoticeForm(request.POST, audiences=audiences_for(request.user))


def _seen(request: HttpRequest) -> int:
    seen = whole_number(request.POST.get("version"))
    return -1 if seen is None else seen


def _saved(request: HttpRequest, notice: Notice) -> HttpResponse:
    now = timezone.now()
    if notice.ends_at and notice.ends_at <= now:
        told = gettext("Saved. It is over already, so nobody sees it.")
    elif notice.starts_at > now:
        told = gettext("Saved: it is shown from the time that you gave.")
    else:
        told = gettext("Saved: readers see it now.")
    messages.success(request, told)
    return redirect("kb:write-notices")


def _notice_at(request: HttpRequest, pk: int) -> Notice:
    notice: Notice | None = Notice.objects.visible_to(request.user).filter(pk=whole_number(str(pk))).first()
    if notice is None:
        raise NothingHere(gettext("There is no such notice. It may be deleted since."))
    return notice


def _page(request: HttpRequest, notice: Notice | None, form: NoticeForm, status: int = 200) -> HttpResponse:
    context = {
        "notice": notice,
        "form": form,
        "kinds": Notice.Kind.choices,
        "audiences": [choice for choice in Audience.choices if choice[0] != STAFF or may_see(request.user, STAFF)],
        "is_over": bool(notice and notice.ends_at and notice.ends_at <= timezone.now()),
        "here": "notices",
    }
    return render(request, "kb/write/notice.html", context, status=status)
