"""A load that is killed leaves each guide as it was or as it is to be, and another load makes it whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.migrated import migrated
from tests.support.rounds import rounds

ROOT = Path(__file__).resolve().parent.parent.parent


def killed(folder: Path, *words: str) -> tuple[int, int]:
    """How many loads were killed, and how often an undisturbed one writes."""
    folder /= "killed"
    folder.mkdir()
    data = folder / "data"
    data.mkdir(mode=0o700)
    shutil.copy(migrated(), data)
    environment = {name: value for name, value in os.environ.items() if name != "KB_DATABASE_URL"}
    environment |= {"KB_DATA_DIR": str(data), "KB_CONTENT_DIR": str(folder / "guides")}
    command = [sys.executable, "-m", "tests.support.killed_loads", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    times, writes = map(int, done.stdout.split())
    return times, writes


@pytest.mark.slow
@pytest.mark.parametrize("step", [rounds(1, 23)])
def test_a_load_can_be_killed_before_each_of_its_writes(tmp_path: Path, step: int) -> None:
    times, writes = killed(tmp_path, "writes", str(step))
    assert times == len(range(1, writes + 1, step))
    assert times > 2


@pytest.mark.night
def test_a_load_can_be_killed_at_any_moment(tmp_path: Path) -> None:
    moments = rounds(100, 10)
    times, _writes = killed(tmp_path, "moments", str(moments))
    assert times > moments // 2
