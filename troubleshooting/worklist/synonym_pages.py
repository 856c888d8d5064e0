"""The page on which words are tried as synonyms, and made some."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kb.content.numbers import whole_number
from kb.library import synonyms
from kb.models import AddedSynonyms, roles
from kb.models.audience import audiences_for
from kb.rate_limits import limiter
from kb.rate_limits.rules import Deed
from kb.search.text.synonyms import SynonymError
from kb.web.access import needs, writer
from kb.web.limiting import too_much
from kb.web.request_kinds import posts_only
from troubleshooting.worklist.forms import SynonymForm
from troubleshooting.worklist.trial import MOST_TRIED, RANKS, trial
from troubleshooting.worklist.views import HIGHEST_PK, MOST_SHOWN, item_at

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@needs(roles.PROPOSE)
def try_synonyms(request: HttpRequest, pk: int) -> HttpResponse:
    """What a search would find if words meant the same, beside what it finds; sent, they do from then on.

    At `/write/worklist/<number>/synonyms/`, for writers; to add them is for those who may publish.
    """
    item = item_at(request, pk)
    may_add = request.user.has_perm(roles.PUBLISH)
    asked = request.POST if request.method == "POST" else request.GET
    is_sent = request.method == "POST" or "words" in asked
    form = SynonymForm({"words": asked.get("words", "")}) if is_sent else SynonymForm()
    result = None
    if form.is_valid():
        turn = limiter.take(Deed.PREVIEW, request)
        if turn.is_refused:
            return too_much(request, turn)
        try:
            line = form.cleaned_data["words"]
            result = trial(line, item.title, item.audience, audiences_for(request.user))
            if request.method == "POST" and may_add:
                added = synonyms.add(line, writer(request))
                messages.success(
                    request, gettext("These mean the same from now on: {words}.").format(words=added.words)
                )
                return redirect(item)
        except SynonymError as error:
            result = None
            form.add_error("words", _sentence(str(error)))
    if request.method == "POST" and not may_add:
        form.add_error(None, gettext("Who may publish guides may add synonyms: ask an editor."))
    context = {
        "here": "worklist",
        "item": item,
        "form": form,
        "typed": form["words"].value() or f"{item.title}, ",
        "trial": result,
        "most": MOST_TRIED,
        "ranks": RANKS,
        "may_add": may_add,
        "added": synonyms.all_added()[:MOST_SHOWN],
    }
    return render(
        request,
        "troubleshooting/worklist/synonyms.html",
        context,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else 200,
    )


@posts_only("worklist:synonyms", "pk")
@needs(roles.PUBLISH)
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out synonyms that were added in the browser."""
    number = whole_number(request.POST.get("synonyms"), 1, HIGHEST_PK)
    added = AddedSynonyms.objects.filter(pk=number).first() if number else None
    if added:
        synonyms.take_out(added)
        messages.success(request, gettext("Taken out: {words}.").format(words=added.words))
    return redirect("worklist:synonyms", pk)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
