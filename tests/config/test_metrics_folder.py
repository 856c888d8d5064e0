"""Where the processes of a machine count together is theirs alone, and on no disk where there is a place in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.config import metrics_folder as module
from kb.config.metrics_folder import metrics_folder


def test_each_data_folder_has_a_place_of_its_own_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMORY", tmp_path)
    one, other = metrics_folder(tmp_path / "a"), metrics_folder(tmp_path / "b")
    assert one != other
    assert one.parent == other.parent == tmp_path
    assert metrics_folder(tmp_path / "a") == one
    assert one.stat().st_mode & 0o077 == 0


def test_without_memory_or_where_somebody_else_lies_in_wait_it_is_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, elsewhere = tmp_path / "library", tmp_path / "elsewhere"
    data.mkdir()
    elsewhere.mkdir()
    monkeypatch.setattr(module, "MEMORY", tmp_path)
    placed = metrics_folder(data)
    placed.rmdir()
    placed.symlink_to(elsewhere)
    assert metrics_folder(data) == data / "metrics"
    monkeypatch.setattr(module, "MEMORY", tmp_path / "nowhere")
    assert metrics_folder(data) == data / "metrics"
