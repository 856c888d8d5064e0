"""Many write to a library in SQLite while many more read: each is answered, and nobody hears of a lock.

At length (`make nightly`), nobody waits over five seconds, and nobody is asked to come again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.figures import FIGURE
from tests.support.rounds import MANY, rounds
from tests.support.served import ROOT, prepared_in, served
from tests.support.sqlite_crowd import CAME_AGAIN

WRITERS, READERS = 8, 50
PEOPLE = """
from django.contrib.auth.models import User
from kb.library.folders import load
from tests.support.studio import person, published
from django.conf import settings
load.load([settings.CONTENT_DIR])
for number in range(8):
    editor = person(f"writer{number}", "editors")
    text = f"# Of {number}\\n\\n**Symptoms:**\\n- It is odd {number}\\n\\n**Solution:**\\n1. Wait 0\\n"
    published(editor, text, f"of-{number}")
"""


@pytest.mark.slow
def test_eight_writers_and_fifty_readers_hear_of_no_lock(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    environment = prepared_in(tmp_path) | {"KB_WORKERS": "2"}
    manage = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PEOPLE]
    subprocess.run(manage, cwd=ROOT, env=environment, check=True, capture_output=True)
    with served(environment) as (base, _process, output):
        command = [sys.executable, "-m", "tests.support.sqlite_crowd", base, str(rounds(120, 15))]
        command += [str(WRITERS), str(READERS)]
        done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    told, said = json.loads(done.stdout), "".join(output)
    record_property(FIGURE, told["waits"] | {"done": told["done"]})
    assert not told["count"], told
    assert told["done"]["write"] > 0  # how many is a question of the machine
    assert told["done"]["read"] > 0
    if MANY:  # what a busy machine says of time counts where it is measured at length
        late = {name: wait["over five seconds"] for name, wait in told["waits"].items() if wait["over five seconds"]}
        assert not late, told["waits"]
        assert not told["done"].get(CAME_AGAIN), told["done"]
    assert "locked" not in said, [line for line in said.splitlines() if "locked" in line][:5]
    assert "Traceback" not in said, said[-4000:]
