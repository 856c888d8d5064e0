"""An installed package for tests: built once, in a folder of its own, with the libraries that are here already."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from release.build import build
from tests.support.once import made_once
from tests.support.served import free_port


def built() -> Path:
    """A release, made once for all tests of a run."""
    return made_once("release", lambda folder: build(folder) and None)


def our_libraries() -> list[str]:
    """The folders in which the libraries of this environment are."""
    return [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]


def with_our_libraries(environment: Path) -> None:
    """Let a virtual environment have the libraries of this one, so that what is locked need not be fetched."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    (packages / "ours.pth").write_text("\n".join(our_libraries()))


def mapped(text: str, folder: Path, *places: str) -> str:
    """A text in which absolute paths lie below a folder."""
    pattern = "|".join(re.escape(place) for place in places)
    return re.sub(rf"(?<![\w./-])({pattern})(?=[/:;\s\"']|$)", lambda found: f"{folder}{found[1]}", text)


def clean_environment(folder: Path) -> dict[str, str]:
    """The environment of somebody who has set nothing, with a `python` that knows nothing of ours and no network."""
    tools = folder / "tools"
    if not tools.exists():
        tools.mkdir(parents=True)
        for name in ("python", "python3"):
            (tools / name).symlink_to(Path(sys._base_executable))  # type: ignore[attr-defined]
    kept = {name: value for name, value in os.environ.items() if name in {"LANG", "LC_ALL", "TZ"}}
    path = f"{tools}{os.pathsep}{os.defpath}"
    for_pip = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return kept | for_pip | {"PATH": path, "HOME": str(folder), "PORT": str(free_port()), "KB_WORKERS": "1"}


def run(script: str, cwd: Path, environment: dict[str, str]) -> str:
    """What a script of the shell says; it must succeed."""
    done = subprocess.run(["sh", "-euc", script], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def install(block: str, folder: Path, environment: dict[str, str]) -> Path:
    """Type the lines by which `docs/operators.md` installs a package into /opt/kb, below a folder; its `bin`."""
    release = shutil.copytree(built(), folder / "release")
    (folder / "opt").mkdir()
    for line in mapped(block, folder, "/opt/kb").splitlines():
        run(line, release, environment)
        if " -m venv " in line:
            with_our_libraries(folder / "opt" / "kb")
    return folder / "opt" / "kb" / "bin"
