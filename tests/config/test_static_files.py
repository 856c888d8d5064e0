"""What browsers load as it is collected: stylesheets in one piece, modules that import what is there."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from pytest_django import Settings

from kb.config.startup import collect_static_files

SHEETS = ("kb.css", "walk.css", "desk.css", "studio.css")


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """The folder that static files are served from, and their names in it by their names in the tree."""
    settings.STATIC_ROOT = tmp_path
    ours = {"BACKEND": "kb.config.static_files.JoinedStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": ours}
    assert collect_static_files()
    return tmp_path, json.loads((tmp_path / "staticfiles.json").read_text())["paths"]


def test_stylesheets_are_joined_with_their_parts(collected: tuple[Path, dict[str, str]]) -> None:
    folder, names = collected
    for name in SHEETS:
        source = Path(str(finders.find(name))).read_text()
        for served in (name, names[name]):  # pages that need no manifest name the first
            text = (folder / served).read_text()
            assert "@import" not in text
            places = [text.index(Path(str(finders.find(part))).read_text()) for part in _parts(source)]
            assert places == sorted(places)
            assert len(places) > 1


def _parts(source: str) -> list[str]:
    return re.findall(r'@import "(.*?)";', source)


def test_a_changed_part_gives_its_stylesheet_another_name(
    collected: tuple[Path, dict[str, str]], settings: Settings, tmp_path: Path
) -> None:
    _, before = collected
    source = tmp_path / "source"
    (source / "css").mkdir(parents=True)
    (source / "kb.css").write_text('@import "css/base.css";\n')
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    found = []
    for text in ("a {}\n", "b {}\n"):
        (source / "css" / "base.css").write_text(text)
        assert collect_static_files()
        names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
        found.append(names["kb.css"])
        assert (tmp_path / names["kb.css"]).read_text() == text
        assert staticfiles_storage.url("kb.css") == f"/static/{names['kb.css']}"  # the one before is remembered no more
    assert len({*found, before["kb.css"]}) == 3


@pytest.mark.slow
def test_modules_import_each_other_as_they_are_served(collected: tuple[Path, dict[str, str]]) -> None:
    folder, names = collected
    imports = 0
    for name, served in names.items():
        if not name.startswith("js/"):
            continue
        for path in re.findall(r'(?:from|import) "(\./.*?)";', (folder / served).read_text()):
            imports += 1
            assert str(PurePosixPath(served).parent / path) in names.values()
    assert imports > 10
