"""A change of one file has that file read, and not the whole folder for the sake of what is checked together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from kb.content.document import Document
from kb.content.workers import ReadRequest, ReadResult, read_guides
from kb.library.folders import known_documents, load, reader
from kb.library.folders.folder_state import FolderState
from kb.models import Guide
from troubleshooting.evaluation.checks import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

GUIDE = """# Printer {0}

**Symptoms:**
- Printer {0} shows the code PR-{0}
- The paper of tray {0} is stuck

**Solution:**
1. Open tray {0}.

See [the next](g{1}.md#printer-{1}).
"""
TREE = "# Which\n\n## Questions\n- Is it 1?\n  - Yes: [One](g1.md)\n  - No: [Two](g2.md)\n"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all files that are handed to the processes that read."""
    paths: list[str] = []

    def counted(requests: Iterable[ReadRequest], *, seconds: float) -> Iterator[ReadResult]:
        asked = list(requests)
        paths.extend(request.source for request in asked)
        return read_guides(asked, seconds=seconds)

    monkeypatch.setattr(reader, "read_guides", counted)
    return paths


def fill(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"g{number}.md").write_text(GUIDE.format(number, (number + 1) % count))
    (folder / "contacts").mkdir()
    (folder / "contacts" / "desk.md").write_text("---\nname: Desk\n---\nAsk.\n")
    (folder / "draft.md").write_text("---\ndraft: true\n---\n# Draft\n")


def test_one_changed_file_of_60_is_the_one_that_is_read(tmp_path: Path, read: list[str]) -> None:
    fill(tmp_path, 60)
    load.load([tmp_path])
    read.clear()
    assert load.load([tmp_path]).findings == []
    assert read == []
    (tmp_path / "g7.md").write_text("# Printer 7\n\nSee [it](g8.md#nowhere), [this](draft.md) and [that](gone.md).\n")
    report = load.load([tmp_path])
    assert set(read) == {"g7.md"}
    assert sorted({line.partition(": ")[0] for line in report.warnings}) == ["g7.md:3"]


def test_guides_that_ask_questions_are_not_read_again_either(tmp_path: Path, read: list[str]) -> None:
    fill(tmp_path, 4)
    for name, goals in {
        "which": ("g1.md", "g2.md"),
        "other": ("#tray", "g3.md#printer-3"),
        "more": ("g0.md", "g1.md"),
    }.items():
        nested = f"  - Yes: [One]({goals[0]})\n  - No: Is it {name}?\n"
        nested += f"    - Yes: [Two]({goals[1]})\n    - No: [Three](g2.md)\n"
        own = "\n## Tray\n\n**Symptoms:**\n- The tray is out\n\n**Solution:**\n1. Push it.\n"
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n## Questions\n- Is it {name} first?\n{nested}{own}")
    assert load.load([tmp_path]).failed == []
    read.clear()
    (tmp_path / "which.md").write_text(TREE)
    load.load([tmp_path])
    assert set(read) == {"which.md"}
    known = known_documents.of_folder(tmp_path, FolderState.of(tmp_path).files)
    for plan in load.read(tmp_path).kept:
        found = known[plan.file.source]
        assert isinstance(found, Document)
        assert plan.document
        assert found.structure.questions == plan.document.structure.questions
    Guide.objects.filter(source="more.md").update(
        questions=[{"text": "Old?", "line": 1, "branches": [{"label": "Yes"}]}]
    )
    (tmp_path / "g0.md").write_text(GUIDE.format("zero", 1))
    read.clear()
    load.load([tmp_path])
    assert "more.md" in read


def test_what_was_known_is_checked_as_if_it_had_been_read(tmp_path: Path) -> None:
    fill(tmp_path, 4)
    (tmp_path / "which.md").write_text(TREE)
    alike = (
        "# {}\n\n[x](gone/x.md), [p](g1.md#no), ![a](a.png)\n\n## Symptoms\n- The printer {} print\n\n## Fix\n1. A\n"
    )
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.md").write_text(alike.format("A", "does not") + "\n[up](../g1.md), [no](../no.md)\n")
    (tmp_path / "b.md").write_text(alike.format("B", "won't"))
    (tmp_path / "c.md").write_text(alike.format("C", "does not"))
    load.load([tmp_path])
    (tmp_path / "g0.md").write_text(GUIDE.format("zero", 1))
    said = set(load.load([tmp_path]).warnings)
    checked = {str(one) for one in run.check([tmp_path]) if one.file != "draft.md"}
    assert said == checked
    assert len(said) > 8
