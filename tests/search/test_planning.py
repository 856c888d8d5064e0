"""What a query costs is bounded, by counting."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable

import pytest

from kb.search.index.contract import GuideDocument
from kb.search.index.entries import Body
from kb.search.index.postings import Postings
from kb.search.index.segment import Segment
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.completion import complete
from kb.search.ranking.plan import MOST_ALTERNATIVES, MOST_PLACES, MOST_SPANNED, MOST_TERMS, Planner
from kb.search.ranking.rank import best, matching
from kb.search.ranking.word_splitting import (
    LONGEST_PIECE,
    MOST_COMPOUNDS,
    MOST_PIECES,
    MOST_SPLITS,
    MOST_TAKEN_APART,
    in_compounds,
    pieces,
    splits,
)
from kb.search.ranking.word_splitting import LONGEST_WORD as LONGEST_SPLIT
from kb.search.text.query import parse
from kb.search.weights import FIELD_WEIGHTS
from tests.support.indexed import guide, parts_of
from tests.support.naughty import NAUGHTY

MOST_LOOK_UPS = 1_000
MOST_RANGES = 2
MOST_WORDS = 2_000
MOST_LOOK_UPS_WHILE_TYPING = 100
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Counted:
    """A segment that counts what is read of it."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self.heads, self.is_far = segment.heads, True
        self.counted: Counter[str] = Counter()

    def postings(self, field: str, term: str) -> Postings:
        """The postings, counted."""
        found = self._segment.postings(field, term)
        self.counted["lists"] += 1
        self.counted["postings"] += len(found.positions)
        return found

    def load(self, fields: Collection[str], terms: Collection[str]) -> None:
        """Get ready, and count for how many lists."""
        self.counted["loaded"] += len(fields) * len(terms)
        self._segment.load(fields, terms)

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """The frequencies, counted."""
        self.counted["words"] += len(words)
        return self._segment.frequencies(words)

    def beginning(self, field: str, start: str, most: int) -> dict[str, int]:
        """The words, counted."""
        self.counted["ranges"] += 1
        found = self._segment.beginning(field, start, most)
        assert len(found) <= most
        return found

    def bodies(self, documents: Collection[int]) -> dict[int, Body]:
        """The bodies, counted."""
        self.counted["bodies"] += len(documents)
        return self._segment.bodies(documents)


class Counting(Snapshot):
    """A snapshot that counts what is read for a query, of all that it does not keep."""

    def __init__(self, segment: Segment) -> None:
        counted = Counted(segment)
        super().__init__([(counted, frozenset())])
        self.counted = counted.counted

    @classmethod
    def of(cls, documents: Iterable[GuideDocument]) -> Counting:
        """A snapshot of the documents, of which nothing was read yet."""
        ((segment, _),) = parts_of(documents)
        return cls(segment)


@pytest.fixture(scope="module")
def wide() -> Segment:
    """A library in which every short word is known, alone, run together and apart."""
    words = [a + b for a in LETTERS for b in LETTERS] + [a + b + c for a in LETTERS for b in LETTERS for c in "aeiou"]
    chance = random.Random(1)
    ((segment, _),) = parts_of(
        guide(number, " ".join(chance.sample(words, 5)), " ".join(chance.choices(words, k=400))) for number in range(60)
    )
    return segment


def everything_known(length: int, ending: str = "") -> str:
    chance = random.Random(2)
    words = (chance.choice(LETTERS) + chance.choice(LETTERS) + ending for _ in range(length // (3 + len(ending))))
    return " ".join(words)


HUGE = (
    everything_known(10_000),
    everything_known(10_000).replace(" ", ""),
    everything_known(10_000, "a"),
    everything_known(190),
    everything_known(190, "a"),
    everything_known(40),
    everything_known(40).replace(" ", ""),
)


@pytest.mark.slow
@pytest.mark.parametrize("text", [*NAUGHTY, *HUGE], ids=range(len(NAUGHTY) + len(HUGE)))
def test_no_text_is_planned_beyond_the_bounds(wide: Segment, text: str) -> None:
    snapshot = Counting(wide)
    plan = Planner(snapshot, {}).plan(parse(text))
    ranked = best(plan, matching(plan, snapshot), 10, snapshot.heads)
    assert plan.main <= len(plan.terms) <= MOST_TERMS
    assert len(plan.typed) <= MOST_PLACES
    assert len(ranked) <= 10
    assert snapshot.counted["lists"] <= MOST_LOOK_UPS
    assert snapshot.counted["ranges"] <= MOST_RANGES
    assert snapshot.counted["words"] <= MOST_WORDS


@pytest.mark.parametrize("text", [*NAUGHTY, *HUGE], ids=range(len(NAUGHTY) + len(HUGE)))
def test_no_text_is_completed_beyond_the_bounds(wide: Segment, text: str) -> None:
    snapshot = Counting(wide)
    assert len(complete(text, snapshot, 8)) <= 8
    assert snapshot.counted["lists"] <= MOST_LOOK_UPS_WHILE_TYPING
    assert snapshot.counted["ranges"] <= MOST_RANGES


def test_too_many_words_are_cut_to_the_rarest(wide: Counting) -> None:
    documents = [guide(n, "common words", f"shared text {'also' if n % 2 else 'then'} rare{n}") for n in range(200)]
    snapshot = Counting.of(documents)
    text = "shared text common words " + " ".join(f"rare{n}" for n in range(120))
    plan = Planner(snapshot, {}).plan(parse(text))
    assert len(plan.terms) == MOST_TERMS
    assert all(len(term.scores) == 1 for term in plan.terms)


def test_a_term_has_a_bounded_number_of_other_names() -> None:
    forms = [f"connect{'' if n == 0 else ending}" for n, ending in enumerate(["", "s", "ed", "ing", "ion", "ions"])]
    synonyms = {("connect",): tuple((f"synonym{n}",) for n in range(100))}
    documents = [guide(n, f"{form} synonym{n}", "text") for n, form in enumerate(forms)]
    snapshot = Counting.of(documents)
    (term,) = Planner(snapshot, synonyms).plan(parse("connect")).terms
    assert len(term.documents) == len(forms)
    fields = [name for name, weight in FIELD_WEIGHTS.items() if weight]
    assert snapshot.counted["lists"] <= MOST_ALTERNATIVES * len(fields) + 1  # and whether it is an error code


def test_only_the_start_of_a_long_text_is_looked_at_for_words_run_together() -> None:
    snapshot = Counting.of([guide(1, "timeout", "timeout")])
    planner = Planner(snapshot, {})
    near, far = "time out", "x " * MOST_SPANNED + "time out"
    assert planner.plan(parse(near)).terms
    assert not planner.plan(parse(far)).terms


def test_words_that_the_guides_run_together_are_looked_up_once() -> None:
    snapshot = Counting.of([guide(1, "time out", "The time out is set.")])
    planner = Planner(snapshot, {})
    for _ in range(3):
        assert planner.plan(parse("timeout")).terms
    before = snapshot.counted["lists"]
    planner.plan(parse("timeout"))
    assert snapshot.counted["lists"] == before


def test_the_ways_to_cut_a_word_are_bounded() -> None:
    everything = pieces("ab" * 20) | pieces("abcdefghijklmnopqrstuvwxyzabcdefghijklmn")
    assert len(pieces("abcdefghijklmnopqrstuvwxyzabcdefghijklmn")) <= LONGEST_SPLIT * LONGEST_PIECE
    assert not pieces("a" * (LONGEST_SPLIT + 1))
    for word in ("ab" * 20, "abc" * 13, "a" * LONGEST_SPLIT):
        found = splits(word, everything | pieces(word))
        assert len(found) <= MOST_SPLITS
        assert all("".join(split) == word and 2 <= len(split) <= MOST_PIECES for split in found)


def test_few_words_and_long_ones_are_the_likeliest_to_have_been_run_together() -> None:
    known = {"offline", "address", "book", "off", "line", "add", "ress", "addressbook"}
    assert splits("offlineaddressbook", known)[:2] == [("offline", "addressbook"), ("offline", "address", "book")]
    assert splits("offlineaddressbooks", known) == []


def test_letters_and_digits_run_together_are_taken_apart() -> None:
    snapshot = Counting.of([guide(1, "Errors", "It ends with SQLCODE -401 then.")])
    assert Planner(snapshot, {}).plan(parse("SQLCODE401")).terms


def certificates(count: int) -> Counting:
    return Counting.of(guide(number, f"word{number}", f"text {number} certificate") for number in range(count))


def test_words_that_were_listed_for_a_misspelt_one_are_not_read_again() -> None:
    ((segment, _),) = parts_of(guide(number, "certificate", f"certify {number}") for number in range(3))
    near = Counted(segment)
    near.is_far = False
    snapshot = Snapshot([(near, frozenset())])

    def known() -> tuple[dict[str, int], dict[str, int]]:
        return snapshot.lexicon.with_prefix("cert", 9), snapshot.lexicon.frequencies(["certify", "certifciate"])

    before = known()
    assert near.counted == {"ranges": 1, "words": 2}
    assert Planner(snapshot, {}).plan(parse("certifciate")).correction == "certificate"
    near.counted.clear()
    assert known() == before == ({"certificate": 3, "certify": 3}, {"certify": 3})
    assert list(snapshot.lexicon.with_prefix("cert", 1)) == ["certificate"]
    assert not near.counted


def test_what_was_read_is_not_read_again() -> None:
    snapshot = certificates(6)
    planner, texts = Planner(snapshot, {}), [parse(f"word{number} certificate") for number in range(6)]

    def read() -> None:
        for number, text in enumerate(texts):
            assert planner.plan(text).terms
            assert snapshot.body(number).parts

    read()
    before = dict(snapshot.counted)
    read()
    assert {**snapshot.counted, "loaded": 0} == {**before, "loaded": 0}


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.index.snapshot.MOST_BYTES", 2_000)  # more than 500 for each list and each term
    monkeypatch.setattr("kb.search.index.snapshot.MOST_BYTES_OF_BODIES", 2_500)  # more than 1000 for each
    monkeypatch.setattr("kb.search.index.lexicon.MOST_WORDS", 3)
    monkeypatch.setattr("kb.search.ranking.plan.MOST_KEPT", 3)
    monkeypatch.setattr("kb.search.ranking.corrections.MOST_KEPT", 3)
    snapshot = certificates(6)
    planner = Planner(snapshot, {})
    for number in range(20):
        assert planner.plan(parse(f"word{number % 6} certifciate unknown{chr(97 + number)}")).correction
        assert snapshot.body(number % 6).parts
    words = [f"word{number}" for number in range(6)]
    for look_up in (lambda word: snapshot.matching((word,)), lambda word: snapshot.term(((word,), 1.0))):
        before, after = list(map(look_up, words)), list(map(look_up, reversed(words)))
        assert 1 <= sum(one is other for one, other in zip(reversed(before), after, strict=True)) <= 3
    bodies, again = list(map(snapshot.body, range(6))), list(map(snapshot.body, reversed(range(6))))
    assert 1 <= sum(one is other for one, other in zip(reversed(bodies), again, strict=True)) <= 2
    snapshot.counted.clear()
    for word in (*words, *reversed(words)):
        snapshot.frequency(word)
    assert 12 - 3 <= snapshot.counted["words"] < 12


def test_words_that_people_invent_push_one_another_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.index.snapshot.MOST_BYTES", 20_000)
    monkeypatch.setattr("kb.search.index.lexicon.MOST_WORDS", 40)
    snapshot = certificates(2)
    invented = [f"invented{number}" for number in range(500)]
    for word in (*invented, *reversed(invented)):
        assert not len(snapshot.matching((word,)))
        assert not snapshot.frequency(word)
    assert 1000 - 40 <= snapshot.counted["lists"] < 1000
    assert 1000 - 40 <= snapshot.counted["words"] < 1000
    assert len(snapshot.matching(("certificate",))) == 2


class Asked(dict[str, int]):
    """Words with their frequencies that count how often they are asked for one."""

    times = 0

    def __contains__(self, word: object) -> bool:
        """Whether it is known, counted."""
        self.times += 1
        return super().__contains__(word)


def test_few_of_the_words_that_hold_another_are_taken_apart() -> None:
    known = Asked({f"post{a}{b}{c}{a}{b}": 1 for a in LETTERS for b in LETTERS for c in LETTERS})
    known |= {"post": 9, "fach": 5, "postfach": 7}
    assert in_compounds("fach", known) == ("postfach",)
    known.times = 0
    assert len(in_compounds("post", known)) <= MOST_COMPOUNDS
    assert known.times <= (MOST_TAKEN_APART + 1) * LONGEST_SPLIT**2
