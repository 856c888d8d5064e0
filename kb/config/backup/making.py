"""Makes a backup of a library that runs, and a library of a backup."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Model

from kb.config import kept_files
from kb.config.backup import tables, unfinished
from kb.config.backup.archive import (
    CHUNK,
    FILES,
    FORMAT,
    TABLES,
    Backup,
    BackupError,
    Manifest,
    Writer,
    opened_backup,
    written,
)
from kb.config.kept_files import KeptFile
from kb.config.version import version

UNREADABLE = "Nothing is left of the backup: let this account read them, and make it again."
SECRET_KEY = "secret_key"  # noqa: S105 - the name of its file
MADE_BY_STARTING = frozenset(
    {SECRET_KEY, f"{SECRET_KEY}.restored", "generation", "publishing.lock", "metrics", *unfinished.NAMES}
)


def backup(path: Path) -> Manifest:
    """Write all that the product holds into a new file, while it runs; BackupError says why it can't."""
    path = path.absolute()
    with written(path) as writer:
        # Before the moment that counts: a load may let go files meanwhile that rows of that moment name.
        already = _add_files(writer, frozenset())
        with tables.as_of_now():
            migrations = tables.applied()
            if not migrations:
                raise BackupError("There is nothing to back up: the database has no tables.")
            # And at once after it: a file that a row names is there before the row is.
            _add_files(writer, already)
            models = tables.all_tables(migrations)
            for model in models:
                writer.add(f"{TABLES}{model._meta.label_lower}.jsonl", tables.read_rows(model), rows=True)
        if (key := Path(settings.DATA_DIR) / SECRET_KEY).is_file():
            writer.add(f"{FILES}{SECRET_KEY}", _pieces(key.open("rb"), SECRET_KEY))
        manifest = Manifest(
            format=FORMAT,
            version=version(),
            made_at=datetime.now(UTC),
            database=connection.vendor,
            migrations=migrations,
            columns={model._meta.label_lower: tables.columns(model) for model in models},
            members=writer.members,
        )
        writer.finish(manifest)
    return manifest


def verify(path: Path) -> Manifest:
    """What a backup holds, after all of it was read; BackupError for one that is damaged or foreign."""
    with opened_backup(path) as found:
        found.check()
        return found.manifest


def restore(path: Path) -> Manifest:
    """Fill an empty data folder and an empty database with what a backup holds; BackupError says why it can't.

    Nothing is touched before all of the backup was read and all places were found empty; what was begun is taken away
    when it fails, where that can be done. Of one that was killed, or where it can't, the next one takes it away, and
    `unfinished` says so until then.
    """
    folder = Path(settings.DATA_DIR)
    with opened_backup(path) as found:
        found.check()
        models = tables.all_tables(found.manifest.migrations)
        _refuse_other_members(found.manifest, models)
        if unfinished.is_unfinished():
            unfinished.refuse_other_places()
            _refuse_other_files(folder)
            _clear(folder)
        _refuse_what_is_there(folder)
        try:
            unfinished.begin()
            _restore_tables(found, models)
            for member in sorted(found.manifest.files, key=lambda member: member.name == f"{FILES}{SECRET_KEY}"):
                _restore_file(member.name.removeprefix(FILES), found.pieces(member))
        except BaseException as error:
            told = _taken_away(folder)
            if isinstance(error, OSError | DatabaseError):
                raise BackupError(f"It could not be written: {_reason(error)}. {told}") from None
            if isinstance(error, BackupError):
                raise BackupError(f"{error} {told}") from None
            raise
        unfinished.end()
        return found.manifest


def _add_files(writer: Writer, already: AbstractSet[str]) -> set[str]:
    """Add the images and attachments that are not there yet; which these were. One that is gone by now is none."""
    added = set()
    try:
        names = [file.name for file in kept_files.all_files()]
    except OSError as error:
        raise BackupError(f"Images and attachments can't be read: {_reason(error)}. {UNREADABLE}") from None
    for name in names:
        if name in already:
            continue
        try:
            source = KeptFile(name).open()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise BackupError(f"{name} can't be read: {_reason(error)}. {UNREADABLE}") from None
        writer.add(f"{FILES}{name}", _pieces(source, name))
        added.add(name)
    return added


def _reason(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return reason or " ".join(str(error).split())


def _taken_away(folder: Path) -> str:
    """Take away what a restore wrote where nothing was, and say whether that could be done."""
    try:
        _forget_tables(folder)
        kept_files.place().clear()
        if not any(kept_files.all_files()):
            unfinished.end()
            return "What was begun is gone again: put that right, and restore again."
    except (OSError, DatabaseError):
        pass
    return (
        "Some of what was begun is still there, and no command but `restore` is run on it: put that right "
        "(a full disk, a database that is away), empty the database if that is PostgreSQL, and restore again."
    )


def _pieces(source: BinaryIO, name: str) -> Iterator[bytes]:
    with source:
        while data := _read(source, name):
            yield data


def _read(source: BinaryIO, name: str) -> bytes:
    try:
        return source.read(CHUNK)
    except OSError as error:
        raise BackupError(f"{name} can't be read: {_reason(error)}. {UNREADABLE}") from None


def _own_database(folder: Path) -> set[str]:
    """The files of a database that lies in the data folder."""
    database = Path(str(connection.settings_dict["NAME"]))
    return {database.name, f"{database.name}-wal", f"{database.name}-shm"} if database.parent == folder else set()


def _clear(folder: Path) -> None:
    """Take away what a restore began and never ended; a database elsewhere is nobody's but the operator's to empty."""
    if _own_database(folder):
        _forget_tables(folder)
    with contextlib.suppress(OSError):
        kept_files.place().clear()


def _forget_tables(folder: Path) -> None:
    """Drop the tables; of a database in the data folder delete the files, for which no disk is too full."""
    if not (names := _own_database(folder)):
        tables.drop()
        return
    connection.close()
    for name in names:
        (folder / name).unlink(missing_ok=True)


def _refuse_other_members(manifest: Manifest, models: Sequence[type[Model]]) -> None:
    """Refuse what this product never wrote, or needs something that this version does not know."""
    known = {f"{TABLES}{model._meta.label_lower}.jsonl" for model in models}
    if {member.name for member in manifest.tables} != known or {
        f"{TABLES}{name}.jsonl" for name in manifest.columns
    } != known:
        raise BackupError("The backup has other tables than this version knows.")
    for member in manifest.files:
        name = member.name.removeprefix(FILES)
        if name != SECRET_KEY and name.partition("/")[0] not in kept_files.FOLDERS:
            raise BackupError(f"The backup has another file than this version knows: {name}.")


def _refuse_what_is_there(folder: Path) -> None:
    _refuse_other_files(folder)
    # Whoever asks a database that is not there makes its file.
    is_there = not (own := _own_database(folder)) or any((folder / name).exists() for name in own)
    if is_there and not tables.is_empty():
        raise BackupError("The database is not empty. Give an empty one by KB_DATABASE_URL, or a new KB_DATA_DIR.")
    try:
        has_files = any(kept_files.all_files())
    except OSError as error:
        raise BackupError(f"Whether there are images or attachments can't be seen: {_reason(error)}.") from None
    if has_files:
        raise BackupError("There are images or attachments already. Give a new KB_MEDIA_DIR, or a new bucket.")


def _refuse_other_files(folder: Path) -> None:
    own = _own_database(folder) | (set(kept_files.FOLDERS) if unfinished.is_unfinished() else set())
    if others := sorted({file.name for file in folder.iterdir()} - MADE_BY_STARTING - own):
        raise BackupError(f"{folder} is not empty: there is {others[0]}. Give a new folder by KB_DATA_DIR.")


def _restore_tables(found: Backup, models: list[type[Model]]) -> None:
    by_name = {model._meta.label_lower: model for model in models}
    stored = {member.name.removeprefix(TABLES).removesuffix(".jsonl"): member for member in found.manifest.tables}
    tables.make(found.manifest.migrations)
    with tables.filling(models):
        for name, member in stored.items():
            tables.write_rows(by_name[name], found.manifest.columns[name], found.rows(member))


def _restore_file(name: str, pieces: Iterator[bytes]) -> None:
    if name.partition("/")[0] in kept_files.FOLDERS:
        KeptFile(name).keep(b"".join(pieces))
        return
    path, unfinished_one = Path(settings.DATA_DIR) / name, Path(settings.DATA_DIR) / f"{name}.restored"
    try:
        unfinished_one.touch(mode=0o600)
        unfinished_one.write_bytes(b"".join(pieces))
        unfinished_one.replace(path)
    finally:
        unfinished_one.unlink(missing_ok=True)
