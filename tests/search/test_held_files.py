"""Files of the index that are in memory are read without copies of them."""

from __future__ import annotations

import os
import pickle

from kb.search.whoosh.storage import HeldFile, Window

DATA = bytes(range(256)) * 40


def test_a_window_reads_like_a_file() -> None:
    window = Window(memoryview(DATA))
    assert window.read(3) == DATA[:3]
    assert window.tell() == 3
    assert window.readline() == DATA[3:11]
    assert window.seek(-2, os.SEEK_END) == len(DATA) - 2
    assert window.read(10) == DATA[-2:]
    assert window.read(10) == b""
    assert (window.seek(5), window.seek(2, os.SEEK_CUR)) == (5, 7)
    assert window.read() == DATA[7:]


def test_what_is_peeked_at_is_still_to_be_read() -> None:
    packed = pickle.dumps(("a tuple", 1, 2.5, None, b"bytes" * 100))
    window = Window(memoryview(b"before" + packed + b"behind"))
    window.seek(6)
    assert packed.startswith(window.peek(1_000_000))
    assert window.tell() == 6
    assert pickle.load(window) == pickle.loads(packed)  # noqa: S301 - ours
    assert window.read() == b"behind"
    assert window.peek(10) == b""


def test_a_part_of_a_held_file_is_the_same_memory() -> None:
    data = bytearray(DATA)
    part = HeldFile(memoryview(data), "whole").subset(100, 2000)
    data[120] = 7
    assert part.get(20, 1) == part.subset(20, 1).file.read() == b"\x07"
    assert part.get(10, 5) == DATA[110:115]
    assert part.subset(50, 4).file.read() == DATA[150:154]
    part.seek(3)
    assert part.read(2) == DATA[103:105]
