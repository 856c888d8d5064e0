"""Every pattern of the product, with how it is used; and every one that is hidden from this."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import kb
import troubleshooting
from kb.content.patterns import Pattern

ROOTS = (kb, troubleshooting)
CALLS = {"search": "search", "match": "match", "fullmatch": "fullmatch"}
ALL = frozenset({"search", "match", "fullmatch", "finditer"})
DEEPEST = 5
ENGINES = ("re", "re2", "regex", "sre_compile")
OURS = ("linear", "counted", "Linear", "Counted", "_ignoring_case")
NO_PATTERN = ("escape", "RegexFlag")
MAKERS = "kb.content.patterns"
Compiled: TypeAlias = Pattern | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Use:
    """A pattern, the first name found for it, and the ways in which it is asked."""

    name: str
    pattern: Compiled
    methods: frozenset[str]


@cache
def modules() -> tuple[ModuleType, ...]:
    """All modules of the product but migrations and what starts a server."""
    names = [
        found.name
        for root in ROOTS
        for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}.")
        if ".migrations" not in found.name and found.name != "kb.wsgi"
    ]
    return tuple(importlib.import_module(name) for name in ["kb", "troubleshooting", *names])


@cache
def uses() -> list[Use]:
    """Each pattern once, by the module that made it."""
    names: dict[Compiled, list[tuple[str, str]]] = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in _within(value, module.__name__):
                names.setdefault(pattern, []).append((module.__name__, name))
    return [Use(".".join(where[0]), pattern, _methods(where)) for pattern, where in names.items()]


def _within(value: object, module: str, depth: int = 0) -> Iterator[Compiled]:
    """The patterns that a value is, or holds."""
    if isinstance(value, Pattern) or (isinstance(value, re.Pattern) and isinstance(value.pattern, str)):
        yield value
    elif depth == DEEPEST:
        return
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _within(pair, module, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _within(each, module, depth + 1)
    elif isinstance(value, type) and value.__module__ == module:
        for each in vars(value).values():
            yield from _within(each, module, depth + 1)


def _methods(where: list[tuple[str, str]]) -> frozenset[str]:
    """How a pattern is asked in the modules that know it; in every way when it can't be seen how."""
    found: set[str] = set()
    for module, name in where:
        texts = [source_of(module)] if name.startswith("_") else _sources_with(name)
        called = [method for text in texts for method in re.findall(rf"\b{name}\.([a-z]+)\b", text)]
        is_passed_on = any(re.search(rf"\(.*[(, ]{name}[,)]", text) for text in texts)
        if not called or is_passed_on:
            return ALL
        found |= {CALLS.get(method, "finditer") for method in called}
    return frozenset(found)


@cache
def _sources_with(name: str) -> list[str]:
    """What is written in the modules that say a name; most say none, and plain search is quick to tell."""
    return [text for each in modules() if name in (text := source_of(each.__name__))]


@cache
def source_of(module: str) -> str:
    """What a module is written as."""
    return Path(str(importlib.import_module(module).__file__)).read_text(encoding="utf-8")


def hidden() -> list[str]:
    """Where a pattern is made or asked in a way that `uses` does not see: within a function, or as a mere string."""
    return [
        f"{module.__name__}:{line}"
        for module in modules()
        for line in _hidden_in(ast.parse(source_of(module.__name__)))
        if module.__name__ != MAKERS
    ]


def _hidden_in(tree: ast.Module) -> Iterator[int]:
    inside = {
        id(node)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ENGINES:
            yield node.lineno
        if isinstance(node, ast.Import) and any(
            alias.name in ENGINES and (alias.name != "re" or alias.asname) for alias in node.names
        ):
            yield node.lineno
        if isinstance(node, ast.Call) and _makes(node.func, at_load=id(node) not in inside):
            yield node.lineno


def _makes(called: ast.expr, *, at_load: bool) -> bool:
    """Whether a call makes or asks a pattern, other than by our own where a module is loaded."""
    if isinstance(called, ast.Name):
        return called.id in OURS and not at_load
    if not (isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re"):
        return False
    return called.attr not in NO_PATTERN
