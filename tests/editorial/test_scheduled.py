"""Approved for later: published when its time has come, and back in review when something came in between."""

from __future__ import annotations

import datetime as dt
import io
import threading
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from kb.config import timer
from kb.editorial import approval, drafts
from kb.editorial.decisions import Outdated, Published, Refused, Scheduled
from kb.models import Guide, Revision
from tests.conftest import PublishGuide
from tests.support.studio import TEXT, draft, person, proposal

pytestmark = pytest.mark.django_db
State = Revision.State
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ada() -> User:
    return person("ada", "editors")


@pytest.fixture
def guide(ada: User, publish_once: PublishGuide) -> Guide:
    return publish_once(ada)


def _later(guide: Guide, author: User, text: str) -> Revision:
    waiting = drafts.propose(draft(guide, author, text), "", timezone.now() + HOUR)
    assert isinstance(approval.approve(waiting, author), Scheduled)
    waiting.refresh_from_db()
    return waiting


def test_it_is_published_when_its_time_has_come_and_not_before(guide: Guide, ada: User, client: Client) -> None:
    waiting = _later(guide, ada, TEXT.replace("flap", "lid"))
    assert waiting.is_scheduled
    assert approval.publish_due() == []
    assert "flap" in client.get("/guides/paper-jam/").content.decode()
    (outcome,) = approval.publish_due(timezone.now() + 2 * HOUR)
    assert isinstance(outcome, Published)
    assert "lid" in client.get("/guides/paper-jam/").content.decode()
    assert approval.publish_due(timezone.now() + 2 * HOUR) == []


def test_what_nobody_approved_is_not_published(guide: Guide, ada: User) -> None:
    drafts.propose(draft(guide, ada, TEXT + "1\n"), "", timezone.now() - HOUR)
    assert approval.publish_due() == []


def test_what_came_in_between_sends_it_back_to_review(guide: Guide, ada: User) -> None:
    waiting = _later(guide, ada, TEXT.replace("flap", "lid"))
    approval.approve(proposal(guide, ada, TEXT.replace("(always)", "(often)")), ada)
    (outcome,) = approval.publish_due(timezone.now() + 2 * HOUR)
    assert isinstance(outcome, Outdated)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.is_scheduled) == (State.IN_REVIEW, False)
    assert "revision 3 was published meanwhile" in waiting.trouble
    assert approval.publish_due(timezone.now() + 2 * HOUR) == []


def test_a_time_can_be_changed_and_has_to_be_approved_again(guide: Guide, ada: User) -> None:
    waiting = drafts.schedule(_later(guide, ada, TEXT + "1\n"), timezone.now() - HOUR)
    assert not waiting.is_scheduled
    assert approval.publish_due() == []
    assert isinstance(approval.approve(waiting, ada), Published)


def test_a_text_with_errors_is_not_approved_for_later(guide: Guide, ada: User) -> None:
    waiting = drafts.propose(draft(guide, ada, "---\nreview_by: soon\n---\n# A\n"), "", timezone.now() + HOUR)
    assert isinstance(approval.approve(waiting, ada), Refused)
    waiting.refresh_from_db()
    assert not waiting.is_scheduled


def test_the_command_and_the_server_publish_what_is_due(guide: Guide, ada: User) -> None:
    waiting = _later(guide, ada, TEXT + "1\n")
    Revision.objects.filter(pk=waiting.pk).update(publish_at=timezone.now() - HOUR)
    out = io.StringIO()
    call_command("publish_scheduled", stdout=out)
    assert "published: Paper jam\n1 published, 0 back in review." in out.getvalue()
    guide.refresh_from_db()
    waiting = _later(guide, ada, TEXT + "2\n")
    Revision.objects.filter(pk=waiting.pk).update(publish_at=timezone.now() - HOUR)
    assert timer.tick() == 1
    assert timer.tick() == 0


def test_a_job_that_fails_keeps_no_other_from_its_time(
    guide: Guide, ada: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> int:
        raise OSError

    monkeypatch.setattr(timer, "jobs", [timer.Job("fails", fails), *timer.jobs])
    waiting = _later(guide, ada, TEXT + "1\n")
    Revision.objects.filter(pk=waiting.pk).update(publish_at=timezone.now() - HOUR)
    assert timer.tick() == 1
    assert "The timer's job fails failed" in caplog.text


def test_two_processes_of_a_machine_are_not_at_a_job_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inner: list[int] = []
    job = timer.Job("alone", lambda: inner.append(timer.tick()) or 1)
    monkeypatch.setattr(timer, "jobs", [job])
    assert timer.tick() == 1
    assert inner == [0]


def test_a_job_runs_no_more_often_than_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    often: list[int] = []
    seldom: list[int] = []
    jobs = [
        timer.Job("often", lambda: often.append(1) or 1),
        timer.Job("seldom", lambda: seldom.append(1) or 1, every=3600),
    ]
    monkeypatch.setattr(timer, "jobs", jobs)

    def pause(_seconds: float) -> bool:
        time.sleep(0.01)
        return len(often) > 2

    timer.watch(pause)
    assert len(seldom) == 1


def test_a_wake_while_a_job_works_has_it_look_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    slow: list[int] = []
    quick: list[int] = []
    may_end, over = threading.Event(), threading.Event()

    def works() -> int:
        slow.append(1)
        may_end.wait()
        return 1

    def pause(_seconds: float) -> bool:
        timer.until_woken(600)  # nobody waits so long: a wake that is lost fails the test
        return over.is_set()

    # The quick one is told last, so that once it has run the slow one was told as well.
    monkeypatch.setattr(timer, "jobs", [timer.Job("slow", works), timer.Job("quick", lambda: quick.append(1) or 1)])
    timer.until_woken(0)
    timer.wake()  # before anybody waits
    watch = threading.Thread(target=timer.watch, args=(pause,))
    watch.start()
    try:
        _until(lambda: len(slow) == len(quick) == 1)
        timer.wake()
        _until(lambda: len(quick) == 2)
        assert len(slow) == 1
        may_end.set()
        _until(lambda: len(slow) == 2)
    finally:
        may_end.set()
        over.set()
        timer.wake()
        watch.join()


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never was so")
