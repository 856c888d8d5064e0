"""How well structure is found in the guides of our own gold, which is in all forms that people write."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content import scoring
from kb.content.gold import read_gold
from kb.content.scoring import MISSED, RIGHT, Tally, Verdict, score, total

GOLD = Path(__file__).resolve().parent.parent / "data" / "structure_gold.jsonl"
FLOORS = {
    "problem": (0.92, 0.76),
    "symptom": (0.80, 0.60),
    "step": (0.88, 0.70),
    "code": (0.90, 0.70),
    "cause": (0.75, 0.50),
}
KEPT = {scoring.CODE_KEPT: 0.90, scoring.CONDITION: 0.75, scoring.APART: 0.70, scoring.ESCALATION: 0.75}


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return score(read_gold(GOLD))


@pytest.fixture(scope="module")
def tally(verdicts: list[Verdict]) -> Tally:
    return total(verdicts)


def remarks(verdicts: list[Verdict], *what: str) -> str:
    found = [(verdict.guide.path, *each) for verdict in verdicts for each in verdict.remarks if each[0] in what]
    return "\n".join(map(": ".join, found))


@pytest.mark.parametrize("kind", FLOORS)
def test_enough_is_found_and_enough_of_that_is_right(verdicts: list[Verdict], tally: Tally, kind: str) -> None:
    precision, recall = FLOORS[kind]
    told = remarks(verdicts, f"wrong {kind}", f"missed {kind}")
    assert (tally.precision(kind) or 0) >= precision, told
    assert (tally.recall(kind) or 0) >= recall, told


@pytest.mark.parametrize("kind", KEPT)
def test_what_belongs_to_steps_stays_with_them(verdicts: list[Verdict], tally: Tally, kind: str) -> None:
    lost = ("lost from step", "lost condition", "alternatives not told apart", "missed escalation")
    assert tally[kind, RIGHT] / (tally[kind, RIGHT] + tally[kind, MISSED]) >= KEPT[kind], remarks(verdicts, *lost)


def test_no_problem_is_found_where_none_is(verdicts: list[Verdict], tally: Tally) -> None:
    assert (tally[scoring.WITHOUT, RIGHT], tally[scoring.WITHOUT, MISSED]) == (4, 0), remarks(verdicts, "wrong problem")
