"""What staff do with a handed-over walk on its page: take it, answer for its sender, note on it, close it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kb.content.numbers import whole_number
from kb.models.audience import insiders
from kb.outbox import letters
from kb.web.access import for_staff
from kb.web.request_kinds import posts_only
from troubleshooting.desk.handover import changes
from troubleshooting.desk.handover.changes import Author, ChangedMeanwhileError, NotPossibleError
from troubleshooting.desk.handover.forms import NO_GUIDE, AssignForm, CauseForm, DuplicateForm, NoteForm, ReasonForm
from troubleshooting.desk.handover.page import (
    ANSWERS_FORM,
    Shown,
    causes_context,
    detail_page,
    handover_at,
    typed_in,
)
from troubleshooting.desk.handover.shown_walk import FIELD, shown_walk
from troubleshooting.models.desk import DeskLook
from troubleshooting.models.handovers import Handover, HandoverNote
from troubleshooting.outcomes.causes import NoSuchProblemError

if TYPE_CHECKING:
    from django import forms
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


@require_safe
@for_staff("desk:list")
def handover_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One walk with all that is known of it; `?q=` looks for the problem that it was. 14 queries, 15 if it was sent.

    At `/desk/<reference>/`, for staff.
    """
    handover = handover_at(reference)
    if request.method == "GET":
        DeskLook.objects.note(_staff_member(request), handover=handover)
    return detail_page(request, handover)


@require_safe
@for_staff("desk:list")
def causes(request: HttpRequest, reference: str) -> HttpResponse:
    """The problems that fit what is typed, for the page to put in place.

    At `/desk/<reference>/causes/`, for staff.
    """
    context = causes_context(shown_walk(handover_at(reference)), typed_in(request.GET.get("q", "")), None)
    return render(request, "troubleshooting/_desk_causes.html", context | {"is_fragment": True})


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def take_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Have it."""
    return _change(request, reference, "assign", AssignForm({"to": _staff_member(request).get_username()}), _assign)


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Give it to a colleague, or back to nobody."""
    return _change(request, reference, "assign", AssignForm(request.POST), _assign)


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def send_again(_request: HttpRequest, reference: str) -> HttpResponse:
    """Have what was given up sent anew, such as when the mail server was mended."""
    handover = handover_at(reference)
    letters.retry(handover.shown_reference)
    return redirect(f"{handover.get_absolute_url()}#sent")


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def add_note(request: HttpRequest, reference: str) -> HttpResponse:
    """Write a note beside it."""
    handover = handover_at(reference)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return detail_page(request, handover, Shown("note", form, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    HandoverNote.objects.create(handover=handover, author=_staff_member(request), text=form.cleaned_data["text"])
    return redirect(f"{handover.get_absolute_url()}#notes")


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Record what the cause was, which closes it; recorded again, the last word holds. `look` only looks for it."""
    if "look" in request.POST:
        handover = handover_at(reference)
        looked = Shown("cause", CauseForm(initial=request.POST.dict()))
        if _author(request).seen != handover.version:
            looked.status = HTTPStatus.CONFLICT
        return detail_page(request, handover, looked)

    def record(handover: Handover, author: Author, said: dict[str, str]) -> None:
        problem = "" if said["cause"] == NO_GUIDE else said["cause"]
        changes.close_with_cause(handover, author, problem, said["sentence"], said["fix"])

    return _change(request, reference, "cause", CauseForm(request.POST), record)


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def close_as_duplicate(request: HttpRequest, reference: str) -> HttpResponse:
    """Close it as a duplicate of another."""
    return _change(
        request,
        reference,
        "duplicate",
        DuplicateForm(request.POST),
        lambda handover, author, said: changes.close_as_duplicate(handover, author, said["reference"]),
    )


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def close_without_cause(request: HttpRequest, reference: str) -> HttpResponse:
    """Close it without a cause, and say why."""
    return _change(
        request,
        reference,
        "reason",
        ReasonForm(request.POST),
        lambda handover, author, said: changes.close_without_cause(handover, author, said["reason"]),
    )


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Open it again."""
    return _change(
        request, reference, "assign", AssignForm({}), lambda handover, author, _: changes.reopen(handover, author)
    )


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def change_answers(request: HttpRequest, reference: str) -> HttpResponse:
    """Change answers of the walk on behalf of who sent it."""
    handover = handover_at(reference)
    walk = shown_walk(handover)
    if walk is None:
        return redirect(handover)
    author = _author(request)
    given = {key: value for key, value in request.POST.items() if key.startswith(FIELD) and isinstance(value, str)}
    if author.seen != handover.version:  # what was sent answers another walk
        return detail_page(request, handover, Shown(ANSWERS_FORM, status=HTTPStatus.CONFLICT))
    try:
        address, told = walk.with_answers(request.POST.get("symptom", walk.state.address.symptom), given)
        if told:
            changes.change_answers(handover, author, address.query(), told)
    except ChangedMeanwhileError:
        return detail_page(request, handover_at(reference), Shown(ANSWERS_FORM, status=HTTPStatus.CONFLICT))
    except ValueError as error:
        return detail_page(
            request, handover, Shown(ANSWERS_FORM, trouble=str(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        )
    return redirect(f"{handover.get_absolute_url()}#walk")


def _change(
    request: HttpRequest,
    reference: str,
    name: str,
    form: forms.Form,
    change: Callable[[Handover, Author, dict[str, str]], None],
) -> HttpResponse:
    """Do what a form says; the page again, with what was typed, where that can't be done.

    The page that is shown again has the version of now, so who saw another one is told before anything else.
    """
    handover = handover_at(reference)
    author = _author(request)
    if author.seen != handover.version:
        return detail_page(request, handover, Shown(name, form, status=HTTPStatus.CONFLICT))
    if form.is_valid():
        try:
            change(handover, author, form.cleaned_data)
        except ChangedMeanwhileError:
            return detail_page(request, handover_at(reference), Shown(name, form, status=HTTPStatus.CONFLICT))
        except (NotPossibleError, NoSuchProblemError) as error:
            form.add_error(next(field for field in form.fields if field != "q"), str(error))
        else:
            return redirect(f"{handover.get_absolute_url()}#{'cause' if name == 'cause' else 'state'}")
    return detail_page(request, handover, Shown(name, form, status=HTTPStatus.UNPROCESSABLE_ENTITY))


def _assign(handover: Handover, author: Author, said: dict[str, str]) -> None:
    name = said["to"]
    to = insiders().filter(username__iexact=name).first() if name else None
    if name and to is None:
        raise NotPossibleError(
            gettext("Nobody called “{name}” may open the desk: choose one of those offered.").format(name=name[:60])
        )
    changes.assign(handover, author, to)


def _author(request: HttpRequest) -> Author:
    """Who sends a form, and the version of the walk that its page showed."""
    seen = whole_number(request.POST.get("version"))
    return Author(_staff_member(request), -1 if seen is None else seen)


def _staff_member(request: HttpRequest) -> User:
    return cast("User", request.user)
