"""Builds what is handed out of a release into `dist/`: `make release` calls it.

The same commit gives the same bytes: what is not under version control stays out, and all files bear the commit's time.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from release.licences import FILE_NAME as LICENCES

ROOT = Path(__file__).resolve().parent.parent
BESIDE = (LICENCES, "requirements.txt", "requirements-meaning.txt", "requirements-s3.txt")
SUMS = "SHA256SUMS"
NOTES = "RELEASE-NOTES.md"
_HEADING = re.compile(r"^## \[(.+?)\].*\n", re.MULTILINE)


def release_notes(changelog: str) -> tuple[str, bool]:
    """What the changelog says of this release, and whether that stands under a version yet."""
    headings = list(_HEADING.finditer(changelog))
    sections = {
        heading[1]: changelog[heading.end() : following.start() if following else None].strip()
        for heading, following in zip(headings, [*headings[1:], None], strict=True)
    }
    unreleased = sections.pop("Unreleased", "")
    version = next(iter(sections))
    title = "What is new since" if unreleased else "What is new in"
    return f"# {title} {version}\n\n{unreleased or sections[version]}\n", not unreleased


def why_not_built(version: str, changelog: str) -> str | None:
    """A sentence that says why nothing is built of this version; None when it may be.

    What is handed out twice under one version is not installed the second time: pip says that it is there already.
    """
    is_release, told = ".dev" not in version, _HEADING.findall(changelog)
    if is_release and not release_notes(changelog)[1]:
        return (
            f"pyproject.toml says {version}, and CHANGELOG.md has changes under 'Unreleased': put them under that "
            "version, or give pyproject.toml the next one with .dev0."
        )
    if is_release and version not in told:
        return f"pyproject.toml says {version}, of which CHANGELOG.md says nothing: give its changes that version."
    if version.partition(".dev")[0] in told and not is_release:
        return f"pyproject.toml says {version}, and CHANGELOG.md that it is released already: give it the next one."
    return None


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def _git(*words: str) -> str:
    """What git says of the checkout; nothing where there is no git, as in an unpacked archive."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout


def copy_of_sources(folder: Path) -> Path:
    """The files under version control, as they are now, in a folder of their own."""
    names = [name for name in _git("ls-files", "-z").split("\0") if name]
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
            shutil.copymode(ROOT / name, folder / name)
    return folder if names else ROOT


def build(dist: Path) -> list[Path]:
    """Write the package, its sources and what belongs beside them into a folder, in place of those of former builds."""
    changelog = (ROOT / "CHANGELOG.md").read_text()
    if why := why_not_built(_version(), changelog):
        sys.exit(why)
    dist.mkdir(parents=True, exist_ok=True)
    for old in dist.glob("troubleshooting_kb-*"):
        old.unlink()
    committed = os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct").strip()
    dated = {"SOURCE_DATE_EPOCH": committed} if committed else {}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(dist.resolve())]
        sources = copy_of_sources(Path(folder))
        done = subprocess.run(command, cwd=sources, env=os.environ | dated, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"The package can't be built: {done.stderr}")
    for name in BESIDE:
        shutil.copyfile(ROOT / name, dist / name)
    (dist / NOTES).write_text(release_notes(changelog)[0])
    made = [*sorted(dist.glob("troubleshooting_kb-*")), *(dist / name for name in (*BESIDE, NOTES))]
    sums = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made)
    (dist / SUMS).write_text("".join(sums))
    return [*made, dist / SUMS]


def main() -> None:
    """Build, and name what there is now."""
    for path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"):
        sys.stdout.write(f"{path}\n")
    if ".dev" in (version := _version()):
        sys.stdout.write(f"{version} is no release: CONTRIBUTING.md says how one is made, before this is handed out.\n")


if __name__ == "__main__":
    main()
