"""The stylesheets hold to their rules: each part has its layer, nothing is written twice, no class is left over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pygments.token import STANDARD_TYPES

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static"
LAYERS = ["tokens", "base", "layout", "components", "prose", "pages", "walk", "studio", "print"]
BREAKPOINTS = {"46rem", "62rem"}
# Classes that others write: Pygments into code, what libraries of Markdown call a warning, CodeMirror into its editors.
FOREIGN = {name for name in STANDARD_TYPES.values() if name} | {"cm-editor", "cm-mergeView"}


@dataclass(frozen=True)
class Rule:
    """A rule of a stylesheet: the conditions around it, from the outside in, its selectors, what it sets."""

    file: str
    around: tuple[str, ...]
    selectors: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]


def _parts(text: str, separator: str) -> list[str]:
    """The text, parted at separators that stand in no brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == separator and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [" ".join(part.split()) for part in parts if part.strip()]


def _rules(file: str, text: str, around: tuple[str, ...] = ()) -> Iterator[Rule]:
    start = 0
    while (opened := text.find("{", start)) >= 0:
        depth, end = 1, opened + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        head, body = " ".join(text[start:opened].rpartition(";")[2].split()), text[opened + 1 : end - 1]
        if head.startswith("@"):
            yield from _rules(file, body, (*around, head))
        else:
            parted = (part.partition(":") for part in _parts(body, ";"))
            settings = tuple((name.strip(), value.strip()) for name, _, value in parted)
            yield Rule(file, around, tuple(_parts(head, ",")), settings)
        start = end


def _text(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    """All rules of our own stylesheets."""
    files = sorted(STATIC.rglob("*.css"))
    return [rule for path in files for rule in _rules(path.relative_to(STATIC).as_posix(), _text(path))]


def test_every_rule_is_in_a_layer_that_is_declared(rules: list[Rule]) -> None:
    (declared,) = re.findall(r"^@layer ([\w, ]+);$", _text(STATIC / "kb.css"), re.MULTILINE)
    assert declared.split(", ") == LAYERS
    assert {rule.around[0] for rule in rules} == {f"@layer {layer}" for layer in LAYERS}
    own: dict[str, set[str]] = {}
    for rule in rules:
        if rule.around[0] != "@layer print":
            own.setdefault(rule.file, set()).add(rule.around[0])
    assert {file: layers for file, layers in own.items() if len(layers) > 1} == {}


def test_every_part_is_joined_into_a_stylesheet_that_pages_load() -> None:
    loaded = {
        name
        for folder in ("kb", "troubleshooting")
        for path in (ROOT / folder).rglob("*.html")
        for name in re.findall(r'(?:static "|static_root }})([\w/-]+\.css)', path.read_text())
    }
    joined = {name for sheet in loaded for name in re.findall(r'@import "([\w/-]+\.css)";', _text(STATIC / sheet))}
    assert loaded | joined == {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.css")}


def test_no_selector_sets_a_property_twice(rules: list[Rule]) -> None:
    alone = Counter((rule.around, rule.selectors) for rule in rules)
    assert [named for named, count in alone.items() if count > 1] == []
    given = Counter(
        (rule.around, selector, name)
        for rule in rules
        for selector in rule.selectors
        for name in {name for name, _ in rule.settings}
    )
    assert [named for named, count in given.items() if count > 1] == []


def test_pages_change_at_few_widths(rules: list[Rule]) -> None:
    widths = {width for rule in rules for at in rule.around for width in re.findall(r"width[^)]*?([\d.]+rem)", at)}
    assert widths == BREAKPOINTS


def test_type_and_space_are_of_the_scales(rules: list[Rule]) -> None:
    """But what grows with the window, what is moved back, and what leaves room for a part of a fixed size."""
    rooms = {"2.75rem", "3.125rem", "3.5rem", "5.1rem"}
    scaled = re.compile(r"(font|font-size|padding.*|margin.*|(row-|column-)?gap)")
    sizes = {
        (rule.file, name, size)
        for rule in rules
        for name, value in rule.settings
        if scaled.fullmatch(name)
        for size in re.findall(r"(?<![-\d.])[\d.]+rem\b", re.sub(r"clamp\(.*?\)", "", value))
    }
    assert sorted(size for size in sizes if size[2] not in rooms) == []


def _written() -> Iterator[str]:
    """Where classes are named: the attributes of templates, the strings of Python, all of JavaScript."""
    attribute = re.compile(r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"|\{% block \w+_class %\}(.*?)\{% endblock')
    string = re.compile(r""""([^"\n]*)"|'([^'\n]*)'""")
    for folder in (ROOT / "kb", ROOT / "troubleshooting", STATIC / "js"):
        for path in folder.rglob("*"):
            if path.suffix in {".html", ".svg"}:
                yield " ".join(" ".join(found) for found in attribute.findall(path.read_text()))
            elif path.suffix == ".py" and "migrations" not in path.parts:
                yield " ".join(" ".join(found) for found in string.findall(path.read_text()))
            elif path.suffix == ".js":
                yield path.read_text()


def test_every_class_is_used(rules: list[Rule]) -> None:
    """A class is used where its name stands, or its block with `--` and a value that is filled in."""
    names = r"\.([a-zA-Z][\w-]*)"
    styled = {name for rule in rules for selector in rule.selectors for name in re.findall(names, selector)}
    texts = list(_written())
    words = {word for text in texts for word in re.findall(r"[\w-]+", text)}
    filled_in = tuple({start for text in texts for start in re.findall(r"([\w-]+--)\$?\{", text)})
    assert [name for name in sorted(styled - words - FOREIGN) if not name.startswith(filled_in)] == []


def test_scripts_are_modules_that_define_no_globals() -> None:
    for path in (STATIC / "js").rglob("*.js"):
        text = path.read_text()
        assert '"use strict"' not in text, path
        assert not re.search(r"\b(?:window|globalThis)\.\w+ =[^=]", text), path
    for folder in ("kb", "troubleshooting"):
        for path in (ROOT / folder).rglob("*.html"):
            for tag in re.findall(r'<script src="\{% static "js/[^>]*>', path.read_text()):
                assert 'type="module"' in tag, (path, tag)
