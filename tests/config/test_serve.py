"""`make run` for real: a first start sets everything up, a second one changes nothing, Ctrl-C ends it cleanly."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from kb.config.startup import collect_static_files
from tests.support.served import ROOT, environment_in, get, prepare, served, workers_of


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_in(tmp_path)


@pytest.mark.slow
def test_the_first_start_sets_all_up_and_the_second_changes_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with served(environment) as (base, process, output):
        text = "".join(output)
        assert re.search(r"Administrator: admin\n +Password: +\S{10,}\n", text)
        assert "1 new, 0 changed, 0 unchanged, 0 retired, 1 failed" in text
        assert "bad.md:1:" in text
        assert "Slow mornings" in get(f"{base}/guides/slow/")[1]
        assert "Slow mornings" in get(f"{base}/search/?q=slow")[1]
        status, page = get(f"{base}/guides/nowhere/")
        assert status == 404
        assert "Traceback" not in page
        css = re.search(r'href="(/static/kb\.[0-9a-f]+\.css)"', get(base)[1])
        assert css is not None
        assert get(base + css.group(1))[0] == 200
    assert process.returncode == 0
    with served(environment) as (base, _process, output):
        text = "".join(output)
        assert "Password" not in text
        assert "Static" not in text
        assert "0 new, 0 changed, 1 unchanged" in text
        assert get(f"{base}/guides/slow/")[0] == 200
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_a_database_is_its_owners_alone_in_a_folder_that_others_may_read(
    environment: dict[str, str], tmp_path: Path
) -> None:
    data = tmp_path / "shown"
    data.mkdir()
    data.chmod(0o755)
    environment = environment | {"KB_DATA_DIR": str(data)}
    names = ("kb.sqlite3", "kb.sqlite3-wal", "kb.sqlite3-shm")
    look = f"from pathlib import Path; [print(oct(Path({str(data)!r}, n).stat().st_mode & 0o777)) for n in {names}]"
    ask = f"from django.db import connection; connection.cursor().execute('CREATE TABLE IF NOT EXISTS x (y)'); {look}"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", ask]
    for _ in range(2):
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, umask=0o22
        )
        assert done.stdout.split() == ["0o600"] * 3
        (data / "kb.sqlite3").chmod(0o644)  # as earlier versions left it


OLD, NEW = (f"# Mornings\n\n## Why\n\nThe mornings of the {which} edition.\n" for which in ("former", "second"))


def _ask(environment: dict[str, str], address: str, workers: list[int]) -> tuple[int | None, str]:
    """Which of the workers answered a request on a connection of its own, and what."""
    connection = http.client.HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=60)
    try:
        connection.request("GET", address)
        text = connection.getresponse().read().decode()
        assert connection.sock is not None
        inode = _inode(int(environment["PORT"]), connection.sock.getsockname()[1])
        return next((worker for worker in workers if _holds(worker, inode)), None), text
    finally:
        connection.close()


def _inode(port: int, client: int) -> str:
    """The server's end of a connection."""
    ends = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return next(end[9] for end in ends if end[1].endswith(f":{port:04X}") and end[2].endswith(f":{client:04X}"))


def _holds(worker: int, inode: str) -> bool:
    """Whether the connection is one of the worker's; a file may be closed while it is looked at."""
    for file in Path(f"/proc/{worker}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            if str(file.readlink()) == f"socket:[{inode}]":
                return True
    return False


def _ask_all(environment: dict[str, str], address: str, workers: list[int]) -> dict[int, list[str]]:
    """What each of the workers answers, asked until all of them have, by several at once: none may get all requests."""
    answers: dict[int, list[str]] = {worker: [] for worker in workers}
    with ThreadPoolExecutor(8) as readers:
        for _ in range(50):
            asked = [readers.submit(_ask, environment, address, workers) for _ in range(16)]
            for worker, text in (answer.result() for answer in asked):
                assert worker is not None
                answers[worker].append(text)
            if all(answers.values()):
                return answers
    raise AssertionError("one of the workers never answered")


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="workers are told apart by what Linux says in /proc")
@pytest.mark.slow
def test_every_worker_shows_a_published_change_within_a_second(environment: dict[str, str]) -> None:
    guide = Path(environment["KB_CONTENT_DIR"]) / "slow.md"
    guide.write_text(OLD)
    environment["KB_WORKERS"] = "2"
    prepare(Path(environment["KB_DATA_DIR"]))
    addresses = ("/search/?q=mornings", "/guides/slow/", "/api/v1/search?q=mornings")
    with served(environment) as (_base, process, _output):
        workers = workers_of(process)
        assert len(workers) == 2
        for address in addresses:
            for texts in _ask_all(environment, address, workers).values():
                assert all("former edition" in text for text in texts), address
        guide.write_text(NEW)
        command = [sys.executable, "manage.py", "load_guides"]
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=120)
        time.sleep(1)  # what is promised
        for address in addresses:
            for texts in _ask_all(environment, address, workers).values():
                assert all("second edition" in text and "former" not in text for text in texts), address


@pytest.mark.slow
def test_a_port_that_is_taken_is_a_sentence(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PORT"])))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"Can't listen on 127.0.0.1 port {environment['PORT']}: Address already in use." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_without_a_content_folder_it_says_so_and_serves(environment: dict[str, str], tmp_path: Path) -> None:
    environment["KB_CONTENT_DIR"] = str(tmp_path / "none")
    prepare(Path(environment["KB_DATA_DIR"]))
    with served(environment) as (base, _process, output):
        assert "There is no folder" in "".join(output)
        assert get(base)[0] == 200


@pytest.mark.slow
def test_a_database_that_can_not_be_opened_is_a_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    environment["KB_DATABASE_URL"] = f"sqlite:///{tmp_path / 'none' / 'kb.sqlite3'}"
    command = [sys.executable, "manage.py", "serve"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "The database can't be used (see KB_DATABASE_URL): unable to open database file" in done.stderr
    assert "Traceback" not in done.stderr


def test_static_files_of_pages_that_were_given_out_stay(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    former = settings.STATIC_ROOT / "kb.0123456789ab.css"
    former.write_text("")
    assert collect_static_files()
    assert former.exists()
    assert not collect_static_files()


def test_static_files_of_another_release_are_put_in_place_whenever_they_were_written(
    settings: Settings, tmp_path: Path
) -> None:
    """A release that is gone back to, or unpacked with the times of its archive, has older files than those served."""
    source = tmp_path / "source"
    source.mkdir()
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    for text in ("one", "two"):
        (source / "embed.js").write_text(text)
        os.utime(source / "embed.js", (0, 0))
        assert collect_static_files()
        assert (settings.STATIC_ROOT / "embed.js").read_text() == text
        os.utime(source / "embed.js", (1, 1))
        assert not collect_static_files()
