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

from kb.library import publication
from kb.models import Generation

pytestmark = pytest.mark.django_db


def test_a_publication_changes_the_token_once() -> None:
    before = publication.current()
    assert publication.current() == before
    with publication.publication():
        assert publication.current() == before
    after = publication.current()
    assert after != before
    assert publication.current() == after


def test_nothing_is_cacheable_while_a_publication_is_under_way() -> None:
    assert publication.cacheable() == publication.current()
    with publication.publication():
        assert publication.cacheable() is None
    assert publication.cacheable() == publication.current()


def test_a_publication_that_fails_changes_the_token_too() -> None:
    """A part of it may have been committed."""
    before = publication.current()
    with pytest.raises(RuntimeError), publication.publication():
        raise RuntimeError
    assert publication.cacheable() not in (before, None)


def test_asking_costs_no_query() -> None:
    publication.current()
    with CaptureQueriesContext(connection) as queries:
        publication.current()
        publication.cacheable()
    assert len(queries) == 0


def test_a_lost_marker_is_made_again_from_the_database(data_dir: Path) -> None:
    with publication.publication():
        pass
    before = publication.current()
    (data_dir / "generation").unlink()
    assert publication.current() == before
    assert publication.cacheable() == before


def test_the_first_start_makes_a_token(data_dir: Path) -> None:
    (data_dir / "generation").unlink()
    Generation.objects.all().delete()
    assert len(publication.current()) == 16
    assert publication.current() == Generation.objects.get().token


def _begin_a_publication_and_wait(begun: Event) -> None:
    """Never get to its end."""
    with publication.publication():
        begun.set()
        signal.pause()


def test_a_publication_that_was_killed_is_mended_by_the_next_reader() -> None:
    before = publication.current()
    context = multiprocessing.get_context("fork")
    begun = context.Event()
    process = context.Process(target=_begin_a_publication_and_wait, args=(begun,))
    process.start()
    assert begun.wait(20)
    assert publication.cacheable() is None
    assert publication.current() == before
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert publication.cacheable() == Generation.objects.get().token


def test_another_machine_that_publishes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a shared database the marker of this machine is compared with it now and then."""
    publication.current()
    Generation.objects.update_or_create(pk=1, defaults={"token": "elsewhere"})
    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setattr(publication, "SHARED_DATABASE_CHECK_SECONDS", 0.0)
    assert publication.current() == "elsewhere"
    monkeypatch.setattr(publication, "SHARED_DATABASE_CHECK_SECONDS", 3600.0)
    Generation.objects.update(token="again")
    assert publication.current() == "elsewhere", "it is asked once a second at most"
