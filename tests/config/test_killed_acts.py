"""Whatever is killed at any moment is as it was or as it is to be, and doing it again puts it right."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.killed_acts import ACTS
from tests.support.migrated import migrated
from tests.support.rounds import rounds

ROOT = Path(__file__).resolve().parent.parent.parent
OFTEN = ("publish", "export")
NIGHT_SECONDS = 6 * 60 * 60  # only ends what hangs: a busy machine takes half an hour for one act


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTS)
def test_what_is_killed_is_whole_and_put_right(tmp_path: Path, name: str) -> None:
    data, times = tmp_path / "killed" / "data", rounds(200 if name in OFTEN else 30, 2)
    data.mkdir(mode=0o700, parents=True)
    if name != "migration":
        shutil.copy(migrated(), data)
    command = [sys.executable, "-m", "tests.support.killed_acts", name, str(times)]
    with postgres.database() if "PostgreSQL" in name else nullcontext("") as url:
        ours = {"KB_DATA_DIR": str(data), "KB_CONTENT_DIR": str(data.parent / "guides"), "KB_DATABASE_URL": url}
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | ours,
            capture_output=True,
            text=True,
            timeout=NIGHT_SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    assert int(done.stdout) == times
