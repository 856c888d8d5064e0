"""Reads `products.yml`, the table of products that writers keep beside their guides.

Outlook:
- Outlook 2013
- Outlook 2016: [OL 2016, Outlook 16]
Exchange:
also: [Microsoft Exchange]
versions: [Exchange 2016, Exchange Online]
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from kb.content import safe_yaml
from kb.content.product_table import NO_PRODUCTS, Entries, Family, ProductTable, TableError, Version

FILE_NAME = "products.yml"
LARGEST_TABLE = 500_000
DEEPEST = 6
LONGEST_NAME = 120
ALSO, VERSIONS = "also", "versions"
EXAMPLE = "'Outlook: [Outlook 2013, Outlook 2016]'"

logger = logging.getLogger(__name__)


class _BadEntry(Exception):  # noqa: N818 - reported as an error of the table
    def __init__(self, message: str, node: yaml.Node) -> None:
        super().__init__(message)
        self.error = TableError(int(node.start_mark.line) + 1, message)


def stamp(path: Path) -> int:
    """What tells one state of a file from another, 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def usable_products(path: Path) -> ProductTable | None:
    """The table of a file, None where there is none; what can't be used of it is logged and left out."""
    modified_at = stamp(path)
    return _read_usable(path, modified_at) if modified_at else None


@lru_cache(maxsize=4)
def _read_usable(path: Path, _modified_at: int) -> ProductTable:
    table, errors = read_file(path)
    for error in errors:
        logger.warning("Walks go without a part of %s: line %s: %s", path.name, error.line, error.message)
    return table


def read_file(path: Path) -> tuple[ProductTable, list[TableError]]:
    """The table of a file and what is wrong with it; no file, no products."""
    try:
        with path.open("rb") as handle:
            data = handle.read(LARGEST_TABLE + 1)
    except FileNotFoundError:
        return NO_PRODUCTS, []
    except OSError as error:
        return NO_PRODUCTS, [TableError(1, f"This file can't be read: {error.strerror}.")]
    if len(data) > LARGEST_TABLE:
        return NO_PRODUCTS, [TableError(1, f"This file is over {LARGEST_TABLE // 1000} kB: keep to what guides name.")]
    try:
        return read_products(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return NO_PRODUCTS, [TableError(line, "This line is not UTF-8: save the file as UTF-8.")]


def read_products(text: str) -> tuple[ProductTable, list[TableError]]:
    """The table that a text spells out, and what is wrong with it, by line."""
    entries = Entries()
    try:
        root = safe_yaml.compose(text, DEEPEST)
    except safe_yaml.RefusedYamlError as error:
        return NO_PRODUCTS, [TableError(error.line, f"This holds {error.fault.value}: write plain names, {EXAMPLE}.")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        return NO_PRODUCTS, [TableError(line, f"This is no YAML ({getattr(error, 'problem', None) or 'unreadable'}).")]
    if root is None:
        return NO_PRODUCTS, []
    if not isinstance(root, yaml.MappingNode):
        return NO_PRODUCTS, [TableError(1, f"The table is made of families with their versions: {EXAMPLE}.")]
    for key, value in root.value:
        try:
            _add_family(key, value, entries)
        except _BadEntry as error:
            entries.errors.append(error.error)
    return ProductTable(tuple(entries.families)), sorted(entries.errors, key=lambda error: error.line)


def _add_family(key: yaml.Node, value: yaml.Node, entries: Entries) -> None:
    name = _text(key)
    if not entries.takes(name, _line(key)):
        return
    also, versions = _parts(value)
    spellings = tuple(_new_names(also, entries))
    found = tuple(_versions(versions, entries))
    entries.families.append(Family(name, found, spellings))


def _parts(value: yaml.Node) -> tuple[list[yaml.Node], list[yaml.Node]]:
    """The other spellings of a family, and its versions."""
    if not isinstance(value, yaml.MappingNode):
        return [], _items(value)
    parts: dict[str, list[yaml.Node]] = {}
    for key, inner in value.value:
        name = _text(key)
        if name not in (ALSO, VERSIONS):
            raise _BadEntry(f"'{name}' is no part of a family: use '{VERSIONS}' and '{ALSO}'.", key)
        parts[name] = _items(inner)
    return parts.get(ALSO, []), parts.get(VERSIONS, [])


def _versions(nodes: list[yaml.Node], entries: Entries) -> Iterator[Version]:
    """The versions; one that is there already, or that reads like its family, is an error."""
    for node in nodes:
        pairs = node.value if isinstance(node, yaml.MappingNode) else [(node, None)]
        for key, value in pairs:
            name = _text(key)
            is_new = entries.takes(name, _line(key))
            spellings = tuple(_new_names(_items(value), entries)) if value is not None else ()
            if is_new:
                yield Version(name, spellings)


def _new_names(nodes: list[yaml.Node], entries: Entries) -> Iterator[str]:
    for node in nodes:
        name = _text(node)
        if entries.takes(name, _line(node)):
            yield name


def _items(node: yaml.Node) -> list[yaml.Node]:
    """The items of a list; a single text is a list of one, and nothing one of none."""
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if isinstance(node, yaml.ScalarNode):
        return [node] if node.value.strip() not in ("", "~", "null") else []
    raise _BadEntry(f"Here should be a list of names, such as in {EXAMPLE}.", node)


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise _BadEntry("Here should be a name on one line.", node)
    name = " ".join(node.value.split())
    if len(name) > LONGEST_NAME:
        raise _BadEntry(f"This name is over {LONGEST_NAME} characters: shorten it.", node)
    return name


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
