"""The mark of a restore that is not over, with what it fills: nothing else may be cleared for the next try.

A library that may be half there is neither served nor written to, whichever command is asked.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.db import connection
from pydantic import BaseModel, ConfigDict, ValidationError

from kb.config import kept_files
from kb.config.backup import alone
from kb.config.backup.archive import BackupError
from kb.config.shipped import PROGRAM

UNFINISHED = "restore-unfinished"  # the name of a file that is there while a restore is not over
NAMES = (UNFINISHED, f"{UNFINISHED}.new")
# What reads no table, and what an operator may need to put things right.
GO_ON = frozenset({"restore", "verify", "help", "version", "check", "dbshell", "makemessages", "compilemessages"})


class Filled(BaseModel):
    """What a restore fills: the place of images and attachments, and the database."""

    model_config = ConfigDict(frozen=True)

    files: str
    database: str

    @classmethod
    def by_the_settings(cls) -> Filled:
        """What the settings name now."""
        named = connection.settings_dict
        parts = (connection.vendor, named.get("HOST"), named.get("PORT"), named["NAME"])
        return cls(files=kept_files.place().address, database=" ".join(str(part) for part in parts if part))


def is_unfinished() -> bool:
    """Whether a restore into this data folder never ended, so that the library may be half there."""
    return _mark().exists()


def why_not(command: str) -> str | None:
    """A sentence that says why a command can't be run now; None when it can."""
    if command in GO_ON or command.startswith("-") or not is_unfinished():
        return None
    if alone.is_restoring():
        return f"A restore into {settings.DATA_DIR} is under way: wait until it is over."
    return (
        f"A restore into {settings.DATA_DIR} was begun and never ended, so that the library may be half there. "
        f"Restore the backup again: `{PROGRAM} restore FILE`."
    )


def begin() -> None:
    """Note that a restore fills what the settings name, before it does."""
    draft = Path(settings.DATA_DIR) / NAMES[1]  # a name that the next restore knows, if this process is killed now
    try:
        with draft.open("w") as file:
            file.write(Filled.by_the_settings().model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(_mark())
    finally:
        draft.unlink(missing_ok=True)


def end() -> None:
    """Note that it is over."""
    _mark().unlink(missing_ok=True)


def refuse_other_places() -> None:
    """BackupError where the restore that never ended filled something else than the settings name now."""
    now = Filled.by_the_settings()
    try:
        before = Filled.model_validate_json(_mark().read_bytes())
    except (OSError, ValidationError):
        raise BackupError(
            f"A restore into {settings.DATA_DIR} never ended, and {UNFINISHED} there does not say what it filled. "
            "Give a new KB_DATA_DIR, and for PostgreSQL a new database."
        ) from None
    for name, then, is_set in (
        ("images and attachments", before.files, now.files),
        ("the database", before.database, now.database),
    ):
        if then != is_set:
            raise BackupError(
                f"A restore into {settings.DATA_DIR} never ended, and it filled another place: {name} went to {then}, "
                f"and the settings say {is_set}. Set them as they were, or give a new KB_DATA_DIR. Nothing was touched."
            )


def _mark() -> Path:
    return Path(settings.DATA_DIR) / UNFINISHED
