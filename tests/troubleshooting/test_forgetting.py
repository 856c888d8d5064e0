"""What is stored of people is deleted when it is too old, when somebody asks for it, and by reference."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from kb.config import timer
from kb.models import DayCount, Guide, Letter, Notice, SearchRecord, SectionFlag, SectionVote
from kb.models.references import in_groups
from tests.conftest import WriteGuide
from troubleshooting.forgetting.kinds import KINDS
from troubleshooting.models import Handover, HandoverEvent, HandoverNote, Outcome, WalkStep, WorklistItem
from troubleshooting.worklist.refresh import refresh

pytestmark = pytest.mark.django_db


def handed_over(days_ago: int, walk: str) -> Handover:
    handover = Handover.objects.create(
        once=walk, subject="It is slow", walk_key=walk, audience="public", transcript="…"
    )
    moment = timezone.now() - timedelta(days=days_ago)
    Handover.objects.filter(pk=handover.pk).update(created_at=moment)
    HandoverNote.objects.create(handover=handover, text="Called back")
    key = in_groups(handover.reference)
    Letter.objects.create(key=key, way="mail", is_kept=True, since=moment, due_at=moment)
    Outcome.objects.create(walk=walk, kind="escalated", audience="public", said_at=moment)
    WalkStep.objects.create(walk=walk, position=0, shown="escalated", audience="public", shown_at=moment)
    return handover


@pytest.fixture
def stored(write_guide: WriteGuide) -> Guide:
    """One of each kind, 100 days old, and one that is two days old."""
    guide = write_guide("# Slow\n\n## Slow\n\nIt is slow.\n")
    for days_ago in (100, 2):
        moment = timezone.now() - timedelta(days=days_ago)
        handed_over(days_ago, f"w{days_ago}")
        SearchRecord.objects.create(text="slow", hits=1, audience="public", searched_at=moment)
        SectionVote.objects.create(
            revision=guide.revision,
            guide=guide,
            voter=f"v{days_ago}",
            helped=False,
            sentence="It did not help me",
            audience="public",
            voted_at=moment,
        )
        DayCount.objects.create(day=moment.date(), kind="view", guide=guide, audience="public", count=3)
        Session.objects.create(session_key=f"s{days_ago}", session_data="", expire_date=moment)
        Letter.objects.create(key=f"reset{days_ago}", way="mail", since=moment, due_at=moment)
    return guide


def numbers() -> dict[str, int]:
    models = (SearchRecord, WalkStep, Outcome, Handover, HandoverNote, Letter, DayCount, SectionVote, Session)
    return {model.__name__: model._default_manager.count() for model in models}


def test_what_is_older_than_asked_for_goes_and_the_rest_stays(stored: Guide, capsys: Any) -> None:
    before = numbers()
    call_command("forget", "--older-than", "30d", "--dry-run")
    assert numbers() == before
    would = capsys.readouterr().out
    call_command("forget", "--older-than", "30d")
    said = capsys.readouterr().out
    assert said == would.replace("would be deleted", "deleted")
    assert {line.split(" ", 2)[2] for line in said.splitlines()} == {
        *("searches", "steps of walks", "outcomes of walks", "handed-over walks", "sentences of votes", "letters"),
        *("counts by day", "sessions that are over", "votes"),
    }
    left = {"Letter": 2, "Session": 0}
    assert numbers() == dict.fromkeys(before, 1) | left
    call_command("forget", "--older-than", "30d")
    assert capsys.readouterr().out == "Nothing stored is that old.\n"


def test_the_timer_forgets_each_kind_at_its_own_age(stored: Guide) -> None:
    timer.tick()
    left = numbers()
    assert (left["SearchRecord"], left["WalkStep"], left["Handover"], left["Session"]) == (1, 1, 1, 0)
    assert (left["Outcome"], left["DayCount"]) == (2, 2)
    assert SectionVote.objects.exclude(sentence="").count() == 2
    SectionVote.objects.update(voted_at=timezone.now() - timedelta(days=200))
    timer.tick()
    assert list(SectionVote.objects.values_list("sentence", flat=True)) == ["", ""]
    for kind in KINDS:
        assert not kind.rows(timezone.now() - kind.kept()).exists(), kind.name


def test_one_walk_is_forgotten_by_its_reference_with_all_that_belongs_to_it(capsys: Any) -> None:
    mine, other = handed_over(1, "mine"), handed_over(1, "other")
    before = numbers()
    call_command("forget", mine.shown_reference, "--dry-run")
    assert numbers() == before
    capsys.readouterr()
    call_command("forget", mine.shown_reference.lower())
    assert set(capsys.readouterr().out.splitlines()) == {
        f"deleted: 1 {name}"
        for name in ("letters", "outcomes of walks", "steps of walks", "handed-over walks", "notes")
    }
    assert Handover.objects.get() == other
    for model in (HandoverNote, Letter, Outcome, WalkStep):
        assert model._default_manager.count() == 1
    with pytest.raises(CommandError, match="There is no walk with this reference"):
        call_command("forget", mine.shown_reference)


def test_what_the_worklist_and_other_walks_tell_of_a_forgotten_walk_goes_too(write_guide: WriteGuide) -> None:
    guide = write_guide("# Slow\n\n## Slow\n\nIt is slow.\n")
    SectionFlag.objects.create(guide=guide, section="slow", kind="wrong", flagged_at=timezone.now())
    waits, closed, alike = (handed_over(1, walk) for walk in ("waits", "closed", "alike"))
    guides = [{"slug": guide.slug, "title": guide.title, "revision": 1}]
    Handover.objects.filter(pk=waits.pk).update(subject="Greta's zither hums", guides=guides)
    WalkStep.objects.filter(walk="waits").update(words="greta's zither hums")
    for handover, note in ((closed, "Otto trod on it"), (alike, "otto trod on it")):
        Handover.objects.filter(pk=handover.pk).update(
            subject=f"Broken, says {handover.walk_key}", closed_at=timezone.now(), cause_note=note
        )
    HandoverEvent.objects.create(
        handover=alike, kind="closed", text=f"Closed as a duplicate of {waits.shown_reference}."
    )
    refresh()
    flag, cause, asked = (WorklistItem.objects.get(kind=kind) for kind in ("flag", "cause", "not_covered"))
    assert (flag.waiting, asked.waiting, len(cause.words)) == ([waits.reference], [waits.reference], 2)
    WorklistItem.objects.filter(pk__in=[flag.pk, cause.pk]).update(reason="As it was")

    call_command("forget", waits.shown_reference)
    flag.refresh_from_db()
    assert (flag.waiting, flag.reason, bool(flag.title)) == ([], "As it was", True)
    assert not WorklistItem.objects.filter(pk=asked.pk).exists()
    assert HandoverEvent.objects.get().text == "Closed as a duplicate of one that is deleted since."

    call_command("forget", closed.shown_reference)
    cause.refresh_from_db()
    assert (cause.words, cause.reason, cause.details) == (["broken, says alike"], "As it was", {"handed_over": 1})
    call_command("forget", alike.shown_reference, "--dry-run")
    assert WorklistItem.objects.filter(pk=cause.pk, title__iexact="Otto trod on it").exists()
    call_command("forget", alike.shown_reference)
    assert not WorklistItem.objects.filter(pk=cause.pk).exists()


def test_notices_that_are_over_for_two_years_go_by_the_timer(db: None) -> None:
    now = timezone.now()
    for text, ends_at in (("old", now - timedelta(days=731)), ("newer", now - timedelta(days=700)), ("runs", None)):
        Notice.objects.create(text=text, starts_at=now - timedelta(days=800), ends_at=ends_at)
    timer.tick()
    assert set(Notice.objects.values_list("text", flat=True)) == {"newer", "runs"}


@pytest.mark.parametrize("age", ["90", "d", "-3d", "0d", "90h", "9999999d"])
def test_an_age_that_is_none_is_refused(age: str) -> None:
    with pytest.raises(CommandError, match="give days, such as 90d"):
        call_command("forget", f"--older-than={age}")


def test_a_reference_and_an_age_are_not_both_given() -> None:
    with pytest.raises(CommandError, match="not both"):
        call_command("forget", "CDFG-HJKM-3479", "--older-than", "90d")
