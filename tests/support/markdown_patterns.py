"""The patterns by which Python-Markdown reads what strangers wrote: its own, those of its extensions, and our forms.

The library compiles and asks them itself, with `re`. They run in the processes of `kb.content.workers` alone, which the
system ends when a text has taken its seconds.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import Any

from kb.content import rendering
from tests.support.patterns_found import Use, modules, source_of

METHODS = frozenset({"finditer"})
# What reads a text by those patterns, and what of it may be asked outside of the workers.
READERS = (
    *("reading", "rendering", "outline", "commonmark", "grammar", "contacts"),
    *("inline", "inline_forms", "inline_grammar", "inline_tree", "bare_addresses", "loose_links"),
)
HARMLESS = {"LARGEST_TEXT", "decode", "responsible_for", "with_former_anchors"}


def uses() -> list[Use]:
    """Each pattern of whatever is registered with our renderer, and of the modules in which that is written."""
    markdown = rendering.parser()
    registries = (
        markdown.preprocessors,
        markdown.parser.blockprocessors,
        markdown.inlinePatterns,
        markdown.treeprocessors,
        markdown.postprocessors,
    )
    parts = [(name, registry[name]) for registry in registries for name in _names(registry)]
    found: dict[str, tuple[str, re.Pattern[str]]] = {}
    for name, part in parts:
        for attribute, pattern in _patterns_of(part):
            found.setdefault(pattern.pattern, (attribute.format(name), pattern))
    return [Use(name, pattern, METHODS) for name, pattern in found.values()]


def _names(registry: Any) -> Iterator[str]:
    yield from (item.name for item in registry._priority)


def _patterns_of(part: object) -> Iterator[tuple[str, re.Pattern[str]]]:
    homes = [part, *type(part).__mro__, *(sys.modules[each.__module__] for each in type(part).__mro__)]
    for home in homes:
        for name, value in getattr(home, "__dict__", {}).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{getattr(home, '__name__', f'{type(part).__name__}({{}})')}.{name}", value


def asked_outside() -> list[str]:
    """Where a module imports what reads a text, other than within `kb.content`, whose workers do."""
    return [
        f"{module.__name__}: {name}"
        for module in modules()
        if not module.__name__.startswith("kb.content")
        for name in _imported(ast.parse(source_of(module.__name__)))
    ]


def _imported(tree: ast.Module) -> Iterator[str]:
    readers = {f"kb.content.{name}" for name in READERS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in readers)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {alias.name for alias in node.names}
            if node.module in readers:
                yield from sorted(f"{node.module}.{name}" for name in names - HARMLESS)
            elif node.module == "kb.content":
                yield from sorted(f"kb.content.{name}" for name in names & set(READERS))
