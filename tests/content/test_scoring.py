"""What is found in guides, held against what a person found there: known figures, and those of the shared scorer."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kb.content import scoring
from kb.content.gold import read_gold
from kb.content.likeness import f1, plain, stands_in, words
from kb.content.reading import read_guide
from kb.content.scoring import MISSED, RIGHT, WRONG, Tally, judge, pair, total

WriteGold = Callable[..., Path]
BLANK = """# Pages are blank

## Symptoms

- All pages come out blank.
- The light of the tray blinks, error `E-17`.

## Cause

The seal of the toner was not removed.

## Solution

1. Open the front door.
2. Pull the seal out:

   ```
   seal --out
   ```

3. If the tray is open, close the tray.
"""
PLAIN = "# How to add a printer\n\n1. Open the settings.\n2. Select **Add**.\n"


def item(text: str, **values: Any) -> dict[str, Any]:
    return {"text": text, "optional": False, **values}


def problem(title: str, *, optional: bool = False, **parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "optional": optional, "symptoms": [], "causes": [], "steps": [], **parts}


def guide(text: str = BLANK, *problems: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"source": "printers", "path": "desk/printers/a.md", "text": text, "problems": list(problems), **values}


STEPS = [
    item("Open the front door."),
    item("Pull the seal out:", has="seal --out"),
    item("If the tray is open, close the tray.", cond="the tray is open"),
]
PROBLEM = problem("Pages are blank", symptoms=[item("All pages come out blank.")], steps=STEPS)


@pytest.fixture
def write_gold(tmp_path: Path) -> WriteGold:
    def write(*rows: dict[str, Any] | str) -> Path:
        path = tmp_path / "gold.jsonl"
        path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
        return path

    return write


@pytest.fixture
def tally(write_gold: WriteGold) -> Callable[..., Tally]:
    return lambda *rows: total(scoring.score(read_gold(write_gold(*rows))))


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("evaluate_structure", path, *options, stdout=out)
    return out.getvalue()


def outcomes(tally: Tally, kind: str) -> tuple[int, int, int]:
    return tally[kind, RIGHT], tally[kind, WRONG], tally[kind, MISSED]


def test_what_is_right_wrong_and_missed_is_counted(tally: Callable[..., Tally]) -> None:
    truth = problem(
        "Pages are blank",
        symptoms=[item("All pages come out blank."), item("The display is dark.")],
        causes=[item("The fuser is cold.")],
        steps=[*STEPS, item("Call the vendor."), item("Send the printer away for good.", optional=True)],
    )
    counted = tally(guide(BLANK, truth, codes=[{"code": "E-18", "optional": False}]))
    assert outcomes(counted, "problem") == (1, 0, 0)
    assert outcomes(counted, "symptom") == (1, 1, 1)
    assert outcomes(counted, "cause") == (0, 1, 1)
    assert outcomes(counted, "step") == (3, 0, 1)
    assert counted["code", MISSED] == 1
    assert outcomes(counted, scoring.CODE_KEPT) == (1, 0, 0)
    assert outcomes(counted, scoring.CONDITION) == (1, 0, 0)
    assert outcomes(counted, scoring.IN_PROBLEM) == (3, 0, 0)
    assert (counted.precision("step"), counted.recall("step"), counted.recall("symptom")) == (1, 0.75, 0.5)


def test_a_problem_that_is_told_of_nothing_alike_is_wrong_and_missed(tally: Callable[..., Tally]) -> None:
    counted = tally(guide(BLANK, problem("No sound", steps=[item("Turn the volume up and try another file.")])))
    assert outcomes(counted, "problem") == (0, 1, 1)
    assert outcomes(counted, "step") == (0, 3, 1)


def test_an_optional_problem_takes_what_was_found_of_it_out_of_the_count(tally: Callable[..., Tally]) -> None:
    counted = tally(guide(BLANK, PROBLEM | {"optional": True}))
    assert all(outcomes(counted, kind) == (0, 0, 0) for kind in ("problem", "symptom", "cause", "step"))


def test_code_and_conditions_that_were_lost_are_missed(tally: Callable[..., Tally]) -> None:
    steps = [item("Pull the seal out:", has="seal --in"), item("Open the front door.", cond="after the warranty ended")]
    counted = tally(guide(BLANK, problem("Pages are blank", steps=steps)))
    assert outcomes(counted, scoring.CODE_KEPT) == (0, 0, 1)
    assert outcomes(counted, scoring.CONDITION) == (0, 0, 1)


@pytest.mark.parametrize(("alternatives", "apart"), [("112", True), ("122", False)])
def test_alternatives_are_apart_when_none_shares_its_title(
    tally: Callable[..., Tally], alternatives: str, apart: bool
) -> None:
    methods = (
        "# Pages are blank\n\n## Symptoms\n\n- All pages come out blank.\n\n"
        "## Method 1: Clean\n\n1. Open the front door.\n2. Wipe the rollers clean.\n\n"
        "## Method 2: Replace\n\n1. Put a new toner in.\n"
    )
    texts = ("Open the front door.", "Wipe the rollers clean.", "Put a new toner in.")
    steps = [item(text, alt=alternative) for text, alternative in zip(texts, alternatives, strict=True)]
    counted = tally(guide(methods, problem("Pages are blank", steps=steps)))
    assert outcomes(counted, "step") == (3, 0, 0)
    assert outcomes(counted, scoring.APART) == ((1, 0, 0) if apart else (0, 0, 1))


def test_sentences_that_came_out_as_what_they_are_not_are_counted(tally: Callable[..., Tally]) -> None:
    unwanted = {
        "not_steps": ["Open the front door.", "Count the pages."],
        "diagnosis": ["Pull the seal out:"],
        "not_symptoms": ["The light of the tray blinks, error E-17."],
    }
    counted = tally(guide(BLANK, PROBLEM, **unwanted))
    assert outcomes(counted, scoring.NOTE) == (1, 1, 0)
    assert outcomes(counted, scoring.DIAGNOSIS) == (0, 1, 0)
    assert outcomes(counted, scoring.SCENE) == (0, 1, 0)


def test_guides_without_a_problem_are_right_when_none_is_found(tally: Callable[..., Tally]) -> None:
    assert outcomes(tally(guide(PLAIN, kind="how-to"), guide(BLANK, kind="how-to")), scoring.WITHOUT) == (1, 0, 1)


def test_products_and_ways_to_escalate_are_looked_for(tally: Callable[..., Tally]) -> None:
    text = f"---\napplies_to: [Quay printers]\n---\n{BLANK}\n## When to escalate\n\n- The door does not open.\n"
    values = {
        "applies_to": ["Quay printers", "Scanners"],
        "escalation": [item("The door does not open."), item("The printer is on fire.")],
    }
    counted = tally(guide(text, PROBLEM, **values))
    assert outcomes(counted, scoring.APPLIES_TO) == (1, 0, 1)
    assert outcomes(counted, scoring.ESCALATION) == (1, 0, 1)


def test_pairs_are_made_of_the_most_alike_first() -> None:
    alike = {(0, 0): 0.7, (0, 1): 0.9, (1, 0): 0.2, (1, 1): 0.8}
    assert pair([0, 1], [0, 1], lambda gold, found: alike[gold, found], 0.1) == {0: 1, 1: 0}
    assert pair([0, 1], [0, 1], lambda gold, found: alike[gold, found], 0.5) == {0: 1}


def test_wordings_are_held_by_their_words() -> None:
    told = words("Set KeepAlive to the user\u2019s time_out 1.5")
    assert told == ("set", "keep", "alive", "to", "the", "user's", "time", "out", "1.5")
    assert f1("open the door", "open the gate") == pytest.approx(2 / 3)
    assert f1("", "open") == 0
    assert plain("1. Open **the** [door](a.md) ![x](y.png)<br>") == "Open the door "
    assert stands_in(["the front door"], "- Open the `front` door now")
    assert not stands_in(["the door"], "Open the front door")
    ten = "one two three four five six seven eight nine ten"
    assert stands_in([f"zero {ten}"], ten)


def test_the_gold_in_the_documents_is_one(tally: Callable[..., Tally]) -> None:
    shown = (Path(__file__).resolve().parent.parent.parent / "docs" / "structure.md").read_text()
    counted = tally(json.loads(shown.partition("```json\n")[2].partition("\n```\n")[0]))
    assert all(outcomes(counted, kind) == (1, 0, 0) for kind in ("problem", "symptom", "code"))
    assert outcomes(counted, "step") == (2, 0, 0)
    assert (counted[scoring.CODE_KEPT, RIGHT], counted[scoring.CONDITION, RIGHT]) == (1, 1)


def test_the_figures_are_told_by_source_and_by_label(write_gold: WriteGold) -> None:
    other = guide(PLAIN, source="howto", kind="how-to")
    told = run(write_gold(guide(BLANK, PROBLEM, labelled=True), other))
    rows = {line.split("  ")[0].strip(): line.split() for line in told.splitlines()}
    assert rows["printers"][1:4] == ["1", "1.00", "1.00"]
    assert rows["howto"][1:4] == ["1", "-", "-"]
    assert rows["labelled"][1] == "1"
    assert rows["not labelled"][2] == "1"
    assert rows["all"][1:] == ["2", *("1.00", "1.00", "0.50", "1.00", "1.00", "1.00"), *rows["all"][8:]]
    assert "step: 3 right, 0 wrong, 0 missed" in told
    assert "guide without problem: 1 of 1" in told
    assert "wrong symptom" not in told


def test_all_that_was_wrong_is_listed_on_request(write_gold: WriteGold) -> None:
    path = write_gold(guide(BLANK, PROBLEM))
    assert "  wrong cause: The seal of the toner was not removed." in run(path, "--verbose")


def test_the_figures_are_told_as_data(write_gold: WriteGold) -> None:
    data = json.loads(run(write_gold(guide(BLANK, PROBLEM)), "--json"))
    figures = {"precision": 1.0, "recall": 1.0, "right": 3, "wrong": 0, "missed": 0}
    assert data["groups"]["all"]["step"] == figures
    assert data["groups"]["printers"]["guides"] == 1
    remark = {"what": "wrong cause", "text": "The seal of the toner was not removed."}
    assert remark in data["guides"][0]["remarks"]


def test_one_source_is_measured_alone(write_gold: WriteGold) -> None:
    path = write_gold(guide(BLANK, PROBLEM), guide(PLAIN, source="howto", kind="how-to"))
    assert "howto" not in run(path, "--only", "printers")
    with pytest.raises(CommandError, match=r"no guides of the source 'mail'; it has howto, printers"):
        run(path, "--only", "mail")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("{", "gold.jsonl:2: this line is no JSON"),
        ("[]", "gold.jsonl:2: the line must be an object"),
        (guide("", PROBLEM), "gold.jsonl:2: 'text' is missing"),
        (guide(BLANK) | {"problems": {}}, "gold.jsonl:2: 'problems' must be a list"),
        (guide(BLANK, problem("")), "gold.jsonl:2: 'title' is missing"),
        (guide(BLANK, problem("A", steps=[{"text": 1}])), "gold.jsonl:2: 'text' must be a text"),
        (guide(BLANK, diagnosis=[1]), "gold.jsonl:2: each of 'diagnosis' must be a text"),
        (guide(BLANK, labelled="yes"), "gold.jsonl:2: 'labelled' must be true or false"),
        (guide("---\npriority: [\n---\n# A\n"), "gold.jsonl:2: the text of desk/printers/a.md can't be read"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(write_gold: WriteGold, row: dict[str, Any] | str, sentence: str) -> None:
    with pytest.raises(CommandError) as told:
        run(write_gold(guide(BLANK, PROBLEM), row))
    assert sentence in str(told.value)


def test_a_file_that_is_not_there_or_empty_is_named(tmp_path: Path, write_gold: WriteGold) -> None:
    with pytest.raises(CommandError, match=r"none\.jsonl can't be read"):
        run(tmp_path / "none.jsonl")
    with pytest.raises(CommandError, match="has no guides"):
        run(write_gold(""))


_NAMES = {"has kept": scoring.CODE_KEPT, "reproduction or note as step": scoring.NOTE}
_OUTCOMES = {"tp": RIGHT, "tp2": RIGHT, "fp": WRONG, "fn": MISSED}


def _of_shared(counted: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """What the shared scorer has counted, in our words; `covered step` is two things with it."""
    ours: dict[tuple[str, str], int] = {}
    for (kind, outcome), times in counted.items():
        name = _NAMES.get(kind, kind)
        if kind == "covered step":
            name = scoring.COVERED if outcome in {"tp", "fn"} else scoring.COVERING
        elif kind == "in its problem":
            name = scoring.IN_PROBLEM
        if outcome in _OUTCOMES:
            ours[name, _OUTCOMES[outcome]] = times
        elif outcome == "of":
            hits = counted[kind, "hit"]
            if name == scoring.WITHOUT:
                ours |= {(name, RIGHT): hits, (name, MISSED): times - hits}
            else:
                ours |= {(name, WRONG): hits, (name, RIGHT): times - hits}
    return {key: times for key, times in ours.items() if times}


@pytest.mark.corpora
def test_the_counts_are_those_of_the_shared_scorer(corpora: Path) -> None:
    spec = importlib.util.spec_from_file_location("shared_scorer", corpora / "structure" / "score.py")
    assert spec
    assert spec.loader
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    for guide in read_gold(corpora / "structure" / "gold.jsonl"):
        number = int(guide.where.rpartition(":")[2])
        row = json.loads((corpora / "structure" / "gold.jsonl").read_text().split("\n")[number - 1])
        document = read_guide(guide.text, guide.name)
        theirs = _of_shared(shared.judge(row, document, 0.6, lambda *_told: None))
        assert {key: times for key, times in judge(guide, document).tally.items() if times} == theirs, guide.path
