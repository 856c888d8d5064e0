"""What the locks name is installed as it is, whatever has been released since, by the oldest pip that there is."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rounds import rounds

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = {"requirements.txt": ".venv/.installed", "requirements-dev.txt": ".venv/.installed-dev"}


def write_wheel(folder: Path, name: str, version: str, head: str = "") -> Path:
    """A package without a module, of which pip reads the name, the version and what it asks for."""
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        info = f"{stem}.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{head}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def locked(*wheels: Path) -> str:
    """A lock of these wheels."""
    lines = []
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    return "".join(lines)


@pytest.fixture(scope="module")
def with_oldest_pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with nothing in it but the pip of Python 3.11.0, or theirs on those it can't serve."""
    made = tmp_path_factory.mktemp("oldest") / ".venv"
    if sys.version_info >= (3, 12):
        subprocess.run([sys.executable, "-m", "venv", made], check=True)
        return made
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    ours = [sys.executable, "-m", "pip", f"--python={made}", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*ours, "--no-deps", "--require-hashes", "-r", ROOT / "tests" / "oldest-pip.txt"], check=True)
    return made


@pytest.fixture
def checkout(tmp_path: Path, with_oldest_pip: Path) -> Iterator[Path]:
    """A folder with the Makefile and an environment whose pip is the oldest one, and a folder `index` of packages."""
    shutil.copytree(with_oldest_pip, tmp_path / ".venv", symlinks=True)
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "index").mkdir()
    yield tmp_path
    shutil.rmtree(tmp_path / ".venv")


def make(checkout: Path, target: str) -> subprocess.CompletedProcess[str]:
    """Have make install a lock from the folder of packages, and from nowhere else."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout / "index")}
    return subprocess.run(
        ["make", target], cwd=checkout, env=environment, capture_output=True, text=True, timeout=900, check=False
    )


def installed(checkout: Path) -> dict[str, str]:
    """The version of each package of the environment."""
    asked = [checkout / ".venv/bin/python", "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    return {name: version for name, version in (line.split("==") for line in lines) if name != "pip"}


@pytest.mark.night
@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_newer_release_of_what_is_asked_for_with_an_extra_changes_nothing(checkout: Path, lock: str) -> None:
    index = checkout / "index"
    extra = 'Provides-Extra: toml\nRequires-Dist: tiny-toml; extra == "toml"\n'
    wheels = [
        write_wheel(index, "asks", "1.0", "Requires-Dist: tiny[toml]>=1\n"),
        write_wheel(index, "tiny", "1.0", extra),
        write_wheel(index, "tiny-toml", "1.0"),
    ]
    for name in LOCKS:
        (checkout / name).write_text(locked(*wheels))
    write_wheel(index, "tiny", "1.1", extra)
    write_wheel(index, "tiny-toml", "1.1")

    done = make(checkout, LOCKS[lock])

    assert done.returncode == 0, done.stderr
    assert installed(checkout) == {"asks": "1.0", "tiny": "1.0", "tiny-toml": "1.0"}


@pytest.mark.night
def test_a_lock_that_leaves_out_what_a_package_needs_is_refused_and_says_how_to_mend_it(checkout: Path) -> None:
    wheel = write_wheel(checkout / "index", "asks", "1.0", "Requires-Dist: tiny>=1\n")
    write_wheel(checkout / "index", "tiny", "1.0")
    (checkout / "requirements.txt").write_text(locked(wheel))

    done = make(checkout, LOCKS["requirements.txt"])

    assert done.returncode != 0
    assert "asks 1.0 requires tiny, which is not installed." in done.stdout
    assert "make lock" in done.stdout
    assert not (checkout / LOCKS["requirements.txt"]).exists()


@pytest.mark.slow
def test_a_package_that_is_not_the_locked_one_is_refused(checkout: Path) -> None:
    wheel = write_wheel(checkout / "index", "tiny", "1.0")
    (checkout / "requirements.txt").write_text(locked(wheel))
    write_wheel(checkout / "index", "tiny", "1.0", "Summary: another one of the same name\n")

    done = make(checkout, LOCKS["requirements.txt"])

    assert done.returncode != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr


@pytest.mark.night
@pytest.mark.parametrize("lock", rounds([*LOCKS], ["requirements.txt"]))
def test_each_lock_builds_its_environment_when_all_it_names_has_a_newer_release(checkout: Path, lock: str) -> None:
    for name in LOCKS:
        shutil.copy(ROOT / name, checkout)
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*fetch, "--require-hashes", "-r", lock, "-d", checkout / "index"], cwd=ROOT, check=True)
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE))
    for name in pins:
        write_wheel(checkout / "index", name, "9999.0")

    done = make(checkout, LOCKS[lock])

    assert done.returncode == 0, done.stdout + done.stderr
    assert "9999.0" not in installed(checkout).values()
    assert {"Django", "Markdown"} <= set(installed(checkout))
