"""The order of hits: how guides have the words of a query, and which of its words count how much."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from kb.search.index.contract import GuideDocument
from kb.search.index.postings import numbers
from kb.search.index.snapshot import Snapshot
from kb.search.ranking import rank
from kb.search.ranking.plan import Planner
from kb.search.ranking.rank import best, matching
from kb.search.text.query import parse
from tests.support.indexed import guide, section, snapshot_of

REST = " ".join(f"rest{number}" for number in range(60))
OTHERS = [guide(100 + number, "Other matters", f"Nothing of this kind {REST}") for number in range(20)]


def scores(documents: Iterable[GuideDocument], text: str) -> dict[int, float]:
    """By guide id, the score of the guides for a text, the best first."""
    snapshot: Snapshot = snapshot_of([*documents, *OTHERS])
    plan = Planner(snapshot, {}).plan(parse(text), literal=True)
    ranked = best(plan, matching(plan, snapshot), 100, snapshot.heads)
    return {snapshot.heads[number].guide_id: score for number, score in ranked}


def order(documents: Iterable[GuideDocument], text: str) -> list[int]:
    return list(scores(documents, text))


SENTENCE = "the printer spooler refuses every queued job"


@pytest.mark.parametrize("place", [1, 9], ids=["first", "last"])
def test_a_sentence_word_for_word_comes_before_guides_that_have_its_words_more_often(place: int) -> None:
    often = "job spooler, queued printer. Every spooler refuses, job printer queued. "
    documents = [guide(n, "Printing", f"{often} {REST}") for n in range(2, 9)]
    documents.append(guide(place, "Printing", f"{REST} and then {SENTENCE}, it says. {REST}"))
    documents.sort(key=lambda each: each.guide_id)
    assert order(documents, SENTENCE)[0] == place
    assert order(documents, f"my screen said that {SENTENCE} again")[0] == place


def test_words_that_are_not_looked_for_do_not_end_what_is_word_for_word() -> None:
    documents = [
        guide(1, "Printing", f"{REST} spooler of the printer refuses the job that it got {REST}"),
        guide(2, "Printing", f"{REST} spooler of the printer that it got refuses the job {REST}"),
    ]
    found = scores(documents, "spooler of the printer refuses the job")
    assert list(found) == [1, 2]
    assert found[1] > found[2]


def test_two_words_alone_are_no_run() -> None:
    documents = [
        guide(1, "Printing", f"{REST} refuses spooler {REST}"),
        guide(2, "Printing", f"{REST} spooler refuses {REST}"),
    ]
    found = scores(documents, "spooler refuses")
    assert found[1] == found[2]


def test_the_nearer_words_stand_the_better() -> None:
    gaps = (0, 5, 20, 60)
    filler = [f"other{number}" for number in range(60)]
    documents = [
        guide(number, "Printing", " ".join(["spooler", *filler[:gap], "toner", *filler[gap:]]))
        for number, gap in reversed(list(enumerate(gaps)))
    ]
    found = scores(documents, "toner of a spooler")
    near, nearby, far, apart = (found[number] for number in range(4))
    assert near == nearby > far > apart


def test_at_a_glance_words_are_near_or_not() -> None:
    texts = ("spooler toner", f"spooler {' '.join(['other'] * 20)} toner", f"spooler {' '.join(['other'] * 60)} toner")
    snapshot = snapshot_of([guide(number, "Printing", text) for number, text in enumerate(texts)])
    near, nearby, far = rank.near_scores(Planner(snapshot, {}).plan(parse("toner of a spooler")), numbers(range(3)))
    assert near == nearby > far == 0


def test_words_of_two_guides_do_not_stand_near_to_each_other() -> None:
    first = guide(1, "Printing", f"{REST} spooler")
    found = scores([first, guide(2, "Printing", f"toner {REST}"), guide(3, "Printing", REST)], "spooler toner")
    alone = scores([first, guide(2, "Printing", f"{REST} toner"), guide(3, "Printing", REST)], "spooler toner")
    assert found == alone


def test_a_heading_that_says_it_comes_before_a_text_that_says_it_more_often() -> None:
    documents = [
        guide(1, "Printing", section("Details", f"Clean the spooler fan. Clean the spooler fan. {REST}")),
        guide(2, "Printing", section("Clean the spooler fan", f"It is dusty. {REST}")),
    ]
    assert order(documents, "clean spooler fan") == [2, 1]


def test_a_heading_that_says_little_else_comes_before_one_that_says_much_else() -> None:
    documents = [
        guide(1, "Printing", section("Clean the spooler fan and look after much else", f"It is dusty. {REST}")),
        guide(2, "Printing", section("Clean the spooler fan", f"And look after much else. It is dusty. {REST}")),
    ]
    found = scores(documents, "clean spooler fan")
    assert list(found) == [2, 1]
    assert found[2] > 1.2 * found[1]


def test_words_of_two_headings_are_not_said_by_one() -> None:
    documents = [
        guide(1, "Printing", section("Spooler", "Two."), section("Fan", "One."), section("Clean", f"Three. {REST}")),
        guide(
            2, "Printing", section("Clean spooler fan", "Two."), section("A", "One."), section("B", f"Three. {REST}")
        ),
    ]
    found = scores(documents, "fan clean spooler")
    assert list(found) == [2, 1]
    assert found[2] > 1.2 * found[1]


def test_a_word_that_a_log_repeats_counts_once() -> None:
    documents = [guide(1, "Toner", f"toner {REST}"), guide(2, "Spooler", f"spooler {REST}")]
    lines = [f"2024-01-01 10:00:{second:02} kernel: toner" for second in range(40)]
    log = "\n".join([*lines, "2024-01-01 10:01:00 kernel: spooler"])
    once = "\n".join([lines[0], "2024-01-01 10:01:00 kernel: spooler", *(["2024-01-01 10:02:00 kernel:"] * 39)])
    assert parse(log).pasted
    assert parse(once).pasted
    found = scores(documents, log)
    assert found[1] == found[2]
    assert found == scores(documents, once)


def test_a_word_that_a_person_repeats_counts_more() -> None:
    documents = [guide(1, "Toner", f"toner {REST}"), guide(2, "Spooler", f"spooler {REST}")]
    text = "toner or spooler, but toner"
    assert not parse(text).pasted
    found = scores(documents, text)
    assert found[1] > found[2]
    assert found[1] < 2 * found[2]


def test_words_with_which_people_tell_of_trouble_count_less() -> None:
    documents = [
        guide(1, "Problem", f"A problem {REST}"),
        guide(2, "Spooler", f"A spooler {REST}"),
        guide(3, "Trying", f"A trying {REST}"),
    ]
    found = scores(documents, "problem spooler trying")
    assert next(iter(found)) == 2
    assert max(found[1], found[3]) <= found[2] / 2


def test_a_common_word_alone_lets_no_guide_in_that_lacks_the_telling_ones() -> None:
    documents = [guide(number, "Printer", f"printer {REST}") for number in range(1, 15)]
    documents += [guide(20 + number, "Spooler", f"spooler fan dust lever {REST}") for number in range(12)]
    assert set(order(documents, "spooler fan dust lever printer")) == {20 + number for number in range(12)}


def test_guides_beyond_those_looked_at_again_follow_in_the_order_of_their_scores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rank, "RERANKED", 5)
    documents = [guide(number, "Printing", f"{'spooler ' * number} toner {REST}") for number in range(1, 20)]
    found = scores(documents, "spooler toner")
    assert len(found) == 19
    assert list(found.values()) == sorted(found.values(), reverse=True)
