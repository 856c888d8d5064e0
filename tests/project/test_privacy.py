"""`docs/privacy.md` names every column that is stored, and pages load nothing from anywhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from kb.config.environment import Environment

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docs/privacy.md").read_text()
TABLE = re.compile(r"^(?:#### |\| )`(\w+\.\w+)`", re.MULTILINE)
LOADING = re.compile(
    r"""(?:\b(?:src|srcset|action|formaction|poster|data|xlink:href)\s*=\s*["']?|url\(\s*["']?|@import\s+["']"""
    r"""|<link\b[^>]*\bhref=["']|\b(?:fetch|import|sendBeacon|open|Worker|EventSource|WebSocket)\(\s*["'`]"""
    r"""|\bfrom\s+["'])\s*(?:https?:|wss?:)?//""",
    re.IGNORECASE,
)


def listed() -> dict[str, set[str]]:
    """By table, the columns that the document names between its name and the next heading."""
    _, *parts = TABLE.split(TEXT)
    until_heading = (re.split(r"^#", text, maxsplit=1, flags=re.MULTILINE)[0] for text in parts[1::2])
    return {name: set(re.findall(r"`(\w+)`", text)) for name, text in zip(parts[::2], until_heading, strict=True)}


def stored() -> dict[str, set[str]]:
    """By table, the columns that it has."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: {field.name for field in model._meta.local_fields} for model in models}


def missing(tables: dict[str, set[str]]) -> dict[str, set[str]]:
    named = listed()
    return {name: lacking for name, columns in tables.items() if (lacking := columns - named.get(name, set()))}


def test_every_column_of_every_table_is_in_the_document() -> None:
    assert missing(stored()) == {}, "Say in docs/privacy.md what these hold, why, and for how long"


def test_a_column_or_a_table_that_is_left_out_is_seen() -> None:
    assert missing({"kb.SearchRecord": {"text", "address"}}) == {"kb.SearchRecord": {"address"}}
    assert missing({"kb.Visitor": {"name"}}) == {"kb.Visitor": {"name"}}


def test_it_says_how_long_hand_overs_are_kept_where_nobody_sets_it() -> None:
    kept = Environment.model_fields["handover_days"].default
    assert f"| handed-over walks | `KB_HANDOVER_DAYS`, {kept} as a rule |" in TEXT


def _sent_to_browsers() -> list[Path]:
    folders = [ROOT / "kb/templates", ROOT / "troubleshooting/templates", ROOT / "static"]
    kinds = {".html", ".css", ".js", ".svg", ".xml"}
    return [path for folder in folders for path in folder.rglob("*") if path.suffix in kinds]


def test_no_page_style_or_script_loads_anything_from_elsewhere() -> None:
    assert len(_sent_to_browsers()) > 100
    loading = {str(path.relative_to(ROOT)): LOADING.findall(path.read_text()) for path in _sent_to_browsers()}
    assert {name: found for name, found in loading.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/a.js">',
        '<img src="//cdn.example/a.png">',
        '<link rel="stylesheet" href="https://fonts.example/a.css">',
        '@import "https://fonts.example/a.css";',
        "background: url(https://cdn.example/a.png)",
        'fetch("https://count.example/")',
        "navigator.sendBeacon('//count.example')",
        'import { a } from "https://cdn.example/a.js";',
    ],
)
def test_what_would_be_loaded_from_elsewhere_is_seen(text: str) -> None:
    assert LOADING.search(text)
