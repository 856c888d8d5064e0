"""The image that the Dockerfile describes serves, where there is no builder either: its steps are taken as a script."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.test_operators_scripts import OPERATORS, script
from tests.support.dockerfile import Builder, Image, context, instructions
from tests.support.installed import built
from tests.support.served import ROOT, free_port, get, served_by

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = (ROOT / ".dockerignore").read_text()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may go into."""
    folder = Path(tempfile.mkdtemp(prefix="kb-image-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def image(place: Path) -> Image:
    """The image of a release."""
    checkout = place / "checkout"
    shutil.copytree(built(), checkout / "dist")
    for name in ("requirements.txt", "requirements-s3.txt"):
        shutil.copy(ROOT / name, checkout)
    return Builder(checkout, IGNORED, place).build(DOCKERFILE)


def asked(image: Image, environment: dict[str, str]) -> int:
    """What the image's check of its health ends with."""
    command = [shutil.which(image.health[0], path=environment["PATH"]) or "", *image.health[1:]]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


@pytest.mark.night
def test_the_image_serves_as_its_own_user_and_writes_only_its_volume(image: Image) -> None:
    environment = image.environment | {"PORT": str(free_port()), "KB_ALLOWED_HOSTS": "127.0.0.1,help.example"}
    program = shutil.which(image.command[0], path=environment["PATH"])
    assert program == image.there("/opt/kb/bin/troubleshooting-kb")
    before = sorted((path, path.lstat().st_mtime_ns) for path in (image.root / "opt").rglob("*"))
    assert asked(image, environment) == 1
    folder = Path(image.there(image.folder))
    with served_by([program, *image.command[1:]], environment, folder, **image.account()) as (base, _process, output):
        assert re.search(r"Password: +\S+", "".join(output))
        assert get(f"{base}/search/?q=certificate+expired")[0] == 200
        assert asked(image, environment) == 0
        assert asked(image, environment | {"KB_ALLOWED_HOSTS": "other.example"}) == 1
    kept = (image.root / "data" / "kb.sqlite3").stat()
    assert kept.st_uid == image.account().get("user", os.geteuid())
    assert sorted((path, path.lstat().st_mtime_ns) for path in (image.root / "opt").rglob("*")) == before


def test_the_image_is_no_administrator_and_keeps_nothing_outside_its_volume() -> None:
    steps = instructions(DOCKERFILE)
    said = dict(steps)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", said["USER"])
    assert (said["VOLUME"], said["WORKDIR"]) == ("/data", "/data")
    assert "KB_DATA_DIR=/data" in said["ENV"].split()
    assert [words for word, words in steps if word == "FROM"] == ["python:3.11-slim AS installed", "python:3.11-slim"]
    last = [word for word, _ in steps].index("USER")
    assert not {"RUN", "COPY"} & {word for word, _ in steps[last:]}
    for option in ("--read-only", "--tmpfs /tmp", "--cap-drop ALL", f"--volume kb-data:{said['VOLUME']}"):
        assert option in script("docker run")
    assert f"as the user {said['USER'].partition(':')[0]}" in OPERATORS


def test_nothing_is_sent_to_the_builder_but_the_release(tmp_path: Path) -> None:
    release = tmp_path / "dist" / "troubleshooting_kb-1.0-py3-none-any.whl"
    names = (
        "requirements.txt",
        "requirements-s3.txt",
        ".env",
        "var/secret_key",
        ".git/config",
        "dist/other.whl",
        "kb/settings.py",
    )
    for path in (release, *(tmp_path / name for name in names)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert context(tmp_path, IGNORED) == ["requirements.txt", "requirements-s3.txt", f"dist/{release.name}"]


def test_no_step_needs_a_secret() -> None:
    assert [rest for word, rest in instructions(DOCKERFILE) if word == "ARG"] == ["S3="]
    assert not [rest for _, rest in instructions(DOCKERFILE) if re.search("TOKEN|SECRET|KEY", rest)]


@pytest.mark.parametrize("chosen", ["", "yes"])
def test_an_image_that_is_asked_for_it_has_what_files_in_a_bucket_need(chosen: str, place: Path) -> None:
    """Its steps install nothing here: a `pip` that writes down what it was asked for is enough to tell."""
    checkout = place / "checkout"
    for name in ("requirements.txt", "requirements-s3.txt", "dist/troubleshooting_kb-1.0-py3-none-any.whl"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("")
    steps = [(word, rest) for word, rest in instructions(DOCKERFILE) if word in {"ARG", "COPY", "RUN"}]
    needed = [f"{word} {rest}" for word, rest in steps[1:5]]  # after the one that makes the environment
    pip = "printf '%s' 'echo \"$@\" >> /tmp/asked' > /opt/kb/bin/pip && chmod +x /opt/kb/bin/pip"
    told = f"FROM it\nRUN mkdir -p /opt/kb/bin && {pip}\n"
    image = Builder(checkout, IGNORED, place, S3=chosen).build(told + "\n".join(needed))
    asked_for = (image.root / "tmp" / "asked").read_text()
    assert "/requirements.txt" in asked_for
    assert ("/requirements-s3.txt" in asked_for) == bool(chosen)
