"""Writes files that are there whole or not at all: a reader sees the old content or the new one, never a part."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def replace_file(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a file whole in place of what is there; `durable` waits until the disk has it."""
    with written_beside(path, data, durable=durable) as unfinished:
        unfinished.replace(path)


@contextmanager
def written_beside(path: Path, data: bytes, *, durable: bool = False) -> Iterator[Path]:
    """A hidden file beside `path` that holds the data, to be renamed to it; gone afterwards if it was not."""
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        yield unfinished
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
