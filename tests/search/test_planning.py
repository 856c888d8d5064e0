"""What a query costs is bounded, by counting."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from kb.search.whoosh.store import changed, segments

from kb.search.index.contract import GuideDocument
from kb.search.index.entries import entry
from kb.search.index.snapshot import MOST_FORMS, Snapshot
from kb.search.ranking.plan import MOST_ALTERNATIVES, MOST_SPANNED, MOST_TERMS, Planner
from kb.search.ranking.rank import best, matching
from kb.search.ranking.word_splitting import LONGEST_PIECE, MOST_PIECES, MOST_SPLITS, pieces, splits
from kb.search.ranking.word_splitting import LONGEST_WORD as LONGEST_SPLIT
from kb.search.text.query import parse
from tests.support.indexed import guide
from tests.support.naughty import NAUGHTY

MOST_LOOK_UPS = 4_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Counting(Snapshot):
    """A snapshot that counts what is read for a query."""

    def __init__(self, documents: list[GuideDocument]) -> None:
        files = changed({}, map(entry, documents), ())
        super().__init__((segment, deleted) for _, segment, deleted in segments(files, {}))
        self.counted: Counter[str] = Counter()

    def postings(self, word: str) -> Iterator[tuple[int, float, bytes]]:
        """The postings, counted."""
        self.counted["lists"] += 1
        for posting in super().postings(word):
            self.counted["postings"] += 1
            yield posting

    def with_prefix(self, prefix: str, most: int) -> list[str]:
        """The words, counted."""
        self.counted["ranges"] += 1
        found = super().with_prefix(prefix, most)
        assert len(found) <= most
        return found


@pytest.fixture(scope="module")
def wide() -> Counting:
    """A library in which every short word is known, alone, run together and apart."""
    words = [a + b for a in LETTERS for b in LETTERS] + [a + b + c for a in LETTERS for b in LETTERS for c in "aeiou"]
    chance = random.Random(1)
    return Counting(
        [
            guide(number, " ".join(chance.sample(words, 5)), " ".join(chance.choices(words, k=400)))
            for number in range(60)
        ]
    )


def everything_known(length: int) -> str:
    chance = random.Random(2)
    return " ".join(chance.choice(LETTERS) + chance.choice(LETTERS) for _ in range(length // 3))


HUGE = (
    everything_known(10_000),
    everything_known(10_000).replace(" ", ""),
    everything_known(190),
    everything_known(40),
)


@pytest.mark.parametrize("text", [*NAUGHTY, *HUGE], ids=range(len(NAUGHTY) + len(HUGE)))
def test_no_text_is_planned_beyond_the_bounds(wide: Counting, text: str) -> None:
    wide.counted.clear()
    plan = Planner(wide, {}).plan(parse(text))
    ranked = best(plan, matching(plan, wide), 10, wide.heads)
    assert len(plan.terms) <= MOST_TERMS
    assert len(plan.pairs) <= len(parse(text).words)
    assert len(ranked) <= 10
    assert wide.counted["lists"] <= MOST_LOOK_UPS
    assert wide.counted["ranges"] <= MOST_LOOK_UPS


def test_too_many_words_are_cut_to_the_rarest(wide: Counting) -> None:
    documents = [guide(n, "common words", f"shared text {'also' if n % 2 else 'then'} rare{n}") for n in range(200)]
    snapshot = Counting(documents)
    text = "shared text common words " + " ".join(f"rare{n}" for n in range(120))
    plan = Planner(snapshot, {}).plan(parse(text))
    assert len(plan.terms) == MOST_TERMS
    assert all(len(term.scores) == 1 for term in plan.terms)


def test_a_term_has_a_bounded_number_of_other_names() -> None:
    forms = [f"connect{'' if n == 0 else ending}" for n, ending in enumerate(["", "s", "ed", "ing", "ion", "ions"])]
    synonyms = {("connect",): tuple((f"synonym{n}",) for n in range(100))}
    documents = [guide(n, f"{form} synonym{n}", "text") for n, form in enumerate(forms)]
    snapshot = Counting(documents)
    Planner(snapshot, synonyms).plan(parse("connect"))
    assert snapshot.counted["lists"] <= MOST_ALTERNATIVES * MOST_FORMS


def test_only_the_start_of_a_long_text_is_looked_at_for_words_run_together() -> None:
    snapshot = Counting([guide(1, "timeout", "timeout")])
    planner = Planner(snapshot, {})
    near, far = "time out", "x " * MOST_SPANNED + "time out"
    assert planner.plan(parse(near)).terms
    assert not planner.plan(parse(far)).terms


def test_words_that_are_not_there_are_not_kept() -> None:
    ((_, segment, _),) = segments(changed({}, [entry(guide(1, "timeout", "text"))], ()), {})
    assert segment.postings("timeout") is segment.postings("timeout")
    assert segment.postings("unknown") is not segment.postings("unknown")


def test_words_that_the_guides_run_together_are_looked_up_once() -> None:
    snapshot = Counting([guide(1, "time out", "The time out is set.")])
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
    snapshot = Counting([guide(1, "Errors", "It ends with SQLCODE -401 then.")])
    assert Planner(snapshot, {}).plan(parse("SQLCODE401")).terms


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.index.snapshot.MOST_KEPT", 3)
    monkeypatch.setattr("kb.search.ranking.plan.MOST_KEPT", 3)
    monkeypatch.setattr("kb.search.ranking.corrections.MOST_KEPT", 3)
    monkeypatch.setattr("kb.search.whoosh.store.MOST_BODIES", 1)
    snapshot = Counting([guide(number, f"word{number}", f"text {number} certificate") for number in range(6)])
    planner = Planner(snapshot, {})
    for number in range(20):
        assert planner.plan(parse(f"word{number % 6} certifciate unknown{chr(97 + number)}")).correction
        assert snapshot.body(number % 6).parts
    words = [f"word{number}" for number in range(6)]
    for look_up in (snapshot.forms, lambda word: snapshot.matches((word,)), lambda word: snapshot.term(((word,), 1.0))):
        before, after = list(map(look_up, words)), list(map(look_up, words))
        assert sum(one is other for one, other in zip(before, after, strict=True)) <= 3
