"""A library that any released version wrote opens in this one, with all that it held."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from kb.config.backup import archive
from tests.support import postgres
from tests.support.rounds import rounds
from tests.support.served import tables_and_static_files

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "tests" / "data"
RELEASED = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
FIRST = "0.1.0"
LOOK = """
import django

django.setup()
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from kb.library import indexing

indexing.catch_up()
for model in apps.get_app_config("kb").get_models():
    list(model.objects.all())
editor = Client(SERVER_NAME="localhost", raise_request_exception=True)
editor.force_login(User.objects.get(username="ben"))
for address in ADDRESSES:
    answer = editor.get(address, follow=True)
    print(answer.status_code, address)
"""
ADDRESSES = (
    "/",
    "/search/?q=token",
    "/guides/jammed-printer/",
    "/guides/paper-jam/",
    "/guides/invalid-api-key/",
    "/contacts/",
    "/troubleshoot/?symptom=401",
    "/write/",
    "/write/guides/jammed-printer/",
    "/write/guides/jammed-printer/history/",
    "/desk/",
)


def _database_of(version: str) -> Path:
    """The library of a release: `version_0_1` of 0.1.0, `version_0_1_2` of 0.1.2."""
    return DATA / f"version_{version.removesuffix('.0').replace('.', '_')}.sqlite3.gz"


@pytest.fixture
def earlier(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A data folder with the database of an earlier version: the first, where a test is not about each of them."""
    folder = tmp_path / "earlier"
    folder.mkdir(mode=0o700)
    version = getattr(request, "param", FIRST)
    (folder / "kb.sqlite3").write_bytes(gzip.decompress(_database_of(version).read_bytes()))
    return folder


def test_there_is_a_library_of_each_release() -> None:
    missing = [f"{version}: {_database_of(version)}" for version in RELEASED if not _database_of(version).exists()]
    assert not missing, f"CONTRIBUTING.md says how it is made: {missing}"
    assert RELEASED[-1] == FIRST


def _run(folder: Path, *arguments: str, database: str = "", fails: bool = False) -> str:
    environment = os.environ | {
        "KB_DATA_DIR": str(folder),
        "KB_DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "kb.settings",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) == fails, done.stderr
    return done.stdout


def _counts(folder: Path) -> dict[str, int]:
    with sqlite3.connect(folder / "kb.sqlite3") as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names of tables
            for name in names
            if name.startswith(("kb_", "troubleshooting_"))
        }


def _columns(folder: Path) -> dict[str, str]:
    """The columns of each table, as statements name them."""
    with closing(sqlite3.connect(folder / "kb.sqlite3")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: ", ".join(f'"{column[1]}"' for column in database.execute(f'PRAGMA table_info("{name}")'))
            for name in tables
            if name.startswith(("kb_", "troubleshooting_", "auth_"))
        }


def _written_again(known: dict[str, str]) -> Iterator[str]:
    """The statements that write all rows once more, as a version does that knows these columns."""
    for name, columns in known.items():
        yield f'CREATE TEMPORARY TABLE rows AS SELECT {columns} FROM "{name}"'  # noqa: S608 - our own
        yield f'DELETE FROM "{name}"'  # noqa: S608
        yield f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM rows'  # noqa: S608
        yield "DROP TABLE rows"


@pytest.mark.slow
@pytest.mark.parametrize("earlier", RELEASED, indirect=True)
def test_an_earlier_database_keeps_every_row_and_answers_on_every_page(earlier: Path) -> None:
    before = _counts(earlier)
    assert before["kb_guide"] >= 12
    assert before["troubleshooting_handover"] >= 1
    _run(earlier, "manage.py", "migrate", "-v0")
    after = _counts(earlier)
    assert {name: after[name] for name in before} == before
    shutil.copytree(tables_and_static_files() / "static", earlier / "static")
    said = _run(earlier, "-c", LOOK.replace("ADDRESSES", repr(ADDRESSES)))
    assert said.splitlines() == [f"200 {address}" for address in ADDRESSES]


@pytest.mark.slow
@pytest.mark.parametrize("earlier", RELEASED, indirect=True)
def test_an_earlier_version_writes_its_rows_into_the_tables_of_this_one(earlier: Path) -> None:
    known = _columns(earlier)
    _run(earlier, "manage.py", "migrate", "-v0")
    with closing(sqlite3.connect(earlier / "kb.sqlite3")) as database:
        for statement in _written_again(known):
            database.execute(statement)
    assert "kb_guide" in known


@pytest.mark.slow
@pytest.mark.parametrize("earlier", RELEASED, indirect=True)
def test_the_same_holds_for_an_earlier_database_in_postgresql(earlier: Path, tmp_path: Path) -> None:
    before, known, data = _counts(earlier), _columns(earlier), tmp_path / "data"
    _run(earlier, "manage.py", "backup", str(tmp_path / "earlier.zip"))
    with postgres.database() as url:
        # The tables are made there as the earlier version made them, and filled; then they are migrated.
        _run(data, "manage.py", "restore", str(tmp_path / "earlier.zip"), database=url)
        with psycopg.connect(url) as server:
            counts = {name: f'SELECT count(*) FROM "{name}"' for name in before}  # noqa: S608 - names of tables
            counted = {name: server.execute(count).fetchone() for name, count in counts.items()}
            assert counted == {name: (number,) for name, number in before.items()}
            for statement in _written_again(known):
                server.execute(statement)
        shutil.copytree(tables_and_static_files() / "static", data / "static")
        said = _run(data, "-c", LOOK.replace("ADDRESSES", repr(ADDRESSES)), database=url)
        assert said.splitlines() == [f"200 {address}" for address in ADDRESSES]


@pytest.mark.slow
def test_a_start_backs_an_earlier_library_up_before_its_tables_change(earlier: Path, tmp_path: Path) -> None:
    before = _counts(earlier)
    assert "All that was there before is in" in _run(earlier, "manage.py", "serve", "--prepare-only")
    (backup,) = (earlier / "backups").glob("before-*.zip")
    assert "All that was there before" not in _run(earlier, "manage.py", "serve", "--prepare-only")
    other = tmp_path / "other"
    assert "is restored" in _run(other, "manage.py", "restore", str(backup))
    after = _counts(other)
    kept = [name for name in before if name.startswith(("kb_", "troubleshooting_")) and before[name]]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


@pytest.mark.slow
def test_the_backup_from_before_an_upgrade_outlives_starts_that_fail_half_way(earlier: Path) -> None:
    with closing(sqlite3.connect(earlier / "kb.sqlite3")) as database:
        database.execute("CREATE TABLE kb_notice (x)")  # a later migration makes one
    for _ in range(rounds(4, 2)):
        _run(earlier, "manage.py", "serve", "--prepare-only", fails=True)
    (backup,) = (earlier / "backups").glob("before-*.zip")
    with archive.opened_backup(backup) as found:
        assert ("kb", "0016_outbox") in found.manifest.migrations
    with closing(sqlite3.connect(earlier / "kb.sqlite3")) as database:
        database.execute("DROP TABLE kb_notice")
    assert str(backup) in _run(earlier, "manage.py", "serve", "--prepare-only")
    assert {path.name for path in (earlier / "backups").iterdir()} == {backup.name}


@pytest.mark.slow
def test_a_start_that_changed_nothing_yet_leaves_no_backup_that_is_out_of_date(earlier: Path) -> None:
    with closing(sqlite3.connect(earlier / "kb.sqlite3")) as database:
        database.execute("CREATE TRIGGER stop BEFORE INSERT ON django_migrations BEGIN SELECT RAISE(ABORT, 'no'); END")
    _run(earlier, "manage.py", "serve", "--prepare-only", fails=True)
    (first,) = (earlier / "backups").glob("before-*.zip")
    with closing(sqlite3.connect(earlier / "kb.sqlite3")) as database, database:
        database.execute("UPDATE auth_user SET first_name = 'Benjamin' WHERE username = 'ben'")
    _run(earlier, "manage.py", "serve", "--prepare-only", fails=True)
    (second,) = (earlier / "backups").glob("before-*.zip")
    assert first != second
    with archive.opened_backup(second) as found:
        (people,) = [member for member in found.manifest.tables if member.name == "tables/auth.user.jsonl"]
        assert b"Benjamin" in b"".join(found.pieces(people))
