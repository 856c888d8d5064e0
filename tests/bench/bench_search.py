"""Measures our search beside tantivy, and the build of its index beside SQLite's FTS5.

All of it runs in one process, by turns; a round in which others took more than a tenth of the machine does not count.
Run it with `make bench-search`; it exits 1 when a target is missed.
"""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tantivy

from tests.bench.quiet import BUSY, watched
from tests.bench.report import Spread

if TYPE_CHECKING:
    from kb.search.engine import GuideDocument

ROOT = Path(__file__).resolve().parent.parent.parent
CORPORA = Path(os.environ.get("KB_CORPORA", ROOT.parent / "shared")) / "corpora"
FOLDERS = ("outlook", "openshift-runbooks", "technotes/guides")
SEED = 20_24
QUERIES, ROUNDS, BUILDS = 300, 5, 5
SLOWEST_SEARCH, SLOWEST_BUILD = 20.0, 20.0
SLOWEST_SUGGESTION = SLOWEST_SEARCH / 3

Task = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Times:
    """What some runs took, in seconds."""

    seconds: tuple[float, ...]

    def at(self, share: float) -> float:
        """The milliseconds that `share` of the runs did not exceed."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True, slots=True)
class Round:
    """What a task and its peer took in one round, and the share of the machine that others took meanwhile."""

    ours: Times
    peer: Times
    others: float = 0.0

    @property
    def ratio(self) -> float:
        """How many times as long as the peer we take, at the 95th percentile."""
        return self.ours.at(0.95) / self.peer.at(0.95)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, in rounds, and how many times the peer's time is allowed."""

    name: str
    rounds: Sequence[Round]
    allowed: float

    @property
    def quiet(self) -> list[Round]:
        """The rounds that count: those in which others left the machine to us."""
        return [each for each in self.rounds if each.others <= BUSY]

    @property
    def is_told(self) -> bool:
        """Whether there is a ratio: at least half of the rounds count."""
        return 2 * len(self.quiet) >= len(self.rounds)

    @property
    def ratio(self) -> Spread:
        """The median of the rounds that count, the least and the most."""
        return Spread.of([each.ratio for each in self.quiet])

    def __str__(self) -> str:
        """The line."""
        if not self.is_told:
            return (
                f"{self.name:<34}no figures: others took {max(each.others for each in self.rounds):.0%} of the machine"
            )
        times = (
            pair.at(share) for side in ("ours", "peer") for share in (0.5, 0.95) for pair in [self._together(side)]
        )
        shown = "".join(f"{figure:10.3f}" for figure in times)
        state = "ok" if self.is_met else "MISSED"
        return f"{self.name:<34}{shown}{self.ratio.shown(1):>18}{self.allowed:9.1f}  {state}"

    def _together(self, side: str) -> Times:
        return Times(tuple(seconds for each in self.quiet for seconds in getattr(each, side).seconds))

    @property
    def is_met(self) -> bool:
        """Whether the target is met."""
        return self.is_told and self.ratio.middle <= self.allowed


def short_queries(titles: Sequence[str], number: int, seed: int) -> list[str]:
    """Queries of 2 to 5 words of random titles; the same for the same seed."""
    chance, found = random.Random(seed), list[str]()
    while len(found) < number:
        words = re.findall(r"\w+", chance.choice(titles))
        length = chance.randint(2, 5)
        if len(words) >= length:
            found.append(" ".join(chance.sample(words, length)))
    return found


def cut_short(text: str) -> str:
    """The text as it stands while its last word is being typed."""
    return text[: max(2, len(text) - 2)]


def by_turns(texts: Sequence[str], *tasks: Task) -> list[Times]:
    """How long each task takes for each text, one after the other for the same text."""
    seconds: list[list[float]] = [[] for _ in tasks]
    for text in texts:
        for task, own in zip(tasks, seconds, strict=True):
            start = time.perf_counter()
            task(text)
            own.append(time.perf_counter() - start)
    return [Times(tuple(own)) for own in seconds]


def rounds_of(rounds: Iterable[Sequence[str]], *tasks: Task) -> list[list[Round]]:
    """For each task but the second, which is the peer, its rounds beside the peer's."""
    found: list[list[Round]] = [[] for _ in tasks[1:]]
    for texts in rounds:
        with watched() as watch:
            ours, peer, *more = by_turns(texts, *tasks)
        for own, times in zip(found, (ours, *more), strict=True):
            own.append(Round(times, peer, watch.others))
    return found


def body(document: GuideDocument) -> str:
    """All text of a guide below its title."""
    return "\n".join(f"{section.title}\n{section.text}" for section in document.sections)


def tantivy_search(documents: Sequence[GuideDocument]) -> Task:
    """A search of the same guides in memory: title weighted 2, any word, stemmed; the titles of the ten best."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title", stored=True, tokenizer_name="en_stem")
    builder.add_text_field("body", tokenizer_name="en_stem")
    index = tantivy.Index(builder.build())
    writer = index.writer()
    for document in documents:
        writer.add_document(tantivy.Document(title=document.title, body=body(document)))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[str]:
        words = re.sub(r"[^\w ]", " ", text)
        query, _ = index.parse_query_lenient(words, ["title", "body"], field_boosts={"title": 2.0})
        return [str(searcher.doc(address)["title"][0]) for _, address in searcher.search(query, 10).hits]

    return search


def fts5_build(documents: Sequence[GuideDocument], path: Path) -> None:
    """Write the same text into a new FTS5 table, stemmed, and commit it."""
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.execute("CREATE VIRTUAL TABLE guides USING fts5(title, body, tokenize='porter unicode61')")
    with database:
        rows = ((document.title, body(document)) for document in documents)
        database.executemany("INSERT INTO guides VALUES (?, ?)", rows)
    database.close()


def load(scratch: Path) -> list[GuideDocument]:
    """The guides of the corpora as the product reads them, by way of a database of its own."""
    os.environ |= {"KB_DATA_DIR": str(scratch / "data"), "DJANGO_SETTINGS_MODULE": "kb.settings"}
    folders = [str(CORPORA / folder) for folder in FOLDERS]
    for command in (["migrate", "--verbosity=0"], ["load_guides", *folders]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    import django  # noqa: PLC0415  # once the environment says where the data is

    django.setup()
    from kb.search.documents import documents_for  # noqa: PLC0415

    return list(documents_for())


def measure(documents: list[GuideDocument], scratch: Path) -> Iterator[Row]:
    """Every line of the table, as it is measured."""
    from kb.audience import EVERYONE  # noqa: PLC0415
    from kb.search import opened  # noqa: PLC0415
    from kb.search.query import parse  # noqa: PLC0415
    from kb.search.whoosh_engine import WhooshEngine  # noqa: PLC0415

    engine = WhooshEngine(scratch / "index")
    builds: list[Any] = [lambda _: engine.rebuild(documents), lambda _: fts5_build(documents, scratch / "fts5.sqlite3")]
    yield Row("build of the whole index", *rounds_of([[""]] * BUILDS, *builds), SLOWEST_BUILD)
    changes: list[Any] = [lambda _: engine.add(documents[:1]), builds[0]]
    yield Row("one changed guide, beside a build", *rounds_of([[""]] * BUILDS, *changes), 0.5)

    opened.MOST_RESULTS = 0  # every search is one: no result is kept
    peer = tantivy_search(documents)
    titles = [document.title for document in documents]

    def search(text: str) -> object:
        return engine.search(parse(text), EVERYONE)

    def complete(text: str) -> object:
        return engine.complete(cut_short(text), EVERYONE)

    def suggest(text: str) -> object:
        return engine.suggest(cut_short(text), EVERYONE)

    tasks = (search, peer, complete, suggest)
    by_turns(short_queries(titles, QUERIES, SEED), *tasks)
    texts = [short_queries(titles, QUERIES, SEED + number) for number in range(1, ROUNDS + 1)]
    searched, completed, suggested = rounds_of(texts, *tasks)
    yield Row("short queries", searched, SLOWEST_SEARCH)
    yield Row("completions, beside short queries", completed, SLOWEST_SUGGESTION)
    yield Row("suggestions, beside short queries", suggested, SLOWEST_SUGGESTION)
    lines = (CORPORA / "technotes" / "queries.jsonl").read_text().splitlines()
    asked = [json.loads(line)["query"] for line in lines]
    by_turns(asked, search, peer)
    yield Row("questions of the technotes", *rounds_of([asked] * ROUNDS, search, peer), SLOWEST_SEARCH)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table; end with 1 when a target is missed."""
    if not CORPORA.is_dir():
        sys.exit(f"There are no corpora in {CORPORA}: set KB_CORPORA to the folder that holds them.")
    with tempfile.TemporaryDirectory(prefix="kb-bench-search-") as folder:
        say("Loading the guides ...")
        documents = load(Path(folder))
        say(f"{len(documents)} guides; milliseconds, ours and the peer's (tantivy; for builds SQLite FTS5)\n")
        say(f"{'':<34}{'p50':>10}{'p95':>10}{'peer p50':>10}{'peer p95':>10}{'ratio':>18}{'allowed':>9}")
        rows = []
        for row in measure(documents, Path(folder)):
            say(str(row))
            rows.append(row)
    sys.exit(0 if all(row.is_met for row in rows) else 1)


if __name__ == "__main__":
    main()
