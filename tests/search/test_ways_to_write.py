"""However a contraction, a version or a name is written, it finds the guides that write it otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.search.text.query import parse
from kb.search.whoosh.engine import WhooshEngine
from tests.support.indexed import EVERYONE, guide

GUIDES = (
    guide(1, "Printers", "The printer will not start after an update."),
    guide(2, "Scanners", "The scanner can\u2019t find paper that isn\u02bct flat."),
    guide(3, "Releases", "Since v2.3.1 the old files are kept. Runs on Node.js and .NET."),
    guide(4, "Compilers", "Build it with C++ and never with C, then answer 401(k) forms."),
    guide(5, "Paths", r"Delete C:\Users\Public\cache.db and /etc/nginx/sites-enabled first \U0001f525."),
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[int]]:
    engine = WhooshEngine(Path(tmp_path_factory.mktemp("index")), synonyms=dict)
    engine.rebuild(GUIDES)
    return lambda text: [hit.guide_id for hit in engine.search(parse(text), EVERYONE).items]


@pytest.mark.parametrize(
    ("text", "guide_id"),
    [
        ('"won\'t start"', 1),
        ('"wont start"', 1),
        ('"cannot find"', 2),
        ('"is not flat"', 2),
        ("2.3.1", 3),
        ('"2.3.1"', 3),
        ("version 2.3.1", 3),
        ("v2", 3),
        ("nodejs", 3),
        ("node js", 3),
        ("C++", 4),
        ("401k", 4),
        ("401(k)", 4),
        (r'"C:\Users\Public\cache.db"', 5),
        ('"/etc/nginx/sites-enabled"', 5),
    ],
)
def test_it_is_found_however_it_is_written(found: Callable[[str], list[int]], text: str, guide_id: int) -> None:
    assert found(text)[:1] == [guide_id]


def test_a_negation_alone_finds_no_guide_by_itself(found: Callable[[str], list[int]]) -> None:
    assert found("printer won't start") == found("printer start")
