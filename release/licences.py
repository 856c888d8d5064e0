"""Collects the licences of all that is installed with the product, or says of which one nobody has thought yet.

Python's packages tell theirs in their metadata; what browsers load has its own beside it in `static/vendor/`.
`make licences` writes `THIRD-PARTY-LICENCES.txt` of it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
FILE_NAME = "THIRD-PARTY-LICENCES.txt"
LOCKS = {
    "requirements.txt": "",
    "requirements-meaning.txt": " (only with search by meaning)",
    "requirements-s3.txt": " (only with files in S3)",
}
# Each lets a program under any licence use what is installed beside it, LGPL and MPL because their files stay apart.
ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-3.0-only", "MIT", "MIT-CMU"),
        *("MPL-2.0", "PSF-2.0", "Unlicense", "ZPL-2.1", "Zlib"),
    }
)
# What packages without an SPDX expression write, as SPDX writes it.
SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",  # what python-dateutil says, and nobody else here
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "ZPL 2.1": "ZPL-2.1",
}
# Back-ports for the first releases of Python 3.11, which are not installed with later ones: licence and home.
BACKPORTS = {"async-timeout": ("Apache-2.0", "https://github.com/aio-libs/async-timeout")}
_TEXT = re.compile(r"(licen[cs]es?|copying|notice|thirdpartynotices)\b", re.IGNORECASE)
_REQUIREMENT = re.compile(r"^[\w.-]+==[^\\#]+", re.MULTILINE)
CLASSIFIER = "License :: OSI Approved :: "
LONGEST_NAME = 60  # a longer one is the text itself
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "implementation_name": "cpython"}
FIRST = {"python_full_version": f"{sys.version_info[0]}.{sys.version_info[1]}.0"}


class LicenceError(Exception):
    """A licence that nobody has allowed, or that nobody can read."""


@dataclass(frozen=True, slots=True)
class Licensed:
    """Something of others, its licence by the name of SPDX, and the texts that must go with it."""

    name: str
    licence: str
    home: str
    texts: tuple[str, ...]
    remark: str = ""


def allowed(licence: str) -> bool:
    """Whether an SPDX expression leaves a choice of which each part is allowed."""
    choices = licence.strip("()").split(" OR ")
    return any(all(part.strip("() ") in ALLOWED for part in choice.split(" AND ")) for choice in choices)


def licence_of(package: Distribution) -> str:
    """The licence of a package, by its SPDX expression, else by what it calls it, else by its classifiers."""
    told = next(iter(_all(package, "License-Expression") + _all(package, "License")), "")
    if not told or len(told) > LONGEST_NAME or "\n" in told:
        names = [line.rpartition(" :: ")[2] for line in _all(package, "Classifier") if line.startswith(CLASSIFIER)]
        told = " AND ".join(SPDX.get(name, name) for name in names)
    return SPDX.get(told, told)


def _all(package: Distribution, key: str) -> list[str]:
    """What the metadata of a package says under a key."""
    return [value for value in package.metadata.get_all(key) or [] if value]


def of_package(package: Distribution, remark: str = "") -> Licensed:
    """What has to be told of a package; LicenceError when its licence is not allowed."""
    name = f"{package.name} {package.version}"
    licence = licence_of(package)
    if not allowed(licence):
        raise LicenceError(f"{name} has the licence '{licence}', which is not allowed in {Path(__file__).name}.")
    addresses = [line.rpartition(", ")[2] for line in _all(package, "Project-URL")]
    home = next(iter(_all(package, "Home-page") + addresses), "")
    files = [file for file in package.files or [] if _TEXT.match(file.name) and file.suffix != ".py"]
    texts = dict.fromkeys(file.read_text(encoding="utf-8").strip() for file in sorted(files))
    return Licensed(name, licence, home, tuple(texts), remark)


def locked(lock: Path) -> dict[str, str]:
    """What a lock installs on Linux, with any release of this version of Python: by name, the version."""
    environment = {**{name: str(value) for name, value in default_environment().items()}, **LINUX, **FIRST}
    found = [Requirement(line.strip()) for line in _REQUIREMENT.findall(lock.read_text())]
    counting = [one for one in found if one.marker is None or one.marker.evaluate(environment)]
    return {one.name: str(one.specifier).removeprefix("==") for one in counting}


def packages() -> Iterator[Licensed]:
    """All that the locks install, the lock of the product first."""
    seen: set[str] = set()
    for lock, remark in LOCKS.items():
        for name, version in locked(ROOT / lock).items():
            if name in seen:
                continue
            seen.add(name)
            if name in BACKPORTS:
                yield Licensed(
                    f"{name} {version}", *BACKPORTS[name], (), " (only with the first releases of Python 3.11)"
                )
            else:
                yield of_package(distribution(name), remark)


def vendored() -> Iterator[Licensed]:
    """What browsers load of others."""
    for folder in sorted((ROOT / "static" / "vendor").iterdir()):
        text = (folder / "LICENSE").read_text().strip()
        found = next((name for name, words in VENDORED.items() if words in text), "")
        if not allowed(found):
            raise LicenceError(f"{folder.name} in static/vendor has a licence that is not known in licences.py.")
        readme = folder / "README.md"
        parts = re.findall(r"^\| `(.+?)` \| ([\d.]+) \|$", readme.read_text() if readme.is_file() else "", re.MULTILINE)
        remark = ", with " + ", ".join(f"{name} {version}" for name, version in parts) if parts else ""
        yield Licensed(folder.name, found, f"static/vendor/{folder.name}/", (text,), remark)


VENDORED = {"0BSD": "Zero-Clause BSD", "MIT": "Permission is hereby granted, free of charge"}


def written(found: Iterable[Licensed]) -> str:
    """The file: a list of all, then the texts of each."""
    every = list(found)
    same = {one.licence: one.name for one in reversed(every) if one.texts}
    lines = [
        "LICENCES OF OTHERS",
        "",
        "Troubleshooting KB itself is under the MIT licence (LICENSE). These are installed with it, on Linux with",
        "Python 3.11; their licences follow. Made by `make licences`.",
        "",
        *(f"{one.name}: {one.licence}{one.remark}" for one in every),
    ]
    for one in every:
        if not one.texts and one.licence not in same:
            raise LicenceError(f"{one.name} comes without the text of its licence, {one.licence}: add it by hand.")
        texts = one.texts or (f"Its package has no text of the licence; it is that of {same[one.licence]}.",)
        heading = f"{one.name}: {one.licence}" + (f", {one.home}" if one.home else "")
        lines += ["", "=" * 100, heading, "=" * 100, "", "\n\n----\n\n".join(texts)]
    text = "\n".join(lines).replace("\r\n", "\n").replace("\f", "")
    return "\n".join(line.rstrip() for line in text.split("\n")) + "\n"


def main() -> None:
    """Write the file, or say why it can't be."""
    try:
        text = written([*packages(), *vendored()])
    except LicenceError as error:
        sys.exit(str(error))
    (ROOT / FILE_NAME).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
