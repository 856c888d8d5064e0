"""Starts guides, keeps the drafts that writers type, and proposes them; nothing typed is ever lost.

Who may do what is for the views to ask (`kb/models/roles.py`). What can't be done because somebody else was quicker
raises `NotPossible` with a sentence.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from kb.content import front_matter
from kb.content.document import ContentError
from kb.content.line_endings import BYTE_ORDER_MARK, in_endings_of
from kb.content.merging import merge
from kb.content.patterns import linear
from kb.content.reading import LARGEST_TEXT
from kb.content.wording import fit
from kb.editorial.decisions import Conflict, NotPossible
from kb.library import revisions, unpublished
from kb.library.revisions import digest
from kb.models import Guide, Revision
from kb.models.audience import PUBLIC
from kb.models.wording import in_site_language

State = Revision.State
UNTITLED = gettext_lazy("Untitled")
ELSEWHERE = gettext_lazy("This text was saved, proposed or published elsewhere meanwhile. Look at it again.")
TAKEN_OUT = gettext_noop("As it was before most of it was taken out")
MOST_TAKEN_OUT = 200
_HEADING = linear(r"^#[ \t]+(.*)", re.MULTILINE)


def start_guide(author: User, text: str, slug: str = "") -> Guide:
    """A new guide that only writers see, with a first draft; its path in the content folder is that of its category."""
    text = storable(text)
    with transaction.atomic():
        guide = unpublished.start(_title_of(text), _category_of(text), front_matter.audience_in(text), slug)
        revisions.record(guide, in_endings_of(text, ""), State.DRAFT, author)
    return guide


def draft_of(guide: Guide, author: User) -> Revision | None:
    """The draft that an author is writing, None when there is none."""
    return guide.revisions.filter(author=author, state=State.DRAFT, aside=False).select_related("based_on").first()


def save_draft(  # noqa: PLR0917 - they are what a form sends
    guide: Guide,
    author: User,
    text: str,
    based_on: Revision | None,
    saved: int,
    into: Revision | None = None,
    in_flight: str = "",
) -> Revision | Conflict:
    """Keep what an author has typed so far, in place of what they had typed before.

    `saved` is the counter of the draft as the page has it, 0 when it has none: when another page of the same author has
    saved since, the text is kept aside and both are given. A page whose text was kept aside goes on with that draft as
    `into`. A newer `based_on` than the draft's says that what it says is in the text.

    A page that is left while it saves names that text by `in_flight` (`name_of`), for the two may come in either order.
    """
    base = _settled_base(based_on)
    with transaction.atomic():
        revisions.lock(guide)
        draft = guide.revisions.select_related("based_on").get(pk=into.pk) if into else draft_of(guide, author)
        predecessor = draft or base
        text = in_endings_of(storable(text), predecessor.text if predecessor else "")
        has_come = draft is not None and name_of(draft.text) == in_flight
        if draft is None:
            kept: Revision | Conflict = _begin(guide, author, text, base, saved)
        elif saved_over := _save_over(draft, author, text, base, saved, in_flight):
            kept = saved_over
        else:
            return draft
        if in_flight and not has_come and isinstance(kept, Revision):
            Revision.objects.filter(pk=kept.pk, state=State.DRAFT).update(overtaken=in_flight[:64])
        if guide.revision_id is None:
            _describe(guide, text, author)
    return kept


def _save_over(  # noqa: PLR0917 - they are what a form sends
    draft: Revision, author: User, text: str, base: Revision | None, saved: int, in_flight: str
) -> Revision | Conflict | None:
    """The draft with another text, or both where somebody else has saved since; None for a text that comes late.

    That is what a page sent when it was left, once the text that it sent after it is there.
    """
    if draft.digest == digest(text.encode()) and (base is None or base.pk == draft.based_on_id):
        return draft
    # The page knows this draft, or sent it just before, and got no answer.
    is_sent_before = bool(in_flight) and draft.saved == saved + 1 and name_of(draft.text) == in_flight
    if draft.state == State.DRAFT and (draft.saved == saved or is_sent_before):
        return _rewrite(draft, text, base)
    if draft.overtaken == name_of(text):
        return None
    kept = revisions.record(draft.guide, text, State.DRAFT, author, based_on=base, aside=True)
    origin = base.text if base else ""
    return Conflict(text, draft, origin, merge(origin, draft.text, text), kept)


def name_of(text: str) -> str:
    """The SHA-256 of a text as a browser has it: its lines end alike, and it has no mark at its start."""
    lines = text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
    return digest(lines.encode())


def _describe(guide: Guide, text: str, author: User) -> None:
    """Call a guide that was never published as its last saved text does, and show it to those whom that is for.

    A text for staff does not do so while others write one for everyone: they go on under the name that they know.
    """
    audience = front_matter.audience_in(text)
    public = guide.revisions.filter(state__in=(State.DRAFT, State.IN_REVIEW), audience=PUBLIC)
    if audience == PUBLIC or not public.exclude(author=author).exists():
        unpublished.describe(guide, _title_of(text), audience)


def _settled_base(base: Revision | None) -> Revision | None:
    """The nearest text at or before `base` that can't change any more; what a file says never does."""
    while base is not None and base.state == State.DRAFT and base.proposed_at is None and not base.from_file:
        base = base.based_on
    return base


def _begin(guide: Guide, author: User, text: str, base: Revision | None, saved: int) -> Revision:
    """A new draft; a text that its author has proposed meanwhile is not kept twice: gives what was proposed."""
    newest: Revision | None = guide.revisions.filter(author=author).order_by("-number").first()
    if saved and newest and newest.digest == digest(text.encode()):
        return newest
    return revisions.record(guide, text, State.DRAFT, author, based_on=base)


def _rewrite(draft: Revision, text: str, base: Revision | None) -> Revision:
    """The draft with another text; one that reviewers have seen stays as they saw it, and another takes its place.

    When most of a text is taken out at once, it is kept aside as it was: nobody may have meant that.
    """
    rebased = base is not None and base.pk != draft.based_on_id
    if draft.proposed_at is not None:
        change_state(draft, State.SUPERSEDED, saved=draft.saved)
        return revisions.record(
            draft.guide,
            text,
            State.DRAFT,
            draft.author,
            draft.comment,
            based_on=base if rebased else draft,
            merges=draft if rebased else None,
            aside=draft.aside,
        )
    earlier = draft.text if draft.saved > 1 and len(draft.text) - len(text) > max(MOST_TAKEN_OUT, len(text)) else ""
    changes = {
        "text": text,
        "digest": digest(text.encode()),
        "audience": revisions.readers_of(text),
        "saved": draft.saved + 1,
        "overtaken": "",
    }
    if rebased:
        changes |= {"based_on": base, "merges": draft.based_on}
    found = Revision.objects.filter(pk=draft.pk, state=State.DRAFT, saved=draft.saved)
    if not found.update(**changes, changed_at=timezone.now()):
        raise NotPossible(ELSEWHERE)
    if earlier:
        base = draft.based_on
        revisions.record(draft.guide, earlier, State.DRAFT, draft.author, TAKEN_OUT, based_on=base, aside=True)
    draft.refresh_from_db()
    return draft


def take_up(draft: Revision) -> Revision:
    """Go on with a draft that was kept aside; the one that its author was writing is kept aside instead."""
    with transaction.atomic():
        revisions.lock(draft.guide)
        current = Revision.objects.filter(guide=draft.guide_id, author=draft.author_id, state=State.DRAFT, aside=False)
        current.exclude(pk=draft.pk).update(aside=True)
        return change_state(draft, State.DRAFT, aside=False)


def propose(draft: Revision, comment: str = "", publish_at: datetime | None = None) -> Revision:
    """Put a draft, as it was seen (`draft.saved`), in review; `publish_at` is when readers are to see it."""
    published = Revision.objects.filter(published_as=draft.guide_id).first()
    if published and published.digest == draft.digest and draft.guide.state == Guide.State.PUBLISHED:
        raise NotPossible(gettext("Readers see this very text already: there is nothing to propose."))
    return change_state(
        draft,
        State.IN_REVIEW,
        State.DRAFT,
        as_saved=draft.saved,
        comment=fit(comment or draft.comment, 500),
        publish_at=publish_at,
        proposed_at=timezone.now(),
        approved_at=None,
        aside=False,
        trouble="",
    )


def schedule(revision: Revision, publish_at: datetime | None) -> Revision:
    """Change when readers are to see what is in review; it has to be approved for the new time."""
    return change_state(revision, State.IN_REVIEW, State.IN_REVIEW, publish_at=publish_at, approved_at=None)


def restore(guide: Guide, old: Revision, by: User, seen: Revision | None = None) -> Revision:
    """Propose a former text of the guide again, as a new revision of what readers see now, or of what was `seen`."""
    current = Revision.objects.filter(published_as=guide.pk).first()
    if current and current.digest == old.digest and guide.state == Guide.State.PUBLISHED:
        raise NotPossible(gettext("Readers see this very text already: there is nothing to restore."))
    with in_site_language():
        comment = gettext("Restores revision {number}").format(number=old.number)
    return revisions.record(guide, old.text, State.IN_REVIEW, by, comment, based_on=seen or current)


def change_state(
    revision: Revision, to: Revision.State, *origins: Revision.State, as_saved: int | None = None, **changes: object
) -> Revision:
    """Give a revision another state if it still has one of `origins` (default: a draft's); NotPossible when not."""
    found = Revision.objects.filter(pk=revision.pk, state__in=origins or (State.DRAFT,))
    if as_saved is not None:
        found = found.filter(saved=as_saved)
    if not found.update(state=to, changed_at=timezone.now(), **changes):
        raise NotPossible(ELSEWHERE)
    revision.refresh_from_db()
    return revision


def storable(text: str) -> str:
    """A text without what no database keeps: NUL characters, and halves of characters."""
    if len(text.encode("utf-8", "replace")) > LARGEST_TEXT:
        raise NotPossible(
            gettext("This text is larger than {number} MB: split it into several guides.").format(
                number=LARGEST_TEXT // 1_000_000
            )
        )
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _title_of(text: str) -> str:
    """The title of a text that may be half written: from its head, else its first heading."""
    try:
        title = front_matter.split(text).fields.get("title")
    except ContentError:
        title = None
    heading = _HEADING.search(text)
    words = heading.group(1).rstrip(" \t").rstrip("#") if heading else ""
    return front_matter.one_line(title if isinstance(title, str) else words) or str(UNTITLED)


def _category_of(text: str) -> str:
    try:
        category = front_matter.split(text).fields.get("category")
    except ContentError:
        return ""
    return category if isinstance(category, str) else ""
