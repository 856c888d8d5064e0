"""The licences of all that is installed are told, and allow it."""

from __future__ import annotations

import sys
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import cast

import pytest

from release import licences
from release.licences import LicenceError

ROOT = Path(__file__).resolve().parent.parent.parent
TOLD = (ROOT / licences.FILE_NAME).read_text()
LISTED = TOLD.partition("\n\n====")[0]


class Package:
    """A package as its metadata tells of it."""

    def __init__(self, **said: str) -> None:
        self.name, self.version, self.files, self.metadata = "other", "1.0", [], Message()
        for key, value in said.items():
            self.metadata[key.replace("_", "-")] = value


def of_package(**said: str) -> str:
    return licences.of_package(cast("Distribution", Package(**said))).licence


def test_each_package_that_is_installed_and_each_script_of_others_is_told_of() -> None:
    for lock in licences.LOCKS:
        for name in licences.locked(ROOT / lock):
            try:
                shown = distribution(name).name
            except PackageNotFoundError:
                assert lock != "requirements.txt" or name in licences.BACKPORTS  # the others are not everywhere
            else:
                assert f"\n{shown} " in LISTED, f"{name} is missing: run make licences"
    for folder in (ROOT / "static" / "vendor").iterdir():
        assert f"\n{folder.name}: " in LISTED
        assert (folder / "LICENSE").read_text().strip().splitlines()[-1].rstrip() in TOLD


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the locks have other versions for other Pythons")
def test_the_licences_are_those_of_the_locked_versions() -> None:
    try:
        found = [*licences.packages(), *licences.vendored()]
    except PackageNotFoundError as missing:
        pytest.skip(f"{missing.name} is not installed: make setup MEANING=yes")
    assert licences.written(found) == TOLD, "run make licences"


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ({"License_Expression": "MIT"}, "MIT"),
        ({"License": "BSD"}, "BSD-3-Clause"),
        ({"License": "A long text\nof a licence", "Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        ({"License_Expression": "GPL-3.0-only OR Apache-2.0"}, "GPL-3.0-only OR Apache-2.0"),
    ],
)
def test_a_package_says_its_licence_in_one_of_several_ways(said: dict[str, str], licence: str) -> None:
    assert of_package(**said) == licence


@pytest.mark.parametrize(
    "said",
    [
        {"License_Expression": "GPL-3.0-only"},
        {"License_Expression": "MIT AND GPL-2.0-or-later"},
        {"License_Expression": "AGPL-3.0-only OR SSPL-1.0"},
        {"License": "GNU General Public License"},
        {"Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"},
        {},
    ],
)
def test_a_licence_that_nobody_allowed_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(LicenceError, match="not allowed"):
        of_package(**said)
