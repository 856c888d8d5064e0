"""A small disk of its own for a data folder, which fills up and breaks as real ones do, while files on it are open."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOM = 48_000_000
PIECE = 64_000
LEFT = 4096


class SmallDisk:
    """A file with a file system, mounted in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Leave no room on it."""
        with (self.folder / "filling").open("ab", buffering=0) as file:
            for size in (PIECE, LEFT, 1):
                _fill(file.fileno(), bytes(size))

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "filling").unlink()

    def fail(self) -> None:
        """Have it find an error in itself: from then on it can only be read, open files as well."""
        device = Path(_said("findmnt", "--noheadings", "--output", "SOURCE", str(self.folder)).strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("1")
        with pytest.raises(OSError, match="Read-only"):
            (self.folder / "anything").touch()


def _fill(file: int, piece: bytes) -> None:
    try:
        while os.write(file, piece):
            os.fsync(file)
    except OSError:
        return


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def small_disk_at(folder: Path) -> Iterator[SmallDisk]:
    """The disk, mounted; a test is skipped where nobody may mount one."""
    image = folder.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(ROOM)
    folder.mkdir()
    make = ["mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", str(image)]
    mount = ["mount", "-o", "loop,errors=remount-ro", str(image), str(folder)]
    is_there = os.geteuid() == 0 and all(shutil.which(program) for program in ("mkfs.ext4", "mount", "findmnt"))
    if not is_there or any(subprocess.run(step, capture_output=True, check=False).returncode for step in (make, mount)):
        pytest.skip("only root can mount a small disk to try one that is full or breaks")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
