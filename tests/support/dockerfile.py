"""Does what a Dockerfile says without a builder: its steps as scripts, with `/` in a folder of the test's own."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sysconfig
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tests.support.installed import clean_environment, mapped, our_libraries, run, with_our_libraries

PLACES = ("/opt", "/data", "/tmp")  # noqa: S108 - of the image


@dataclass
class Image:
    """What an image is once its steps are done: its files, and what it says of how it is run."""

    root: Path
    environment: dict[str, str]
    folder: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def there(self, text: str) -> str:
        """A text with the paths of the image as they are on this machine."""
        return mapped(text, self.root, *PLACES)

    def account(self) -> dict[str, int]:
        """What has a process run as its user, where we may say so and that user may read what is here."""
        user, _, group = self.user.partition(":")
        read_by_it = [Path(path).resolve() for path in (sysconfig.get_paths()["stdlib"], *our_libraries(), self.root)]
        if os.geteuid() or not all(_is_open(path) for path in read_by_it):
            return {}
        return {"user": int(user), "group": int(group)}


def _is_open(path: Path) -> bool:
    """Whether everybody may go into a folder."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def instructions(text: str) -> list[tuple[str, str]]:
    """Each instruction and what it is given, without comments."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


def context(folder: Path, ignored: str) -> list[str]:
    """The files of a folder that are sent to a builder."""
    rules = [line for line in ignored.splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*", "everything is left out but what is named"
    return [
        path.relative_to(folder).as_posix()
        for rule in rules[1:]
        for path in sorted(folder.glob(rule.removeprefix("!")))
        if path.is_file()
    ]


class Builder:
    """Takes the steps one after the other; `folder` has what the Dockerfile copies."""

    def __init__(self, folder: Path, ignored: str, place: Path, **arguments: str) -> None:
        self._arguments = arguments
        self._folder, self._root, self._stages = folder, place / "root", place / "stages"
        self._sent = context(folder, ignored)
        self._base = clean_environment(place)
        self._stage = ""
        self.image = Image(self._root, {})

    def build(self, text: str) -> Image:
        """The image of the last stage."""
        for word, rest in instructions(text):
            if word == "COPY" and rest.startswith("--from="):
                self._copy_installed(*rest.removeprefix("--from=").split())
            elif word not in {"EXPOSE", "STOPSIGNAL", "VOLUME"}:
                getattr(self, f"_{word.lower()}")(rest)
        return self.image

    def _from(self, rest: str) -> None:
        if self._stage:
            self._stages.mkdir(exist_ok=True)
            self._root.rename(self._stages / self._stage)
        self._stage = rest.partition(" AS ")[2] or "last"
        for name in ("opt", "tmp"):
            (self._root / name).mkdir(parents=True)
        self.image = Image(self._root, dict(self._base))

    def _copy_installed(self, stage: str, source: str, target: str) -> None:
        assert source == target, "what is installed knows its place"
        shutil.copytree(self._stages / stage / source[1:], self._root / target[1:], symlinks=True)

    def _copy(self, rest: str) -> None:
        *sources, target = rest.split()
        found = [name for name in self._sent for source in sources if fnmatch(name, source)]
        assert found, f"nothing to copy: {rest}"
        for name in found:
            shutil.copy(self._folder / name, self.image.there(target))

    def _run(self, rest: str) -> None:
        if os.geteuid():  # who is not root can give nothing to another user
            rest = re.sub(r" -[og] \d+", "", rest)
        run(self.image.there(rest), self._root, self.image.environment)
        for made in self._root.glob("opt/*/pyvenv.cfg"):
            with_our_libraries(made.parent)

    def _arg(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        self.image.environment[name] = self._arguments.get(name, value)

    def _env(self, rest: str) -> None:
        for pair in rest.split():
            name, _, value = pair.partition("=")
            before = self.image.environment.get(name, "")
            self.image.environment[name] = self.image.there(value).replace(f"${name}", before)

    def _healthcheck(self, rest: str) -> None:
        self.image.health = json.loads(rest.partition(" CMD ")[2])

    def _cmd(self, rest: str) -> None:
        self.image.command = json.loads(rest)

    def _user(self, rest: str) -> None:
        self.image.user = rest

    def _workdir(self, rest: str) -> None:
        self.image.folder = rest
