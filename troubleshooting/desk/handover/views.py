"""Hands a walk over: the form that shows what would be sent, and the page with the reference that it got."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kb.models import Contact as ContactRow
from kb.models.audience import PUBLIC, STAFF, audiences_for
from kb.models.references import in_groups
from kb.outbox import letters
from kb.rate_limits import limiter
from kb.rate_limits.limiter import Turn
from kb.rate_limits.rules import Deed
from kb.web.errors import NothingHere
from kb.web.limiting import counts_itself, refusal_context, refused
from troubleshooting.catalogue import build
from troubleshooting.desk.handover import delivery
from troubleshooting.desk.handover.products import as_lines, products_of
from troubleshooting.models import Outcome
from troubleshooting.models.handovers import LONGEST_NOTE, LONGEST_SUBJECT, Handover
from troubleshooting.outcomes.record import record_end, walk_key
from troubleshooting.outcomes.visits import visit_of
from troubleshooting.walk.address import read_address
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.links import address_of
from troubleshooting.walk.transcript import can_send, guides_of, mail_address, subject, transcript

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from troubleshooting.catalogue.values import Contact
    from troubleshooting.walk.state import WalkState

RECEIPT = "handed-over"
RECEIPT_DAYS = 2


class HandoverForm(forms.Form):
    """What a person may add to a walk; nothing of it is needed. `once` tells a form that is sent twice."""

    note = forms.CharField(required=False, max_length=LONGEST_NOTE)
    reply_to = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": gettext_lazy("This is no e-mail address. Mend it, or leave it empty.")},
    )
    once = forms.RegexField(r"^[\w-]{8,64}$")


@dataclass(frozen=True, slots=True)
class WalkToHandOver:
    """A walk as it stands: what is sent of it, and to whom (None: nobody, it only gets a reference)."""

    state: WalkState
    audiences: frozenset[str]
    subject: str
    transcript: str
    link: str
    contact: Contact | None

    @property
    def address(self) -> str:
        """Where the walk stands."""
        return address_of(self.state.address)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@counts_itself
def hand_over(request: HttpRequest, contact: str = "") -> HttpResponse:
    """The form; its POST keeps the walk under a reference, with what goes to `contact` (a slug), and shows the receipt.

    The walk is the query of the address. The outbox sends it, so that nobody waits for another machine.
    """
    walk = _walk_to_hand_over(request, contact)
    if walk is None:
        return redirect("troubleshooting:walk")
    if contact and walk.contact is None:
        raise NothingHere(
            gettext("There is no such contact. It may have been retired; go back to the walk to see who is there.")
        )
    form = HandoverForm(request.POST or None, initial={"once": secrets.token_urlsafe(16)})
    turn = Turn()
    if request.method == "POST" and form.is_valid():
        turn = limiter.take(Deed.HAND_OVER, request)
        if not turn.is_refused:
            handover = _save(request, walk, form.cleaned_data, walk_key(visit_of(request), walk.state.address))
            return redirect(_receipt(handover, walk))
    context = {"walk": walk, "form": form, "longest": LONGEST_NOTE} | _ways_without_sending(walk)
    if turn.is_refused:
        return refused(render(request, "troubleshooting/hand_over.html", context | refusal_context(turn)), turn)
    return render(request, "troubleshooting/hand_over.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@require_safe
def handed_over(request: HttpRequest, receipt: str) -> HttpResponse:
    """The reference that a walk got, and whether it was sent by now. Only its sender has the address of this page."""
    try:
        content = signing.loads(receipt, salt=RECEIPT, max_age=timedelta(days=RECEIPT_DAYS))
    except signing.BadSignature:
        raise NothingHere(
            gettext("This page was there for two days. The reference that it showed still holds.")
        ) from None
    walk = _walk_to_hand_over(request, content["contact"])
    if walk is None:
        return redirect("troubleshooting:walk")
    reference = in_groups(content["reference"])
    handover = Handover.objects.filter(reference=content["reference"]).first()
    is_waiting = handover is not None and handover.delivery == Handover.Delivery.WAITING
    context = {
        "reference": reference,
        "delivery": handover.delivery if handover else "",
        "is_late": handover is not None and is_waiting and handover.letters.exclude(trouble="").exists(),
        "here": request.get_full_path(),
        "walk": walk,
        "days": settings.HANDOVER_DAYS,
    }
    return render(request, "troubleshooting/handed_over.html", context | _ways_without_sending(walk, reference))


def _walk_to_hand_over(request: HttpRequest, contact: str) -> WalkToHandOver | None:
    """The walk that the address tells of; None for none. Two queries for someone signed in, none for others."""
    audiences = audiences_for(request.user)
    address, _ = read_address(request.GET.lists())
    address = replace(address, embed=False, whole=False, change="")
    published = build.current(audiences).published
    if address.is_blank or not published.guides:
        return None
    state = next_step(address, audiences)
    link = request.build_absolute_uri(address_of(state.address))
    return WalkToHandOver(
        state=state,
        audiences=audiences,
        subject=subject(state.address, settings.SITE_NAME),
        transcript=transcript(state, published, link),
        link=link,
        contact=published.contacts.get(contact),
    )


def _ways_without_sending(walk: WalkToHandOver, reference: str = "") -> dict[str, object]:
    """What helps when nothing can be sent: the text to copy, and a mail that the reader's own program sends."""
    text = f"Reference: {reference}\n\n{walk.transcript}" if reference else walk.transcript
    contact = walk.contact
    return {
        "transcript": text,
        "mail": mail_address(contact, walk.subject, text) if contact else "",
        "can_send": contact is not None and can_send(contact.email),
    }


def _save(request: HttpRequest, walk: WalkToHandOver, form: dict[str, str], key: str) -> Handover:
    """The walk in the database, with what is to be sent of it, and that it was escalated; all of it or nothing.

    The same form, sent twice, is the same row; what was given up of it meanwhile is tried anew.
    """
    contact = walk.contact.slug if walk.contact else ""
    parts = (form["once"], contact, form["note"], form["reply_to"], walk.address)
    with transaction.atomic():
        handover, is_new = Handover.objects.get_or_create(
            once=hashlib.sha256("\0".join(parts).encode()).hexdigest(),
            defaults={
                "subject": _heading(walk.state)[:LONGEST_SUBJECT],
                "walk": replace(walk.state.address, help=False).query(),
                "walk_key": key,
                "audience": STAFF if STAFF in walk.audiences else PUBLIC,
                "transcript": walk.transcript,
                "guides": guides_of(walk.state),
                "products": as_lines(products_of(walk.state, build.current(walk.audiences).published)),
                "contact": ContactRow.objects.filter(slug=contact).first() if contact else None,
                "note": form["note"],
                "reply_to": form["reply_to"],
            },
        )
        if is_new:
            likeliest = walk.state.candidates[0].problem if walk.state.candidates else None
            record_end(key, Outcome.Kind.ESCALATED, likeliest, walk.audiences)
            _put_in_outbox(request, walk, handover)
        else:
            letters.retry(handover.shown_reference)
    return handover


def _heading(state: WalkState) -> str:
    """What a list of walks shows of one."""
    if state.trigger:
        return state.trigger.text
    address = state.address
    problems = [tried.problem.title for tried in state.tried] + [c.problem.title for c in state.candidates[:1]]
    return address.symptom or " ".join(filter(None, [address.code, *problems[:1]])) or "A walk"


def _put_in_outbox(request: HttpRequest, walk: WalkToHandOver, handover: Handover) -> None:
    """Have it sent to its contact, if it has one that something is set up for."""
    contact = walk.contact
    if contact is None or not can_send(contact.email):
        return
    delivery.put(
        delivery.Message(
            reference=handover.shown_reference,
            subject=walk.subject,
            contact=contact.slug,
            email=contact.email,
            transcript=handover.transcript,
            note=handover.note,
            reply_to=handover.reply_to,
            walk=walk.link,
            desk=request.build_absolute_uri(handover.get_absolute_url()),
            created=timezone.localtime(handover.created_at).isoformat(timespec="seconds"),
        )
    )
    handover.delivery = Handover.Delivery.WAITING
    handover.save(update_fields=["delivery"])


def _receipt(handover: Handover, walk: WalkToHandOver) -> str:
    """The address of the page that tells what became of it."""
    content = {"reference": handover.reference, "contact": walk.contact.slug if walk.contact else ""}
    address = reverse("troubleshooting:handed-over", args=[signing.dumps(content, salt=RECEIPT)])
    return f"{address}?{walk.state.address.query()}"
