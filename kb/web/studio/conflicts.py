"""Shows a text beside another one that it was made without knowing, and takes what a person makes of both."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kb.content import merging
from kb.content.merging import Clash, Merge, left_marks
from kb.content.numbers import whole_number
from kb.editorial import approval, drafts, reviews
from kb.editorial.decisions import Conflict, Current, NotPossible, Outdated
from kb.editorial.standing import standing_of
from kb.models import Revision, ancestry, roles
from kb.web.access import needs, writer
from kb.web.limiting import reads_texts
from kb.web.request_kinds import posts_only
from kb.web.studio import own_drafts
from kb.web.studio.comparison import compare
from kb.web.studio.conflict_messages import CLASH, MERGEABLE
from kb.web.studio.decision_messages import tell_reviewer
from kb.web.studio.editing import with_editor
from kb.web.studio.lookup import revision_at, revision_numbered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

State = Revision.State
PAGE = "kb:write-conflict"


@dataclass(frozen=True, slots=True)
class Divergence:
    """Two texts that diverged: `revision` and `theirs`, which is published or (`is_own`) another draft of the author.

    `merge` joins them, from the text that both were made from.
    """

    revision: Revision
    theirs: Revision
    merge: Merge
    is_own: bool = False

    @property
    def clashes(self) -> list[Clash]:
        """Where a person has to say what holds."""
        return [part for part in self.merge.parts if isinstance(part, Clash)]

    def chosen(self, choices: dict[int, str], text: str) -> str:
        """A text with a choice for each clash in place of its marks: theirs, mine, or both.

        What is open stays marked, and what was typed stays as it is: it is searched from the top for one after another.
        """
        text, end = text.replace("\r\n", "\n"), 0
        for number, clash in enumerate(self.clashes):
            marked = Merge((clash,)).marked.replace("\r\n", "\n")
            start = text.find(marked, end)
            if start < 0:
                continue
            sides = {"theirs": clash.theirs, "mine": clash.mine, "both": Merge((clash,)).text}
            taken = sides.get(choices.get(number, ""), marked).replace("\r\n", "\n")
            text, end = text[:start] + taken + text[start + len(marked) :], start + len(taken)
        return text


@require_safe
@needs(roles.PROPOSE)
@with_editor
def conflict(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What a text and another one, saved or published meanwhile, have and have not in common.

    At `/write/guides/<slug>/conflict/<number>/`, for writers.
    """
    revision = revision_at(request, slug, number)
    divergence = _divergence(request, revision)
    if divergence is None:
        return _nothing_stands_against(request, revision)
    return _page(request, divergence)


@posts_only(PAGE, "slug", "number")
@needs(roles.PROPOSE)
@with_editor
@reads_texts
def merge(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take what a person made of both texts as the draft, or publish it; nothing typed is lost, whatever happened.

    POST to `/write/guides/<slug>/conflict/<number>/merge/`, for writers.
    """
    revision = revision_at(request, slug, number)
    text, action = request.POST.get("text", ""), request.POST.get("do", "draft")
    theirs = _theirs(request, revision)
    divergence = _with_shown(_divergence(request, revision), theirs)
    try:
        text = drafts.storable(text)
        if divergence and action == "choose":
            return _page(
                request, divergence, divergence.chosen(_read_choices(request), text or divergence.merge.marked)
            )
        marks = left_marks(text, revision.text, theirs.text if theirs else "")
        if divergence and (marks or action == "preview"):
            return _page(request, divergence, text, marks=marks, preview=action == "preview")
        if theirs is None or marks:
            return _keep_as_draft(request, revision, text, theirs, gettext("It was not merged."))
        if action == "publish" and request.user.has_perm(roles.PUBLISH) and revision.state == State.IN_REVIEW:
            decision = approval.edit_and_approve(revision, writer(request), text, "", merged_with=theirs)
            return tell_reviewer(request, decision)
        return _to_draft(request, revision, text, theirs)
    except NotPossible as error:
        return _keep_as_draft(request, revision, text, theirs, str(error))


@posts_only(PAGE, "slug", "number")
@needs(roles.PROPOSE)
def keep_one(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Go on with one of two drafts of one's own; the other one stays in the history.

    POST to `/write/guides/<slug>/conflict/<number>/keep/`, for writers.
    """
    revision = revision_at(request, slug, number)
    if revision.author_id != request.user.pk or revision.state != State.DRAFT:
        messages.error(request, gettext("This is no draft of yours any more."))
        return redirect("kb:write-history", slug)
    other = drafts.draft_of(revision.guide, writer(request))
    try:
        if request.POST.get("do") == "other":
            reviews.set_aside(revision, writer(request))
        else:
            drafts.take_up(revision)
            if other is not None and other.pk != revision.pk:
                reviews.set_aside(other, writer(request))
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Kept. The other text is in the guide's history."))
    return redirect("kb:write-guide", slug)


def _divergence(request: HttpRequest, revision: Revision) -> Divergence | None:
    """The text beside another draft of its author when it was kept beside that one, else beside what readers see."""
    if revision.state == State.DRAFT and revision.aside and revision.author_id == request.user.pk:
        other = drafts.draft_of(revision.guide, writer(request))
        if other is not None and other.digest != revision.digest:
            return _merge(revision, other, ancestry.common_ancestor(revision, other), is_own=True)
    if revision.state not in {State.DRAFT, State.IN_REVIEW}:
        return None
    standing = standing_of(revision)
    if isinstance(standing, Outdated):
        return _merge(revision, standing.theirs, standing.base)
    return Divergence(revision, standing.theirs, standing.merge) if isinstance(standing, Conflict) else None


def _with_shown(divergence: Divergence | None, theirs: Revision | None) -> Divergence | None:
    """The text beside the one that the page showed: one that was published since is shown once this one is merged."""
    if divergence is None or theirs is None or theirs.pk == divergence.theirs.pk:
        return divergence
    base = ancestry.common_ancestor(divergence.revision, theirs)
    return _merge(divergence.revision, theirs, base, is_own=theirs.state == State.DRAFT)


def _merge(revision: Revision, theirs: Revision, base: Revision | None, *, is_own: bool = False) -> Divergence:
    merged = merging.merge(base.text if base else "", theirs.text, revision.text)
    return Divergence(revision, theirs, merged, is_own)


def _nothing_stands_against(request: HttpRequest, revision: Revision) -> HttpResponse:
    slug = revision.guide.slug
    if revision.state == State.DRAFT and revision.author_id == request.user.pk:
        if revision.aside:
            return render(request, "kb/write/aside.html", {"revision": revision, "guide": revision.guide})
        messages.info(request, gettext("Nothing stands against this text."))
        return redirect("kb:write-guide", slug)
    return redirect("kb:write-review", slug, revision.number)


def _theirs(request: HttpRequest, revision: Revision) -> Revision | None:
    """The text that the page showed beside this one; only what readers saw, or a draft of the writer's own."""
    found = revision_numbered(revision.guide, request.POST.get("theirs", ""))
    if found is None or not revision.guide.revisions.readable_by(request.user).filter(pk=found.pk).exists():
        return None
    if found.published_at is None and found.author_id != request.user.pk:
        return None
    return found


def _read_choices(request: HttpRequest) -> dict[int, str]:
    fields = request.POST.items()
    numbers = ((key.removeprefix("clash-"), str(value)) for key, value in fields if key.startswith("clash-"))
    return {number: value for key, value in numbers if (number := whole_number(key)) is not None}


def _to_draft(request: HttpRequest, revision: Revision, text: str, theirs: Revision) -> HttpResponse:
    """The merged text as the writer's draft, made from `theirs`."""
    author, guide = writer(request), revision.guide
    if revision.author_id != author.pk:
        return _lead_on(request, own_drafts.keep(guide, author, text, theirs))
    if theirs.state == State.DRAFT:  # the writer's own other draft takes in both
        bases = [base for base in (theirs.based_on, revision.based_on) if base]
        base = max(bases, key=lambda base: base.number, default=None)
        saved = whole_number(request.POST.get("saved_theirs")) or 0
        kept = drafts.save_draft(guide, author, text, base, saved, into=theirs)
        if not isinstance(kept, Conflict):
            reviews.set_aside(revision, author)
    else:
        saved = whole_number(request.POST.get("saved")) or 0
        if revision.state == State.IN_REVIEW:
            revision = reviews.withdraw(revision)
            saved = revision.saved
        kept = drafts.save_draft(guide, author, text, theirs, saved, into=revision)
    return _lead_on(request, kept.kept if isinstance(kept, Conflict) else kept)


def _lead_on(request: HttpRequest, draft: Revision) -> HttpResponse:
    slug = draft.guide.slug
    standing = standing_of(draft)
    if draft.aside or not isinstance(standing, Current):
        number = standing.theirs.number if not isinstance(standing, Current) else 0
        text = CLASH if isinstance(standing, Conflict) else MERGEABLE
        messages.warning(
            request, text.format(number=number) if number else gettext("Another draft of yours is there as well.")
        )
        return redirect(PAGE, slug, draft.number)
    messages.success(request, gettext("Merged: it is your draft now. Propose it when it is right."))
    return redirect("kb:write-guide", slug)


def _keep_as_draft(
    request: HttpRequest, revision: Revision, text: str, theirs: Revision | None, trouble: str
) -> HttpResponse:
    """What could not be done any more leaves the text as a draft; what can't even be kept stays on the page."""
    try:
        draft = own_drafts.keep(revision.guide, writer(request), text, theirs or revision.based_on)
    except NotPossible as error:
        context = {"revision": revision, "guide": revision.guide, "written": text, "trouble": str(error)}
        return render(request, "kb/write/edit_approve.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.warning(request, own_drafts.sentence_on_kept(draft, trouble))
    return redirect(PAGE, revision.guide.slug, draft.number)


def _page(
    request: HttpRequest,
    divergence: Divergence,
    text: str | None = None,
    *,
    marks: list[int] | None = None,
    preview: bool = False,
) -> HttpResponse:
    revision, theirs = divergence.revision, divergence.theirs
    guide, clean = revision.guide, divergence.merge.clean
    offered = divergence.merge.text if clean else divergence.merge.marked
    shown = offered if text is None else text
    context = {
        "guide": guide,
        "revision": revision,
        "theirs": theirs,
        "divergence": divergence,
        "clean": clean,
        "written": shown,
        "marks": marks or [],
        "comparison": compare(guide, theirs.text, shown) if clean or preview else None,
        "preview": preview,
        "is_now": theirs.pk == guide.revision_id,
        "is_mine": revision.author_id == request.user.pk,
        "may_publish": revision.state == State.IN_REVIEW and request.user.has_perm(roles.PUBLISH),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if marks else HTTPStatus.OK
    return render(request, "kb/write/conflict.html", context, status=status)
