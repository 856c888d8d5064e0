"""One order of what was found by words and what is near in meaning."""

from __future__ import annotations

from kb.search.ranking.fusion import MOST_WORDS, fuse

FLAT = [(guide, 5.0 - guide / 100) for guide in range(30)]


def ids(ranking: list[tuple[int, float]]) -> list[int]:
    return [guide for guide, _ in ranking]


def near(*similarities: float) -> list[tuple[int, float]]:
    """Guides 0, 1, 2 ... with these similarities, and many others that are far."""
    listed = [*enumerate(similarities), *((guide, 0.2 - guide / 1000) for guide in range(50, 100))]
    return sorted(listed, key=lambda item: -item[1])


def test_what_words_find_keeps_its_order_where_meaning_says_nothing() -> None:
    assert ids(fuse(FLAT, [])) == ids(FLAT)


def test_meaning_decides_where_no_hit_by_words_stands_out() -> None:
    assert ids(fuse(FLAT, near(0.3, 0.3, 0.8)))[0] == 2


def test_words_decide_where_one_hit_stands_out() -> None:
    words = [(0, 50.0), *FLAT[1:]]
    assert ids(fuse(words, near(0.3, 0.3, 0.6)))[0] == 0


def test_what_has_every_word_comes_before_what_has_some_and_is_as_near() -> None:
    words = [(0, 5.0), (1, 4.9), (2, 4.8)]
    assert ids(fuse(words, near(0.4, 0.4, 0.4)))[0] == 0
    assert ids(fuse(words, near(0.4, 0.4, 0.4), (), {2}))[0] == 2


def test_words_never_count_for_more_than_meaning_does() -> None:
    (_, score), *_ = fuse([(0, 1000.0)], near(0.0))
    assert score <= MOST_WORDS


def test_only_chosen_guides_are_taken_in_without_the_words() -> None:
    assert set(ids(fuse([(0, 3.0)], [(1, 0.99), (2, 0.98)], beside={1}))) == {0, 1}


def test_what_is_not_listed_by_meaning_is_taken_to_be_as_near_as_the_last() -> None:
    scores = dict(fuse([(0, 2.0), (1, 2.0)], [(7, 0.4), (1, 0.1)]))
    assert scores[0] == scores[1]


def test_scores_that_are_all_alike_or_nothing_at_all_are_no_trouble() -> None:
    assert ids(fuse([(1, 0.0), (2, 0.0)], [(2, 0.5), (1, 0.5)])) == [1, 2]
    assert fuse([], []) == []
    assert ids(fuse([], [(3, 0.7)], {3})) == [3]
