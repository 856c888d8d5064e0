"""Connections to a database in a file that nobody but its owner may read: it holds hashes, sessions and secrets.

SQLite gives `-wal` and `-shm` the rights of the database; those that an earlier version made are put right as well.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

OTHERS = stat.S_IRWXG | stat.S_IRWXO
BESIDE = ("", "-wal", "-shm", "-journal")


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, whose file is its owner's alone, also in a folder that others may read."""

    def get_new_connection(self, conn_params: Mapping[str, Any]) -> Any:
        """Connect, once the files are nobody else's."""
        if not self.is_in_memory_db():
            _keep_from_others(Path(str(conn_params["database"])))
        return super().get_new_connection(conn_params)


def _keep_from_others(database: Path) -> None:
    # What can't be made or belongs to another account is SQLite's to tell of, or the operator's to change.
    with suppress(OSError):
        # Only where none is: to close a file of SQLite's takes its locks from the whole process.
        database.touch(mode=0o600, exist_ok=False)
    for ending in BESIDE:
        file = database.with_name(f"{database.name}{ending}")
        with suppress(OSError):
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & OTHERS:
                file.chmod(mode & ~OTHERS)
