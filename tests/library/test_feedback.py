"""What readers and staff say of sections: votes by revision, what they surely mean, and flags until settled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from kb.editorial import approval
from kb.library.feedback import expiry, flags, votes
from kb.library.feedback.numbers import numbers_of
from kb.library.feedback.sections import Place, place
from kb.library.feedback.tallies import lower_bound, tallies
from kb.models import DayCount, Guide, SectionFlag, SectionVote
from kb.models.audience import EVERYONE, INSIDERS
from kb.models.day_counts import CountKey
from tests.conftest import WriteGuide
from tests.support.studio import proposal, published

pytestmark = pytest.mark.django_db

TEXT = "# Printer\n\n## Paper jam\n\nOpen the flap.\n\n## No ink\n\nFill it.\n"
NOBODY = AnonymousUser()


@pytest.fixture
def guide(eve: User) -> Guide:
    return published(eve, TEXT, "printer")


def section(anchor: str, revision: int | None = None) -> Place:
    found = place(NOBODY, "printer", anchor, revision)
    assert found is not None
    return found


def vote(anchor: str, *readers: str, helped: bool = True, revision: int | None = None) -> None:
    for reader in readers:
        assert votes.record_vote(section(anchor, revision), NOBODY, reader, helped=helped)


def test_a_reader_has_one_vote_on_a_section_and_may_change_it(guide: Guide) -> None:
    vote("paper-jam", "a", "b", "c")
    vote("paper-jam", "a", "a", helped=False)
    vote("no-ink", "a")
    ((jam, ink),) = tallies([guide.revision_id or 0]).values()
    assert (jam.section, jam.helped, jam.votes) == ("paper-jam", 2, 3)
    assert (ink.helped, ink.votes) == (1, 1)


def test_two_votes_of_one_reader_have_nothing_in_common(guide: Guide) -> None:
    vote("paper-jam", "a" * 32)
    vote("no-ink", "a" * 32)
    assert len(set(SectionVote.objects.values_list("voter", flat=True))) == 2
    assert not SectionVote.objects.filter(voter__contains="aaa").exists()


def test_a_rewritten_section_starts_afresh_and_an_old_page_votes_for_its_own_text(
    guide: Guide, ada: User, eve: User
) -> None:
    old = guide.revision_id
    vote("paper-jam", "a", "b", helped=False)
    approval.approve(proposal(guide, ada, TEXT.replace("Paper jam", "Jammed paper")), eve)
    guide.refresh_from_db()
    vote("jammed-paper", "a")
    vote("paper-jam", "c", helped=False, revision=1)  # its page was open all the time, with the former heading
    by_revision = tallies([old or 0, guide.revision_id or 0])
    assert [(tally.section, tally.helped, tally.votes) for tally in by_revision[old or 0]] == [("paper-jam", 0, 3)]
    assert [(tally.helped, tally.votes) for tally in by_revision[guide.revision_id or 0]] == [(1, 1)]


def test_nobody_votes_on_a_text_that_they_never_saw(guide: Guide, ada: User) -> None:
    proposal(guide, ada, TEXT + "\nMore.\n")
    for number in (2, 7):
        assert not votes.record_vote(section("no-ink", number), NOBODY, "a", helped=True)
    assert place(NOBODY, "printer", "made-up", None) is None


def test_a_reason_belongs_to_the_vote_and_its_sentence_is_masked(guide: Guide) -> None:
    assert not votes.say_why(section("no-ink"), NOBODY, "a", "wrong", "Nobody asked me")
    vote("no-ink", "a", helped=False)
    assert votes.say_why(section("no-ink"), NOBODY, "a", "wrong", "Write to ada@example.com,\npassword: hunter22")
    (said,) = SectionVote.objects.all()
    assert said.reason == "wrong"
    assert said.sentence.startswith("Write to")
    assert "ada@" not in said.sentence
    assert "hunter22" not in said.sentence
    vote("no-ink", "a")
    assert not SectionVote.objects.exclude(reason="", sentence="").exists()  # it was said of the other answer


def test_few_votes_say_little() -> None:
    assert lower_bound(0, 0) == 0.0
    assert lower_bound(1, 1) == pytest.approx(0.2065, abs=1e-3)
    assert lower_bound(9, 10) == pytest.approx(0.5958, abs=1e-3)
    assert lower_bound(90, 100) > lower_bound(9, 10) > lower_bound(1, 1)
    assert lower_bound(0, 50) == 0.0


def test_a_section_is_flagged_once_by_each_for_the_same_thing_until_it_is_settled(
    guide: Guide, ada: User, eve: User
) -> None:
    first = flags.flag(section("no-ink"), "wrong", "", ada)
    assert flags.flag(section("no-ink"), "wrong", "The cartridge is another one", ada).pk == first.pk
    flags.flag(section("no-ink"), "outdated", "", ada)
    flags.flag(section("no-ink"), "wrong", "", eve)
    assert SectionFlag.objects.open().count() == 3
    assert flags.settle(first, eve)
    assert not flags.settle(first, ada)
    first.refresh_from_db()
    assert (first.note, first.settled_by) == ("The cartridge is another one", eve)
    assert flags.flag(section("no-ink"), "wrong", "", ada).pk != first.pk
    assert flags.settle_section(guide.pk, "no-ink", eve) == 3
    assert flags.take_back(section("no-ink"), "wrong", ada) is False


def test_the_numbers_of_a_guide_count_each_time_once(guide: Guide, ada: User) -> None:
    today = timezone.localdate()
    for name, day, times in (("", today, 3), ("no-ink", today, 2), ("", today - timedelta(days=40), 9)):
        DayCount.objects.add({CountKey(guide.pk, name, DayCount.Kind.VIEW, "public"): times}, day)
        DayCount.objects.add({CountKey(guide.pk, name, DayCount.Kind.VIEW, "public"): times}, day)
    vote("no-ink", "a", "b")
    vote("paper-jam", "a", helped=False)
    flags.flag(section("no-ink"), "wrong", "", ada)
    whole, by_section = numbers_of(guide, INSIDERS)
    assert (whole.views, whole.votes.helped, whole.votes.votes, whole.flags) == (6, 2, 3, 1)
    assert (by_section["no-ink"].views, by_section["no-ink"].flags) == (4, 1)
    assert numbers_of(guide, EVERYONE)[0].flags == 0


def test_what_is_too_old_to_tell_anything_is_deleted(guide: Guide, ada: User) -> None:
    vote("no-ink", "a", "b")
    long_ago = timezone.now() - votes.VOTES_KEPT - timedelta(days=1)
    SectionVote.objects.filter(pk=SectionVote.objects.first().pk).update(voted_at=long_ago)  # type: ignore[union-attr]
    flags.settle(flags.flag(section("no-ink"), "wrong", "", ada), ada)
    SectionFlag.objects.update(settled_at=long_ago)
    flags.flag(section("no-ink"), "wrong", "", ada)
    counted = CountKey(guide.pk, "", DayCount.Kind.VIEW, "public")
    DayCount.objects.add({counted: 1}, long_ago.date())
    DayCount.objects.add({counted: 1}, timezone.localdate())
    assert expiry.forget_old() == 3
    assert (SectionVote.objects.count(), SectionFlag.objects.count(), DayCount.objects.count()) == (1, 1, 1)


def test_the_oldest_of_too_many_votes_go(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(votes, "MOST_ROWS", 2)
    vote("no-ink", "a", "b", "c", "d")
    assert expiry.forget_old() == 2


def test_a_section_of_a_guide_for_staff_is_nothing_to_others(write_guide: WriteGuide, ada: User) -> None:
    write_guide("---\naudience: staff\n---\n# Vault\n\n## Key\n\nTurn it.\n", "vault.md")
    assert place(NOBODY, "vault", "key", None) is None
    assert place(ada, "vault", "key", None) is not None
