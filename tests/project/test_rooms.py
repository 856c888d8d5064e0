"""The house: few rooms, each with one job, imports that go one way, and one writer of guides."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPLICATIONS = ("kb", "troubleshooting")
AT_ROOTS = {"__init__.py", "apps.py", "settings.py", "urls.py", "wsgi.py"}
NO_ROOMS = {"locale", "management", "migrations", "templates", "templatetags", "__pycache__"}
MOST_ROOMS = {"kb": 9, "troubleshooting": 9}
LONGEST_MODULE = 300
WRITERS = {"kb.library"}
WRITES = {
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "update",
    "update_or_create",
}


def _modules() -> Iterator[Path]:
    for application in APPLICATIONS:
        for path in sorted((ROOT / application).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def _contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--config", folder / "pyproject.toml", "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("application", APPLICATIONS)
def test_at_the_root_of_an_application_lies_what_django_looks_for_and_rooms(application: str) -> None:
    entries = list((ROOT / application).iterdir())
    rooms = {entry.name for entry in entries if entry.is_dir()} - NO_ROOMS
    assert {entry.name for entry in entries if entry.is_file()} <= AT_ROOTS
    assert len(rooms) <= MOST_ROOMS[application], rooms


def test_each_package_says_in_one_sentence_what_it_is_for() -> None:
    for path in _modules():
        if path.name == "__init__.py":
            said = ast.get_docstring(ast.parse(path.read_text()))
            assert said, path
            assert said.count(". ") == 0, path
            assert said.endswith("."), path


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in _modules()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_imports_go_one_way() -> None:
    checked = _contracts(ROOT)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("importer", "statement"),
    [
        ("kb/content/outline.py", "from kb.models import Guide"),
        ("kb/content/outline.py", "import django.db"),
        ("kb/search/index/contract.py", "from kb.library import publishing"),
        ("kb/search/whoosh/engine.py", "from kb.search.postgres import store"),
        ("kb/web/pages/reading.py", "from troubleshooting.walk import next_step"),
        ("kb/config/timer.py", "from kb.editorial import approval"),
        ("kb/web/snippets.py", "from kb.templatetags.kb_html import marked"),
        ("troubleshooting/planning/planner.py", "import django.conf"),
    ],
)
def test_an_import_against_the_direction_is_seen(importer: str, statement: str, tmp_path: Path) -> None:
    for name in APPLICATIONS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "templates"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / importer).open("a") as module:
        module.write(f"\n{statement}\n")
    checked = _contracts(tmp_path)
    assert checked.returncode == 1
    assert importer.removesuffix(".py").replace("/", ".") in checked.stdout


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph(*APPLICATIONS, exclude_type_checking_imports=True)
    imported = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(imported).prepare()  # CycleError names the circle


def _written_guides(source: str) -> list[int]:
    """The lines on which rows of guides are written: `guide.save()`, `Guide.objects. ... .update()`."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and _is_of_guides(node.func.value)
    ]


def _is_of_guides(node: ast.expr) -> bool:
    """Whether an expression is a guide or some guides, by its name: `guide`, `Guide.objects.filter(...)`."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            if node.attr in {"guide", "guides"}:
                return True
            if node.attr in {"revisions", "sections", "problems", "learned", "former_addresses"}:
                return False
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return isinstance(node, ast.Name) and node.id.lower() in {"guide", "guides"}


@pytest.mark.slow
def test_only_the_library_writes_guides() -> None:
    writers = {}
    for path in _modules():
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        lines = _written_guides(path.read_text())
        if lines and not any(name.startswith(f"{room}.") for room in WRITERS):
            writers[name] = lines
    assert writers == {}


def test_a_write_to_a_guide_is_seen() -> None:
    assert _written_guides("guide.save()\nGuide.objects.filter(pk=1).update(state='x')\nrevision.guide.delete()") == [
        1,
        2,
        3,
    ]
    assert _written_guides("guide.revisions.update(x=1)\nGuide.objects.get(pk=1)\nreview.save()") == []


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _made_in(tree: ast.AST) -> set[str]:
    """The private names that some code makes: its functions and classes, what it assigns, and attributes."""
    made = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
            made.add(node.attr)
    return {name for name in made if _is_private(name)}


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def _private_uses(source: str, products: set[str]) -> list[str]:
    """The private names of the product (`products`) that a test asks, with their lines."""
    tree = ast.parse(source)
    own = _made_in(tree)
    found = []
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Attribute) and not (_is_self(node.value) and node.attr in own):
            names = [node.attr]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in APPLICATIONS:
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"setattr", "getattr", "delattr"}:
            texts = (each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str))
            names = [text.rpartition(".")[2] for text in texts]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" in node.value:
            names = _asked_by_program(node.value)
        found += [f"{node.lineno}: {name}" for name in names if _is_private(name) and name in products]
    return found


def _asked_by_program(text: str) -> list[str]:
    """The attributes that a text asks, when it is a program for another process."""
    try:
        tree = ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError):
        return []
    return [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]


@pytest.mark.slow
def test_tests_ask_the_product_by_its_public_names_alone() -> None:
    products = {name for path in _modules() for name in _made_in(ast.parse(path.read_text()))}
    uses = {
        str(path.relative_to(ROOT)): found
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if (found := _private_uses(path.read_text(), products))
    }
    assert uses == {}


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("from kb.search import record\nrecord._hid", ["2: _hid"]),
        ("from kb.search.record import _hid", ["1: _hid"]),
        ("monkeypatch.setattr(record, '_hid', 1)", ["1: _hid"]),
        ("monkeypatch.setattr('kb.record._hid', 1)", ["1: _hid"]),
        ("class Mine(Theirs):\n    def it(self):\n        return self._hid", ["3: _hid"]),
        ("run('import record\\nrecord._hid.clear()')", ["1: _hid"]),
        (
            "class Mine:\n    def __init__(self):\n        self._hid = 1\n    def it(self):\n        self._hid",
            [],
        ),
        ("Model._meta\nfrom tests.support import _hid\nrecord.__doc__\nsay('record._hid')", []),
    ],
)
def test_a_test_that_asks_a_private_name_is_seen(source: str, uses: list[str]) -> None:
    assert _private_uses(source, {"_hid"}) == uses
