"""The documents say what is so: settings, commands, targets and paths that they name exist, and none is left out."""

from __future__ import annotations

import importlib
import re
import tomllib
from collections import defaultdict
from datetime import date
from inspect import get_annotations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.management import get_commands

from kb.config.environment import Environment, variable_of

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text()
DOCS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]}
MAP = re.sub(r"```.*?```", "", DOCS["docs/developers.md"], flags=re.DOTALL)
NAMED = re.findall(r"\[`([\w.]+)`\]\(\.\./([\w/]+)\.py\)", MAP)
CHANGELOG = DOCS["CHANGELOG.md"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
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


def missing_part(module: str, name: str) -> str | None:
    """The first part of a dotted name that a module lacks; None when all of it is there."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        if not hasattr(found, part) and part not in get_annotations(found if isinstance(found, type) else type(found)):
            return part
        found = getattr(found, part, None)
    return None


@pytest.mark.parametrize(("name", "path"), sorted(set(NAMED)))
def test_what_the_map_names_is_in_the_file_that_it_leads_to(name: str, path: str) -> None:
    assert missing_part(path.replace("/", "."), name) is None


def test_a_name_that_is_gone_from_its_file_is_seen() -> None:
    assert missing_part("kb.content.reading", "read_guide") is None
    assert missing_part("kb.content.reading", "read_scroll") == "read_scroll"
    assert missing_part("kb.models.audience", "VisibleQuerySet.hidden_from") == "hidden_from"
    assert missing_part("kb.config.environment", "Environment.handover_days") is None
    assert missing_part("kb.config.environment", "Environment.handover_years") == "handover_years"


def test_no_name_stands_in_the_map_without_its_file() -> None:
    unlinked = re.sub(r"\[`[^`]+`\]\([^)]+\)", "", MAP)
    bare = re.findall(r"`([A-Za-z_]\w*(?:\.\w+)*(?:\(.*?\))?)`", unlinked)
    settings = {variable_of(field) for field in Environment.model_fields}
    assert [name for name in bare if name not in settings and not (ROOT / name).exists()] == []


def test_each_room_is_on_the_map() -> None:
    for application in ("kb", "troubleshooting"):
        rooms = [path.parent.name for path in (ROOT / application).glob("*/__init__.py")]
        missing = [room for room in rooms if f"`{application}/{room}/`" not in MAP]
        assert set(missing) <= {"management", "migrations", "templatetags"}


def drawn() -> dict[str, dict[int, set[str]]]:
    """By application, the rooms of the drawing by how far down they stand."""
    svg = "{http://www.w3.org/2000/svg}"
    layers: dict[str, dict[int, set[str]]] = {}
    for group in ET.parse(ROOT / "docs" / "images" / "rooms.svg").getroot().findall(f"{svg}g"):  # noqa: S314 - our own
        name = group.findtext(f"{svg}text", "")
        if group.get("class") == "frame":
            rooms = layers.setdefault(name, defaultdict(set))
        elif group.get("class") == "room":
            box = group.find(f"{svg}rect")
            assert box is not None
            rooms[int(box.get("y", ""))].add(name)
    return layers


def test_the_drawing_shows_the_layers_that_imports_are_held_to() -> None:
    contracts = {contract["name"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
    kb = contracts["Rooms import downwards only"]["layers"]
    held = {
        "troubleshooting": contracts["Walks go from a catalogue to what is shown"]["layers"],
        "kb": [layer.replace("kb.", "") for layer in kb if layer != "troubleshooting"],
    }
    shown = {name: [rooms[place] for place in sorted(rooms)] for name, rooms in drawn().items()}
    assert shown == {name: [set(layer.split(" | ")) for layer in layers] for name, layers in held.items()}


def test_the_version_of_the_project_is_the_newest_release_or_the_one_to_come() -> None:
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$", CHANGELOG, re.MULTILINE)
    versions = [tuple(map(int, version.split("."))) for version, _day in released]
    own, _, is_to_come = PROJECT["project"]["version"].partition(".dev")
    newest, ours = versions[0], tuple(map(int, own.split(".")))
    assert ours > newest if is_to_come else ours == newest
    assert versions == sorted(set(versions), reverse=True)
    assert [day for _version, day in released] == sorted((day for _version, day in released), reverse=True)
    assert all(date.fromisoformat(day) for _version, day in released)


def test_the_changelog_keeps_its_form() -> None:
    headings = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert len(headings) == 1 + len(re.findall(r"^## \[\d+\.\d+\.\d+\] - ", CHANGELOG, re.MULTILINE))
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= GROUPS


def test_the_version_stands_in_one_place() -> None:
    version = f'"{PROJECT["project"]["version"]}"'
    named = [path for name in ("kb", "troubleshooting") for path in (ROOT / name).rglob("*.py")]
    again = [path for path in named if version in path.read_text() or "__version__" in path.read_text()]
    assert again == []
