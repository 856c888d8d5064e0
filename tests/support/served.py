"""`make run` for tests: the real server, with a data folder of its own, and ways to ask it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from tests.support.migrated import migrated
from tests.support.once import made_once

ROOT = Path(__file__).resolve().parent.parent.parent
PREPARE = "from kb.config.startup import collect_static_files; collect_static_files()"
GUIDE = "# Slow mornings\n\n**Symptoms:**\n- It is slow\n\n**Solution:**\n1. Wait\n"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_in(folder: Path) -> dict[str, str]:
    """The environment of a server with one guide, and one file that is none."""
    content = folder / "content"
    content.mkdir()
    (content / "slow.md").write_text(GUIDE)
    (content / "bad.md").write_bytes(b"\xff")
    ours = {"KB_DATA_DIR": str(folder / "data"), "KB_CONTENT_DIR": str(content), "PORT": str(free_port())}
    return {**os.environ, **ours, "KB_WORKERS": "1", "KB_SECRET_KEY": "", "KB_DATABASE_URL": ""}


def tables_and_static_files() -> Path:
    """A data folder with empty tables and the static files, made once for all tests."""

    def make(folder: Path) -> None:
        environment = {**os.environ, "KB_DATA_DIR": str(folder), "KB_DATABASE_URL": ""}
        shutil.copy(migrated(), folder)
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PREPARE]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    return made_once("prepared", make)


def prepare(data: Path) -> None:
    """Save a first start in this data folder the making of tables and the collecting of static files."""
    data.mkdir(mode=0o700, exist_ok=True)
    prepared = tables_and_static_files()
    for database in prepared.glob("kb.sqlite3*"):
        shutil.copy(database, data)
    shutil.copytree(prepared / "static", data / "static", dirs_exist_ok=True)


def prepared_in(folder: Path) -> dict[str, str]:
    """The same, where the tables and the static files are there already."""
    prepare(folder / "data")
    return environment_in(folder)


Server: TypeAlias = tuple[str, subprocess.Popen[str], list[str]]


def served(environment: dict[str, str], folder: Path = ROOT) -> AbstractContextManager[Server]:
    """The server's address, its process, and its output: until it answers, and all of it in the end.

    It runs in `folder`, where a `manage.py` is.
    """
    return served_by([sys.executable, "-u", "manage.py", "serve"], environment, folder)


@contextmanager
def served_by(
    command: list[str], environment: dict[str, str], folder: Path, user: int | None = None, group: int | None = None
) -> Iterator[Server]:
    """The same of a server that another command starts, maybe as another user."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        user=user,
        group=group,
    )
    output: list[str] = []
    rest: list[str] = []
    reader = threading.Thread(target=_read, args=(process, rest), daemon=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            output.append(line)
            if line.startswith("Serving at"):
                break
        reader.start()
        base = f"http://127.0.0.1:{environment['PORT']}"
        wait_for(base)
        yield base, process, output
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        if reader.ident is not None:
            reader.join(timeout=30)
        output.append("".join(rest))
        if process.stdout is not None:
            process.stdout.close()


def _read(process: subprocess.Popen[str], output: list[str]) -> None:
    """Take what the server says as it says it: one that nobody listens to waits, and with it all who ask it."""
    assert process.stdout is not None
    output.extend(process.stdout)


def wait_for(base: str) -> None:
    """Wait until the server answers."""
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=20).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer")


def get(url: str) -> tuple[int, str]:
    """The status and the text of a page."""
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The server's workers; what set it up may have left a child of its own to the process."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(child) for child in children if b"gunicorn" in Path(f"/proc/{child}/cmdline").read_bytes()]
