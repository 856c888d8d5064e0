"""A guide in; the page on which it is written out, and what was typed there kept, with or without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kb.content.document import ContentError
from kb.content.merging import in_endings_of
from kb.editorial import checking, drafts, reviews
from kb.editorial.decisions import Conflict, NotPossible
from kb.library.images.cleaning import MEDIA_TYPES, UploadError
from kb.models import Revision
from kb.models.roles import PROPOSE
from kb.web.studio import head_form, opened_draft
from kb.web.studio.access import needs, writer
from kb.web.studio.drafting import markdown_of, uploaded
from kb.web.studio.lookup import acts, guide_at
from kb.web.studio.opened_draft import Opened
from kb.web.studio.outcome import with_editor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kb.models import Guide

BAD_REQUEST, CONFLICT = 400, 409
SAVED = "Your draft is saved."


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROPOSE)
@with_editor
def write_guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The editor. A form that is sent keeps the text, whichever of its buttons was pressed."""
    guide = guide_at(request, slug)
    if request.method == "POST":
        return _kept(request, guide)
    found = opened_draft.opened(guide, writer(request), request.GET.get("draft", ""))
    return _page(request, found, wants_preview="preview" in request.GET)


def _page(
    request: HttpRequest, found: Opened, *, wants_preview: bool = False, trouble: str = "", status: int = 200
) -> HttpResponse:
    guide, author = found.guide, writer(request)
    checked = checking.check(guide, found.text) if wants_preview else None
    reviews, comments = opened_draft.asked_for(found.draft or found.start, author)
    context = {
        "guide": guide,
        "opened": found,
        "fields": head_form.fields_of(found.text, author),
        "checked": checked,
        "document": checked.document if checked else None,
        "findings": checked.findings if checked else (),
        "reviews": reviews,
        "comments": comments,
        "overtaken": opened_draft.overtaken(found.draft),
        "kept_aside": opened_draft.kept_aside(guide, author, found.draft),
        "others": opened_draft.of_others(guide, author),
        "is_in_review": bool(found.start and found.start.state == Revision.State.IN_REVIEW),
        "image_types": ",".join(MEDIA_TYPES.values()),
        "trouble": trouble,
    }
    return render(request, "kb/write/editor.html", context, status=status)


def _kept(request: HttpRequest, guide: Guide) -> HttpResponse:
    """Keep what the form says, then do what its button says; a form that can't be kept is shown again as it was."""
    text, action = request.POST.get("text", ""), request.POST.get("action", "save")
    try:
        text = head_form.with_changes(text, request.POST.dict())
        addition = _image(request, guide) if action == "image" else ""
    except (ContentError, UploadError) as error:
        return _shown_again(request, guide, text, str(error))
    if addition:
        text = f"{text.rstrip()}\n\n{addition}\n"
    try:
        kept = opened_draft.save(request, guide, text)
    except NotPossible as reason:
        return _shown_again(request, guide, text, str(reason))
    if isinstance(kept, Conflict):
        return render(request, "kb/write/two_texts.html", {"guide": guide, "conflict": kept}, status=CONFLICT)
    return _answer(request, guide, kept, action)


def _image(request: HttpRequest, guide: Guide) -> str:
    return markdown_of(guide, uploaded(request, guide), request.POST["alt"])


def _shown_again(request: HttpRequest, guide: Guide, text: str, trouble: str) -> HttpResponse:
    """The page with what was typed, saved as far as it can be, and what is wrong with it."""
    try:
        kept = opened_draft.save(request, guide, text)
    except NotPossible:
        found = opened_draft.as_sent(request, guide, text)
    else:
        draft = kept.kept if isinstance(kept, Conflict) else kept
        is_draft = draft.state == Revision.State.DRAFT
        found = Opened(guide, text, draft.based_on if is_draft else draft, draft if is_draft else None)
    return _page(request, found, trouble=trouble, status=BAD_REQUEST)


def _answer(request: HttpRequest, guide: Guide, kept: Revision, action: str) -> HttpResponse:
    here = reverse("kb:write-guide", args=[guide.slug])
    aside = f"draft={kept.number}" if kept.aside else ""
    if action == "propose" and kept.state == Revision.State.DRAFT:
        return redirect(f"{reverse('kb:write-propose', args=[guide.slug])}{aside and f'?{aside}'}")
    if action == "preview":
        return redirect(f"{here}?{'&'.join(filter(None, (aside, 'preview=1')))}#page_preview")
    messages.success(
        request, "The image is at the end of your text: move it to its place." * (action == "image") or SAVED
    )
    return redirect(f"{here}{aside and f'?{aside}'}")


@acts("kb:write-guide")
@needs(PROPOSE)
@with_editor
def take_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on with a draft that was kept aside, in place of the current one, which is kept aside then."""
    guide = guide_at(request, slug)
    if trouble := _typed_kept(request, guide):
        return trouble
    taken = opened_draft.own_draft(guide, request)
    try:
        drafts.take_up(taken)
    except NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, "You go on with this draft now. The other one is kept aside.")
    return redirect("kb:write-guide", guide.slug)


@acts("kb:write-guide")
@needs(PROPOSE)
@with_editor
def give_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a draft up; its text stays in the history."""
    guide = guide_at(request, slug)
    if trouble := _typed_kept(request, guide):
        return trouble
    given = opened_draft.own_draft(guide, request)
    try:
        reviews.set_aside(given, writer(request))
    except NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"Draft {given.number} was given up. Its text stays in the history.")
    here = reverse("kb:write-guide", args=[guide.slug])
    open_one = opened_draft.open_draft(guide, request)
    return redirect(f"{here}?draft={open_one.number}" if open_one and open_one.aside else here)


def _typed_kept(request: HttpRequest, guide: Guide) -> HttpResponse | None:
    """Keep the text that the editor's form sends with each of its buttons; the page again when it can't be kept."""
    text = request.POST.get("text")
    if text is None:
        return None
    found = opened_draft.opened(guide, writer(request), request.POST.get("into", ""))
    try:
        text = head_form.with_changes(text, request.POST.dict())
        if in_endings_of(text, found.text) != found.text:
            opened_draft.save(request, guide, text)
    except (ContentError, NotPossible) as reason:
        return _shown_again(request, guide, text, str(reason))
    return None
