"""Learning what evidence weighs, from guides and what a person found in them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kb.content import learned, training
from kb.content.gold import GoldGuide, read_gold
from kb.content.regression import ALWAYS_COUNTS, fit

GOLD = Path(__file__).resolve().parent.parent / "data" / "structure_gold.jsonl"
LOSS = 0.1
ROWS = [{"wet", "cold"}, {"wet"}, {"wet", "cold"}, {"dry"}, {"dry", "cold"}, {"dry"}, {"wet", "rare"}, {"dry"}]
RAINY = [True, True, False, False, False, True, True, False]


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("train_structure", path, *options, stdout=out)
    return out.getvalue()


def objective(weights: dict[str, float], rows: Sequence[set[str]], truths: Sequence[bool]) -> float:
    """What is to be made small, told once more from its definition."""
    loss = 0.0
    for row, truth in zip(rows, truths, strict=True):
        chance = learned.probability(row, weights)
        loss -= math.log(chance if truth else 1 - chance)
    own = {name: weight for name, weight in weights.items() if name != learned.ALWAYS}
    own[learned.ALWAYS] = weights[learned.ALWAYS] / ALWAYS_COUNTS
    return sum(weight**2 for weight in own.values()) / 2 + LOSS * loss


def test_no_weight_near_those_that_are_learned_does_better() -> None:
    rows, truths = ROWS * 20, RAINY * 20
    weights = fit(rows, truths, LOSS)
    best = objective(weights, rows, truths)
    for name in weights:
        for change in (-0.05, 0.05):
            assert objective(weights | {name: weights[name] + change}, rows, truths) > best
    assert weights["wet"] > 0 > weights["dry"]


def test_what_is_known_of_few_rows_is_not_learned() -> None:
    assert set(fit(ROWS, RAINY, LOSS)) == {"wet", "dry", learned.ALWAYS}
    assert set(fit(ROWS * 4, RAINY * 4, LOSS)) == {"wet", "dry", "cold", "rare", learned.ALWAYS}


def test_it_ends_where_all_rows_say_the_same() -> None:
    assert fit([{"wet"}] * 8, [True] * 8, LOSS)["wet"] > 0
    assert fit([], [], LOSS) == {learned.ALWAYS: 0}


def test_the_weights_say_what_the_guides_say(tmp_path: Path) -> None:
    told = run(GOLD, "--out", str(tmp_path / "weights.json"))
    weights = json.loads((tmp_path / "weights.json").read_text())
    assert set(weights) == {"step", "symptom", "cause", "problem"}
    assert weights["step"]["m^imperative"] > 0.1
    assert weights["step"]["c:because"] < 0 < weights["cause"]["c:because"]
    assert weights["symptom"]["m^imperative"] < 0
    assert weights["problem"]["title how-to"] < 0 < weights["problem"]["a step>0.5"]
    assert f"{len(weights['step'])} for steps" in told
    assert "learned from 16 guides" in told


def test_the_same_guides_give_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "other"):
        run(GOLD, "--out", str(tmp_path / name))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_optional_things_teach_nothing(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in GOLD.read_text().splitlines()]
    step = "Restart the service so that the change takes effect:"

    def truths(optional: bool) -> list[training.Truth]:
        for each in rows[0]["problems"][0]["steps"]:
            each["optional"] = optional and each["text"] == step
        path = tmp_path / "gold.jsonl"
        path.write_text(json.dumps(rows[0]))
        return [sentence.truths["step"] for sentence in training.samples_of(read_gold(path)[0]).sentences]

    assert truths(optional=True).count(None) == 1 + truths(optional=False).count(None)


def test_each_problem_is_told_by_one_part_and_what_holds_nothing_is_no_part() -> None:
    guide = next(guide for guide in read_gold(GOLD) if guide.path == "helpdesk/mail/known-issues.md")
    optional = guide.problems[1].model_copy(update={"optional": True})
    problems = (guide.problems[0], optional, *guide.problems[2:])
    text = f"{guide.text}\n## Planned\n\n### Next year\n\nNothing yet.\n"
    parts = training.samples_of(guide.model_copy(update={"text": text, "problems": problems})).parts
    assert [(part.scope.title, part.truth) for part in parts] == [
        ("Known issues in Lantern Mail", False),
        ("Calendar invitations arrive an hour late", True),
        ("Search finds no messages from last year", None),
        ("Signature is missing on the phone", True),
        ("Sending fails with error LM-3021", True),
        ("What is new in 7.1", False),
        ("Next year", False),
    ]


def test_each_repository_is_read_by_weights_that_do_not_know_it(monkeypatch: pytest.MonkeyPatch) -> None:
    guides = [guide for guide in read_gold(GOLD) if guide.source in {"vpn", "printers"}]
    taught: list[set[str]] = []
    read: list[tuple[set[str], object]] = []

    def score(own: list[GoldGuide]) -> list[training.Verdict]:
        read.append(({guide.repository for guide in own}, learned.weights()))
        return [training.Verdict(guide) for guide in own]

    def train(samples: list[training.Samples]) -> dict[str, dict[str, float]]:
        taught.append({each.guide.repository for each in samples})
        return {"step": {"of": float(len(taught))}}

    monkeypatch.setattr(training, "score", score)
    monkeypatch.setattr(training, "train", train)
    verdicts = list(training.left_out([training.Samples(guide) for guide in guides]))
    assert [len(each) for each in verdicts] == [4, 3]
    assert taught == [{"helpdesk/vpn"}, {"helpdesk/printers"}]
    assert read == [({"helpdesk/printers"}, {"step": {"of": 1}}), ({"helpdesk/vpn"}, {"step": {"of": 2}})]
    assert set(learned.weights()) == {"step", "symptom", "cause", "problem"}


def test_figures_of_what_was_left_out_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in GOLD.read_text().splitlines()]
    few = tmp_path / "gold.jsonl"
    few.write_text("\n".join(json.dumps(row) for row in rows if row["source"] in {"vpn", "printers"}))
    told = run(few, "--leave-out", "--out", str(tmp_path / "weights.json"))
    assert "problem: " in told
    assert not (tmp_path / "weights.json").exists()


@pytest.mark.parametrize(
    ("source", "path", "repository"),
    [
        ("argocd", "argoproj/argo-cd/docs/faq.md", "argoproj/argo-cd"),
        ("outlook", "outlook/Client/a.md", "outlook"),
        ("runbooks", "runbooks-of-all/operator/a.md", "runbooks"),
        ("", "team/area/a.md", "team/area"),
    ],
)
def test_a_path_names_its_repository(tmp_path: Path, source: str, path: str, repository: str) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"source": source, "path": path, "text": "# A"}))
    assert read_gold(gold)[0].repository == repository


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.jsonl can't be read"):
        run(tmp_path / "none.jsonl")
    broken = tmp_path / "gold.jsonl"
    broken.write_text(json.dumps({"path": "desk/a.md", "text": "---\npriority: [\n---\n# A\n"}))
    with pytest.raises(CommandError, match=r"gold\.jsonl:1: the text of desk/a\.md can't be read"):
        run(broken)
    with pytest.raises(CommandError, match="can't be written"):
        run(GOLD, "--out", str(tmp_path / "none" / "weights.json"))
