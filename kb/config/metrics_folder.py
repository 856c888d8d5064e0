"""Says where the processes of a machine keep what they count together for `/metrics`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it is our account's alone


def metrics_folder(data_folder: Path) -> Path:
    """A folder of this account alone, made when it is not there: in memory where the system offers that, as Linux does.

    The library of metrics writes by way of files that have holes and are mapped into memory. Where the disk of such a
    file is full, the system ends the process that writes into a hole, and with it all that it was answering.
    """
    name = hashlib.sha256(os.fsencode(data_folder.resolve())).hexdigest()[:16]
    in_memory = MEMORY / f"kb-metrics-{os.getuid()}-{name}"
    try:
        in_memory.mkdir(mode=0o700, exist_ok=True)
        is_ours = in_memory.lstat().st_uid == os.getuid() and not in_memory.is_symlink()
    except OSError:
        is_ours = False
    folder = in_memory if is_ours else data_folder / "metrics"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
