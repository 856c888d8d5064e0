"""An export into the folder that was loaded: what it wrote is the files' base, and no line that waits is written over."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from kb import approval, loading
from kb.decisions import Published
from kb.exporting import export
from kb.models import Guide
from tests.studio import TEXT, person, proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return person("ada", "editors")


def edited(guide: Guide, by: User, old: str, new: str) -> None:
    """Change a guide in the browser."""
    guide.refresh_from_db()
    assert guide.revision
    outcome = approval.approve(proposal(guide, by, guide.revision.text.replace(old, new)), by)
    assert isinstance(outcome, Published)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_an_export_wrote_is_the_base_of_the_next_change_of_the_file(folder: Path, ada: User) -> None:
    (folder / "jam.md").write_text(TEXT)
    loading.load([folder])
    guide = Guide.objects.get()
    edited(guide, ada, "flap", "lid")
    export(folder)
    change(folder / "jam.md", "(always)", "(often)")
    report = loading.load([folder])
    assert (report.changed, report.in_review) == (["jam.md"], [])
    before = (folder / "jam.md").read_text()
    assert export(folder).written == []
    assert (folder / "jam.md").read_text() == before
