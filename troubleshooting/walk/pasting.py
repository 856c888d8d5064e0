"""Starts a walk from a pasted message or log, of which nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kb.content.languages.english import STOP_WORDS
from kb.content.patterns import linear
from kb.models.audience import audiences_for
from kb.rate_limits.rules import Deed
from kb.search.text.condensing import condense
from kb.search.text.masking import without_credentials, without_secrets
from kb.search.text.query import MAX_LENGTH, parse
from kb.web.limiting import limited
from troubleshooting.catalogue import build
from troubleshooting.catalogue.recognising import (
    Recognised,
    recognise,
    telling_lines,
    without_repeats,
    words_alone,
)
from troubleshooting.walk.address import LONGEST_SYMPTOM, PASTED, QUESTIONS, SYMPTOM, Address, read_address, shortened
from troubleshooting.walk.links import address_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from troubleshooting.catalogue.values import Problem

MOST_PARTS = 10
_WORD = linear(r"[^\W\d_]+")


@csrf_exempt  # it changes nothing: it only says which address to read
@require_POST
@limited(Deed.PASTE)
def walk_from_pasted(request: HttpRequest) -> HttpResponse:
    """Lead to the walk that starts from what a person sees, however long they say it."""
    address, _ = read_address((key, values) for key, values in request.POST.lists() if key != "symptom")
    text = request.POST.get("symptom", "")
    onwards = address_of(address_from_text(text, address, audiences_for(request.user)))
    if not text.strip():
        onwards += f"{'&' if '?' in onwards else '?'}{SYMPTOM}="  # the page says that nothing was typed
    return redirect(onwards)


def address_from_text(text: str, address: Address, audiences: frozenset[str]) -> Address:
    """The walk that starts from a text: a short one as it was typed, of a long one what is known and telling."""
    text = text.strip()
    if not parse(text).pasted:
        symptom = shortened(without_credentials(text), parse(text).codes)
        return replace(address, symptom=symptom, start="" if address.start == PASTED else address.start, change="")
    parts = _parts(text)
    recognised = recognised_in("\n".join(parts), audiences)
    other_codes = recognised.codes[1:] if not address.code else recognised.codes
    masked = "\n".join(map(without_secrets, parts))
    words = without_repeats([*other_codes, *recognised.messages, *telling_lines(masked)])
    if not words and not recognised:
        words = condense(words_alone(masked), LONGEST_SYMPTOM)
    code = address.code or (recognised.codes or ("",))[0]
    return replace(address, symptom=shortened(words, other_codes), code=code, start=PASTED, change="")


def address_of_known(text: str, recognised: Recognised, problems: Iterable[Problem]) -> Address:
    """The walk that starts from what guides know of a text alone: codes, messages, and words of these problems in it.

    Other people's texts are kept in no address: a browser's history and a server's log hold those.
    """
    code = (recognised.codes or ("",))[0]
    other_codes = recognised.codes[1:]
    words = " ".join(_words_of_symptoms(text, problems))
    symptom = shortened(without_repeats([*other_codes, *recognised.messages, words]), other_codes)
    return Address(symptom=symptom, code=code, start=PASTED if symptom or code else QUESTIONS)


def _words_of_symptoms(text: str, problems: Iterable[Problem]) -> list[str]:
    """The words of problems' titles and symptoms that a text says too, in the order in which guides write them."""
    said = {word.casefold() for word in _WORD.findall(text)}
    written = (part for problem in problems for part in (problem.title, *(own.text for own in problem.symptoms)))
    words = {word.casefold(): word for part in written for word in _WORD.findall(part)}
    return [word for key, word in words.items() if key in said and key not in STOP_WORDS]


def recognised_in(text: str, audiences: frozenset[str]) -> Recognised:
    """What guides that these readers see know of a text."""
    return recognise(text, build.current(audiences).recognisable)


def _parts(text: str) -> list[str]:
    """The text in parts that can be masked whole; of a very long one those from both ends."""
    parts = [""]
    for line in text.splitlines():
        if len(parts[-1]) + len(line) >= MAX_LENGTH:
            parts.append("")
        parts[-1] += line[:MAX_LENGTH] + "\n"
    half = MOST_PARTS // 2
    return parts if len(parts) <= MOST_PARTS else [*parts[:half], *parts[-half:]]
