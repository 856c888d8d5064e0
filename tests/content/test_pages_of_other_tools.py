"""Pages that other tools wrote are understood by themselves, without a library around them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.content.document import Structure
from kb.content.reading import read_guide

SAMPLES = Path(__file__).parents[1] / "data" / "foreign_libraries"
EXPECTED: dict[str, Any] = yaml.load((SAMPLES / "expected.yml").read_text(), yaml.CSafeLoader)
PAGES = [(tool, page) for tool, expected in sorted(EXPECTED.items()) for page in expected["problems"]]


def problems(structure: Structure) -> list[list[Any]]:
    """The title, the symptoms and the steps of each problem."""
    return [
        [problem.title, [symptom.text for symptom in problem.symptoms], [step.text for step in problem.steps]]
        for problem in structure.problems
    ]


@pytest.mark.parametrize(("tool", "page"), PAGES)
def test_a_page_gives_the_problems_that_it_tells_of(tool: str, page: str) -> None:
    read = read_guide((SAMPLES / tool / page).read_text(), page)
    assert problems(read.structure) == EXPECTED[tool]["problems"][page]
