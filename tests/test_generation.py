"""Every publication gives the library a new token, which all processes see without a query."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb import generation
from kb.models import Generation

pytestmark = pytest.mark.django_db


def test_a_publication_changes_the_token_once() -> None:
    before = generation.current()
    assert generation.current() == before
    with generation.publication():
        assert generation.current() == before
    after = generation.current()
    assert after != before
    assert generation.current() == after


def test_nothing_is_cacheable_while_a_publication_is_under_way() -> None:
    assert generation.cacheable() == generation.current()
    with generation.publication():
        assert generation.cacheable() is None
    assert generation.cacheable() == generation.current()


def test_a_publication_that_fails_changes_the_token_too() -> None:
    """A part of it may have been committed."""
    before = generation.current()
    with pytest.raises(RuntimeError), generation.publication():
        raise RuntimeError
    assert generation.cacheable() not in (before, None)


def test_asking_costs_no_query() -> None:
    generation.current()
    with CaptureQueriesContext(connection) as queries:
        generation.current()
        generation.cacheable()
    assert len(queries) == 0


def test_a_lost_marker_is_made_again_from_the_database(data_dir: Path) -> None:
    with generation.publication():
        pass
    before = generation.current()
    (data_dir / "generation").unlink()
    assert generation.current() == before
    assert generation.cacheable() == before


def test_the_first_start_makes_a_token(data_dir: Path) -> None:
    (data_dir / "generation").unlink()
    Generation.objects.all().delete()
    assert len(generation.current()) == 16
    assert generation.current() == Generation.objects.get().token


def _begin_a_publication_and_wait(data_dir: Path, begun: Event) -> None:
    """Hold the lock as `publication()` does, and never get to its end."""
    with generation._lock(wait=True):
        (data_dir / "generation").write_text("old" + generation.UNSETTLED)
        begun.set()
        signal.pause()


def test_a_publication_that_was_killed_is_mended_by_the_next_reader(data_dir: Path) -> None:
    context = multiprocessing.get_context("fork")
    begun = context.Event()
    process = context.Process(target=_begin_a_publication_and_wait, args=(data_dir, begun))
    process.start()
    assert begun.wait(20)
    assert generation.cacheable() is None
    assert generation.current() == "old"
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert generation.cacheable() == Generation.objects.get().token


def test_another_machine_that_publishes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a shared database the marker of this machine is compared with it now and then."""
    generation.current()
    Generation.objects.update_or_create(pk=1, defaults={"token": "elsewhere"})
    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setattr(generation._seen, "asked_at", -1000.0)
    assert generation.current() == "elsewhere"
    Generation.objects.update(token="again")
    assert generation.current() == "elsewhere", "it is asked once a second at most"
