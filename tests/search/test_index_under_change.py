"""The index under real processes: readers while it is published, and writers that are killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NoReturn

import pytest

from kb.search.index.contract import GuideDocument, Hits
from kb.search.text.query import Query, parse
from kb.search.whoosh.engine import WhooshEngine
from tests.support.indexed import EVERYONE, guide
from tests.support.rounds import rounds

FORK = multiprocessing.get_context("fork")
GUIDES = 30


class FellBackError(Exception):
    """A reader was not served by the index."""


def fail(_query: Query, _audiences: frozenset[str], _limit: int, _offset: int) -> Hits:
    raise FellBackError


def engine(folder: Path) -> WhooshEngine:
    return WhooshEngine(folder / "index", fallback=fail)


def edition(guide_id: int, number: int) -> GuideDocument:
    """A guide that always says 'steady' and says which edition it is."""
    return guide(guide_id, f"Guide {guide_id}", f"steady edition{number} " + "filler " * 50, summary=str(number))


def library() -> list[GuideDocument]:
    return [edition(guide_id, 0) for guide_id in range(GUIDES)]


# Readers while it is published


def read(folder: Path, stop: Event, results: Connection) -> None:
    """Search until told to stop; tell how often, and everything that was not as it should be."""
    reader, reads, wrong = engine(folder), 0, list[str]()
    while not stop.is_set():
        try:
            total = reader.search(parse("steady"), EVERYONE, limit=reads % 7 + 1).total
            if total != GUIDES:
                wrong.append(f"{total} guides")
        except FellBackError:
            wrong.append("fell back")
        reads += 1
    results.send((reads, wrong))


def publish_while_reading(folder: Path, publications: int, readers: int) -> None:
    writer, stop = engine(folder), FORK.Event()
    writer.rebuild(library())
    ends = [FORK.Pipe(duplex=False) for _ in range(readers)]
    processes = [FORK.Process(target=read, args=(folder, stop, ours)) for _, ours in ends]
    for process in processes:
        process.start()
    for number in range(1, publications + 1):
        if number % 50 == 0:
            writer.rebuild(edition(guide_id, number) for guide_id in range(GUIDES))
        else:
            writer.add([edition(number % GUIDES, number)])
    stop.set()
    for (results, _), process in zip(ends, processes, strict=True):
        reads, wrong = results.recv()
        process.join()
        assert reads > 0
        assert not wrong, wrong[:5]
    assert writer.search(parse(f"edition{publications}"), EVERYONE).total >= 1


@pytest.mark.slow
def test_no_reader_fails_or_counts_wrong_while_guides_are_published(tmp_path: Path) -> None:
    publish_while_reading(tmp_path, publications=20, readers=2)


@pytest.mark.night
def test_no_reader_fails_or_counts_wrong_while_guides_are_published_many_times(tmp_path: Path) -> None:
    publish_while_reading(tmp_path, publications=rounds(200, 50), readers=4)


def see(folder: Path, number: int, results: Connection) -> None:
    """Tell how long a reader that was open already takes to see an edition."""
    reader, start = engine(folder), time.monotonic()
    reader.search(parse("steady"), EVERYONE)
    results.send("open")
    while not reader.search(parse(f"edition{number}"), EVERYONE, literal=True).total:
        if time.monotonic() - start > 30:
            break
        time.sleep(0.01)
    results.send(reader.search(parse(f"edition{number}"), EVERYONE, literal=True).total)


def test_another_process_sees_what_was_published(tmp_path: Path) -> None:
    writer = engine(tmp_path)
    writer.rebuild(library())
    theirs, ours = FORK.Pipe(duplex=False)
    process = FORK.Process(target=see, args=(tmp_path, 7, ours))
    process.start()
    assert theirs.recv() == "open"
    writer.add([edition(3, 7)])
    assert theirs.recv() == 1
    process.join()


def test_writers_of_several_processes_take_turns(tmp_path: Path) -> None:
    def write(first: int) -> None:
        for guide_id in range(first, first + 5):
            engine(tmp_path).add([edition(guide_id, 1)])

    engine(tmp_path).rebuild([])
    processes = [FORK.Process(target=write, args=(100 * n,)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert engine(tmp_path).digests().keys() == {100 * n + k for n in range(3) for k in range(5)}


# Writers that are killed


def publish_for_ever(folder: Path, first: int, acknowledge: Connection) -> NoReturn:
    """Publish one edition after another and tell of each that is safe."""
    writer, number = engine(folder), first
    while True:
        number += 1
        if number % 10 == 0:
            writer.rebuild(edition(guide_id, number) for guide_id in range(GUIDES))
        else:
            writer.add([edition(number % GUIDES, number)])
        acknowledge.send(number)


def kill_at_some_moment(folder: Path, first: int, delay: float, *, after: bool) -> tuple[int, bool]:
    """Kill a writer: the last edition that it said was safe, and whether it had said so of any."""
    theirs, ours = FORK.Pipe(duplex=False)
    process = FORK.Process(target=publish_for_ever, args=(folder, first, ours))
    process.start()
    ours.close()
    last = first
    if after:
        last = theirs.recv()
    time.sleep(delay)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with suppress(EOFError):
        while True:
            last = theirs.recv()
    return last, last > first


def editions(folder: Path) -> Iterator[int]:
    """The edition of each guide, by what a fresh reader finds."""
    for hit in engine(folder).search(parse("steady"), EVERYONE, limit=GUIDES).items:
        yield int(hit.snippet.text.split("edition")[1].split()[0])


def kill_writers(folder: Path, times: int) -> int:
    """Kill writers at `times` moments and look at what is left after each; how often one had acknowledged a change."""
    engine(folder).rebuild(library())
    chance, last, acknowledged = random.Random(3), 0, 0
    for turn in range(times):
        last, had_said = kill_at_some_moment(folder, last, chance.uniform(0, 0.03), after=turn % 3 > 0)
        acknowledged += had_said
        found = list(editions(folder))
        assert len(found) == GUIDES
        assert max(found) >= last
        assert max(found) <= last + 1
        assert len(engine(folder).digests()) == GUIDES
        last = max(found)
    return acknowledged


def test_a_writer_can_be_killed_at_any_moment(tmp_path: Path) -> None:
    assert kill_writers(tmp_path, 10) >= 5


@pytest.mark.night
def test_a_writer_can_be_killed_at_many_moments(tmp_path: Path) -> None:
    times = rounds(200, 40)
    assert kill_writers(tmp_path, times) >= times // 2
    left = sum(1 for path in (tmp_path / "index").rglob("*") if path.is_file())
    engine(tmp_path).add([edition(0, 10_000)])
    assert sum(1 for path in (tmp_path / "index").rglob("*") if path.is_file()) <= max(left, 30)
