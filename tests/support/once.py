"""What is made once for all processes that run tests, by whoever needs it first."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

NAME = "TESTS_SHARED_FOLDER"


def made_once(name: str, fill: Callable[[Path], None]) -> Path:
    """The folder of this name that all processes of a run share; `fill` has filled it."""
    shared = _shared_folder() / "once"
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


def _shared_folder() -> Path:
    """That of the run; of a measurement that is started by itself, one of its own."""
    if NAME not in os.environ:
        os.environ[NAME] = tempfile.mkdtemp(prefix="kb-tests-")
        atexit.register(shutil.rmtree, os.environ[NAME], ignore_errors=True)
    return Path(os.environ[NAME])
