"""Settings come from the environment, and a bad value stops the start with a sentence that names the variable."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kb.config.environment import read_environment

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT can't be used (it is 'eighty')"),
        ("PORT", "0", "PORT can't be used"),
        ("PORT", "70000", "PORT can't be used"),
        ("KB_DATABASE_URL", "mysql://root@db/kb", "KB_DATABASE_URL can't be used: give sqlite:///"),
        ("KB_DATABASE_URL", "sqlite", "KB_DATABASE_URL can't be used: give sqlite:///"),
        ("KB_DATABASE_URL", "sqlite://", "KB_DATABASE_URL can't be used: give sqlite:///"),
        ("KB_DATABASE_URL", "postgres://", "KB_DATABASE_URL can't be used: give sqlite:///"),
        ("KB_DATABASE_URL", "postgres://me@host:port/kb", "KB_DATABASE_URL can't be used: give sqlite:///"),
        ("KB_SECRET_KEY", "short", "KB_SECRET_KEY can't be used: give at least 32 characters"),
        ("KB_ALLOWED_HOSTS", "https://help.example.com", "KB_ALLOWED_HOSTS can't be used"),
        ("KB_EMBED_ORIGINS", "shop.example", "KB_EMBED_ORIGINS can't be used (it is 'shop.example'): give origins"),
        ("KB_EMBED_ORIGINS", "https://shop.example/help", "KB_EMBED_ORIGINS can't be used"),
        ("KB_EMBED_ORIGINS", "https://*.shop.example", "KB_EMBED_ORIGINS can't be used"),
        ("KB_EMBED_ORIGINS", "http://shop.example", "KB_EMBED_ORIGINS can't be used"),
        ("KB_EMBED_ORIGINS", "https://shop.example; script-src *", "KB_EMBED_ORIGINS can't be used"),
        ("KB_SITE_NAME", "x" * 81, "KB_SITE_NAME can't be used"),
        ("KB_TIME_ZONE", "Mars/Olympus", "KB_TIME_ZONE can't be used (it is 'Mars/Olympus'): give a zone"),
        ("KB_DEBUG", "perhaps", "KB_DEBUG can't be used"),
        ("KB_WORKERS", "0", "KB_WORKERS can't be used"),
        ("KB_LOG_LEVEL", "LOUD", "KB_LOG_LEVEL can't be used"),
    ],
)
def test_a_bad_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit, match="can't be used") as stopped:
        read_environment()
    assert sentence in str(stopped.value)


def test_two_bad_values_are_two_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("KB_TIME_ZONE", "x")
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    assert len(str(stopped.value).splitlines()) == 2


def test_a_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SECRET_KEY", "hunter2")
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    assert "hunter2" not in str(stopped.value)


def test_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert read_environment().port == 8000


def test_hosts_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_ALLOWED_HOSTS", "help.example.com, .example.org,[::1]")
    assert read_environment().allowed_hosts == ["help.example.com", ".example.org", "[::1]"]


def test_sites_that_may_show_walks_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_environment().embed_origins == []
    monkeypatch.setenv("KB_EMBED_ORIGINS", "https://Shop.example/, http://localhost:8080,https://shop.example")
    assert read_environment().embed_origins == ["https://shop.example", "http://localhost:8080"]


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_bad_value_stops_the_start_without_a_traceback() -> None:
    done = _manage("check", KB_WORKERS="many")
    assert done.returncode == 1
    assert done.stderr.startswith("KB_WORKERS can't be used (it is 'many')")
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_can_not_be_made_stops_the_start(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    done = _manage("check", KB_DATA_DIR=str(in_the_way))
    assert done.returncode == 1
    assert done.stderr.startswith("KB_DATA_DIR can't be used")


@pytest.mark.slow
def test_the_secret_key_is_made_once_and_kept_to_ourselves(tmp_path: Path) -> None:
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    environment = {"KB_DATA_DIR": str(tmp_path / "data"), "KB_SECRET_KEY": ""}
    first, second = (_manage("shell", "-v0", "-c", show, **environment).stdout for _ in range(2))
    assert len(first.strip()) > 60
    assert first == second
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_nobody_looks_for_garbage_in_what_a_start_imports() -> None:
    """It would be a third of the time that a short command takes."""
    show = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    assert _manage("shell", "-v0", "-c", show).stdout == "True True\n"
    assert gc.isenabled()
