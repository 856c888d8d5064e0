"""The last look at a draft before it goes to review, or is published by an editor."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from kb.editorial import approval, checking, drafts, reviews
from kb.editorial.decisions import NotPossible, Refused
from kb.library.links.breaking import breaking_for
from kb.models.roles import PROPOSE, PUBLISH, REVIEW
from kb.web.access import needs, writer
from kb.web.errors import NothingHere
from kb.web.limiting import reads_texts
from kb.web.studio import own_drafts
from kb.web.studio.decision_messages import tell_author
from kb.web.studio.forms import PASSED, MomentField, WordsField, typed_moment
from kb.web.studio.lookup import guide_at

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from kb.models import Guide, Revision

LONGEST_COMMENT = 500
NOTHING = gettext_lazy("There is no draft of yours to propose: it was proposed, published or given up.")
OTHER_TEXT = gettext_lazy(
    "Your draft was changed elsewhere since this page was opened. Look at what is proposed, and send it again."
)


class ProposalForm(forms.Form):
    """What reviewers are told, when readers are to see it, and the draft as the page showed it."""

    comment = WordsField(max_length=LONGEST_COMMENT, required=False)
    publish_at = MomentField()
    saved = forms.IntegerField(min_value=0)

    def clean_publish_at(self) -> datetime | None:
        """Readers can only see it from a time on that is still to come."""
        moment: datetime | None = self.cleaned_data["publish_at"]
        if moment is not None and moment <= timezone.now():
            raise forms.ValidationError(PASSED)
        return moment


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROPOSE)
@reads_texts
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """The last look before a draft goes to review; editors may publish it from here.

    At `/write/guides/<slug>/propose/`, for writers.
    """
    guide = guide_at(request, slug)
    draft = own_drafts.open_text(guide, writer(request), request.GET.get("draft", "")).draft
    if draft is None:
        raise NothingHere(NOTHING)
    is_to_come = draft.publish_at is not None and draft.publish_at > timezone.now()
    before = {"comment": draft.comment, "publish_at": typed_moment(draft.publish_at) if is_to_come else ""}
    form = ProposalForm(request.POST if request.method == "POST" else None, initial=before)
    if not form.is_valid():
        return _page(request, guide, draft, form)
    if form.cleaned_data["saved"] != draft.saved:
        form.add_error(None, OTHER_TEXT)
        return _page(request, guide, draft, form)
    try:
        proposed = drafts.propose(draft, form.cleaned_data["comment"], form.cleaned_data["publish_at"])
    except NotPossible as reason:
        form.add_error(None, str(reason))
        return _page(request, guide, draft, form)
    if request.POST.get("action") == "publish" and _may_publish(request):
        return _publish(request, proposed)
    messages.success(
        request,
        gettext("Proposed as revision {number}. It is in review now; readers see it once approved.").format(
            number=proposed.number
        ),
    )
    return redirect("kb:write")


def _page(request: HttpRequest, guide: Guide, draft: Revision, form: ProposalForm) -> HttpResponse:
    checked = checking.check(guide, draft.text)
    context = {
        "guide": guide,
        "draft": draft,
        "form": form,
        "errors": [finding for finding in checked.findings if finding.severity == "error"],
        "warnings": [finding for finding in checked.findings if finding.severity != "error"],
        "breaks": breaking_for(request.user, guide, checked.document) if checked.document else (),
        "overtaken": own_drafts.overtaken(draft),
        "may_publish": _may_publish(request),
        "zone": timezone.get_current_timezone_name(),
        "is_new": guide.revision is None,
    }
    return render(request, "kb/write/propose.html", context, status=HTTPStatus.BAD_REQUEST if form.errors else 200)


def _may_publish(request: HttpRequest) -> bool:
    return request.user.has_perms((REVIEW, PUBLISH))


def _publish(request: HttpRequest, proposed: Revision) -> HttpResponse:
    """Approve one's own proposal at once; what can't be published waits for review, or is a draft again."""
    try:
        decision = approval.approve(proposed, writer(request))
    except NotPossible as reason:
        messages.error(request, str(reason))
        return redirect("kb:write")
    if isinstance(decision, Refused):
        reviews.withdraw(proposed)
    return tell_author(request, decision)
