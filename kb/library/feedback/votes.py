"""Records whether sections helped: one vote of a reader on a section of a text, and why it did not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.crypto import salted_hmac

from kb.models import Revision, SectionVote
from kb.models.audience import PUBLIC, STAFF, audiences_for
from kb.models.feedback import LONGEST_SENTENCE
from kb.search.text.masking import without_secrets

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from kb.library.feedback.sections import Place

VOTES_KEPT = timedelta(days=730)
MOST_ROWS = 200_000
VOTER_LENGTH = 32


def record_vote(place: Place, user: AbstractBaseUser | AnonymousUser, reader: str, *, helped: bool) -> bool:
    """Remember whether a section helped; a second vote of the same reader changes the first. Three queries.

    `reader` is the random word in a browser. False when the reader can't have read the revision that the page names.
    """
    revision = _revision_read(place, user)
    if revision is None:
        return False
    said = {"helped": helped, "audience": STAFF if STAFF in audiences_for(user) else PUBLIC, "voted_at": timezone.now()}
    vote, is_first = SectionVote.objects.get_or_create(
        revision=revision,
        section=place.key,
        voter=_voter(reader, revision.pk, place.key),
        defaults=said | {"guide": place.guide},
    )
    if not is_first and vote.helped != helped:
        SectionVote.objects.filter(pk=vote.pk).update(**said, reason="", sentence="")
    return True


def say_why(place: Place, user: AbstractBaseUser | AnonymousUser, reader: str, reason: str, sentence: str) -> bool:
    """Add to a vote why a section did not help, and a sentence, in which personal data is masked; False without one."""
    revision = _revision_read(place, user)
    if revision is None:
        return False
    voter = _voter(reader, revision.pk, place.key)
    votes = SectionVote.objects.filter(revision=revision, section=place.key, voter=voter)
    return bool(votes.update(reason=reason, sentence=masked_sentence(sentence)))


def masked_sentence(sentence: str) -> str:
    """A sentence as it may be kept: on one line, without what names or opens anything."""
    return " ".join(without_secrets(sentence).split())[:LONGEST_SENTENCE].rstrip()


def forget_before(moment: datetime) -> int:
    """Delete older votes, and the oldest of more than MOST_ROWS; how many there were."""
    old, _ = SectionVote.objects.filter(voted_at__lt=moment).delete()
    newest = SectionVote.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    excess, _ = SectionVote.objects.filter(pk__lte=newest - MOST_ROWS).delete()
    return int(old + excess)


def _revision_read(place: Place, user: AbstractBaseUser | AnonymousUser) -> Revision | None:
    """The revision that the page named, if it was ever on a page for this reader."""
    rows = Revision.objects.filter(guide=place.guide, number=place.revision, published_at__isnull=False)
    found: Revision | None = rows.filter(audience__in=audiences_for(user)).only("pk").first()
    return found


def _voter(reader: str, revision: int, section: str) -> str:
    """A name for a reader on this section of this text alone; two of their votes can't be joined by it."""
    said = f"{reader}\0{revision}\0{section}"
    return salted_hmac("kb.library.feedback.votes", said, algorithm="sha256").hexdigest()[:VOTER_LENGTH]
