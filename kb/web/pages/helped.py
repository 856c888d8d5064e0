"""Asks whether a section helped: takes the answer, and the reason for it when somebody likes to give one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from kb.content.numbers import whole_number
from kb.content.patterns import linear
from kb.library.feedback import votes
from kb.library.feedback.sections import Place, place
from kb.models import SectionVote
from kb.models.feedback import LONGEST_SENTENCE
from kb.rate_limits.rules import Deed
from kb.web import limiting
from kb.web.anonymous_posts import Refusal, anonymous_post
from kb.web.errors import NothingHere
from kb.web.query_strings import with_query
from kb.web.request_kinds import reads_only, wants_fragment

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

READER = "reader"
READER_SECONDS = 365 * 24 * 60 * 60
READER_PATH = "/reading/"
RESENT = "again"
ANSWERS = {"yes": True, "no": False}
GONE = gettext_lazy(
    "This section is no longer there: the guide was changed since. Open it again to answer for what it says now."
)
NO_ANSWER = gettext_lazy("Say whether it helped: choose yes or no.")
NO_REASON = gettext_lazy("Choose a reason or write a sentence.")
TOO_LONG = format_lazy(gettext_lazy("Shorten the sentence to {number} characters."), number=LONGEST_SENTENCE)
NO_COOKIE = gettext_lazy(
    "Your browser keeps no cookie of this site, so your answer can't be told from others and is not counted."
)
NOT_COUNTED = gettext_lazy("Your answer to whether it helped did not come: answer that first.")

_READER = linear(r"[0-9a-f]{32}")


class SeeOther(HttpResponseRedirect):
    """What was sent has been taken; a GET leads on from it."""

    status_code = 303


@dataclass(frozen=True, slots=True)
class Answer:
    """What a form says: of which section, whether it helped (None: not said), why, and in which words."""

    place: Place
    helped: bool | None
    reason: str = ""
    sentence: str = ""

    @property
    def word(self) -> str:
        """Whether it helped, as addresses say it."""
        return "" if self.helped is None else "yes" if self.helped else "no"

    def address(self, **more: str) -> str:
        """The page on which it goes on without JavaScript."""
        named = {"guide": self.place.guide.slug, "revision": str(self.place.revision), "section": self.place.key}
        return with_query(reverse("kb:thanks"), named | {"helped": self.word} | more)


@anonymous_post(Deed.VOTE)
def helped(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    """Count whether a section helped, and ask why.

    The first answer of a browser only brings it to keep a random word, and to send the same again (307) with it: so a
    second answer changes the first.

    POST to `/reading/helped/`, for everyone.
    """
    if refusal:
        return _refused(request, refusal)
    answer = _answer(request, request.POST)
    if answer.helped is None:
        return _shown(request, answer, error=str(NO_ANSWER))
    reader = request.COOKIES.get(READER, "")
    if not _READER.fullmatch(reader):
        if RESENT in request.GET:
            return _shown(request, answer, error=str(NO_COOKIE))
        resend = HttpResponseRedirect(f"{reverse('kb:helped')}?{RESENT}=1", preserve_request=True)
        return _with_reader(resend, request)
    if not votes.record_vote(answer.place, request.user, reader, helped=answer.helped):
        return _shown(request, answer, error=str(GONE))
    return _shown(request, answer) if wants_fragment(request) else SeeOther(answer.address())


@anonymous_post(Deed.VOTE)
def why(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    """Add to an answer why it did not help, and a sentence.

    POST to `/reading/why/`, for everyone.
    """
    if refusal:
        return _refused(request, refusal)
    answer = _answer(request, request.POST)
    if error := _mistake(answer):
        return _shown(request, answer, error=error)
    reader = request.COOKIES.get(READER, "")
    reason = answer.reason if answer.helped is False else ""
    if not votes.say_why(answer.place, request.user, reader, reason, answer.sentence):
        return _shown(request, answer, error=str(NOT_COUNTED))
    return _shown(request, answer, said=True) if wants_fragment(request) else SeeOther(answer.address(said="1"))


@reads_only
def thanks(request: HttpRequest) -> HttpResponse:
    """What follows an answer where there is no JavaScript: thanks, the reason, and the way back.

    At `/reading/thanks/`, for everyone.
    """
    answer = _answer(request, request.GET)
    return _shown(request, answer, said="said" in request.GET)


def _mistake(answer: Answer) -> str:
    if len(answer.sentence) > LONGEST_SENTENCE:
        return str(TOO_LONG)
    if answer.reason and answer.reason not in SectionVote.Reason.values:
        return str(NO_REASON)
    return "" if answer.sentence or (answer.reason and answer.helped is False) else str(NO_REASON)


def _answer(request: HttpRequest, sent: QueryDict) -> Answer:
    """What was sent, of a section that the reader may see."""
    slug, section = (sent.get(name, "").replace("\0", "") for name in ("guide", "section"))
    found = place(request.user, slug, section, whole_number(sent.get("revision"), 1))
    if found is None:
        raise NothingHere(GONE)
    sentence = sent.get("sentence", "").replace("\0", "").strip()
    return Answer(found, ANSWERS.get(sent.get("helped", "")), sent.get("reason", ""), sentence)


def _shown(request: HttpRequest, answer: Answer, *, error: str = "", said: bool = False) -> HttpResponse:
    """The question with what was answered, as a page or the part of one."""
    context = {
        "guide": answer.place.guide,
        "piece": answer.place,
        "revision": answer.place.revision,
        "answer": answer,
        "reasons": SectionVote.Reason.choices,
        "longest": LONGEST_SENTENCE,
        "error": error,
        "said": said,
    }
    page = "kb/_helped_form.html" if wants_fragment(request) else "kb/helped.html"
    return render(request, page, context, status=422 if error else 200)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if refusal.turn is None:
        return HttpResponse(refusal.reason, "text/plain", status=refusal.status)
    return limiting.too_much(request, refusal.turn)


def _with_reader(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    response.set_cookie(
        READER,
        secrets.token_hex(16),
        max_age=READER_SECONDS,
        path=READER_PATH,
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
