"""The editor of a guide, which keeps what is typed into it with or without JavaScript."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from kb.content.document import ContentError
from kb.content.labelling import inserted
from kb.content.line_endings import in_endings_of
from kb.content.links import DOWNLOADS
from kb.editorial import checking, drafts, reviews
from kb.editorial.decisions import Conflict, NotPossible
from kb.library.images.cleaning import MEDIA_TYPES, UploadError
from kb.models import Revision
from kb.models.roles import PROPOSE
from kb.web.access import needs, writer
from kb.web.query_strings import with_query
from kb.web.request_kinds import posts_only
from kb.web.studio import front_matter_form, own_drafts
from kb.web.studio.editor_json import uploaded
from kb.web.studio.lookup import guide_at
from kb.web.studio.own_drafts import OpenText

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from kb.content.doubts import Suggestion
    from kb.models import Guide

Arguments = ParamSpec("Arguments")
SAVED = gettext_lazy("Your draft is saved.")
LABEL = "label:"
NO_PLACE = gettext_lazy(
    "The text has changed since, and this label has no place in it: see below how it is understood now."
)
IMAGE_ADDED = gettext_lazy("It is at the end of your text: move it to its place.")


def with_editor(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """A page that holds an editor, which brings styles of its own."""
    allowed = csp_update({"style-src": [SELF, NONCE]})(view)
    return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", allowed)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROPOSE)
@with_editor
def write_guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The editor. A form that is sent keeps the text, whichever of its buttons was pressed.

    At `/write/guides/<slug>/`, for writers.
    """
    guide = guide_at(request, slug)
    if request.method == "POST":
        return _save_form(request, guide)
    open_text = own_drafts.open_text(guide, writer(request), request.GET.get("draft", ""))
    return _page(request, open_text, wants_preview="preview" in request.GET)


def _save_form(request: HttpRequest, guide: Guide) -> HttpResponse:
    """Keep what the form says, then do what its button says; a form that can't be kept is shown again as it was."""
    text, action = request.POST.get("text", ""), request.POST.get("action", "save")
    try:
        text = front_matter_form.with_changes(text, request.POST.dict())
        if action == "image":
            markdown, _address = uploaded(request, guide)
            text = f"{text.rstrip()}\n\n{markdown}\n"
    except (ContentError, UploadError) as error:
        return _shown_again(request, guide, text, str(error))
    try:
        kept = own_drafts.save(request, guide, text)
    except NotPossible as reason:
        return _shown_again(request, guide, text, str(reason))
    if isinstance(kept, Conflict):
        return render(
            request, "kb/write/two_texts.html", {"guide": guide, "conflict": kept}, status=HTTPStatus.CONFLICT
        )
    return _after_saving(request, guide, kept, action)


def _after_saving(request: HttpRequest, guide: Guide, kept: Revision, action: str) -> HttpResponse:
    here = reverse("kb:write-guide", args=[guide.slug])
    asked = {"draft": kept.number if kept.aside else ""}
    if action.startswith(LABEL):
        return _with_label(request, guide, kept, action.removeprefix(LABEL))
    if action == "propose" and kept.state == Revision.State.DRAFT:
        return redirect(with_query(reverse("kb:write-propose", args=[guide.slug]), asked))
    if action == "preview":
        return redirect(f"{with_query(here, asked | {'preview': 1})}#page_preview")
    messages.success(request, IMAGE_ADDED if action == "image" else SAVED)
    return redirect(with_query(here, asked))


def _with_label(request: HttpRequest, guide: Guide, kept: Revision, name: str) -> HttpResponse:
    """The page with a suggested label in the text; what was saved is the text without it, so that it can be undone."""
    asked = {"draft": kept.number if kept.aside else "", "preview": 1}
    here = f"{with_query(reverse('kb:write-guide', args=[guide.slug]), asked)}#page_said"
    text = kept.text.replace("\r\n", "\n")
    explanation = checking.explain(guide, text)
    suggestion = explanation.suggestion(name) if explanation else None
    if suggestion is None:
        messages.error(request, NO_PLACE)
        return redirect(here)
    is_draft = kept.state == Revision.State.DRAFT
    changed = inserted(text, suggestion.insertions)
    found = OpenText(guide, changed, kept.based_on if is_draft else kept, kept if is_draft else None)
    return _page(request, found, wants_preview=True, labelled=suggestion, before_label=here)


def _shown_again(request: HttpRequest, guide: Guide, text: str, trouble: str) -> HttpResponse:
    """The page with what was typed, saved as far as it can be, and what is wrong with it."""
    try:
        kept = own_drafts.save(request, guide, text)
    except NotPossible:
        open_text = own_drafts.as_sent(request, guide, text)
    else:
        draft = kept.kept if isinstance(kept, Conflict) else kept
        is_draft = draft.state == Revision.State.DRAFT
        open_text = OpenText(guide, text, draft.based_on if is_draft else draft, draft if is_draft else None)
    return _page(request, open_text, trouble=trouble, status=HTTPStatus.BAD_REQUEST)


def _page(
    request: HttpRequest,
    open_text: OpenText,
    *,
    wants_preview: bool = False,
    trouble: str = "",
    status: int = 200,
    labelled: Suggestion | None = None,
    before_label: str = "",
) -> HttpResponse:
    guide, author = open_text.guide, writer(request)
    checked = checking.check(guide, open_text.text) if wants_preview else None
    reviews, comments = own_drafts.asked_for(open_text.draft or open_text.start, author)
    context = {
        "guide": guide,
        "open_text": open_text,
        "fields": front_matter_form.fields_of(open_text.text, author),
        "checked": checked,
        "document": checked.document if checked else None,
        "findings": checked.findings if checked else (),
        "reviews": reviews,
        "comments": comments,
        "overtaken": own_drafts.overtaken(open_text.draft),
        "kept_aside": own_drafts.kept_aside(guide, author, open_text.draft),
        "others": own_drafts.of_others(guide, author),
        "is_in_review": bool(open_text.start and open_text.start.state == Revision.State.IN_REVIEW),
        "image_types": ",".join([*MEDIA_TYPES.values(), *sorted(DOWNLOADS)]),
        "trouble": trouble,
        "explanation": checking.explain(guide, open_text.text) if checked and checked.document else None,
        "labelled": labelled,
        "before_label": before_label,
    }
    return render(request, "kb/write/editor.html", context, status=status)


@posts_only("kb:write-guide", "slug")
@needs(PROPOSE)
@with_editor
def take_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on with a draft that was kept aside, in place of the current one, which is kept aside then.

    POST to `/write/guides/<slug>/take-up/`, for writers.
    """
    guide = guide_at(request, slug)
    message = gettext("You go on with this draft now. The other one is kept aside.")
    return _change_draft(request, guide, drafts.take_up, message) or redirect("kb:write-guide", guide.slug)


@posts_only("kb:write-guide", "slug")
@needs(PROPOSE)
@with_editor
def give_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a draft up; its text stays in the history.

    POST to `/write/guides/<slug>/give-up/`, for writers.
    """
    guide = guide_at(request, slug)
    message = gettext("Draft {number} was given up. Its text stays in the history.")
    if trouble := _change_draft(request, guide, lambda draft: reviews.set_aside(draft, writer(request)), message):
        return trouble
    left_open = own_drafts.draft_left_open(guide, request)
    number = left_open.number if left_open and left_open.aside else ""
    return redirect(with_query(reverse("kb:write-guide", args=[guide.slug]), {"draft": number}))


def _change_draft(
    request: HttpRequest, guide: Guide, change: Callable[[Revision], object], message: str
) -> HttpResponse | None:
    """Save what the editor holds, then change the draft that its form names; the page again when it can't be saved."""
    if trouble := _trouble_in_saving(request, guide):
        return trouble
    draft = own_drafts.named_draft(guide, request)
    try:
        change(draft)
    except NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, message.format(number=draft.number))
    return None


def _trouble_in_saving(request: HttpRequest, guide: Guide) -> HttpResponse | None:
    """Save the text that the editor's form sends with each of its buttons; the page again when it can't be saved."""
    text = request.POST.get("text")
    if text is None:
        return None
    open_text = own_drafts.open_text(guide, writer(request), request.POST.get("into", ""))
    try:
        text = front_matter_form.with_changes(text, request.POST.dict())
        if in_endings_of(text, open_text.text) != open_text.text:
            own_drafts.save(request, guide, text)
    except (ContentError, NotPossible) as reason:
        return _shown_again(request, guide, text, str(reason))
    return None
