"""A proposed text in; the page on which it is looked at out, and what its reviewers and its author do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kb import approval, lineage, revisions, roles
from kb.audience import audiences_for
from kb.breaking import breaking_for
from kb.content.numbers import whole_number
from kb.decisions import Current, NotPossible, Outdated
from kb.models import LineComment, Revision
from kb.views.writing.access import needs, writer
from kb.views.writing.answering import answer, in_zone, keep, kept_as, with_editor
from kb.views.writing.comparison import VIEWS, Comparison, compare
from kb.views.writing.finding import UNPROCESSABLE, acts, revision_at
from kb.views.writing.forms import ApprovalForm, LineCommentForm, RemarkForm, typed_moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest, HttpResponse

State = Revision.State
CONFLICT = 409
PAGE = "kb:write-review"
MEANWHILE = (
    "Meanwhile it was given another time, or the guide was retired or brought back. Look at what this page says now, "
    "and approve it again."
)


@require_safe
@needs(roles.PROPOSE)
def review(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A text beside what readers see, or (`?against=base`) what it was made from; `?line=` opens a form there."""
    return _page(request, revision_at(request, slug, number))


@acts(PAGE)
@needs(roles.PUBLISH)
def approve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Publish it, at once or at a time."""
    revision = revision_at(request, slug, number)
    form = ApprovalForm(request.POST, known=revision.publish_at)
    if not form.is_valid():
        return _page(request, revision, form, status=UNPROCESSABLE)
    if request.POST.get("seen", _seen(revision)) != _seen(revision):
        return _page(request, revision, form, trouble=MEANWHILE, status=CONFLICT)
    moment = form.cleaned_data["publish_at"]
    try:
        if moment != revision.publish_at:
            revision = revisions.schedule(revision, moment)
        return answer(request, approval.approve(revision, writer(request), form.cleaned_data["comment"]))
    except NotPossible as error:
        return _page(request, _again(revision), form, trouble=str(error), status=CONFLICT)


@acts(PAGE)
@needs(roles.REVIEW)
def ask(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give it back to its author, with what is to be changed."""
    revision = revision_at(request, slug, number)
    said = "Changes asked for: its author sees what you wrote."
    return _said(
        request, revision, said, lambda text: revisions.ask_for_changes(revision, writer(request), text), "ask"
    )


@acts(PAGE)
@needs(roles.PROPOSE)
def remark(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say something of it as a whole."""
    revision = revision_at(request, slug, number)
    return _said(
        request, revision, "Your remark is kept.", lambda text: revisions.remark(revision, writer(request), text), "ask"
    )


@acts(PAGE)
@needs(roles.PROPOSE)
def comment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say something of one line."""
    revision = revision_at(request, slug, number)
    form = LineCommentForm(request.POST)
    if not form.is_valid():
        line = form.cleaned_data.get("line", 0)
        return _page(request, revision, form, "comment", line=line, status=UNPROCESSABLE)
    said = revisions.comment_at_line(revision, writer(request), form.cleaned_data["line"], form.cleaned_data["text"])
    view = request.POST.get("view", "source")
    return redirect(f"{_address(revision)}?view={view if view in VIEWS else 'source'}#line-{said.line}")


@acts(PAGE)
@needs(roles.PROPOSE)
def settle(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Say that a comment needs no answer any more; of an earlier text, too."""
    revision = revision_at(request, slug, number)
    texts = revision.guide.revisions.readable_by(request.user)
    found = get_object_or_404(LineComment, pk=pk, revision__in=texts, settled_at=None)
    revisions.settle_comment(found, writer(request))
    return redirect(f"{_address(revision)}?view=source#comments")


@acts(PAGE)
@needs(roles.PROPOSE)
def withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take one's own proposal back, to go on writing."""
    revision = revision_at(request, slug, number)
    if revision.author_id != request.user.pk:
        return _page(request, revision, trouble="Only its author can take it back.", status=CONFLICT)
    try:
        revisions.withdraw(revision)
    except NotPossible as error:
        return _page(request, _again(revision), trouble=str(error), status=CONFLICT)
    messages.success(request, "Taken back: it is your draft again.")
    return redirect("kb:write-guide", slug)


@acts(PAGE)
@needs(roles.PROPOSE)
def set_aside(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Decline what is in review; its author may do so as well. It stays in the guide's history."""
    revision = revision_at(request, slug, number)
    if revision.author_id != request.user.pk and not request.user.has_perm(roles.REVIEW):
        return _page(request, revision, trouble="Only its author or a reviewer can set it aside.", status=CONFLICT)
    try:
        revisions.set_aside(revision, writer(request), request.POST.get("text", ""))
    except NotPossible as error:
        return _page(request, _again(revision), trouble=str(error), status=CONFLICT)
    messages.success(request, "Set aside: it stays in the guide's history.")
    return redirect("kb:write-history", slug)


@acts(PAGE)
@needs(roles.PROPOSE)
def schedule(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change when it is to be published; it has to be approved for the new time."""
    revision = revision_at(request, slug, number)
    if revision.author_id != request.user.pk and not request.user.has_perm(roles.PUBLISH):
        return _page(request, revision, trouble="Only its author or an editor can do that.", status=CONFLICT)
    form = ApprovalForm(request.POST, known=revision.publish_at)
    if not form.is_valid():
        return _page(request, revision, form, status=UNPROCESSABLE)
    try:
        revision = revisions.schedule(revision, form.cleaned_data["publish_at"])
    except NotPossible as error:
        return _page(request, _again(revision), form, trouble=str(error), status=CONFLICT)
    when = f"for {in_zone(revision)}" if revision.publish_at else "for as soon as it is approved"
    messages.success(request, f"It is proposed {when}, and has to be approved.")
    return redirect(_address(revision))


@needs(roles.PUBLISH)
@with_editor
def edit_and_approve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change a proposed text and publish it; what was proposed is kept as it was."""
    revision = revision_at(request, slug, number)
    if request.method != "POST":
        return _editing(request, revision, revision.text)
    text, said = request.POST.get("text", ""), request.POST.get("comment", "")[:500]
    if request.POST.get("do") == "preview":
        return _editing(request, revision, text, said, preview=True)
    try:
        return answer(request, approval.edit_and_approve(revision, writer(request), text, said))
    except NotPossible as error:
        return _kept(request, revision, text, str(error))


def _kept(request: HttpRequest, revision: Revision, text: str, trouble: str) -> HttpResponse:
    """What could not be published any more is the reviewer's draft; what can't be kept stays in the form."""
    try:
        draft = keep(revision.guide, writer(request), text, revision)
    except NotPossible as error:
        return _editing(request, revision, text, trouble=str(error))
    messages.warning(request, kept_as(draft, trouble))
    return redirect("kb:write-conflict" if draft.aside else PAGE, revision.guide.slug, draft.number)


def _editing(
    request: HttpRequest, revision: Revision, text: str, said: str = "", *, preview: bool = False, trouble: str = ""
) -> HttpResponse:
    context = {
        "revision": revision,
        "guide": revision.guide,
        "written": text,
        "comment": said,
        "checked": revisions.check(revision.guide, text) if preview else None,
        "trouble": trouble,
    }
    return render(request, "kb/write/edit_approve.html", context, status=UNPROCESSABLE if trouble else 200)


def _said(
    request: HttpRequest, revision: Revision, message: str, say: Callable[[str], object], where: str
) -> HttpResponse:
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _page(request, revision, form, where, status=UNPROCESSABLE)
    try:
        say(form.cleaned_data["text"])
    except NotPossible as error:
        return _page(request, _again(revision), form, where, trouble=str(error), status=CONFLICT)
    messages.success(request, message)
    return redirect(_address(revision))


def _again(revision: Revision) -> Revision:
    revision.refresh_from_db(fields=["state", "publish_at", "approved_at", "trouble"])
    return revision


def _address(revision: Revision) -> str:
    return reverse(PAGE, args=[revision.guide.slug, revision.number])


def _page(
    request: HttpRequest,
    revision: Revision,
    form: forms.Form | None = None,
    where: str = "approve",
    *,
    line: int = 0,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    guide, view = revision.guide, request.GET.get("view") or request.POST.get("view", "page")
    view = view if view in VIEWS else "page"
    base = _base(request, revision)
    said = list(revision.line_comments.all())
    line = line or whole_number(request.GET.get("line")) or 0
    view = "source" if line and view == "page" else view
    comparison = compare(guide, base.text if base else "", revision.text, comments=said, view=view, line=line)
    context = {
        "revision": revision,
        "guide": guide,
        "at": _address(revision),
        "base": base,
        "published": guide.revision,
        "view": view,
        "views": VIEWS,
        "comparison": comparison,
        "remarks": revision.reviews.all(),
        "comments": said if view == "page" else [one for one in said if one.line not in comparison.shown_lines],
        "open_line": line if line and line not in comparison.shown_lines else 0,
        "earlier": _earlier(request, revision),
        "form": form,
        "where": where,
        "trouble": trouble,
        "is_mine": revision.author_id == request.user.pk,
        "query": "against=base&" if request.GET.get("against") == "base" else "",
    }
    return render(request, "kb/write/review.html", context | _waiting(request, revision, comparison), status=status)


def _waiting(request: HttpRequest, revision: Revision, comparison: Comparison) -> dict[str, Any]:
    """What stands between a text in review and its readers, and when they are to see it."""
    waits, document = revision.state == State.IN_REVIEW, comparison.now.document
    place = revisions.standing(revision) if waits else None
    return {
        "waits": waits,
        "places": breaking_for(request.user, revision.guide, document) if waits and document else [],
        "stands": "" if place is None or isinstance(place, Current) else _stands(place),
        "theirs": getattr(place, "theirs", None),
        "publish_at": typed_moment(revision.publish_at),
        "zone": settings.TIME_ZONE,
        "seen": _seen(revision),
    }


def _seen(revision: Revision) -> str:
    """What an approval takes for granted: when it is to be published, and whether readers see the guide at all."""
    approved = "approved" if revision.is_scheduled else ""
    return f"{revision.guide.state} {typed_moment(revision.publish_at)} {approved}"


def _base(request: HttpRequest, revision: Revision) -> Revision | None:
    """What the text is compared with: what readers see, unless what it was made from is asked for, or it is that."""
    published: Revision | None = revision.guide.revision
    if published is not None and published.audience not in audiences_for(request.user):
        published = None  # a text for staff whose file is a draft for everyone by now
    if request.GET.get("against") == "base" or published is None or published.pk == revision.pk:
        return revisions.made_from(revision, request.user)
    return published


def _stands(place: object) -> str:
    return "merges" if isinstance(place, Outdated) else "clashes"


def _earlier(request: HttpRequest, revision: Revision) -> list[dict[str, Any]]:
    """What was said of the earlier proposals that this text was made from, the newest first. Three queries."""
    chain = lineage.ancestors(revision) - {revision.pk}
    readable = Revision.objects.readable_by(request.user)
    rows = readable.filter(pk__in=chain, published_at=None).exclude(proposed_at=None)
    found = rows.filter(Q(reviews__isnull=False) | Q(line_comments__isnull=False)).distinct().order_by("-number")
    return [
        {"revision": one, "remarks": one.reviews.all(), "comments": one.line_comments.all()}
        for one in found.defer("text").prefetch_related("reviews", "line_comments")
    ]
