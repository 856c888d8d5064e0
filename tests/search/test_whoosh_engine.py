"""The folder of the embedded engine: whole after every change, mended after any damage."""

from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.search.engine.base import MOST_HITS
from kb.search.index.contract import GuideDocument, Hit, Hits, Snippet
from kb.search.index.entries import FIELDS, Entry
from kb.search.text.query import Query, parse
from kb.search.whoosh.engine import AUDIENCES, WhooshEngine
from kb.search.whoosh.index_folder import DamagedIndex, Generation, IndexFolder
from kb.search.whoosh.segment import WhooshSegment
from kb.search.whoosh.storage import MOST_DELETED, MOST_SEGMENTS, segments
from tests.support.indexed import EVERYONE, INSIDERS, LIBRARY, guide

# What another program does with the folders of an index; it gets no code of ours.
WITHOUT_OUR_CODE = """
import importlib.util, json, sys
import whoosh.index
from whoosh.qparser import QueryParser

assert importlib.util.find_spec("kb") is None
told = []
for folder in sys.argv[1:]:
    index = whoosh.index.open_dir(folder)
    found = {"fields": index.schema.names(), "guides": index.doc_count()}
    with index.searcher() as searcher:
        for field, text in [line.split(":") for line in (
            "title:delivered", "title:zirconium", "body:firewall", "body:expiring tokens", "body:zirconium"
        )]:
            hits = searcher.search(QueryParser(field, index.schema).parse(text))
            found[field + ":" + text] = [json.loads(hit["head"])[:3] for hit in hits]
    told.append(found)
assert not [name for name in sys.modules if name == "kb" or name.startswith("kb.")]
print(json.dumps(told))
"""
FROM_DATABASE = Hits(1, (Hit(1, "guide-1", "", "From the database", "", "", "public", 1.0, Snippet("")),))


class Watched:
    """An engine over a library that a test can change, with word of what it asks for."""

    def __init__(self, folder: Path, documents: tuple[GuideDocument, ...] = LIBRARY) -> None:
        self.documents = documents
        self.fallen_back = 0
        self.damage = 0
        self.path = folder / "index"
        self.engine = self.another()

    def another(self) -> WhooshEngine:
        """The engine of another process, which has opened nothing yet."""
        return WhooshEngine(
            self.path,
            source=lambda: self.documents,
            recorded=lambda: {document.guide_id: document.digest for document in self.documents},
            fallback=self._fallback,
            on_damage=self._on_damage,
        )

    def _fallback(self, _query: Query, _audiences: frozenset[str], _limit: int, _offset: int) -> Hits:
        self.fallen_back += 1
        return FROM_DATABASE

    def _on_damage(self) -> None:
        self.damage += 1

    def files(self) -> list[Path]:
        """The files of the index that counts, the listing of them first."""
        return index_files(self.path)


def index_files(path: Path) -> list[Path]:
    """The files of the index in a folder that count, the listing of them first."""
    listing = json.loads((path / "current").read_text().partition("\n")[2])
    return [path / "current", *sorted(path / listing["folder"] / name for name in listing["checksums"])]


def seen(watched: Watched) -> dict[str, tuple[int, int, int]]:
    """By name, what changes when a file of the index that counts is written."""
    found = {f"{path.parent.name}/{path.name}": path.stat() for path in watched.files()[1:]}
    return {name: (each.st_ino, each.st_size, each.st_mtime_ns) for name, each in found.items()}


def opened(watched: Watched, audience: str) -> list[tuple[str, WhooshSegment, frozenset[int]]]:
    """The segments of one audience's index: name, segment, documents that are gone."""
    return segments(watched.files()[-1].parent.parent / audience, {}, {})


def drafted(folder: IndexFolder, before: Generation | None, name: str, data: bytes) -> Path:
    """A draft of a generation with one more file."""
    draft = folder.draft(before)
    (draft / "public").mkdir(exist_ok=True)
    (draft / "public" / name).write_bytes(data)
    return draft


def total(engine: WhooshEngine, text: str = "connection", audiences: frozenset[str] = EVERYONE) -> int:
    return engine.search(parse(text), audiences).total


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    made = Watched(tmp_path)
    made.engine.rebuild(made.documents)
    return made


# The folder


def test_the_folder_is_ours_alone(watched: Watched) -> None:
    for path in (watched.path, *watched.path.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_folder_that_was_open_to_others_is_closed_by_the_next_change(watched: Watched) -> None:
    watched.path.chmod(0o755)
    watched.engine.add([LIBRARY[0]])
    assert watched.path.stat().st_mode & 0o777 == 0o700


def test_public_and_staff_guides_lie_in_files_apart(watched: Watched) -> None:
    files = watched.files()[1:]
    held = {name: b"".join(path.read_bytes() for path in files if path.parent.name == name) for name in AUDIENCES}
    assert all(held.values())
    assert {path.parent.name for path in files} == set(AUDIENCES)
    assert b"zirconium" not in held["public"]
    assert b"zirconium" in held["staff"]
    assert b"firewall" in held["public"]
    assert b"firewall" not in held["staff"]
    ids = {name: {head.guide_id for _, part, _ in opened(watched, name) for head in part.heads} for name in AUDIENCES}
    assert ids == {"public": {1, 2, 3, 4, 5}, "staff": {6}}


def test_any_program_with_whoosh_can_open_and_search_the_index(watched: Watched, tmp_path: Path) -> None:
    watched.engine.add([LIBRARY[1]])
    folder = watched.files()[-1].parent.parent
    command = [sys.executable, "-I", "-c", WITHOUT_OUR_CODE, str(folder / "public"), str(folder / "staff")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    public, staff = json.loads(done.stdout)
    for told in (public, staff):
        assert {*FIELDS, "guide", "words", "codes", "headlines", "head", "content"} == set(told["fields"])
    assert public["guides"] == 5
    assert public["title:delivered"] == [[3, "guide-3", "Mail is not delivered"]]
    assert public["body:firewall"] == [[1, "guide-1", "Connection timeouts"]]
    assert public["body:expiring tokens"] == [[2, "guide-2", "Authentication fails"]]
    assert public["title:zirconium"] == public["body:zirconium"] == []
    assert staff["guides"] == 1
    assert staff["body:zirconium"] == [[6, "guide-6", "Rotating the zirconium key"]]


def test_one_changed_guide_does_not_rewrite_the_rest(tmp_path: Path) -> None:
    watched = Watched(tmp_path, tuple(guide(n, f"Guide {n}", f"text {n} " * 50) for n in range(100)))
    watched.engine.rebuild(watched.documents)
    before = seen(watched)
    watched.engine.add([guide(50, "Changed", "other words " * 500)])
    after = seen(watched)
    segments_before = {name: each for name, each in before.items() if name.endswith(".seg")}
    assert segments_before
    assert segments_before.items() <= after.items()
    new = sum(size for name, (_, size, _) in after.items() if after[name] != before.get(name))
    assert 0 < new < 0.2 * sum(size for _, size, _ in after.values())
    assert total(watched.engine, "text") == 99


def test_a_change_for_some_readers_leaves_the_files_of_others(watched: Watched) -> None:
    before = seen(watched)
    watched.engine.add([guide(6, "Rotating", "Staff rotate it.", audience="staff")])
    after = seen(watched)
    public = {name for name in before if name.startswith("public/")}
    assert public
    assert {name: after.get(name) for name in public} == {name: before[name] for name in public}
    assert {name for name in after if name.startswith("public/")} == public


@pytest.mark.night
def test_small_segments_and_deleted_guides_do_not_pile_up(tmp_path: Path) -> None:
    watched = Watched(tmp_path, tuple(guide(n, f"Guide {n}", "steady text") for n in range(10)))
    watched.engine.rebuild(watched.documents)
    for turn in range(40):
        watched.engine.add([guide(turn % 10, f"Guide {turn % 10}", f"steady text {turn}")])
        assert total(watched.engine, "steady") == 10
        parts = opened(watched, "public")
        assert len(parts) <= MOST_SEGMENTS + 1
        assert all(len(deleted) <= MOST_DELETED * len(part.heads) for _, part, deleted in parts[:-1])
    assert len(list(watched.path.rglob("*"))) < 40


def test_segments_of_new_guides_are_merged_a_few_at_a_time(tmp_path: Path) -> None:
    watched = Watched(tmp_path, tuple(guide(n, f"Guide {n}", "steady text " * 20) for n in range(50)))
    watched.engine.rebuild(watched.documents)
    ((largest, _, _),) = opened(watched, "public")
    for number in range(100, 130):
        watched.engine.add([guide(number, f"Guide {number}", "steady text")])
        parts = opened(watched, "public")
        assert len(parts) <= MOST_SEGMENTS + 1
        assert largest in {name for name, _, _ in parts}
    assert total(watched.engine, "steady") == 80


def test_what_is_thrown_away_is_built_again_from_the_source(watched: Watched) -> None:
    for path in sorted(watched.path.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert watched.engine.search(parse("connection"), EVERYONE) == FROM_DATABASE
    watched.engine.add([LIBRARY[0]])
    assert total(watched.engine) == 2
    assert watched.engine.digests().keys() == {document.guide_id for document in LIBRARY}


def test_removing_from_a_lost_index_builds_it_too(watched: Watched) -> None:
    (watched.path / "current").unlink()
    watched.documents = LIBRARY[1:]
    watched.engine.remove([1])
    assert watched.engine.digests().keys() == {document.guide_id for document in LIBRARY[1:]}


def test_changing_nothing_writes_nothing(watched: Watched) -> None:
    before = watched.engine.folder.stamp()
    watched.engine.add([])
    watched.engine.remove([])
    watched.engine.remove([99])
    assert watched.engine.folder.stamp() == before


def test_what_comes_and_what_goes_is_written_once(watched: Watched) -> None:
    before = watched.engine.folder.read()
    watched.engine.update([LIBRARY[0]], [LIBRARY[1].guide_id])
    after = watched.engine.folder.read()
    assert before
    assert after
    assert int(after.folder.name[2:]) == int(before.folder.name[2:]) + 1


def test_removing_from_no_index_is_no_error(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "index")
    engine.remove([1])
    assert engine.digests() == {}


def test_a_library_is_written_guide_by_guide(tmp_path: Path) -> None:
    alive: list[int] = []

    def arriving() -> Iterator[GuideDocument]:
        for number in range(200):
            yield guide(number, f"Guide {number}", f"text {number}")
            alive.append(sum(isinstance(each, GuideDocument | Entry) for each in gc.get_objects()))

    watched = Watched(tmp_path)
    gc.collect()
    gc.freeze()  # what was there before is not looked through again for each guide
    try:
        watched.engine.rebuild(arriving())
    finally:
        gc.unfreeze()
    assert 0 < max(alive) < 10
    assert watched.engine.digests().keys() == set(range(200))
    assert total(watched.engine, "text") == 200


def test_the_first_guide_for_staff_is_found_and_so_is_the_last_gone(tmp_path: Path) -> None:
    """Until there is one, nothing is written for staff."""
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild([guide(1, "Door", "wombat")])
    assert [path.name for path in (tmp_path / "index").glob("g-*/*")] == ["public"]
    assert total(engine, "wombat", INSIDERS) == 1
    engine.add([guide(2, "Vault", "wombat", audience="staff")])
    assert (total(engine, "wombat"), total(engine, "wombat", INSIDERS)) == (1, 2)
    engine.remove([1, 2])
    assert total(WhooshEngine(tmp_path / "index"), "wombat", INSIDERS) == 0
    engine.rebuild([])
    assert total(engine, "wombat", INSIDERS) == 0
    engine.add([guide(3, "Vault", "wombat", audience="staff")])
    assert (total(engine, "wombat"), total(engine, "wombat", INSIDERS)) == (0, 1)


def test_an_audience_that_is_not_public_is_kept_for_staff(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "index")
    engine.add([guide(1, "Unknown", "wombat", audience="partners")])
    assert total(engine, "wombat") == 0
    assert total(engine, "wombat", INSIDERS) == 1


# Change seen by others


def test_another_process_sees_a_change_at_its_next_search(watched: Watched) -> None:
    other = watched.another()
    assert total(other, "wombat") == 0
    watched.engine.add([guide(7, "Wombat", "wombat")])
    assert total(other, "wombat") == 1
    watched.engine.remove([7])
    assert total(other, "wombat") == 0
    assert not watched.fallen_back


def test_a_build_that_fails_leaves_what_was_there(watched: Watched) -> None:
    def failing() -> object:
        yield LIBRARY[0]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        watched.engine.rebuild(failing())  # type: ignore[arg-type]
    assert total(watched.engine) == 2
    watched.engine.rebuild(LIBRARY)
    assert total(watched.engine) == 2


def test_what_can_not_be_read_back_is_not_put_in_place(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path / "index")

    def refuse(_generation: Generation) -> None:
        raise DamagedIndex("not what was put in")

    with folder.writing():
        folder.publish(drafted(folder, None, "a", b"first"), None, {}, lambda _generation: None)
        before, listing = folder.read(), (folder.path / "current").read_bytes()
        with pytest.raises(DamagedIndex, match="not what was put in"):
            folder.publish(drafted(folder, before, "b", b"second"), before, {}, refuse)
    assert (folder.path / "current").read_bytes() == listing
    assert folder.read() == before


def test_what_is_published_is_what_stands_on_the_disk(tmp_path: Path) -> None:
    folder, asked = IndexFolder(tmp_path / "index"), list[Generation]()
    with folder.writing():
        folder.publish(drafted(folder, None, "a", b"first"), None, {"public": {1: "one"}}, asked.append)
        folder.publish(drafted(folder, asked[0], "b", b"second"), asked[0], {"public": {2: "two"}}, asked.append)
    assert folder.read() == asked[1]
    assert asked[0].held == {"public/a": b"first"}
    assert asked[1].held == {"public/a": b"first", "public/b": b"second"}
    assert asked[1].guides == {"public": {2: "two"}}


def test_a_file_that_counts_is_never_written_again(watched: Watched) -> None:
    for number in range(20):
        before = {path: (path.read_bytes(), path.stat().st_ino) for path in watched.files()[1:]}
        watched.engine.add([guide(number % 7, "Wombat", f"wombat {number}")])
        assert {path: (path.read_bytes(), path.stat().st_ino) for path in before} == before


def test_a_build_that_lacks_a_guide_is_not_put_in_place(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.whoosh.engine.change", lambda _folder, _entries, _gone: None)
    before = sorted(watched.path.rglob("*"))
    for change in (lambda: watched.engine.add([guide(7, "Wombat", "wombat")]), lambda: watched.engine.remove([1])):
        with pytest.raises(DamagedIndex, match="does not hold what was put into it"):
            change()
        assert watched.engine.digests().keys() == {document.guide_id for document in LIBRARY}
        assert not set(before) - set(watched.path.rglob("*"))
        assert not [path for path in set(watched.path.rglob("*")) - set(before) if path.name != "current.draft"]


def test_writers_wait_for_their_turn(watched: Watched) -> None:
    started, done = threading.Event(), threading.Event()

    def write() -> None:
        started.set()
        watched.another().add([guide(7, "Wombat", "wombat")])
        done.set()

    with watched.engine.folder.writing():
        thread = threading.Thread(target=write)
        thread.start()
        started.wait()
        assert not done.wait(0.2)
        assert total(watched.engine, "wombat") == 0
    thread.join()
    assert total(watched.engine, "wombat") == 1


def test_threads_can_search_one_engine_at_once(watched: Watched) -> None:
    wrong: list[int] = []

    def search() -> None:
        for _ in range(30):
            for text, expected in (("connection", 2), ("token", 1), ("zirconium", 0)):
                if total(watched.engine, text) != expected:
                    wrong.append(1)

    watched.engine = watched.another()
    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert not watched.fallen_back


# Damage


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def delete(path: Path) -> None:
    path.unlink()


DAMAGES: tuple[Callable[[Path], None], ...] = (halve, empty, flip, delete)


@pytest.mark.night
@pytest.mark.parametrize("most_held", [None, 0], ids=["in memory", "on disk"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_after_any_damage_people_find_something_and_the_index_is_mended(
    tmp_path: Path, damage: Callable[[Path], None], most_held: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if most_held is not None:
        monkeypatch.setattr("kb.search.whoosh.index_folder.MOST_HELD", most_held)
    watched = Watched(tmp_path)
    watched.engine.rebuild(LIBRARY)
    watched.engine.add([LIBRARY[0]])
    kinds = {path.suffix for path in watched.files()}
    assert kinds == {"", ".seg", ".toc"}
    assert sum(path.suffix == ".seg" for path in watched.files()) > 2
    for number in range(len(watched.files())):
        watched.engine.rebuild(LIBRARY)
        watched.engine.add([LIBRARY[0]])
        damaged = watched.files()[number]
        assert total(watched.engine) == 2
        was_open = watched.engine
        damage(damaged)
        newcomer = watched.another()
        assert newcomer.search(parse("connection"), EVERYONE) == FROM_DATABASE, damaged.name
        assert newcomer.complete("connec", EVERYONE) == []
        assert newcomer.folder.rebuild_wanted()
        assert newcomer.digests() == {}
        assert was_open.search(parse("connection"), EVERYONE).total >= 1
        assert newcomer.repair(), damaged.name
        assert not newcomer.folder.rebuild_wanted()
        fallen_back = watched.fallen_back
        assert total(newcomer) == total(was_open) == total(watched.another()) == 2
        assert watched.fallen_back == fallen_back
        assert not newcomer.repair()


def test_a_listing_that_was_changed_by_hand_is_damage(watched: Watched) -> None:
    path, digest = watched.path / "current", LIBRARY[0].digest
    path.write_text(path.read_text().replace(digest, digest[::-1]))
    with pytest.raises(DamagedIndex, match="current is not what was written"):
        watched.another().folder.read()


def test_what_was_read_before_is_used_only_while_it_is_the_same(watched: Watched) -> None:
    known = watched.engine.folder.read()
    watched.engine.rebuild(LIBRARY[:2])
    again = watched.engine.folder.read(known)
    assert again == watched.engine.folder.read()
    assert again != known


@pytest.mark.slow
def test_those_who_are_just_opening_what_counted_until_now_still_can(watched: Watched) -> None:
    before = watched.files()[1:]
    watched.engine.rebuild(LIBRARY)
    assert all(path.exists() for path in before)
    for _ in range(30):
        before = watched.files()[1:]
        watched.engine.add(LIBRARY)
        assert all(path.exists() for path in before)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_publishing_mends_a_damaged_index(watched: Watched, damage: Callable[[Path], None]) -> None:
    damage(watched.files()[-1])
    watched.documents = (*LIBRARY, guide(7, "Wombat", "wombat"))
    watched.another().add([watched.documents[-1]])
    assert total(watched.engine, "wombat") == 1
    assert total(watched.engine) == 2


def test_what_is_open_goes_on_but_asks_to_be_mended_when_its_files_change(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.search.whoosh.engine.SECONDS_BETWEEN_LOOKS", 0.0)
    assert total(watched.engine) == 2
    flip(watched.files()[-1])
    assert total(watched.engine) == 2
    assert watched.damage == 1
    assert not watched.fallen_back
    assert total(watched.engine) == 2
    assert watched.damage == 1


def test_files_that_were_only_touched_are_no_damage(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.whoosh.engine.SECONDS_BETWEEN_LOOKS", 0.0)
    assert total(watched.engine) == 2
    os.utime(watched.files()[-1], (1, 1))
    assert total(watched.engine) == 2
    assert not watched.damage


def test_an_index_of_another_version_is_built_anew(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.whoosh.index_folder.FORMAT", "another")
    newcomer = watched.another()
    assert newcomer.search(parse("connection"), EVERYONE) == FROM_DATABASE
    assert newcomer.digests() == {}
    assert newcomer.repair()
    assert total(newcomer) == 2


def test_an_index_that_lags_behind_is_built_anew(watched: Watched) -> None:
    watched.documents = (*LIBRARY, guide(7, "Wombat", "wombat"))
    assert watched.engine.repair()
    assert total(watched.engine, "wombat") == 1
    assert not watched.engine.repair()


def test_an_error_nobody_thought_of_opens_the_index_anew_and_then_asks_the_database(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(*_: object, **__: object) -> Hits:
        calls.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr("kb.search.engine.reader.results", broken)
    assert watched.engine.search(parse("connection"), EVERYONE) == FROM_DATABASE
    assert len(calls) == 2
    monkeypatch.setattr("kb.search.engine.reader.complete", broken)
    assert watched.engine.complete("conn", EVERYONE) == []
    monkeypatch.undo()
    assert total(watched.engine) == 2


def test_an_index_that_is_replaced_while_it_is_read_is_read_again(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, reads = IndexFolder.read, []

    def overtaken(folder: IndexFolder, known: Generation | None = None) -> Generation | None:
        reads.append(1)
        if len(reads) == 1:
            monkeypatch.setattr(IndexFolder, "read", read)
            watched.another().add([guide(7, "Wombat", "wombat")])
            raise DamagedIndex("a file is gone")
        return read(folder, known)

    newcomer = watched.another()
    monkeypatch.setattr(IndexFolder, "read", overtaken)
    assert total(newcomer, "wombat") == 1
    assert not watched.fallen_back


def test_an_index_that_is_always_replaced_while_it_is_read_is_given_up(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = iter((number, 0, 0) for number in range(1000))
    monkeypatch.setattr(IndexFolder, "stamp", lambda _folder: next(stamps))
    monkeypatch.setattr(IndexFolder, "read", lambda _folder, _known=None: 1 / 0)
    assert watched.another().search(parse("connection"), EVERYONE) == FROM_DATABASE


def test_nobody_can_ask_for_too_much_at_once(watched: Watched) -> None:
    hits = watched.engine.search(parse("connection"), EVERYONE, limit=10 * MOST_HITS, offset=-5)
    assert hits.total == len(hits.items) == 2
    assert watched.engine.search(parse("connection"), EVERYONE, limit=-1).items == ()


def test_results_are_kept_as_long_as_the_index_stays(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.engine.reader.MOST_RESULTS", 2)
    first = watched.engine.search(parse("connection"), EVERYONE)
    assert watched.engine.search(parse("connection"), EVERYONE) is first
    for text in ("token", "server"):
        total(watched.engine, text)
    assert watched.engine.search(parse("connection"), EVERYONE) == first
    watched.engine.add([guide(7, "Connection", "connection")])
    assert total(watched.engine) == 3


def test_what_is_found_for_a_pasted_log_is_not_kept(watched: Watched) -> None:
    """500 of them would take 200 MB."""
    short, long = parse("connection"), parse("connection " * 100)
    assert watched.engine.search(short, EVERYONE) is watched.engine.search(short, EVERYONE)
    assert watched.engine.search(long, EVERYONE) is not watched.engine.search(long, EVERYONE)


def test_a_seeded_program_writes_segments_with_names_of_their_own(watched: Watched) -> None:
    for number in (101, 102, 103):
        random.seed(1)
        watched.engine.add([guide(number, "Mail")])
        watched.engine.remove([number - 1])
    assert 103 in watched.engine.digests()
