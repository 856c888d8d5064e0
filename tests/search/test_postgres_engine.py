"""The engine that keeps its index in PostgreSQL: what it does beyond the contract of all engines."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.errors import UndefinedTable
from pytest_django import Settings

from kb.search import configured as engines
from kb.search.index.contract import Hits
from kb.search.index.entries import entry
from kb.search.postgres import store
from kb.search.postgres.engine import PostgresEngine
from kb.search.postgres.segment import PostgresSegment
from kb.search.text.analysis import tokenize
from kb.search.text.query import parse
from kb.search.text.synonyms import Synonyms
from tests.support import postgres
from tests.support.indexed import EVERYONE, INSIDERS, LIBRARY, guide, section
from tests.support.postgres import Connection

FALLBACK = Hits(77, ())
KNOWN = ("firewall", "password", "message", "request", "address", "outlook", "console", "queries", "query", "port")
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def database() -> Iterator[Connection]:
    with postgres.connection() as made:
        yield made


@pytest.fixture
def engine(database: Connection) -> PostgresEngine:
    made = PostgresEngine(database, fallback=lambda *_: FALLBACK)
    made.rebuild(LIBRARY)
    return made


def total(engine: PostgresEngine, text: str = "connection") -> int:
    return engine.search(parse(text), EVERYONE).total


def test_every_statement_that_reads_guides_or_words_names_the_audiences(
    engine: PostgresEngine, database: Connection
) -> None:
    database.statements.clear()
    for text in ("connection timeuot", '"lost connection" -outlook category:Network', "code:CONN_TIMEOUT", "fire wall"):
        engine.search(parse(text), EVERYONE)
        engine.complete(text, EVERYONE)
        engine.suggest(text, EVERYONE)
        engine.similar_queries(text, EVERYONE)
    tables = ("kb_search_guide", "kb_search_word", "kb_search_posting")
    for table in tables:
        assert [each for each in database.statements if table in each], table
    read = [each for each in database.statements if any(f"FROM {table}" in each for table in tables)]
    assert not [each for each in read if "audience = ANY" not in each]


def test_rows_of_public_and_staff_guides_lie_apart(engine: PostgresEngine, database: Connection) -> None:
    engine.add([guide(7, "Unknown", "wombat", audience="partners")])
    for table, who in (("kb_search_guide", "guide_id"), ("kb_search_posting", "guide_id")):
        found = database.rows(f"SELECT DISTINCT audience, {who} FROM {table} ORDER BY 1, 2")  # noqa: S608
        assert found == [*(("public", number) for number in range(1, 6)), ("staff", 6), ("staff", 7)]
    for word in ("zirconium", "wombat"):
        assert database.rows("SELECT audience FROM kb_search_word WHERE word = %s", [word]) == [("staff",)]
        assert set(database.rows("SELECT audience FROM kb_search_posting WHERE term = %s", [word])) == {("staff",)}


def test_a_segment_gives_nothing_of_other_audiences(engine: PostgresEngine, database: Connection) -> None:
    public, staff, both = (PostgresSegment(database, audiences) for audiences in ({"public"}, {"staff"}, INSIDERS))
    assert [len(part.heads) for part in (public, staff, both)] == [5, 1, 6]
    for field in ("body", "title", "words", "headlines"):
        assert [len(part.postings(field, "zirconium")) for part in (public, staff, both)] == [0, 1, 1], field
    assert [len(part.postings("codes", "zirc_9")) for part in (public, staff, both)] == [0, 1, 1]
    for part, known in ((public, False), (staff, True), (both, True)):
        part.load(["body"], ["zirconium"])
        assert bool(len(part.postings("body", "zirconium"))) is known
        assert part.frequencies(["zirconium"]) == ({"zirconium": 1} if known else {})
        assert part.beginning("words", "zirc", 9) == ({"zirc_9": 1, "zirconium": 1} if known else {}) or known
        assert bool(part.beginning("headlines", "zirc", 9)) is known
    assert len(PostgresSegment(database, ()).heads) == 0


def test_a_search_takes_few_statements_whatever_is_pasted(engine: PostgresEngine, database: Connection) -> None:
    engine.search(parse("warm"), EVERYONE)
    run_together = " ".join(f"lost{number}connection sloww{chr(97 + number)}query" for number in range(20))
    for text in (
        "lost connection to server",
        " ".join(f"word{n} conn{n}timeout" for n in range(900)),
        " ".join(f"{chr(97 + n % 26)}word slow{chr(97 + n // 26)}query" for n in range(400)),
        run_together,
        " ".join(left + right for left in ("server", "token") for right in KNOWN),
    ):
        database.statements.clear()
        engine.search(parse(text), EVERYONE)
        assert len(database.statements) <= 12, text[:40]


def test_how_well_hits_fit_takes_few_statements_however_long_their_titles_are(
    engine: PostgresEngine, database: Connection
) -> None:
    engine.rebuild(
        guide(n, " ".join(f"{chr(97 + n)}{chr(97 + word)}word" for word in range(20)), "A connection.")
        for n in range(5)
    )
    engine.search(parse("connection"), EVERYONE)
    database.statements.clear()
    engine.search(parse("connection"), EVERYONE, measured=True)
    assert len(database.statements) <= 3


def test_the_same_search_is_answered_from_memory_until_something_changes(
    engine: PostgresEngine, database: Connection
) -> None:
    total(engine)
    database.statements.clear()
    before = total(engine)
    assert len(database.statements) == 1
    engine.add([guide(50, "Connection", "Connection.")])
    assert total(engine) == before + 1


def test_lists_that_were_read_are_kept_within_a_bound(
    engine: PostgresEngine, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.search.postgres.segment.MOST_BYTES", 20_000)  # more than 200 for each
    segment = PostgresSegment(database, EVERYONE)
    segment.load(["body"], ["connect"])
    database.statements.clear()
    assert len(segment.postings("body", "connect")) == 2
    segment.load(["body"], ["connect"])
    assert database.statements == []
    invented = [f"invented{number}" for number in range(500)]
    for word in (*invented, *reversed(invented)):
        segment.load(["body"], [word])
    assert 1000 - 100 <= len(database.statements) < 1000
    assert len(segment.postings("body", "connect")) == 2


def test_another_machine_sees_a_change_at_once(engine: PostgresEngine, database: Connection) -> None:
    other = PostgresEngine(database.another())
    before = total(other)
    engine.add([guide(50, "Connection", "Connection.")])
    assert total(other) == before + 1
    engine.remove([50])
    assert total(other) == before


def test_a_change_that_is_rolled_back_never_was(engine: PostgresEngine, database: Connection) -> None:
    before, words = engine.digests(), total(engine, "giraffe")

    def change_and_fail() -> None:
        with database.atomic():
            engine.add([guide(1, "Giraffe", "giraffe")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert engine.digests() == before
    assert total(engine, "giraffe") == words == 0
    assert total(engine) > 0


def test_the_vocabulary_says_what_the_guides_hold_after_many_changes(
    engine: PostgresEngine, database: Connection
) -> None:
    for document in LIBRARY[:4]:
        engine.add([document, document])
    engine.remove([2, 3, 99])
    engine.add([LIBRARY[1]])
    counted = database.rows("SELECT audience, word, guides, headlines FROM kb_search_word ORDER BY 1, 2")
    held = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for document in (LIBRARY[0], LIBRARY[1], *LIBRARY[3:]):
        made = entry(document)
        held[0].update({(document.audience, word) for word, _ in made.words})
        held[1].update({(document.audience, word) for word in made.headlines})
    assert counted == [(*word, held[0][word], held[1][word]) for word in sorted(held[0])]
    assert held[1].keys() <= held[0].keys()


def test_writers_wait_for_each_other(database: Connection) -> None:
    PostgresEngine(database).rebuild(LIBRARY)
    writers = [PostgresEngine(database.another()) for _ in range(3)]

    def write(number: int) -> None:
        for turn in range(5):
            writers[number].add([guide(100 + number, "Giraffe", f"giraffe {turn}")])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert total(PostgresEngine(database), "giraffe") == 3
    ((count,),) = database.rows("SELECT guides FROM kb_search_word WHERE word = 'giraffe'")
    assert count == 3


def test_the_first_machines_make_the_tables_once(database: Connection) -> None:
    engines = [PostgresEngine(database.another()) for _ in range(4)]
    failed: list[Exception] = []

    def start(engine: PostgresEngine) -> None:
        try:
            engine.digests()
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=start, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed


def test_without_an_index_the_fallback_answers_and_a_repair_is_asked_for(database: Connection) -> None:
    asked: list[bool] = []
    engine = PostgresEngine(
        database,
        source=lambda: LIBRARY,
        recorded=lambda: {document.guide_id: document.digest for document in LIBRARY},
        fallback=lambda *_: FALLBACK,
        on_damage=lambda: asked.append(True),
    )
    assert engine.search(parse("connection"), EVERYONE) == FALLBACK
    assert engine.complete("conn", EVERYONE) == []
    assert asked == [True, True]
    assert engine.repair()
    assert not engine.repair()
    assert 0 < total(engine) < 77


def test_a_first_change_builds_the_whole_index(database: Connection) -> None:
    engine = PostgresEngine(database, source=lambda: LIBRARY)
    engine.remove([1])
    assert len(engine.digests()) == len(LIBRARY)


def test_what_other_code_made_is_built_anew(
    engine: PostgresEngine, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MADE_BY", "newer")
    newer = PostgresEngine(database, source=lambda: LIBRARY[:2])
    assert newer.digests() == {}
    newer.add([LIBRARY[0]])
    assert newer.digests().keys() == {1, 2}


def test_tables_that_are_thrown_away_are_made_again(
    engine: PostgresEngine, database: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    total(engine)
    database.rows("DROP TABLE kb_search_state, kb_search_guide, kb_search_posting, kb_search_word")
    with caplog.at_level(logging.CRITICAL):
        assert engine.search(parse("connection"), EVERYONE) == FALLBACK
    assert engine.digests() == {}
    engine.rebuild(LIBRARY)
    assert 0 < total(engine) < 77


def test_a_database_that_fails_leaves_the_answer_to_the_fallback(
    engine: PostgresEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise UndefinedTable

    monkeypatch.setattr(store, "state", fail)
    with caplog.at_level(logging.CRITICAL):
        assert engine.search(parse("connection"), EVERYONE) == FALLBACK
        assert engine.complete("conn", EVERYONE) == []


def test_a_guide_that_goes_while_it_is_read_is_no_error(engine: PostgresEngine, database: Connection) -> None:
    total(engine)
    database.rows("DELETE FROM kb_search_guide WHERE guide_id = 4")
    for text in ("lost connection server", "slow queries"):
        assert engine.search(parse(text), EVERYONE) != FALLBACK
        assert engine.suggest(text, EVERYONE).hits


def test_a_guide_that_comes_while_it_is_read_is_no_error(engine: PostgresEngine, database: Connection) -> None:
    segment = PostgresSegment(database, EVERYONE)
    PostgresEngine(database.another()).add([guide(0, "First", "connection"), guide(50, "Last", "connection")])
    found = segment.postings("body", "connect")
    assert [segment.heads[number].guide_id for number in found.documents.tolist()] == [1, 4]
    assert len(PostgresSegment(database, EVERYONE).postings("body", "connect")) == 4


def test_tables_of_another_layout_are_replaced(database: Connection) -> None:
    for table in ("state", "guide", "word"):
        database.rows(f"CREATE TABLE kb_search_{table} (old text)")
    database.rows("INSERT INTO kb_search_word VALUES ('connection')")
    engine = PostgresEngine(database, source=lambda: LIBRARY, fallback=lambda *_: FALLBACK)
    assert engine.search(parse("connection"), EVERYONE) == FALLBACK
    assert engine.digests() == {}
    engine.add([LIBRARY[0]])
    assert engine.digests().keys() == {document.guide_id for document in LIBRARY}
    assert total(engine) == 2


def test_tables_of_another_site_in_the_same_database_are_let_be(engine: PostgresEngine, database: Connection) -> None:
    with postgres.connection() as other:
        second = PostgresEngine(other)
        second.rebuild(LIBRARY[:1])
        assert (total(second), total(engine)) == (1, 2)
        assert len(engine.digests()) == len(LIBRARY)


@pytest.mark.slow
def test_a_very_long_guide_is_found_by_its_last_word(engine: PostgresEngine) -> None:
    body = " ".join(f"w{number:06}" for number in range(60_000))
    engine.add([guide(60, "Long", section("All", f"{body[:400_000]} aardvark"))])
    hits = engine.search(parse("aardvark"), EVERYONE)
    assert [hit.slug for hit in hits.items] == ["guide-60"]
    engine.add([guide(61, "Longest", " ".join(f"{number:064}" for number in range(20_000)))])
    assert 61 in engine.digests()


@pytest.mark.parametrize("word", ["o'neil", "a\\n", "%s", "100%", "_x", "Zürich", "数据库", "\U0001f600"])
def test_words_with_quotes_and_strokes_are_words(engine: PostgresEngine, database: Connection, word: str) -> None:
    engine.add([guide(60, f"About {word}", f"It says {word} there.")])
    found = tokenize(word).words
    assert database.rows("SELECT word FROM kb_search_word WHERE word = ANY(%s)", [found]) or not found
    for each in found:
        assert 60 in [hit.guide_id for hit in engine.search(parse(each), EVERYONE).items]
    segment = PostgresSegment(database, EVERYONE)
    for asked in (word, f"{word}'; --"):
        assert segment.frequencies([asked]).keys() <= {asked}
        assert segment.beginning("words", asked, 9).keys() <= set(found)
        assert len(segment.postings("body", asked)) <= 1


def test_pages_beyond_those_looked_at_closely_follow_in_order(
    engine: PostgresEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.search.ranking.rank.RERANKED", 30)
    engine.add([guide(number, f"Giraffe {number}", "giraffe " * number) for number in range(70, 110)])
    whole = engine.search(parse("giraffe"), EVERYONE, limit=40).items
    paged = [hit for at in range(40) for hit in engine.search(parse("giraffe"), EVERYONE, limit=1, offset=at).items]
    assert [hit.slug for hit in paged] == [hit.slug for hit in whole]
    assert all(hit.snippet.marks for hit in paged)
    assert [hit.score for hit in whole] == sorted((hit.score for hit in whole), reverse=True)


def manage(tmp_path: Path, *arguments: str) -> str:
    """What a command prints with this engine on a real database of the product's."""
    environment = {
        **os.environ,
        "KB_DATA_DIR": str(tmp_path),
        "KB_DATABASE_URL": postgres.needed_url(),
        "KB_SEARCH_ENGINE": "postgres",
    }
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def evaluated(tmp_path: Path, queries: Path, *folders: Path) -> dict[str, Any]:
    manage(tmp_path, "migrate", "-v0")
    manage(tmp_path, "load_guides", *map(str, folders))
    figures: dict[str, Any] = json.loads(manage(tmp_path, "evaluate_search", str(queries), "--json"))
    return figures


@pytest.mark.xdist_group("product-on-postgres")
@pytest.mark.slow
def test_the_product_searches_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "guides"
    folder.mkdir()
    (folder / "slow.md").write_text("# Slow mornings\n\n## Fix\n\nRestart the gateway, then wait.\n")
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"query": "restart gatway", "relevant": ["slow.md"]}\n')
    assert evaluated(tmp_path, queries, folder)["recall_at_1"] == 1.0


@pytest.mark.slow
@pytest.mark.corpora
@pytest.mark.xdist_group("product-on-postgres")
def test_it_finds_what_people_asked_for_in_the_technotes(tmp_path: Path, corpora: Path) -> None:
    folders = [corpora / "corpora" / name for name in ("outlook", "openshift-runbooks", "technotes/guides")]
    told = evaluated(tmp_path, corpora / "corpora/technotes/queries.jsonl", *folders)
    for figures in (told, *told["halves"]):
        assert figures["mrr_at_10"] >= 0.87
        assert figures["recall_at_10"] >= 0.97


def test_the_setting_chooses_it(settings: Settings, db: None) -> None:
    settings.SEARCH_ENGINE = "postgres"
    assert isinstance(engines.engine(), PostgresEngine)
    database = engines.DjangoDatabase()
    with database.atomic():
        assert database.rows("SELECT %s, 2", ["one"]) == [("one", 2)]
    assert database.rows("UPDATE kb_generation SET token = '' WHERE id = 0") == []


def test_synonyms_are_read_anew_after_a_change(database: Connection) -> None:
    known: Synonyms = {}
    engine = PostgresEngine(database, synonyms=lambda: known)
    engine.rebuild(LIBRARY)
    assert total(engine, "giraffe") == 0
    known = {("giraff",): (("firewall",),)}
    engine.rebuild(LIBRARY)
    assert total(engine, "giraffe") == 1
    assert engine.search(parse("zirconium"), INSIDERS).total == 1
