"""A database with empty tables, migrated once for all processes that run tests, and copied by whoever needs one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from tests.support.once import made_once

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "kb.sqlite3"


def migrated() -> Path:
    """The file of it: every migration has really run, in the process that anybody would run them in."""

    def migrate(folder: Path) -> None:
        environment = {**os.environ, "KB_DATA_DIR": str(folder), "KB_DATABASE_URL": ""}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    return made_once("migrated", migrate) / DATABASE


def copy() -> None:
    """Have the database in memory say what it says when nothing was written yet."""
    connection.ensure_connection()
    with closing(sqlite3.connect(migrated())) as source:
        source.backup(connection.connection)


@contextmanager
def copied_into_memory() -> Iterator[None]:
    """Let the product use a copy in memory, as Django's own tests use the database that they migrate."""
    before = connection.settings_dict["NAME"]
    name = connection.creation._get_test_db_name()
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    copy()
    # Django empties each table, and makes all permissions anew, after each test that may commit.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: copy())
        yield
    connection.creation.destroy_test_db(before, verbosity=0)
