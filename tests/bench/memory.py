"""Measures what memory a server process takes for itself (USS) after many different searches in a large library.

`python -m tests.bench.memory --guides 851 --searches 20000` makes the library and its index in a process of its own,
asks in this one, which has imported what a server does, and ends with 1 when that took more than `LIMITS` allow.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING

import psutil
from django.core.wsgi import get_wsgi_application

from tests.bench.times import say

if TYPE_CHECKING:
    from kb.search.whoosh.engine import WhooshEngine

LIMITS = {851: 200, 7_000: 250, 70_000: 400}  # by guides, megabytes
STAFF_EVERY = 5  # searches
MEGABYTE = 2**20
SHOWN = 20  # parts of the memory


def uss() -> float:
    """The megabytes that this process has for itself."""
    return float(psutil.Process().memory_full_info().uss) / MEGABYTE


def limit(guides: int) -> float:
    """The megabytes that a process may take for so many guides."""
    return next((most for size, most in LIMITS.items() if guides <= size), LIMITS[max(LIMITS)])


def deep_size(*roots: object, without: Collection[int] = ()) -> int:
    """About the bytes of all that is reached from the objects, each counted once; code and modules are not.

    `without` are the ids of objects at which it stops.
    """
    return sum(map(sys.getsizeof, _reached(roots, without)))


def _reached(roots: Iterable[object], without: Collection[int] = ()) -> Iterator[object]:
    seen, left = set(without), list(roots)
    while left:
        each = left.pop()
        if id(each) not in seen and not isinstance(each, type | ModuleType | FunctionType | BuiltinFunctionType):
            seen.add(id(each))
            yield each
            left += gc.get_referents(each)


def parts(engine: WhooshEngine) -> list[tuple[int, str]]:
    """What the memory is made of: about how many bytes each attribute of the parts of search holds, most first.

    What several hold counts for the first of them.
    """
    from kb.content.languages import english  # noqa: PLC0415  # once Django is set up
    from kb.search.text import analysis  # noqa: PLC0415  # once Django is set up

    owners = [each for each in _reached([engine]) if hasattr(each, "__dict__") and _is_ours(each)]
    own = {id(each) for owner in owners for each in (owner, vars(owner))}
    held = [(f"{type(owner).__name__}.{name}", value) for owner in owners for name, value in vars(owner).items()]
    held += [(module.__name__, vars(module)) for module in (analysis, english)]
    sizes, counted = Counter[str](), own
    for name, value in held:
        for each in list(_reached([value], counted)):
            sizes[name] += sys.getsizeof(each)
            counted.add(id(each))
    return sorted(((size, name) for name, size in sizes.items()), reverse=True)


def _is_ours(each: object) -> bool:
    module = type(each).__module__
    return module.startswith("kb.search.") and module != "kb.search.index.cache"


def search_all(folder: Path, texts: Iterable[str]) -> WhooshEngine:
    """The engine of the index in the folder after all searches."""
    from kb.search.whoosh.engine import WhooshEngine  # noqa: PLC0415

    engine = WhooshEngine(folder)
    search_on(engine, texts)
    return engine


def search_on(engine: WhooshEngine, texts: Iterable[str]) -> None:
    """Have an engine search for texts, every few of them by staff."""
    from kb.models.audience import EVERYONE, INSIDERS  # noqa: PLC0415
    from kb.search.text.query import parse  # noqa: PLC0415

    for number, text in enumerate(texts):
        engine.search(parse(text), EVERYONE if number % STAFF_EVERY else INSIDERS)


def import_what_a_server_does() -> None:
    """Set Django up, with all addresses and what lies behind them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    get_wsgi_application()
    __import__("kb.urls")


def main() -> None:
    """Print the memory before and after; end with 1 when it is more than allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=int, default=851)
    parser.add_argument("--searches", type=int, default=20_000)
    parser.add_argument("--index", type=Path, help="Folder of an index that stays, made where there is none")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-bench-memory-") as scratch:
        os.environ |= {"KB_DATA_DIR": scratch, "KB_SEARCH_LOG": "off"}
        folder = asked.index or Path(scratch) / "index"
        questions = folder.with_suffix(".txt")
        if not questions.exists():
            made = ("--guides", str(asked.guides), "--into", str(folder))
            more = ("--queries", str(asked.searches), "--asked", str(questions))
            subprocess.run([sys.executable, "-m", "tests.bench.large_library", *made, *more], check=True)
        import_what_a_server_does()
        before, start = uss(), time.process_time()
        with questions.open() as file:
            engine = search_all(folder, (line for _, line in zip(range(asked.searches), file, strict=False)))
        took = time.process_time() - start
        gc.collect()
        after = uss()
        each = 1000 * took / asked.searches
        say(f"{asked.guides} guides, {asked.searches} searches, {each:.1f} ms of processor time each")
        say(f"before {before:.0f} MB, after {after:.0f} MB, allowed {limit(asked.guides):.0f} MB")
        for size, name in parts(engine)[:SHOWN]:
            say(f"  {size / MEGABYTE:8.1f} MB  {name}")
    sys.exit(0 if after <= limit(asked.guides) else 1)


if __name__ == "__main__":
    main()
