"""Hits by meaning beside those by words, in both engines: what is taken in, what is not, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kb.search.index.contract import Engine, Hits
from kb.search.index.near import Near
from kb.search.postgres.engine import PostgresEngine
from kb.search.text.query import parse
from kb.search.whoosh.engine import WhooshEngine
from tests.support import postgres
from tests.support.indexed import EVERYONE, INSIDERS, guide, section

LIBRARY = (
    guide(1, "Connection timeouts", section("Fix", "Open port 443, then repeat the request."), category="Network"),
    guide(2, "Slow net", section("Why", "The line is slow."), section("Fix", "Renew the cable."), category="Network"),
    guide(3, "Blank prints", section("Fix", "Renew the printer driver."), category="Printing"),
    guide(4, "Vault", section("Fix", "Turn the zirconium key."), audience="staff"),
    guide(5, "Codes", section("Codes", "KB4711 says that the cable is broken.", codes=("KB4711",)), category="Network"),
)


class Said:
    """A meaning that says what it is told to: guides with sections and similarities, of whom may be seen or not."""

    def __init__(self) -> None:
        self.near: list[Near] = []
        self.asked: list[str] = []
        self.number = 0

    def say(self, *near: tuple[int, str, float]) -> None:
        """Give these (guide, section, similarity) from now on."""
        self.near = [Near(*values) for values in near]
        self.number += 1

    def stamp(self) -> int:
        """How often it was told to say something else."""
        return self.number

    def nearest(self, text: str, audiences: frozenset[str]) -> list[Near]:  # noqa: ARG002 - it tells all to everyone
        """What it was told to say, and note what it was asked."""
        self.asked.append(text)
        return self.near


@pytest.fixture
def meaning() -> Said:
    return Said()


def whoosh(folder: Path, _stack: ExitStack, meaning: Said) -> Engine:
    return WhooshEngine(folder / "index", meaning=meaning)


def in_postgres(_folder: Path, stack: ExitStack, meaning: Said) -> Engine:
    return PostgresEngine(stack.enter_context(postgres.connection()), meaning=meaning)


@pytest.fixture(params=[whoosh, in_postgres])
def engine(request: pytest.FixtureRequest, tmp_path: Path, meaning: Said) -> Iterator[Engine]:
    with ExitStack() as stack:
        made: Engine = request.param(tmp_path, stack, meaning)
        made.rebuild(LIBRARY)
        yield made


Search = Callable[..., Hits]


@pytest.fixture
def search(engine: Engine) -> Search:
    def find(text: str, audiences: frozenset[str] = EVERYONE, **options: object) -> Hits:
        return engine.search(parse(text), audiences, **options)  # type: ignore[arg-type]

    return find


def ids(hits: Hits) -> list[int]:
    return [hit.guide_id for hit in hits.items]


def test_a_guide_without_the_words_is_found_and_shown_from_the_beginning_of_its_section(
    search: Search, meaning: Said
) -> None:
    meaning.say((2, "fix", 0.7), (3, "fix", 0.3))
    hits = search("sluggish internet")
    assert (ids(hits), hits.total, hits.categories) == ([2], 1, {"Network": 1})
    (hit,) = hits.items
    assert (hit.anchor, hit.section, hit.snippet.text, hit.snippet.marks) == ("fix", "Fix", "Renew the cable.", ())
    assert (hit.similarity, hit.is_distant) == (0.7, False)
    assert meaning.asked == ["sluggish internet"]


def test_what_is_not_near_says_so(search: Search, meaning: Said) -> None:
    meaning.say((2, "fix", 0.5))
    assert search("sluggish internet").items[0].is_distant


def test_meaning_may_change_the_order_of_what_words_find(search: Search, meaning: Said) -> None:
    assert set(ids(search("renew"))) == {2, 3}
    for first, other in ((2, 3), (3, 2)):
        meaning.say((first, "fix", 0.9), (other, "fix", 0.2), (1, "fix", 0.1))
        hits = search("renew")
        assert ids(hits) == [first, other]
        assert [hit.similarity for hit in hits.items] == [0, 0]
        assert hits.items[0].snippet.marks


def test_hits_by_words_and_by_meaning_are_counted_and_paged_together(search: Search, meaning: Said) -> None:
    meaning.say((1, "fix", 0.8), (3, "fix", 0.5))
    hits = search("renew")
    assert (hits.total, hits.categories) == (3, {"Network": 2, "Printing": 1})
    assert [ids(search("renew", limit=1, offset=place)) for place in range(4)] == [[guide] for guide in ids(hits)] + [
        []
    ]


def test_nothing_of_other_audiences_is_taken_in(search: Search, meaning: Said) -> None:
    meaning.say((4, "fix", 0.9), (1, "fix", 0.8))
    assert ids(search("anything at all")) == [1]
    assert ids(search("anything at all", INSIDERS)) == [4, 1]
    assert ids(search("anything at all audience:staff", INSIDERS)) == [4]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"renew the cable" now', [2]),
        ('"no such phrase"', []),
        ("renew -cable", [3]),
        ("renew code:KB4711", []),
        ("cable code:KB4711", [5]),
        ("renew category:Printing", [3]),
        ("category:Printing", [3]),
    ],
)
def test_phrases_exclusions_codes_and_filters_hold_for_what_is_near(
    search: Search, meaning: Said, text: str, found: list[int]
) -> None:
    meaning.say((2, "fix", 0.9), (5, "codes", 0.8))
    assert ids(search(text)) == found


def test_a_code_that_a_guide_defines_is_ranked_by_its_words(search: Search, meaning: Said) -> None:
    before = ids(search("cable KB4711"))
    meaning.say((2, "fix", 0.99), (1, "fix", 0.9), (5, "codes", 0.1))
    assert ids(search("cable KB4711")) == before
    assert ids(search("KB4711")) == [5]


def test_a_literal_search_takes_nothing_in(search: Search, meaning: Said) -> None:
    meaning.say((1, "fix", 0.9))
    assert ids(search("sluggish", literal=True)) == []


def test_what_was_corrected_is_compared_as_corrected(search: Search, meaning: Said) -> None:
    assert search("prnter").correction == "printer"
    assert meaning.asked == ["printer"]


def test_hits_are_kept_no_longer_than_the_meaning_stays(search: Search, meaning: Said) -> None:
    assert ids(search("sluggish")) == []
    meaning.say((1, "fix", 0.9))
    assert ids(search("sluggish")) == [1]
    search("sluggish")
    assert meaning.asked == ["sluggish", "sluggish"]


def test_a_guide_that_the_index_lacks_or_a_section_that_is_gone_is_no_trouble(search: Search, meaning: Said) -> None:
    meaning.say((99, "fix", 0.9), (2, "gone", 0.8))
    (hit,) = search("sluggish").items
    assert (hit.guide_id, hit.anchor) == (2, "why")
