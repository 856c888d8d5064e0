"""Imports go one way: content <- models <- search <- library <- views; kb never imports troubleshooting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path for room in ("kb", "troubleshooting") for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
)

# What the modules whose name starts so may never import, by the start of its name.
FORBIDDEN = {
    "kb.content": ("kb.", "troubleshooting", "django"),
    "kb.models": ("kb.search", "kb.library", "kb.loading", "kb.views", "kb.api", "troubleshooting"),
    "kb.querysets": ("kb.search", "kb.library", "kb.loading", "kb.views", "kb.api", "troubleshooting"),
    "kb.search": ("kb.library", "kb.loading", "kb.views", "kb.api", "troubleshooting"),
    "kb.library": ("kb.loading", "kb.views", "kb.api", "troubleshooting"),
    "kb.loading": ("kb.views", "kb.api", "troubleshooting"),
    "kb.views": ("kb.api", "troubleshooting"),
    "kb": ("troubleshooting",),
    "troubleshooting.planner": ("django", "kb", "troubleshooting.walk", "troubleshooting.catalogue"),
    "troubleshooting.walk": ("django", "kb"),
}
ALLOWED = {
    ("kb.urls", "troubleshooting"),  # the root URLs name every application
}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_below(name: str, room: str) -> bool:
    return name == room.rstrip(".") or name.startswith(f"{room.rstrip('.')}.")


def _breaks_a_rule(importer: str, imported: str) -> bool:
    if any(_is_below(importer, a) and _is_below(imported, b) for a, b in ALLOWED):
        return False
    if _is_below(importer, "kb.content") and _is_below(imported, "kb.content"):
        return False
    return any(
        _is_below(importer, room) and any(_is_below(imported, banned) for banned in never)
        for room, never in FORBIDDEN.items()
    )


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_go_one_way(path: Path) -> None:
    broken = [name for name in _imports(path) if _breaks_a_rule(_name(path), name)]
    assert not broken, f"{_name(path)} may not import {broken}"


def test_the_rule_sees_an_import_against_the_direction() -> None:
    assert _breaks_a_rule("kb.content.outline", "kb.models.Guide")
    assert _breaks_a_rule("kb.search.engine", "kb.library.publish")
    assert _breaks_a_rule("kb.views.reading", "troubleshooting.walk")
    assert _breaks_a_rule("troubleshooting.planner", "django.db")
    assert not _breaks_a_rule("kb.content.outline", "kb.content.document.Section")
    assert not _breaks_a_rule("troubleshooting.views", "kb.models.Guide")
