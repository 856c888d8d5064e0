"""The documents say what is so: settings, commands, targets and paths that they name exist, and none is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from kb.config.environment import Environment, variable_of

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text()
DOCS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")]}
OURS = {name for name, app in get_commands().items() if app in {"kb", "troubleshooting"}}


def _default(name: str) -> str:
    value = Environment.model_fields[name].default
    if isinstance(value, list):
        return ",".join(value)
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def settings_table() -> str:
    """The table of settings as the README must show it."""
    rows = []
    for name, field in Environment.model_fields.items():
        empty = "made in the data folder" if name in {"database_url", "secret_key"} else "none"
        default = f"`{_default(name)}`" if _default(name) else empty
        rows.append(f"| `{variable_of(name)}` | {default} | {field.description} |")
    return "\n".join(rows)


def test_the_readme_lists_every_setting_with_its_default() -> None:
    assert settings_table() in README


@pytest.mark.parametrize("name", DOCS)
def test_settings_that_are_named_exist(name: str) -> None:
    known = {variable_of(field) for field in Environment.model_fields} | {"KB_CORPORA"}
    assert set(re.findall(r"\bKB_[A-Z_]+\b", DOCS[name])) <= known


@pytest.mark.parametrize("name", DOCS)
def test_commands_that_are_named_exist(name: str) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", DOCS[name]))
    assert named <= set(get_commands())


def test_every_command_of_ours_is_in_the_readme() -> None:
    assert set(re.findall(r"`manage\.py ([a-z_]+)", README)) >= OURS


@pytest.mark.parametrize("name", DOCS)
def test_targets_that_are_named_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", DOCS[name], re.MULTILINE)) <= targets


@pytest.mark.parametrize("name", DOCS)
def test_files_and_pictures_that_are_named_exist(name: str) -> None:
    text = re.sub(r"```.*?```", "", DOCS[name], flags=re.DOTALL)
    linked = [target for target in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in target]
    missing = [target for target in linked if not ((ROOT / name).parent / target).exists()]
    named = re.findall(r"`((?:kb|troubleshooting|static|tests|docs|content)/[\w./-]*)`", text)
    missing += [target for target in named if not (ROOT / target).exists()]
    assert not missing


@pytest.mark.parametrize("name", DOCS)
def test_no_placeholder_is_left(name: str) -> None:
    assert not re.findall(r"\b[A-Z]+_TABLE\b|\bTBD\b|\bTODO\b", DOCS[name])
