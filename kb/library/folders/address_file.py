"""Writes and reads addresses.yml, which says of guides' addresses what the names of their files don't say.

A guide's address follows from its path, unless it was renamed or another guide had it first; former addresses, and the
anchors that headings had before they were reworded, are in no text at all. An export says them in this file, and a load
takes them from it for guides that are new to the library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from kb.content import safe_yaml
from kb.content.patterns import linear
from kb.models.slugs import LONGEST_SLUG, former_address

FILE_NAME = "addresses.yml"
HEADING = """# Written by export_guides: addresses that do not follow from the names of the files.
# load_guides takes them for guides that are new to the library.
"""
MOST_BYTES = 2_000_000
DEEPEST = 4
ALLOWED = (safe_yaml.Fault.ANCHOR, safe_yaml.Fault.TAG, safe_yaml.Fault.DOCUMENTS)
LONGEST_ANCHOR = 200
EMPTY: dict[str, Any] = {"address": "", "first": "", "former": [], "sections": {}, "anchors": {}}
_SLUG = linear(rf"[-\w]{{1,{LONGEST_SLUG + 20}}}", re.ASCII)
_SHAPE = (
    "It is not what export_guides writes: below each file's path, 'address' and 'first' are one address, 'former' is a "
    "list of them, 'sections' and 'anchors' are pairs of anchors. Mend it, or export the guides again."
)


class AddressFileError(Exception):
    """Why the file can't be used, and what to do about it; `line` (from 1) is to blame."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class AddressEntry:
    """What a guide's own file doesn't say, '' and empty where it follows from the file.

    `address` is its slug, `first` the one that it had first, `former` what leads to it. `sections` maps the anchor of a
    section to its key, `anchors` a former anchor to the key of its section.
    """

    address: str = ""
    first: str = ""
    former: tuple[str, ...] = ()
    sections: Mapping[str, str] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)


NO_ENTRY = AddressEntry()


def as_text(entries: Mapping[str, AddressEntry]) -> str:
    """The file that says this of the guides, by their paths; what follows from the files is left out."""
    found = {source: fields for source, entry in sorted(entries.items()) if (fields := _fields(entry))}
    return HEADING + (yaml.safe_dump(found, allow_unicode=True, width=100) if found else "")


def _fields(entry: AddressEntry) -> dict[str, Any]:
    found = {
        "address": entry.address,
        "first": entry.first,
        "former": sorted(entry.former),
        "sections": dict(sorted(entry.sections.items())),
        "anchors": dict(sorted(entry.anchors.items())),
    }
    return {name: value for name, value in found.items() if value}


def read(data: bytes) -> dict[str, AddressEntry]:
    """What a file says of the guides, by their paths; AddressFileError when that can't be read."""
    if len(data) > MOST_BYTES:
        raise AddressFileError(f"It is over {MOST_BYTES // 1_000_000} MB. {_SHAPE}")
    try:
        found = _composed(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise AddressFileError("It is not UTF-8: save it as UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise AddressFileError(f"It can't be read as YAML. {_SHAPE}", mark.line + 1 if mark else 1) from None
    return {source: _entry(value, line) for source, (value, line) in found.items()}


def is_readable(data: bytes) -> bool:
    """Whether `read` can read it."""
    try:
        read(data)
    except AddressFileError:
        return False
    return True


def _composed(text: str) -> dict[str, tuple[Any, int]]:
    """The value of each top key, and its line; nothing but texts, lists and mappings, and no aliases."""
    try:
        root = safe_yaml.compose(text, DEEPEST, allowed=ALLOWED)
    except safe_yaml.RefusedYamlError as error:
        raise AddressFileError(_SHAPE, error.line) from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise AddressFileError(_SHAPE)
    return {_plain(key): (_plain(value), key.start_mark.line + 1) for key, value in root.value}


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(key)): _plain(value) for key, value in node.value}
    return [_plain(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else str(node.value)


def _entry(value: Any, line: int) -> AddressEntry:
    given: dict[str, Any] = value if isinstance(value, dict) else {"": ""}
    fields = {**EMPTY, **given}
    if given.keys() - EMPTY.keys() or not _is_sound(fields):
        raise AddressFileError(_SHAPE, line)
    return AddressEntry(
        fields["address"], fields["first"], tuple(fields["former"]), fields["sections"], fields["anchors"]
    )


def _is_sound(entry: Mapping[str, Any]) -> bool:
    if any(type(entry[name]) is not type(empty) for name, empty in EMPTY.items()):
        return False
    slugs = all(not entry[name] or _SLUG.fullmatch(entry[name]) for name in ("address", "first"))
    former = all(isinstance(address, str) and former_address(address) for address in entry["former"])
    return slugs and former and _are_anchors(entry["sections"]) and _are_anchors(entry["anchors"])


def _are_anchors(pairs: Mapping[str, Any]) -> bool:
    return all(isinstance(key, str) and 0 < len(key) <= LONGEST_ANCHOR >= len(name) for name, key in pairs.items())
