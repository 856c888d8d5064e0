"""Measures our search beside tantivy, and the build of its index beside a plain Whoosh index and SQLite's FTS5.

All of it runs in one process, by turns; what is measured while others take more than a tenth of the machine does not
count and is measured again. Run it with `make bench-search`; it exits 1 when a target is missed or the machine is busy.
With `--processor-time` it takes that in place of the clock: for a machine that is never quiet. With `--meaning`, which
has a sentence model read all guides first and takes minutes, it measures what search by meaning adds as well.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import tantivy

from tests.bench.times import AddedRow, Clock, Row, Task, head, rows, say, timed
from tests.support.sentence_model import put_together

if TYPE_CHECKING:
    from kb.search.index.contract import GuideDocument
    from kb.search.whoosh.engine import WhooshEngine

ROOT = Path(__file__).resolve().parent.parent.parent
CORPORA = Path(os.environ.get("KB_CORPORA", ROOT.parent / "shared")) / "corpora"
FOLDERS = ("outlook", "openshift-runbooks", "technotes/guides")
SEED = 20_24
QUERIES, ROUNDS, BUILDS = 300, 5, 5
RUN = 50  # queries
SLOWEST_SEARCH = 20.0
SLOWEST_SUGGESTION = SLOWEST_SEARCH / 3
SLOWEST_BUILD, SLOWEST_CHANGE = 6.0, 0.1  # of a plain index's build; of our own
MOST_MILLISECONDS_OF_MEANING = 40.0
SLOWEST_BUILD_BESIDE_FTS5 = math.inf  # told, and no target: it is written in C


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
    from kb.search.index.documents import documents_for  # noqa: PLC0415

    return list(documents_for())


def builds(documents: list[GuideDocument], scratch: Path, engine: WhooshEngine, clock: Clock) -> Iterator[Row]:
    """The lines of what it takes to index all guides, and one that changed."""
    from kb.search.plain import PlainIndex  # noqa: PLC0415

    def ours(_: str) -> None:
        engine.rebuild(documents)

    def plain(_: str) -> None:
        with tempfile.TemporaryDirectory(dir=scratch) as folder, closing(PlainIndex(Path(folder), documents)):
            pass

    def fts5(_: str) -> None:
        fts5_build(documents, scratch / "fts5.sqlite3")

    def changed(_: str) -> None:
        engine.add(documents[:1])

    for name, allowed, task, peer in (
        ("whole index, beside plain Whoosh", SLOWEST_BUILD, ours, plain),
        ("whole index, beside FTS5", SLOWEST_BUILD_BESIDE_FTS5, ours, fts5),
        ("one changed guide, beside all", SLOWEST_CHANGE, changed, ours),
    ):
        yield from rows({name: allowed}, [[""]] * BUILDS, task, peer, run=1, clock=clock)


def measure(documents: list[GuideDocument], scratch: Path, clock: Clock) -> Iterator[Row]:
    """Every line of the table, as it is measured."""
    from kb.models.audience import EVERYONE  # noqa: PLC0415
    from kb.search.engine import reader  # noqa: PLC0415
    from kb.search.text.query import parse  # noqa: PLC0415
    from kb.search.whoosh.engine import WhooshEngine  # noqa: PLC0415

    engine = WhooshEngine(scratch / "index")
    yield from builds(documents, scratch, engine, clock)

    reader.MOST_RESULTS = 0  # every search is one: no result is kept
    peer = tantivy_search(documents)
    titles = [document.title for document in documents]

    def search(text: str) -> object:
        return engine.search(parse(text), EVERYONE)

    def complete(text: str) -> object:
        return engine.complete(cut_short(text), EVERYONE)

    def suggest(text: str) -> object:
        return engine.suggest(cut_short(text), EVERYONE)

    tasks = (search, peer, complete, suggest)
    timed(short_queries(titles, QUERIES, SEED), *tasks, clock=clock)
    texts = [short_queries(titles, QUERIES, SEED + number) for number in range(1, ROUNDS + 1)]
    allowed = {
        "short queries": SLOWEST_SEARCH,
        "completions, beside short queries": SLOWEST_SUGGESTION,
        "suggestions, beside short queries": SLOWEST_SUGGESTION,
    }
    yield from rows(allowed, texts, *tasks, run=RUN, clock=clock)
    lines = (CORPORA / "technotes" / "queries.jsonl").read_text().splitlines()
    asked = [json.loads(line)["query"] for line in lines]
    timed(asked, search, peer, clock=clock)
    name = "questions of the technotes"
    yield from rows({name: SLOWEST_SEARCH}, [asked] * ROUNDS, search, peer, run=RUN, clock=clock)
    if "--meaning" in sys.argv:
        yield from by_meaning(asked, scratch, search, clock)


def by_meaning(asked: Sequence[str], scratch: Path, by_words: Task, clock: Clock) -> Iterator[Row]:
    """The line of what search by meaning adds to long questions: saying what each means, and comparing that."""
    from kb.models.audience import EVERYONE  # noqa: PLC0415
    from kb.search.meaning import part, store  # noqa: PLC0415
    from kb.search.text.query import parse  # noqa: PLC0415
    from kb.search.whoosh.engine import WhooshEngine  # noqa: PLC0415

    if not put_together(scratch / "model"):
        sys.exit("The sentence model is not installed: run make meaning-model.")
    part.MOST_KEPT = 0  # every question is a new one
    meaning = part.SearchByMeaning(scratch / "model")
    model = meaning.model()
    while model and store.read_some(model):
        pass
    engine = WhooshEngine(scratch / "index", meaning=meaning)

    def search(text: str) -> object:
        return engine.search(parse(text), EVERYONE)

    timed(asked, search, clock=clock)
    name = "questions by meaning, ms added"
    allowed = {name: MOST_MILLISECONDS_OF_MEANING}
    yield from rows(allowed, [asked] * ROUNDS, search, by_words, run=RUN, clock=clock, kind=AddedRow)


def main() -> None:
    """Print the table; end with 1 when a target is missed."""
    clock = time.process_time if "--processor-time" in sys.argv else time.perf_counter
    if not CORPORA.is_dir():
        sys.exit(f"There are no corpora in {CORPORA}: set KB_CORPORA to the folder that holds them.")
    with tempfile.TemporaryDirectory(prefix="kb-bench-search-") as folder:
        say("Loading the guides ...")
        documents = load(Path(folder))
        say(f"{len(documents)} guides; milliseconds, ours and the peer's (tantivy, where none is named)\n")
        say(head("peer"))
        measured = []
        for row in measure(documents, Path(folder), clock):
            say(str(row))
            measured.append(row)
    sys.exit(0 if all(row.is_met for row in measured) else 1)


if __name__ == "__main__":
    main()
