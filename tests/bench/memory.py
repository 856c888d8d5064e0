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
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING

import psutil

from tests.bench.times import say

if TYPE_CHECKING:
    from kb.search.engine.reader import IndexReader

LIMITS = {851: 200, 7_000: 250, 70_000: 400}  # by guides, megabytes
STAFF_EVERY = 5  # searches
MEGABYTE = 2**20


def uss() -> float:
    """The megabytes that this process has for itself."""
    return float(psutil.Process().memory_full_info().uss) / MEGABYTE


def limit(guides: int) -> float:
    """The megabytes that a process may take for so many guides."""
    return next((most for size, most in LIMITS.items() if guides <= size), LIMITS[max(LIMITS)])


def deep_size(*roots: object) -> int:
    """About the bytes of all that is reached from the objects, each counted once; code and modules are not."""
    seen, left, size = set[int](), list(roots), 0
    while left:
        each = left.pop()
        if id(each) not in seen and not isinstance(each, type | ModuleType | FunctionType | BuiltinFunctionType):
            seen.add(id(each))
            size += sys.getsizeof(each)
            left += gc.get_referents(each)
    return size


def parts(index: IndexReader) -> Iterator[tuple[str, int]]:
    """What the memory is made of: a name and about how many bytes."""
    from kb.content.languages import english  # noqa: PLC0415  # once Django is set up
    from kb.search.text import analysis  # noqa: PLC0415  # once Django is set up

    heads = {id(head): head for snapshot, _ in index._views.values() for head in snapshot.heads}
    yield "heads of the guides", deep_size(list(heads.values()))
    yield "results and suggestions", deep_size(index._results._kept, index._suggested._kept)
    for audiences, (snapshot, planner) in index._views.items():
        name = " and ".join(sorted(audiences))
        for label, kept in (
            ("postings", snapshot._postings),
            ("terms", snapshot._terms),
            ("sections", snapshot._bodies),
            ("frequencies", snapshot._frequencies),
            ("words that were split", planner._split_cache),
            ("corrections", planner._corrector._known),
        ):
            yield f"{name}: {label}", deep_size(kept._kept)
        yield f"{name}: words for corrections", deep_size(planner._corrector._buckets)
        made = [
            snapshot.__dict__[each]
            for each in ("headline_counts", "_headlines", "vocabulary", "acronyms")
            if each in snapshot.__dict__
        ]
        yield f"{name}: vocabulary", deep_size(made)
    yield "words that were found in texts", deep_size(analysis._word_cache, analysis._tokens_cache, analysis._run_cache)
    yield "stems", analysis.stem.cache_info().currsize * 300
    yield "English words", deep_size(english._english_words())


def search_all(folder: Path, texts: Iterable[str]) -> IndexReader:
    """The index in the folder as it is open after all searches, every few of them by staff."""
    from kb.models.audience import EVERYONE, INSIDERS  # noqa: PLC0415
    from kb.search.text.query import parse  # noqa: PLC0415
    from kb.search.whoosh.engine import WhooshEngine  # noqa: PLC0415

    engine = WhooshEngine(folder)
    for number, text in enumerate(texts):
        engine.search(parse(text), EVERYONE if number % STAFF_EVERY else INSIDERS)
    return engine._newest()


def import_what_a_server_does() -> None:
    """Set Django up, with all addresses and what lies behind them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    __import__("kb.wsgi")
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
            index = search_all(folder, (line for _, line in zip(range(asked.searches), file, strict=False)))
        took = time.process_time() - start
        gc.collect()
        after = uss()
        each = 1000 * took / asked.searches
        say(f"{asked.guides} guides, {asked.searches} searches, {each:.1f} ms of processor time each")
        say(f"before {before:.0f} MB, after {after:.0f} MB, allowed {limit(asked.guides):.0f} MB")
        for name, size in parts(index):
            say(f"  {size / MEGABYTE:8.1f} MB  {name}")
    sys.exit(0 if after <= limit(asked.guides) else 1)


if __name__ == "__main__":
    main()
