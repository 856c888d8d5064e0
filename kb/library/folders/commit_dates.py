"""Asks git, once for a load, when the files of a checkout were last committed."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import threading
from pathlib import Path

MOST_COMMITS = 20_000
MOST_BYTES = 40_000_000
SECONDS = 20
_NOTHING_ELSE = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.quotePath=false")


def commit_dates(folder: Path) -> dict[str, dt.datetime]:
    """When each file (by its path below the folder) was last committed; nothing where no checkout is, or a part of one.

    A checkout without its history (`.git/shallow`) has one commit for all, which says nothing of them.
    """
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
    if top is None or (top / ".git" / "shallow").exists():
        return {}
    command = ["git", *_NOTHING_ELSE, "log", f"-n{MOST_COMMITS}", "--format=%x01%ct", "--name-only", "--no-renames"]
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    try:
        with subprocess.Popen(
            [*command, "--relative", "-z", "--", "."],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as git:
            timer = threading.Timer(SECONDS, git.kill)
            timer.start()
            assert git.stdout is not None  # noqa: S101 - it is a pipe
            output = git.stdout.read(MOST_BYTES)
            git.stdout.close()
            failed = git.wait()
            timer.cancel()
    except OSError:
        return {}
    return {} if failed else _read(output)


def _read(output: bytes) -> dict[str, dt.datetime]:
    """The newest time of each path, of a list that begins with the newest commit."""
    found: dict[str, dt.datetime] = {}
    for commit in output.decode(errors="replace").split("\x01")[1:]:
        seconds, _, names = commit.partition("\n")
        moment = dt.datetime.fromtimestamp(int(seconds.strip("\0 ")), dt.UTC)
        for name in names.split("\0"):
            if path := name.strip("\n"):
                found.setdefault(path, moment)
    return found
