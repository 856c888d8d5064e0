"""The backups that are made before the tables change for a new version: the last few, and surely the one that counts.

A change that fails half way leaves tables that no former version made, and each start tries anew. So the backup of what
was there before the first try is marked until the tables are those of this version.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from kb.config.backup import tables
from kb.config.backup.archive import BackupError, opened_backup
from kb.config.backup.making import backup
from kb.config.files import replace_file
from kb.config.version import version

FOLDER = "backups"
MARK = "before-this-upgrade"  # the name of a file that is there until the tables have changed, with that of the backup
KEPT = 3


def before_upgrade() -> Path | None:
    """Where the backup is of what was there before the tables change for this version; None when they need not."""
    if not tables.are_behind():
        when_upgraded()  # also where `migrate` was run by hand, or the former version went on
        return None
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    marked = _marked()
    if marked and _is_half_way_from(marked):
        return marked
    path = folder / f"before-{version()}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.zip"
    backup(path)
    replace_file(folder / MARK, path.name.encode(), durable=True)
    if marked:
        marked.unlink(missing_ok=True)  # of the same tables, which may have been written to since
    _forget_old_ones(path)
    return path


def when_upgraded() -> None:
    """Note that the tables are those of this version: the backup that was made before is one among the last few."""
    (_folder() / MARK).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / FOLDER


def _marked() -> Path | None:
    """The backup that the upgrade which is not over was begun with, where it is still there."""
    try:
        path = _folder() / Path((_folder() / MARK).read_text()).name
    except FileNotFoundError:
        return None
    return path if path.is_file() else None


def _is_half_way_from(path: Path) -> bool:
    """Whether the tables have begun to change since this backup: then it alone has what was there before."""
    try:
        with opened_backup(path) as found:
            return found.manifest.migrations != tables.applied()
    except BackupError:
        return False


def _forget_old_ones(newest: Path) -> None:
    made = sorted(_folder().glob("before-*.zip"), key=lambda file: file.stat().st_mtime)
    for old in made[:-KEPT]:
        if old != newest:
            old.unlink()
