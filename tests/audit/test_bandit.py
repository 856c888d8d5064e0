"""Bandit finds nothing in the product but what is explained on its line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOOKED_AT = ("kb", "troubleshooting", "release")
SAME = {"B703": "S308"}  # what two rules say of one thing
EXPLAINED = re.compile(r"#\s*noqa:\s*(?P<rule>S\d+)(?P<why>.*)")


def findings(*places: str) -> list[dict[str, object]]:
    """What bandit says of these folders or files, with the rules of this project."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json", "--exit-zero"]
    command += ["--configfile", str(ROOT / "pyproject.toml"), *places]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert not said["errors"]
    return list(said["results"])


def unexplained(found: list[dict[str, object]]) -> list[str]:
    """Those of the findings whose lines don't say why they are none."""
    left = []
    for one in found:
        path, numbers = ROOT / str(one["filename"]), one["line_range"]
        assert isinstance(numbers, list)
        lines = path.read_text().splitlines()[min(numbers) - 1 : max(numbers)]
        rule = SAME.get(str(one["test_id"]), str(one["test_id"]).replace("B", "S"))
        told = [match for line in lines if (match := EXPLAINED.search(line)) and match["rule"] == rule]
        if not any(match["why"].strip(" -#") for match in told):
            left.append(f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}")
    return left


def test_bandit_finds_nothing_that_is_not_explained() -> None:
    assert not unexplained(findings(*LOOKED_AT))


def test_what_is_not_explained_is_seen(tmp_path: Path) -> None:
    (tmp_path / "careless.py").write_text(
        "import pickle, subprocess  # noqa: S403 - for a test\n"
        "pickle.loads(input().encode())  # noqa: S301\n"
        "subprocess.run(input(), shell=True)\n"
        "eval(input())  # noqa: S307 - for a test\n"
    )
    seen = unexplained(findings(str(tmp_path)))
    assert [line.partition(" ")[2].split()[0] for line in seen] == ["B301", "B602"]
