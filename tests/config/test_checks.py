"""An engine that is chosen without its parts stops the start with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import pytest
from django.db import DatabaseError
from pytest_django import Settings

from kb.config import checks
from tests.support import postgres

ROOT = Path(__file__).resolve().parent.parent.parent


def check(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "KB_DATA_DIR": str(tmp_path), "KB_SEARCH_ENGINE": "postgres", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("url", ["", "sqlite:////tmp/absent/kb.sqlite3"])
def test_postgres_without_its_database_is_one_sentence(tmp_path: Path, url: str) -> None:
    stopped = check(tmp_path, KB_DATABASE_URL=url)
    assert stopped.returncode == 1
    assert stopped.stderr.startswith("KB_SEARCH_ENGINE can't be used (it is 'postgres'): postgres keeps the index")
    assert "KB_DATABASE_URL" in stopped.stderr
    assert len(stopped.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_database_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    stopped = check(tmp_path, KB_DATABASE_URL="postgres://postgres@127.0.0.1:1/absent")
    assert stopped.returncode == 1
    assert "KB_SEARCH_ENGINE=postgres can't be used: the database does not answer" in stopped.stderr
    assert "Traceback" not in stopped.stderr


@pytest.mark.slow
def test_postgres_with_its_parts_starts(tmp_path: Path) -> None:
    started = check(tmp_path, KB_DATABASE_URL=postgres.needed_url())
    assert (started.returncode, started.stderr) == (0, "")


class Answers:
    """A database that gives one answer to whatever is asked, or is away."""

    vendor = "postgresql"

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.settings_dict = {"NAME": "help"}

    def cursor(self) -> Answers:
        """Itself."""
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, _statement: str) -> None:
        """Take what is asked, or fail."""
        if isinstance(self.answer, Exception):
            raise self.answer

    def fetchone(self) -> Any:
        """The answer."""
        return self.answer


def test_a_database_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.SEARCH_ENGINE = "postgres"
    monkeypatch.setattr(checks, "connection", Answers(DatabaseError("gone\nfor now")))
    (error,) = checks.search_engine_has_its_parts()
    assert error.msg.startswith("KB_SEARCH_ENGINE=postgres can't be used: ")
    assert "the database does not answer (gone)" in error.msg


def test_what_is_there_is_no_error(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.SEARCH_ENGINE = "postgres"
    monkeypatch.setattr(checks, "connection", Answers((True,)))
    assert checks.search_engine_has_its_parts() == []
    settings.SEARCH_ENGINE = "whoosh"
    monkeypatch.setattr(checks, "connection", Answers(DatabaseError("gone")))
    assert checks.search_engine_has_its_parts() == []


def test_another_kind_of_database_is_told(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.SEARCH_ENGINE = "postgres"
    answers = Answers((True,))
    answers.vendor = "sqlite"
    monkeypatch.setattr(checks, "connection", answers)
    (error,) = checks.search_engine_has_its_parts()
    assert "no PostgreSQL database" in error.msg
