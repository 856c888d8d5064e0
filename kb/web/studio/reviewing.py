"""What reviewers and its author do with a proposed text: approve it, ask for changes, comment, take it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from kb.editorial import approval, checking, drafts, reviews
from kb.editorial.decisions import NotPossible
from kb.models import LineComment, Revision, roles
from kb.web.access import needs, writer
from kb.web.limiting import reads_texts
from kb.web.request_kinds import posts_only
from kb.web.studio import own_drafts
from kb.web.studio.decision_messages import in_zone, tell_reviewer
from kb.web.studio.editing import with_editor
from kb.web.studio.forms import ApprovalForm, LineCommentForm, RemarkForm
from kb.web.studio.lookup import revision_at
from kb.web.studio.review_page import PAGE, ReviewOptions, address_of, seen, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

State = Revision.State
MEANWHILE = gettext_lazy(
    "Meanwhile it was given another time, or the guide was retired or brought back. Look at what this page says now, "
    "and approve it again."
)


@require_safe
@needs(roles.PROPOSE)
def review(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A text beside what readers see, or (`?against=base`) what it was made from; `?line=` opens a form there.

    At `/write/guides/<slug>/review/<number>/`, for writers.
    """
    return shown(request, revision_at(request, slug, number))


@posts_only(PAGE, "slug", "number")
@needs(roles.PUBLISH)
@reads_texts
def approve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Publish it, at once or at a time.

    POST to `/write/guides/<slug>/review/<number>/approve/`, for editors.
    """
    revision = revision_at(request, slug, number)
    form = ApprovalForm(request.POST, before=revision.publish_at)
    if not form.is_valid():
        return shown(request, revision, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.POST.get("seen", seen(revision)) != seen(revision):
        return shown(request, revision, form, trouble=str(MEANWHILE), status=HTTPStatus.CONFLICT)
    moment = form.cleaned_data["publish_at"]
    try:
        if moment != revision.publish_at:
            revision = drafts.schedule(revision, moment)
        decision = approval.approve(revision, writer(request), form.cleaned_data["comment"])
        return tell_reviewer(request, decision, ReviewOptions.of(request).query)
    except NotPossible as error:
        return _not_possible(request, revision, error, form)


@posts_only(PAGE, "slug", "number")
@needs(roles.REVIEW)
def ask(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give it back to its author, with what is to be changed.

    POST to `/write/guides/<slug>/review/<number>/ask/`, for reviewers.
    """
    revision = revision_at(request, slug, number)
    message = gettext("Changes asked for: its author sees what you wrote.")
    return _take_remark(request, revision, reviews.ask_for_changes, message)


@posts_only(PAGE, "slug", "number")
@needs(roles.PROPOSE)
def remark(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say something of it as a whole.

    POST to `/write/guides/<slug>/review/<number>/remark/`, for writers.
    """
    return _take_remark(request, revision_at(request, slug, number), reviews.remark, gettext("Your remark is kept."))


def _take_remark(
    request: HttpRequest, revision: Revision, take: Callable[[Revision, User, str], object], message: str
) -> HttpResponse:
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return shown(request, revision, form, "ask", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        take(revision, writer(request), form.cleaned_data["text"])
    except NotPossible as error:
        return _not_possible(request, revision, error, form, "ask")
    messages.success(request, message)
    return redirect(address_of(revision, ReviewOptions.of(request)))


@posts_only(PAGE, "slug", "number")
@needs(roles.PROPOSE)
def comment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say something of one line.

    POST to `/write/guides/<slug>/review/<number>/comment/`, for writers.
    """
    revision = revision_at(request, slug, number)
    form = LineCommentForm(request.POST)
    if not form.is_valid():
        line = form.cleaned_data.get("line", 0)
        return shown(request, revision, form, "comment", line=line, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    line = reviews.comment_at_line(revision, writer(request), form.cleaned_data["line"], form.cleaned_data["text"]).line
    return redirect(f"{address_of(revision, ReviewOptions.of(request, line))}#line-{line}")


@posts_only(PAGE, "slug", "number")
@needs(roles.PROPOSE)
def settle(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Say that a comment needs no answer any more; of an earlier text, too.

    POST to `/write/guides/<slug>/review/<number>/settle/<pk>/`, for writers.
    """
    revision = revision_at(request, slug, number)
    texts = revision.guide.revisions.readable_by(request.user)
    found = get_object_or_404(LineComment, pk=pk, revision__in=texts, settled_at=None)
    reviews.settle_comment(found, writer(request))
    return redirect(f"{address_of(revision, ReviewOptions.of(request))}#comment-{pk}")


@posts_only(PAGE, "slug", "number")
@needs(roles.PROPOSE)
def withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take one's own proposal back, to go on writing.

    POST to `/write/guides/<slug>/review/<number>/withdraw/`, for writers.
    """
    revision = revision_at(request, slug, number)
    if revision.author_id != request.user.pk:
        return shown(
            request, revision, trouble=gettext("Only its author can take it back."), status=HTTPStatus.CONFLICT
        )
    try:
        reviews.withdraw(revision)
    except NotPossible as error:
        return _not_possible(request, revision, error)
    messages.success(request, gettext("Taken back: it is your draft again."))
    return redirect("kb:write-guide", slug)


@posts_only(PAGE, "slug", "number")
@needs(roles.PROPOSE)
def set_aside(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Decline what is in review; its author may do so as well. It stays in the guide's history.

    POST to `/write/guides/<slug>/review/<number>/set-aside/`, for writers.
    """
    revision = revision_at(request, slug, number)
    if revision.author_id != request.user.pk and not request.user.has_perm(roles.REVIEW):
        return shown(
            request,
            revision,
            trouble=gettext("Only its author or a reviewer can set it aside."),
            status=HTTPStatus.CONFLICT,
        )
    try:
        reviews.set_aside(revision, writer(request), request.POST.get("text", ""))
    except NotPossible as error:
        return _not_possible(request, revision, error)
    messages.success(request, gettext("Set aside: it stays in the guide's history."))
    return redirect("kb:write-history", slug)


@posts_only(PAGE, "slug", "number")
@needs(roles.PROPOSE)
def schedule(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change when it is to be published; it has to be approved for the new time.

    POST to `/write/guides/<slug>/review/<number>/schedule/`, for writers.
    """
    revision = revision_at(request, slug, number)
    if revision.author_id != request.user.pk and not request.user.has_perm(roles.PUBLISH):
        return shown(
            request, revision, trouble=gettext("Only its author or an editor can do that."), status=HTTPStatus.CONFLICT
        )
    form = ApprovalForm(request.POST, before=revision.publish_at)
    if not form.is_valid():
        return shown(request, revision, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        revision = drafts.schedule(revision, form.cleaned_data["publish_at"])
    except NotPossible as error:
        return _not_possible(request, revision, error, form)
    if revision.publish_at:
        told = gettext("It is proposed for {moment}, and has to be approved.").format(moment=in_zone(revision))
    else:
        told = gettext("It is proposed for as soon as it is approved, and has to be approved.")
    messages.success(request, told)
    return redirect(address_of(revision, ReviewOptions.of(request)))


@needs(roles.PUBLISH)
@with_editor
@reads_texts
def edit_and_approve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change a proposed text and publish it; what was proposed is kept as it was.

    At `/write/guides/<slug>/review/<number>/edit/`, for editors.
    """
    revision = revision_at(request, slug, number)
    if request.method != "POST":
        return _editing(request, revision, revision.text)
    text, note = request.POST.get("text", ""), request.POST.get("comment", "")[:500]
    if request.POST.get("do") == "preview":
        return _editing(request, revision, text, note, preview=True)
    try:
        return tell_reviewer(request, approval.edit_and_approve(revision, writer(request), text, note))
    except NotPossible as error:
        trouble = str(error)
    try:  # what could not be published any more is the reviewer's draft
        draft = own_drafts.keep(revision.guide, writer(request), text, revision)
    except NotPossible as error:
        return _editing(request, revision, text, trouble=str(error))
    messages.warning(request, own_drafts.sentence_on_kept(draft, trouble))
    return redirect("kb:write-conflict" if draft.aside else PAGE, revision.guide.slug, draft.number)


def _not_possible(
    request: HttpRequest,
    revision: Revision,
    reason: NotPossible,
    form: forms.Form | None = None,
    where: str = "approve",
) -> HttpResponse:
    """The page as it is now that somebody else was quicker, and what was typed into its form."""
    revision.refresh_from_db(fields=["state", "publish_at", "approved_at", "trouble"])
    return shown(request, revision, form, where, trouble=str(reason), status=HTTPStatus.CONFLICT)


def _editing(
    request: HttpRequest,
    revision: Revision,
    text: str,
    note: str = "",
    *,
    preview: bool = False,
    trouble: str = "",
) -> HttpResponse:
    context = {
        "revision": revision,
        "guide": revision.guide,
        "written": text,
        "comment": note,
        "checked": checking.check(revision.guide, text) if preview else None,
        "trouble": trouble,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    return render(request, "kb/write/edit_approve.html", context, status=status)
