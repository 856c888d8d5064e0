"""`check_guides` holds guides to the questions that lie beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.library.export.export import export
from kb.library.folders import load
from kb.models import Guide
from tests.conftest import CONTENT
from tests.troubleshooting.test_check_guides import guide, write
from troubleshooting.evaluation.checks import run as checking

LAMP = guide("The lamp flickers", "The lamp flickers at night")
KETTLE = guide("Scale in the kettle", "White flakes float in the kettle")
SUPPORT = "---\nname: Support\nfor: [Lamps]\n---\nWe help.\n"


def ask(folder: Path, *questions: tuple[str, Sequence[str]]) -> None:
    lines = [json.dumps({"query": text, "relevant": list(paths)}) for text, paths in questions]
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n")


@pytest.fixture
def home(folder: Path) -> Path:
    """Two guides, one for staff, and somebody to ask."""
    staff = "---\naudience: staff\n---\n" + guide("The vault", "The vault hums")
    return write(folder, lamp=LAMP, kettle=KETTLE, vault=staff, contacts_support=SUPPORT)


def found(folder: Path) -> list[str]:
    return checking.as_lines(checking.check([folder]))


def test_questions_that_are_answered_have_no_finding(home: Path) -> None:
    ask(home, ("lamp flickers in the evening", ["lamp.md"]), ("flakes in my kettle", ["kettle.md"]), ("visa", []))
    assert found(home) == []


def test_a_path_that_is_no_guides_is_found_with_its_line(home: Path) -> None:
    ask(home, ("lamp flickers", ["lamp.md"]), ("toaster", ["toaster.md"]), ("the vault hums", ["vault.md"]))
    assert found(home) == [
        "questions.jsonl:2: There is no guide 'toaster.md' that everybody may read.",
        "questions.jsonl:3: There is no guide 'vault.md' that everybody may read.",
    ]


@pytest.mark.parametrize("line", ["{", '{"query": "a"}', '{"query": "a", "relevant": "lamp.md"}', "[1]"])
def test_a_line_that_is_no_question_is_found(home: Path, line: str) -> None:
    ask(home, ("lamp flickers", ["lamp.md"]))
    with (home / "questions.jsonl").open("a") as file:
        file.write(line + "\n")
    (message,) = found(home)
    assert message.startswith('questions.jsonl:2: Write {"query"')


def test_a_link_out_of_the_folder_is_not_followed(home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.jsonl"
    outside.write_text('{"query": "a", "relevant": ["toaster.md"]}\n')
    (home / "questions.jsonl").symlink_to(outside)
    assert found(home) == ["questions.jsonl:1: This is a link that leads out of the folder: copy the file in instead."]


def test_guides_that_are_not_found_by_their_questions_are_told_of_with_the_lines(home: Path) -> None:
    ask(home, ("lamp flickers", ["lamp.md"]), ("lamp flickers at night", ["kettle.md"]), ("visa", []))
    (message,) = found(home)
    assert message.startswith("questions.jsonl:2: By the words alone the right guide is among the first three")
    assert "for 50% of the questions, and 85% is the least. It is not so in line 2." in message


def test_what_no_guide_answers_must_end_with_the_contacts(home: Path) -> None:
    ask(home, ("visa", []), ("the lamp flickers at night", []))
    (message,) = found(home)
    assert message.startswith("questions.jsonl:2: By the words alone the walk ends with the contacts for 50%")


def test_the_shipped_questions_are_many_and_name_guides_that_are_there() -> None:
    questions = [json.loads(line) for line in (CONTENT / "questions.jsonl").read_text().splitlines()]
    assert len(questions) >= 80
    assert sum(not question["relevant"] for question in questions) >= 20
    assert len({question["query"].casefold() for question in questions}) == len(questions)
    assert all((CONTENT / path).is_file() for question in questions for path in question["relevant"])


@pytest.mark.django_db
def test_questions_are_loaded_as_no_guide_and_exported_as_they_are(home: Path, tmp_path: Path) -> None:
    ask(home, ("lamp flickers", ["lamp.md"]))
    report = load.load([home])
    assert not report.failed
    assert not [finding for finding in report.findings if "questions" in finding.file]
    assert Guide.objects.count() == 3
    export(tmp_path / "out")
    (exported,) = (tmp_path / "out").rglob("questions.jsonl")
    assert exported.read_bytes() == (home / "questions.jsonl").read_bytes()
