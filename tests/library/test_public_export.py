"""`export_guides --public` writes what customers may read, and nothing for staff."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kb.library.export.export import ExportError, export
from kb.library.export.public import export_public
from kb.library.folders import load
from kb.models import CopiedFile, Guide
from tests.library.test_export_guides import Tree, empty, fill, picture, written

pytestmark = pytest.mark.django_db

LAMP = (
    b"---\r\ntitle: Lamp\r\n---\r\n# Lamp\r\n\r\nTurn it.\r\n\r\n> [!STAFF]\r\n> kanarie ![x](inside.png)\r\n\r\n"
    b"![Lamp](lamp.png)\n"
)
LIBRARY: Tree = {
    "office/lamp.md": LAMP,
    "office/example.md": b"# Example\n\n```\n> [!STAFF]\n> shown\n```\n",
    "office/secret.md": b"---\naudience: staff\n---\n# Kanarie\n",
    "office/draft.md": b"---\ndraft: true\n---\n# Kanarie\n",
    "office/inside.png": picture(1),
    "office/lamp.png": picture(2),
    "contacts/desk.md": b"---\nname: Desk\n---\nHello.\n",
    "contacts/night.md": b"---\nname: Kanarie\naudience: staff\n---\nHello.\n",
    "synonyms.txt": b"kanarie, bird\n",
}


def test_nothing_for_staff_is_in_it(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    report = export_public(tmp_path / "out")
    found = written(tmp_path / "out")
    assert found == {
        "office/lamp.md": LAMP.replace(b"> [!STAFF]\r\n> kanarie ![x](inside.png)\r\n", b""),
        "office/example.md": LIBRARY["office/example.md"],
        "office/lamp.png": LIBRARY["office/lamp.png"],
        "contacts/desk.md": LIBRARY["contacts/desk.md"],
    }
    assert sorted(report.written) == sorted(found)


def test_the_library_goes_on_as_if_it_had_not_been_written(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    export_public(tmp_path / "out")
    assert not CopiedFile.objects.exists()
    assert export(folder).written == []
    assert written(folder) == LIBRARY


def test_what_was_written_is_a_library_of_its_own_with_the_same_addresses(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    Guide.objects.filter(slug="lamp").update(slug="light", key="kanarie-lamp")
    export_public(tmp_path / "out")
    empty()
    assert not load.load([tmp_path / "out"]).failed
    assert set(Guide.objects.values_list("slug", "title")) == {("light", "Lamp"), ("example", "Example")}


def test_it_wants_an_empty_folder_and_no_other_option(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    with pytest.raises(ExportError, match="is not empty"):
        export_public(folder)
    with pytest.raises(CommandError, match="is not empty"):
        call_command("export_guides", str(folder), "--public")
    with pytest.raises(CommandError, match="leave out --prune and --force"):
        call_command("export_guides", str(tmp_path / "new"), "--public", "--force")
    assert written(folder) == LIBRARY
