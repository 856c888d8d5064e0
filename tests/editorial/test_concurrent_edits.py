"""Several processes edit the same guides at once on a real database: no text is missing, none goes over another."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.tables import with_tables

ROOT = Path(__file__).resolve().parent.parent.parent


def _run(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.concurrent_edits", *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stderr=subprocess.PIPE)


def _ended(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate(timeout=1800)
    assert process.returncode == 0, errors


def _revisions(url: str) -> list[tuple[Any, ...]]:
    asked = "SELECT id, guide_id, text, state, published_at FROM kb_revision"
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            return list(database.execute(asked))
    with psycopg.connect(url) as server:
        return server.execute(asked).fetchall()


@pytest.mark.slow
@pytest.mark.parametrize(("processes", "edits"), [(3, 18), pytest.param(8, 1000, marks=pytest.mark.night)])
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.night)])
def test_of_many_edits_at_once_none_is_lost(tmp_path: Path, database: str, processes: int, edits: int) -> None:
    url = with_tables(database, tmp_path)
    environment = os.environ | {"KB_DATA_DIR": str(tmp_path / "data"), "KB_DATABASE_URL": url}
    _ended(_run(environment, "prepare"))
    logs = [tmp_path / f"{number}.jsonl" for number in range(processes)]
    share = [edits // processes + (number < edits % processes) for number in range(processes)]
    workers = [_run(environment, str(number), str(share[number]), str(logs[number])) for number in range(processes)]
    for worker in workers:
        _ended(worker)
    entries = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    assert sum(entry["outcome"] != "Outdated" for entry in entries) == edits
    _nothing_is_missing(entries, _revisions(url))
    _nothing_went_over_another(entries)
    told = Counter(entry["outcome"] for entry in entries)
    sure = {"Published", "Conflict", "Outdated"} if edits > 100 else {"Published"}
    assert sure <= told.keys(), told


def _nothing_is_missing(entries: list[dict[str, Any]], rows: list[tuple[Any, ...]]) -> None:
    kept = {pk: (guide, text, state, published_at) for pk, guide, text, state, published_at in rows}
    for entry in entries:
        guide, text, state, published_at = kept[entry["revision"]]
        assert (guide, text) == (entry["guide"], entry["text"])
        assert (published_at is not None) == (entry["outcome"] == "Published")
        expected = {"Published": {"published", "superseded"}, "Conflict": {"in_review"}}
        assert state in expected.get(entry["outcome"], {"superseded"})  # an outdated one has its merged successor
    guides = {entry["guide"] for entry in entries}
    now = Counter(guide for guide, _text, state, _at in kept.values() if state == "published" and guide in guides)
    assert set(now.values()) == {1}


def _nothing_went_over_another(entries: list[dict[str, Any]]) -> None:
    """Each publication knew the one before it: the texts that readers saw are one chain, with no two after one."""
    before = Counter(entry["saw"] for entry in entries if entry["outcome"] == "Published")
    assert before
    assert max(before.values()) == 1, before.most_common(3)
