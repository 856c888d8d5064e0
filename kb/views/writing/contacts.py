"""A contact in; the page on which editors write it, and what they wrote saved, unless somebody else was quicker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kb import contact_writing, guide_templates
from kb.contact_writing import Overtaken
from kb.content.document import ContactCard, ContentError
from kb.decisions import NotPossible
from kb.models import Contact
from kb.roles import PUBLISH
from kb.views.errors import NothingHere
from kb.views.writing.access import needs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BAD_REQUEST, CONFLICT = 400, 409


@require_safe
@needs(PUBLISH)
def contact_list(request: HttpRequest) -> HttpResponse:
    """The contacts there are, to be opened."""
    return render(request, "kb/write/contacts.html", {"contacts": Contact.objects.filter(retired=False)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PUBLISH)
def write_contact_new(request: HttpRequest) -> HttpResponse:
    """The form for a new contact."""
    if request.method != "POST":
        return _page(request, None, guide_templates.contact_text())
    return _sent(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PUBLISH)
def write_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for a contact as it is."""
    contact = Contact.objects.filter(slug=slug, retired=False).first()
    if contact is None:
        raise NothingHere("There is no such contact to write on.")
    return _sent(request, contact) if request.method == "POST" else _page(request, contact, contact.text)


def _sent(request: HttpRequest, contact: Contact | None) -> HttpResponse:
    """Show what was typed as readers would see it, or save it."""
    text, seen = request.POST.get("text", "").replace("\r\n", "\n"), request.POST.get("seen", "")
    try:
        if request.POST.get("action") == "preview":
            return _page(request, contact, text, seen=seen, card=contact_writing.read(contact, text))
        kept = contact_writing.change(contact, text, seen) if contact else contact_writing.create(text)
    except ContentError as error:
        return _page(request, contact, text, seen=seen, trouble=f"Line {error.line}: {error.message}")
    except NotPossible as reason:
        return _page(request, contact, text, seen=seen, trouble=str(reason))
    if isinstance(kept, Overtaken):
        return _page(request, kept.theirs, text, theirs=kept.theirs.text)
    messages.success(request, f"“{kept.name}” is saved: readers see it now.")
    return redirect("kb:write-contacts")


def _page(
    request: HttpRequest,
    contact: Contact | None,
    text: str,
    *,
    seen: str = "",
    card: ContactCard | None = None,
    trouble: str = "",
    theirs: str = "",
) -> HttpResponse:
    context = {
        "contact": contact,
        "written": text,
        "seen": seen or (contact.digest if contact else ""),
        "card": card,
        "trouble": trouble,
        "theirs": theirs,
    }
    status = CONFLICT if theirs else BAD_REQUEST if trouble else 200
    return render(request, "kb/write/contact_editor.html", context, status=status)
