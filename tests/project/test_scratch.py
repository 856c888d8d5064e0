"""Tests run alike in the foreground of a terminal and in the background of a script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHOWS = "import signal; print(signal.getsignal(signal.Signals[{name!r}]))"
STARTS = "import tests.support.scratch, subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGQUIT"])
def test_what_tests_start_hears_signals_that_who_started_the_tests_ignored(name: str) -> None:
    child = SHOWS.format(name=name)
    usual = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True).stdout
    shell = f'trap "" {name.removeprefix("SIG")}; exec "$@"'
    ignoring = ["bash", "-c", shell, "bash", sys.executable, "-c"]

    def run(code: str) -> str:
        return subprocess.run([*ignoring, code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert run(STARTS.format(child=child)) == usual
    assert run(child) != usual, "the shell had it ignore the signal"


def test_what_tests_start_keeps_what_it_compiled_where_this_is_forbidden_as_well() -> None:
    forbidden = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    child = "import sys; print(sys.dont_write_bytecode)"

    def run(code: str) -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=ROOT, env=forbidden, capture_output=True, text=True, check=True).stdout

    assert run(child) == "True\n"
    assert run(STARTS.format(child=child)) == "False\n"


@pytest.mark.parametrize("failing", ["--ignore tests/browser", "-m not slow tests/browser"])
def test_the_browser_tests_run_beside_the_others_and_either_can_fail(tmp_path: Path, failing: str) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    python = tmp_path / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\necho "$@"\ncase "$*" in *"{failing}"*) exit 3;; esac\n')
    python.chmod(0o755)
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).touch()

    done = subprocess.run(["make", "test"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "--ignore tests/browser" in done.stdout
    assert "-m not slow tests/browser" in done.stdout
    assert done.returncode != 0
