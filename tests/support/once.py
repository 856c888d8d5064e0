"""What is made once for all processes that run tests, by whoever needs it first."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def made_once(name: str, fill: Callable[[Path], None]) -> Path:
    """The folder of this name that all processes of a run share; `fill` has filled it."""
    shared = Path(os.environ["TESTS_SHARED_FOLDER"]) / "once"
    shared.mkdir(exist_ok=True)
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / f"{name}.made").exists():
            (shared / name).mkdir()
            try:
                fill(shared / name)
            except BaseException:
                shutil.rmtree(shared / name)
                raise
            (shared / f"{name}.made").touch()
    return shared / name
