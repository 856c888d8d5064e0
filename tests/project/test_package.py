"""A release runs on a machine that has nothing of it: the package is installed as the documents say, and serves."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import pytest

from kb.config.version import version
from release.build import NOTES, SUMS, build, copy_of_sources, release_notes, why_not_built
from tests.project.test_operators_scripts import script
from tests.support.installed import built, clean_environment, install, run
from tests.support.served import ROOT, get, served_by

is_checkout = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no checkout: clone the repository")
UNIT = ROOT / "deploy" / "troubleshooting-kb.service"


def names_in(folder: Path) -> set[str]:
    """The names of what lies in a folder."""
    return {path.name for path in folder.iterdir()}


def files_below(folder: Path) -> set[Path]:
    """All files that are there, but those that Python keeps for itself."""
    return {path for path in folder.rglob("*") if "__pycache__" not in path.parts}


@pytest.mark.slow
def test_what_is_installed_serves_from_an_empty_folder_and_writes_nowhere_else(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path)
    programs = install(script("bin/pip"), tmp_path, environment)
    environment["PATH"] = f"{programs}{os.pathsep}{environment['PATH']}"
    install_line, serve_line = script("pip install troubleshooting_kb").splitlines()
    assert "Requirement already satisfied" in run(install_line, tmp_path / "release", environment)
    (tmp_path / "started").mkdir()
    before = files_below(programs.parent)
    said = run("troubleshooting-kb --version", tmp_path / "started", environment).strip()
    with served_by(["sh", "-c", f"exec {serve_line}"], environment, tmp_path / "started") as (base, _process, output):
        assert re.search(r"Password: +\S+", "".join(output))
        status, home = get(base)
        assert status == 200
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', home):
            assert get(base + path)[0] == 200, path
        guide = re.search(r'href="(/guides/[^"]+)">', get(f"{base}/search/?q=certificate+expired")[1])
        assert guide
        assert get(base + guide[1])[0] == 200
        answer = re.search(r'href="(/troubleshoot/\?[^"]+)"', get(f"{base}/troubleshoot/?symptom=429")[1])
        assert answer
        assert get(base + unescape(answer[1]))[0] == 200
        assert get(f"{base}/api/v1/docs/")[0] == get(f"{base}/readyz")[0] == 200
        assert '"ready": true' in run(f"{programs}/python -m kb.config.probe", tmp_path, environment)
    assert names_in(tmp_path / "started") == {"var"}
    assert files_below(programs.parent) == before
    assert f"troubleshooting_kb-{said}-py3-none-any.whl" in names_in(built())
    no_server = subprocess.run([programs / "python", "-m", "kb.config.probe"], env=environment, check=False)
    assert no_server.returncode == 1


@is_checkout
@pytest.mark.slow
def test_the_same_sources_give_the_same_bytes_wherever_and_whenever(tmp_path: Path) -> None:
    committed = "1700000000"
    packages = []
    for name, umask in (("one", 0o022), ("another place", 0o077)):
        (tmp_path / name).mkdir()
        before = os.umask(umask)
        try:
            sources = copy_of_sources(tmp_path / name)
        finally:
            os.umask(before)
        command = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path / f"{name} built")]
        subprocess.run(
            command, cwd=sources, env=os.environ | {"SOURCE_DATE_EPOCH": committed}, check=True, capture_output=True
        )
        packages.append({path.name: path.read_bytes() for path in (tmp_path / f"{name} built").iterdir()})
    assert packages[0] == packages[1]
    assert len(packages[0]) == 2
    (archive,) = (tmp_path / "one built").glob("*.tar.gz")
    (tmp_path / "unpacked").mkdir()
    run(f"tar -xzf '{archive}'", tmp_path / "unpacked", dict(os.environ))
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "again")]
    subprocess.run(
        command, cwd=unpacked, env=os.environ | {"SOURCE_DATE_EPOCH": committed}, check=True, capture_output=True
    )
    (again,) = (tmp_path / "again").iterdir()
    assert again.read_bytes() == packages[0][again.name]


@is_checkout
@pytest.mark.slow
def test_a_release_has_what_belongs_to_it_and_nothing_that_is_not_under_version_control(folder: Path) -> None:
    (folder / "troubleshooting_kb-0.0.1-py3-none-any.whl").write_bytes(b"of a former build")
    made = build(folder)
    assert {path.name for path in made} == names_in(folder)
    for line in (folder / SUMS).read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert (folder / NOTES).read_text().startswith("# What is new")
    (wheel,) = folder.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kb", "troubleshooting"}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for top in ("kb/", "troubleshooting/"):
        ours = {name for name in names if name.startswith(top) and not name.startswith("kb/shipped/")}
        assert ours == {name for name in tracked if name.startswith(top)}
    for top in ("static/", "content/", "docs/", "deploy/"):
        shipped = {name.removeprefix("kb/shipped/") for name in names if name.startswith(f"kb/shipped/{top}")}
        assert shipped == {name for name in tracked if name.startswith(top)}
    assert [name for name in names if name.endswith(".dist-info/licenses/THIRD-PARTY-LICENCES.txt")]


def test_the_notes_are_what_the_changelog_says_of_this_release() -> None:
    released = (
        "# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-01\n\n- New.\n\n## [1.0.0] - 2026-01-01\n\n- Old.\n"
    )
    assert release_notes(released) == ("# What is new in 1.1.0\n\n- New.\n", True)
    unreleased = released.replace("[Unreleased]\n", "[Unreleased]\n\n- Newest.\n")
    assert release_notes(unreleased) == ("# What is new since 1.1.0\n\n- Newest.\n", False)


def test_nothing_is_built_that_would_not_be_installed_over_the_release_before() -> None:
    released = "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-01\n\n- Old.\n"
    unreleased = released.replace("[Unreleased]\n", "[Unreleased]\n\n- Newest.\n")
    assert why_not_built("1.0.0", released) is None
    assert why_not_built("1.1.0.dev0", unreleased) is None
    assert "changes under 'Unreleased'" in str(why_not_built("1.0.0", unreleased))
    assert "changes under 'Unreleased'" in str(why_not_built("1.1.0", unreleased))
    assert "says nothing" in str(why_not_built("1.1.0", released))
    assert "is released already" in str(why_not_built("1.0.0.dev0", unreleased))
    assert why_not_built(version(), (ROOT / "CHANGELOG.md").read_text()) is None


def test_the_service_starts_what_the_documents_install_and_lets_it_write_its_files_only() -> None:
    said = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if "=" in line and line[0] != "#")
    assert said["ExecStart"] == "/opt/kb/bin/troubleshooting-kb serve"
    assert "python3 -m venv /opt/kb" in script("bin/pip")
    data = f"/var/lib/{said['StateDirectory']}"
    assert (said["Environment"], said["WorkingDirectory"]) == (f"KB_DATA_DIR={data}", data)
    assert said["ReadWritePaths"] == "-/srv/kb-files"
    assert "export KB_MEDIA_DIR=/srv/kb-files" in script("KB_MEDIA_DIR")
    assert (said["ProtectSystem"], said["NoNewPrivileges"], said["User"]) == ("strict", "yes", "kb")
    assert f"useradd --system --no-create-home --home-dir {data}" in script("useradd")
    assert script("useradd").splitlines()[0].endswith(f" {said['User']}")
    assert f"kb/shipped/deploy/{UNIT.name} /etc/systemd/system/" in script("useradd")
    for words in (f"User={said['User']}", f"EnvironmentFile={said['EnvironmentFile']}", f"KB_DATA_DIR={data}"):
        assert words in script("systemd-run")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here to read the unit")
def test_systemd_understands_every_line_of_the_service(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/kb/bin/troubleshooting-kb", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if UNIT.name in line or "Unknown" in line]
    assert ours == []
