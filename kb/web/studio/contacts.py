"""The pages on which editors write contacts: the list, the editor of one, its history and its texts."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kb.content import guide_templates
from kb.content.comparing import line_changes
from kb.content.document import ContactCard, ContentError
from kb.content.merging import Merge, left_marks
from kb.content.numbers import whole_number
from kb.editorial import contacts
from kb.editorial.contacts import Overtaken, Writing
from kb.editorial.decisions import NotPossible
from kb.library import contact_publishing, retiring
from kb.models import Contact, ContactRevision, Revision
from kb.models.audience import may_see
from kb.models.roles import PUBLISH
from kb.models.wording import spoken
from kb.web.access import needs, writer
from kb.web.errors import NothingHere
from kb.web.studio.comparison import TOO_LARGE, Row, is_too_much

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

State = Revision.State
MARKS = gettext_lazy(
    "Marks of the conflict are left at line {lines}: say what is to hold there, and take the marks out."
)


@dataclass(slots=True)
class _Form:
    """What the page shows: the text as it stands in the form, and what is to be said of it.

    `seen` is the digest of the text that it takes the place of, `theirs` the text that somebody else saved meanwhile,
    `merged` what became of both, and `settles` the revision of the file that is dealt with by saving.
    """

    text: str
    seen: str = ""
    comment: str = ""
    card: ContactCard | None = None
    trouble: str = ""
    theirs: str = ""
    merged: Merge | None = None
    settles: ContactRevision | None = None


@require_safe
@needs(PUBLISH)
def contact_list(request: HttpRequest) -> HttpResponse:
    """The contacts there are, to be opened, and those that were retired. 2 queries.

    At `/write/contacts/`, for editors.
    """
    known = Contact.objects.in_studio_of(request.user).defer("html", "text")
    in_review = ContactRevision.objects.readable_by(request.user).filter(state=State.IN_REVIEW)
    context = {
        "contacts": [contact for contact in known if not contact.retired],
        "retired": [contact for contact in known if contact.retired],
        "here": "contacts",
        "in_review": set(in_review.values_list("contact_id", flat=True)),
    }
    return render(request, "kb/write/contacts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PUBLISH)
def write_contact_new(request: HttpRequest) -> HttpResponse:
    """The form for a new contact.

    At `/write/contacts/new/`, for editors.
    """
    if request.method != "POST":
        return _page(request, None, _Form(guide_templates.contact_text()))
    return _preview_or_save(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PUBLISH)
def write_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for a contact as it is, as an older text of it (`?from=N`) was, or merged with what its file says.

    At `/write/contacts/<slug>/`, for editors.
    """
    contact = _contact_at(request, slug)
    if contact.retired:
        return redirect("kb:write-contact-history", slug)
    if request.method == "POST":
        return _preview_or_save(request, contact)
    if number := request.GET.get("from", ""):
        older = _revision_at(request, contact, whole_number(number) or 0)
        return _page(request, contact, _form_from(contact, older))
    return _page(request, contact, _Form(contact.text, contact.digest))


def _form_from(contact: Contact, older: ContactRevision) -> _Form:
    """An older text to go on with; what the file says is merged with what readers see."""
    if older.state != State.IN_REVIEW:
        return _Form(older.text, contact.digest, gettext("Revision {number} again").format(number=older.number))
    merged = contacts.merged_with_file(older)
    text = merged.text if merged.clean else merged.marked
    return _Form(text, contact.digest, theirs=contact.text, merged=merged, settles=older)


def _preview_or_save(request: HttpRequest, contact: Contact | None) -> HttpResponse:
    """Show what was typed as readers would see it, or save it."""
    form = _read_form(request, contact)
    try:
        if request.POST.get("action") == "preview":
            form.card = contacts.read(contact, form.text)
            return _page(request, contact, form)
        if marks := left_marks(form.text, contact.text if contact else ""):
            form.trouble = MARKS.format(lines=", ".join(str(line) for line in marks))
            return _page(request, contact, form, HTTPStatus.BAD_REQUEST)
        writing = Writing(form.text, writer(request), form.comment, form.settles)
        kept = contacts.change(contact, writing, form.seen) if contact else contacts.create(writing)
    except ContentError as error:
        form.trouble = gettext("Line {line}: {message}").format(line=error.line, message=spoken(error.message))
        return _page(request, contact, form, HTTPStatus.BAD_REQUEST)
    except NotPossible as reason:
        form.trouble = str(reason)
        return _page(request, contact, form, HTTPStatus.BAD_REQUEST)
    if isinstance(kept, Overtaken):
        theirs, merged = kept.theirs, kept.merge
        text = merged.text if merged.clean else merged.marked
        # The next save names the digest of the other text, and so knows of both.
        form = _Form(text, theirs.digest, form.comment, theirs=theirs.text, merged=merged, settles=form.settles)
        return _page(request, theirs, form, HTTPStatus.CONFLICT)
    messages.success(request, gettext("“{name}” is saved: readers see it now.").format(name=kept.name))
    return redirect("kb:write-contacts")


def _read_form(request: HttpRequest, contact: Contact | None) -> _Form:
    """What was sent, beside the text of others that the page showed, which is shown again with it."""
    post = request.POST
    number = whole_number(post.get("settles"))
    settles = None
    if contact and number:
        readable = contact.revisions.readable_by(request.user)
        settles = readable.filter(number=number, state=State.IN_REVIEW).first()
    text = post.get("text", "").replace("\r\n", "\n")
    theirs = contact.text if contact and (settles or post.get("beside")) else ""
    return _Form(text, post.get("seen", ""), post.get("comment", "")[:500], theirs=theirs, settles=settles)


@require_safe
@needs(PUBLISH)
def contact_history(request: HttpRequest, slug: str) -> HttpResponse:
    """All the texts that a contact had, the newest first.

    At `/write/contacts/<slug>/history/`, for editors.
    """
    contact = _contact_at(request, slug)
    readable = contact.revisions.readable_by(request.user)
    revisions = readable.select_related("based_on").defer("text", "based_on__text").order_by("-number")
    links = [] if contact.retired else contacts.linking_to(contact)
    links = [guide for guide in links if may_see(request.user, guide.audience)]
    return render(
        request, "kb/write/contact_history.html", {"contact": contact, "revisions": revisions, "links": links}
    )


@require_safe
@needs(PUBLISH)
def contact_revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One text of a contact, and what differs from what readers see.

    At `/write/contacts/<slug>/revisions/<number>/`, for editors.
    """
    contact = _contact_at(request, slug)
    revision = _revision_at(request, contact, number)
    differs = revision.digest != contact.digest
    too_much = differs and is_too_much(contact.text, revision.text)
    lines = line_changes(contact.text, revision.text) if differs and not too_much else []
    context = {
        "contact": contact,
        "revision": revision,
        "differs": differs,
        "trouble": TOO_LARGE if too_much else "",
        "rows": [Row(line) for line in lines],
    }
    return render(request, "kb/write/contact_revision.html", context)


@require_POST
@needs(PUBLISH)
def contact_act(request: HttpRequest, slug: str) -> HttpResponse:
    """Retire a contact, bring it back, or say that what its file says is dealt with.

    POST to `/write/contacts/<slug>/act/`, for editors.
    """
    contact, action = _contact_at(request, slug), request.POST.get("do", "")
    try:
        if action == "retire" and not contact.retired:
            retiring.retire(contacts=[contact], by=writer(request))
            messages.success(
                request, gettext("“{name}” is retired: readers do not see it any more.").format(name=contact.name)
            )
        elif action == "bring-back" and contact.retired:
            contacts.bring_back(contact, writer(request))
            messages.success(request, gettext("“{name}” is back: readers see it again.").format(name=contact.name))
        elif action == "set-aside" and (waiting := contact_publishing.waiting(contact)):
            contact_publishing.set_aside(waiting)
            messages.success(
                request, gettext("What readers see stays as it is; the text of the file is kept in the history.")
            )
        else:
            messages.info(request, gettext("Nothing was to be done: it was done already."))
    except (NotPossible, ContentError) as reason:
        messages.error(request, str(reason))
    return redirect("kb:write-contact-history", slug)


def _contact_at(request: HttpRequest, slug: str) -> Contact:
    contact: Contact | None = Contact.objects.in_studio_of(request.user).filter(slug=slug).first()
    if contact is None:
        raise NothingHere(gettext("There is no such contact to write on."))
    return contact


def _revision_at(request: HttpRequest, contact: Contact, number: int) -> ContactRevision:
    revisions = contact.revisions.readable_by(request.user).select_related("based_on")
    revision: ContactRevision | None = revisions.filter(number=number).first()
    if revision is None:
        raise NothingHere(gettext("This contact has no such revision."))
    revision.contact = contact
    return revision


def _page(request: HttpRequest, contact: Contact | None, form: _Form, status: int = 200) -> HttpResponse:
    waiting = contact_publishing.waiting(contact) if contact and not form.settles else None
    waiting = waiting if waiting and may_see(request.user, waiting.audience) else None
    context = {"contact": contact, "form": form, "waiting": waiting}
    return render(request, "kb/write/contact_editor.html", context, status=status)
