"""A library that was loaded once, and is put into each test that wants it: rows and index."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from kb.library import publication
from kb.search import configured

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Library:
    """What loading wrote: the rows of tables that were empty before, and the data folder."""

    rows: Rows
    folder: Path
    guides: Path
    """The folder of guides that the rows name."""
    files: Path | None = None
    """What was in it, if that is kept as well."""

    def put(self, data_dir: Path, guides: Path | None = None) -> None:
        """Put it into the empty database and the empty data folder of a test, under a token of its own.

        `guides` takes the place of the folder that was loaded.
        """
        if guides and self.files:
            shutil.copytree(self.files, guides, dirs_exist_ok=True)
        moved = str(guides or self.guides)
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.rows.items():
                marks = ", ".join(["%s"] * len(rows[0]))
                name = connection.ops.quote_name(table)
                here = [tuple(moved if value == str(self.guides) else value for value in row) for row in rows]
                cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", here)  # noqa: S608 - names are our own
        shutil.copytree(self.folder, data_dir, dirs_exist_ok=True, ignore=shutil.ignore_patterns("generation"))
        configured.forget()
        with publication.publication():
            pass

    def save(self, file: Path) -> None:
        """Keep it for other processes, beside the files that it names."""
        file.write_bytes(pickle.dumps(self))

    @staticmethod
    def saved(file: Path) -> Library:
        """What a process has saved."""
        library = pickle.loads(file.read_bytes())  # noqa: S301 - a process of this run wrote it
        assert isinstance(library, Library)
        return library


def rows_of_all_tables() -> Rows:
    """The rows that the database holds, by table."""
    with connection.cursor() as cursor:
        found: Rows = {}
        for table in connection.introspection.table_names(cursor):
            if not table.startswith("sqlite_"):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
                found[table] = cursor.fetchall()
    return found


def kept(before: Rows, data_dir: Path, folder: Path, guides: Path) -> Library:
    """Keep what was loaded since `before` of a folder of guides, the data folder in `folder`."""
    after = rows_of_all_tables()
    assert all(not rows or rows == after[table] for table, rows in before.items()), "loading changed what was there"
    added = {table: rows for table, rows in after.items() if rows and not before[table]}
    added.pop("kb_generation", None)
    return Library(added, Path(shutil.copytree(data_dir, folder)), guides)
