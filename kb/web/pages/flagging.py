"""Lets staff say what is wrong with a section, for writers to see to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from kb.content.numbers import whole_number
from kb.library.feedback import flags
from kb.library.feedback.sections import Place, place
from kb.models import SectionFlag
from kb.models.feedback import LONGEST_SENTENCE
from kb.models.wording import lowered
from kb.web.access import for_staff, writer
from kb.web.errors import NothingHere
from kb.web.request_kinds import posts_only, wants_fragment

if TYPE_CHECKING:
    from django.http import HttpRequest

GONE = gettext_lazy("This section is no longer there: the guide was changed since. Open it again.")
NO_KIND = gettext_lazy("Choose what is wrong with it: wrong, unclear, outdated or missing.")
TOO_LONG = format_lazy(gettext_lazy("Shorten the note to {number} characters."), number=LONGEST_SENTENCE)


@posts_only("kb:home")
@for_staff()
def flag_section(request: HttpRequest) -> HttpResponse:
    """Flag a section (`guide`, `section`: its key or an anchor, `kind`, `note`, `revision`), or take that `back`.

    POST to `/reading/flag/`, for staff.
    """
    sent = request.POST
    slug, section, note = (sent.get(name, "").replace("\0", "") for name in ("guide", "section", "note"))
    found = place(request.user, slug, section, whole_number(sent.get("revision"), 1))
    if found is None:
        raise NothingHere(GONE)
    kind = sent.get("kind", "")
    error = NO_KIND if kind not in SectionFlag.Kind.values else TOO_LONG if len(note) > LONGEST_SENTENCE else ""
    if error:
        return _shown(request, found, error=str(error), note=note)
    if "back" in sent:
        flags.take_back(found, kind, writer(request))
        said = gettext("Your flag is taken back.")
    else:
        flags.flag(found, kind, note, writer(request))
        said = gettext("Flagged for the writers: {kind}.").format(kind=lowered(SectionFlag.Kind(kind).label))
    if wants_fragment(request):
        return _shown(request, found, said=said)
    messages.success(request, f"{found.title}: {said}")
    return redirect(found.url)


def _shown(request: HttpRequest, found: Place, *, said: str = "", error: str = "", note: str = "") -> HttpResponse:
    """What can be flagged of a section, as a page or the part of one."""
    context = {
        "guide": found.guide,
        "piece": found,
        "revision": found.revision,
        "kinds": kinds_of(own_flags(request, found.guide.pk).get(found.key, frozenset())),
        "longest": LONGEST_SENTENCE,
        "said": said,
        "error": error,
        "note": note,
    }
    page = "kb/_flag_form.html" if wants_fragment(request) else "kb/flag.html"
    return render(request, page, context, status=422 if error else 200)


def kinds_of(own: frozenset[str]) -> tuple[tuple[str, str, bool], ...]:
    """What can be flagged, each with its words, and whether it is flagged by the reader."""
    return tuple((kind.value, str(kind.label), kind.value in own) for kind in SectionFlag.Kind)


def own_flags(request: HttpRequest, guide: int) -> dict[str, frozenset[str]]:
    """The open flags of who is signed in on a guide: the kinds by the key of the section. One query."""
    found: dict[str, frozenset[str]] = {}
    rows = SectionFlag.objects.open().filter(guide=guide, flagged_by=writer(request))
    for section, kind in rows.values_list("section", "kind"):
        found[section] = found.get(section, frozenset()) | {kind}
    return found
