"""Databases for tests of several processes: their tables are there already, and were made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.support import postgres
from tests.support.served import ROOT, tables_and_static_files

MIGRATE = (sys.executable, "manage.py", "migrate", "--verbosity", "0", "--no-input")


def with_tables(kind: str, folder: Path) -> str:
    """The address of an SQLite database in `folder`, or of the PostgreSQL database that this process may fill."""
    if kind == "postgres":
        url = postgres.needed_url()
        _migrate(url)
        return url
    for file in tables_and_static_files().glob("kb.sqlite3*"):
        shutil.copy(file, folder)
    return f"sqlite:///{folder / 'kb.sqlite3'}"


@cache
def _migrate(url: str) -> None:
    subprocess.run(MIGRATE, cwd=ROOT, env={**os.environ, "KB_DATABASE_URL": url}, check=True, capture_output=True)
