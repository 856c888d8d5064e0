"""Synonyms that are added in the browser: search goes by them at once, and exports and loads carry them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from pytest_django import Settings

from kb.library import publication, synonyms
from kb.library.folders import load
from kb.models.audience import EVERYONE
from kb.search import configured
from kb.search.text.query import parse
from tests.conftest import WriteGuide

pytestmark = pytest.mark.django_db

FILE = b"# ours\nprinter, plotter\n"


@pytest.fixture
def content(folder: Path, settings: Settings, write_guide: WriteGuide) -> Path:
    """A content folder with synonyms and one guide, loaded."""
    settings.CONTENT_DIR = folder
    (folder / "synonyms.txt").write_bytes(FILE)
    write_guide("# Printer jams\n\nThe printer takes no sheet.\n")
    return folder


def found(text: str) -> int:
    return configured.engine().search(parse(text), EVERYONE).total


def test_search_goes_by_what_is_added_at_once_and_no_longer_when_it_is_taken_out(content: Path, eve: User) -> None:
    assert (found("gizmo"), found("plotter")) == (0, 1)
    added = synonyms.add("gizmo, printers", eve)
    assert (found("gizmo"), found("plotter")) == (1, 1)
    synonyms.take_out(added)
    assert (found("gizmo"), found("plotter")) == (0, 1)


def test_another_machine_writes_down_what_the_database_says(content: Path, eve: User, data_dir: Path) -> None:
    synonyms.add("gizmo, printer", eve)
    (data_dir / "added-synonyms.txt").unlink()
    assert found("gizmo") == 0
    before = publication.current()
    assert (synonyms.follow(), synonyms.follow()) == (1, 0)
    assert found("gizmo") == 1
    assert publication.current() != before


def test_an_export_writes_them_into_the_file_which_says_them_from_then_on(content: Path, eve: User) -> None:
    synonyms.add("gizmo, printer", eve)
    synonyms.add("lamp, light", eve)
    call_command("export_guides", content)
    assert (content / "synonyms.txt").read_bytes() == b"# ours\nprinter, plotter, gizmo\nlamp, light\n"
    assert (synonyms.all_added().count(), found("gizmo")) == (0, 1)
    call_command("export_guides", content)
    assert load.load([content]).failed == []


def test_an_export_makes_the_file_where_there_was_none(content: Path, eve: User) -> None:
    (content / "synonyms.txt").unlink()
    load.load([content])
    synonyms.add("gizmo, printer", eve)
    call_command("export_guides", content)
    assert (content / "synonyms.txt").read_bytes() == b"gizmo, printer\n"


def test_a_file_that_was_changed_meanwhile_is_loaded_first_and_both_hold(
    content: Path, eve: User, tmp_path: Path
) -> None:
    synonyms.add("gizmo, printer", eve)
    (content / "synonyms.txt").write_bytes(b"printer, copier\n")
    load.load([content])
    assert (found("gizmo"), found("copier"), found("plotter")) == (1, 1, 0)
    call_command("export_guides", tmp_path / "copy")
    assert (tmp_path / "copy" / "synonyms.txt").read_bytes() == b"printer, copier, gizmo\n"
    assert synonyms.all_added().count() == 1
    (content / "synonyms.txt").write_bytes(b"gizmos, printer, copier\n")
    load.load([content])
    assert (synonyms.all_added().count(), found("gizmo")) == (0, 1)


def test_what_would_be_found_with_other_synonyms_changes_nothing_that_is_found(content: Path) -> None:
    engine, query = configured.engine(), parse("gizmo")
    tried = configured.synonyms_with(["gizmo, printer"])
    assert engine.search(query, EVERYONE, synonyms=tried).total == 1
    assert engine.search(query, EVERYONE).total == 0
