"""A writer's own drafts of a guide: the text to go on with, how it is saved, and what to know while writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy

from kb.content.line_endings import in_endings_of
from kb.content.numbers import whole_number
from kb.editorial import drafts
from kb.editorial.decisions import Conflict, Current, NotPossible
from kb.editorial.standing import standing_of
from kb.library import revisions
from kb.models import Guide, LineComment, Review, Revision
from kb.web.access import writer
from kb.web.errors import NothingHere
from kb.web.studio.lookup import revision_numbered

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest

State = Revision.State
KEPT_AS_DRAFT = gettext_lazy("{trouble} Your text is kept as your draft, revision {number}.")
THERE = gettext_lazy("{trouble} Nothing is lost: this text is revision {number}.")
NO_SUCH_BASE = gettext_lazy("This page is out of date: copy what you typed, and open the guide again.")


@dataclass(frozen=True, slots=True)
class OpenText:
    """A text to go on with: `draft` holds it (None before the first save), `based_on` is what it was made from.

    Without a draft, it is the text of `start`, or of what readers see.
    """

    guide: Guide
    text: str
    based_on: Revision | None
    draft: Revision | None = None
    start: Revision | None = None

    @property
    def saved(self) -> int:
        """The counter that the next save has to name."""
        return self.draft.saved if self.draft else 0

    @property
    def into(self) -> int | None:
        """The number of the draft, when it is not its author's current one."""
        return self.draft.number if self.draft and self.draft.aside else None


def open_text(guide: Guide, author: User, number: str = "") -> OpenText:
    """What an author goes on with: the draft called `number`, else their draft, their proposal, what readers see."""
    draft = _own_draft(guide, author, number) if number else drafts.draft_of(guide, author)
    if draft is not None:
        return OpenText(guide, draft.text, draft.based_on, draft)
    start = (
        _own_proposal(guide, author)
        or _withheld_text(guide, author)
        or guide.revision
        or _newest_unpublished(guide, author)
    )
    if start is None:
        return OpenText(guide, "", None)
    return OpenText(guide, start.text, start if start.state != State.DRAFT or start.from_file else None, start=start)


def _own_draft(guide: Guide, author: User, number: str) -> Revision:
    found = _own_revision(guide, author, number)
    if found is None or found.state != State.DRAFT:
        raise NothingHere(gettext("This draft is not there any more: it was proposed, published or given up."))
    return found


def _own_proposal(guide: Guide, author: User) -> Revision | None:
    """What the author has proposed since the guide was last published, if it still waits for review."""
    waiting = guide.revisions.filter(author=author, state=State.IN_REVIEW).order_by("-number").first()
    return waiting if waiting and waiting.number > (guide.revision.number if guide.revision else 0) else None


def _withheld_text(guide: Guide, reader: User) -> Revision | None:
    """What its file says and keeps from readers, if it is for this reader."""
    rows: QuerySet[Revision] = guide.revisions.readable_by(reader).filter(pk=guide.loaded_id)
    return rows.first() if guide.is_withheld else None


def _newest_unpublished(guide: Guide, reader: User) -> Revision | None:
    """The newest text of a guide that was never published, of those that are for the reader."""
    rows: QuerySet[Revision] = guide.revisions.readable_by(reader).exclude(state=State.SUPERSEDED)
    return rows.order_by("-proposed_at", "-changed_at").first()


def _own_revision(guide: Guide, author: User, number: str) -> Revision | None:
    rows = guide.revisions.filter(author=author, number=whole_number(number) or 0).select_related("guide", "based_on")
    found: Revision | None = rows.first()
    return found


def named_draft(guide: Guide, request: HttpRequest) -> Revision:
    """The writer's own draft that a form names by its `number`."""
    return _own_draft(guide, writer(request), request.POST.get("number", "") or "?")


def draft_left_open(guide: Guide, request: HttpRequest) -> Revision | None:
    """The draft that the editor had open when it sent its form, if it is still one."""
    found = _own_revision(guide, writer(request), request.POST.get("into", ""))
    return found if found and found.state == State.DRAFT else None


def save(request: HttpRequest, guide: Guide, text: str) -> Revision | Conflict:
    """Keep a text as the form says: what it was made from, how often it was saved, and into which draft.

    NotPossible for a form that names what is not there.
    """
    author, form = writer(request), request.POST
    base = None
    if based_on := form.get("based_on", ""):
        base = revision_numbered(guide, based_on)
        if base is None:
            raise NotPossible(NO_SUCH_BASE)
    saved = whole_number(form.get("saved")) or 0
    into = _own_revision(guide, author, form.get("into", ""))
    return drafts.save_draft(guide, author, text, base, saved, into, form.get("in_flight", ""))


def as_sent(request: HttpRequest, guide: Guide, text: str) -> OpenText:
    """A text that could not be kept, with the draft that its page had; without one when that was saved elsewhere since.

    So the next save of the page puts it in place of nothing that the page has not shown.
    """
    author, form = writer(request), request.POST
    draft = _own_revision(guide, author, form["into"]) if form.get("into") else drafts.draft_of(guide, author)
    is_same = draft is not None and draft.state == State.DRAFT and form.get("saved", "") == str(draft.saved)
    return OpenText(guide, text, revision_numbered(guide, form.get("based_on", "")), draft if is_same else None)


def keep(guide: Guide, author: User, text: str, base: Revision | None) -> Revision:
    """What somebody typed, kept as their draft, or beside the draft that they have; nothing typed is lost.

    A form that is sent twice keeps its text once: gives what became of it the first time.
    """
    written = in_endings_of(drafts.storable(text), base.text if base else "")
    later = guide.revisions.filter(author=author, number__gt=base.number if base else 0)
    same: Revision | None = later.filter(digest=revisions.digest(written.encode())).exclude(state=State.DRAFT).first()
    if same is not None:
        return same
    kept = drafts.save_draft(guide, author, text, base, 0)
    return kept.kept if isinstance(kept, Conflict) else kept


def sentence_on_kept(kept: Revision, trouble: str) -> str:
    """What is said of a text that could only be kept."""
    return (KEPT_AS_DRAFT if kept.state == State.DRAFT else THERE).format(trouble=trouble, number=kept.number)


# What a writer should know of while writing


def kept_aside(guide: Guide, author: User, open_draft: Revision | None) -> QuerySet[Revision]:
    """The author's other drafts of the guide."""
    rows: QuerySet[Revision] = guide.revisions.filter(author=author, state=State.DRAFT).defer("text")
    return rows.exclude(pk=open_draft.pk if open_draft else 0).order_by("-changed_at")


def of_others(guide: Guide, author: User) -> QuerySet[Revision]:
    """What others are writing, or have in review."""
    readable = guide.revisions.readable_by(author)
    unfinished: QuerySet[Revision] = readable.filter(state__in=(State.DRAFT, State.IN_REVIEW)).defer("text")
    return unfinished.exclude(author=author).filter(aside=False).order_by("-changed_at")


def asked_for(text: Revision | None, reader: User) -> tuple[list[Review], list[LineComment]]:
    """What reviewers said of a text, or of the proposal that it mends, and their open comments at lines. 2 queries.

    What was said before a text was published is answered by it: then only what was said since is to be known.
    """
    if text is None:
        return [], []
    origins = (text.based_on, text.merges) if text.published_at is None else ()
    still_open = Q(pk__in=[])
    for revision in (text, *origins):
        if revision is not None:
            since = Q(created_at__gt=revision.published_at) if revision.published_at else Q()
            still_open |= Q(since, revision=revision.pk)
    readable = text.guide.revisions.readable_by(reader)
    remarks = Review.objects.filter(still_open, verdict__in=(Review.Verdict.CHANGES, Review.Verdict.COMMENT))
    comments = LineComment.objects.filter(still_open, settled_at=None, revision__in=readable)
    reviews = remarks.filter(revision__in=readable).order_by("-created_at")
    return list(reviews), list(comments.order_by("line", "created_at"))


def overtaken(draft: Revision | None) -> Revision | None:
    """What was published since the draft was begun, and is not in it yet."""
    standing = standing_of(draft) if draft else None
    return None if standing is None or isinstance(standing, Current) else standing.theirs
