"""Documents are counted by the names that they have: the commonest first, those alike by the alphabet."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kb.search.index.named import Named
from kb.search.index.postings import numbers

NAMES = st.lists(st.sampled_from(["", "App", "Web", "Äpfel", "b", "Zoo"]), max_size=4, unique=True)


def test_the_commonest_come_first_and_no_name_is_none() -> None:
    named = Named.of([("Web", "App"), (), ("",), ("Web",), ("Zoo",)])
    assert list(named.counted(numbers([0, 1, 2, 3, 4]), 5).items()) == [("Web", 2), ("App", 1), ("Zoo", 1)]
    assert named.counted(numbers([1, 2]), 5) == {}
    assert Named.of([]).counted(numbers([]), 0) == {}


@given(st.lists(NAMES, min_size=1, max_size=12), st.sets(st.integers(0, 11)))
def test_they_are_counted_as_if_one_looked_at_each(names_of: list[list[str]], asked: set[int]) -> None:
    documents = sorted(number for number in asked if number < len(names_of))
    counts = Counter(name for number in documents for name in names_of[number] if name)
    expected = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    assert list(Named.of(names_of).counted(numbers(documents), len(names_of)).items()) == expected
