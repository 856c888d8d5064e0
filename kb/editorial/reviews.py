"""What becomes of a proposed text short of its approval: it is discussed, withdrawn, given back or set aside."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from kb.content.line_endings import lines
from kb.editorial.decisions import NotPossible
from kb.editorial.drafts import change_state, draft_of, storable
from kb.library import revisions
from kb.models import LineComment, Review, Revision

State = Revision.State


def withdraw(revision: Revision) -> Revision:
    """Take a proposal back: it is its author's draft again."""
    with transaction.atomic():
        revisions.lock(revision.guide)
        busy = revision.author is not None and draft_of(revision.guide, revision.author) is not None
        return change_state(revision, State.DRAFT, State.IN_REVIEW, approved_at=None, aside=busy)


def ask_for_changes(revision: Revision, reviewer: User, text: str) -> Revision:
    """Give a proposal back to its author, with what is to be changed."""
    if revision.author is None:
        raise NotPossible(gettext("It has no author who could change it: edit and approve it, or set it aside."))
    with transaction.atomic():
        withdraw(revision)
        _review(revision, reviewer, Review.Verdict.CHANGES, text)
    return revision


def remark(revision: Revision, reviewer: User, text: str) -> Review:
    """Say something of a text as a whole."""
    return _review(revision, reviewer, Review.Verdict.COMMENT, text)


def comment_at_line(revision: Revision, author: User, line: int, text: str) -> LineComment:
    """Say something of one line (from 1) of a text."""
    last = len(lines(revision.text)) or 1
    return LineComment.objects.create(
        revision=revision,
        line=min(max(line, 1), last),
        text=storable(text),
        author=author,
        author_name=revisions.display_name(author),
    )


def settle_comment(comment: LineComment, by: User) -> LineComment:
    """Say that a comment needs no answer any more."""
    comment.settled_at, comment.settled_by_name = timezone.now(), revisions.display_name(by)
    comment.save(update_fields=["settled_at", "settled_by_name"])
    return comment


def set_aside(revision: Revision, by: User, comment: str = "") -> Revision:
    """Give up a draft, or decline what is in review; it stays in the guide's history."""
    with transaction.atomic():
        proposed = revision.state == State.IN_REVIEW
        change_state(revision, State.SUPERSEDED, State.DRAFT, State.IN_REVIEW, approved_at=None)
        if proposed:
            _review(revision, by, Review.Verdict.SET_ASIDE, comment)
    return revision


def _review(revision: Revision, reviewer: User, verdict: Review.Verdict, text: str) -> Review:
    name = revisions.display_name(reviewer)
    return Review.objects.create(
        revision=revision, reviewer=reviewer, reviewer_name=name, verdict=verdict, text=storable(text)
    )
