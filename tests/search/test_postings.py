"""Posting lists against a plain model of them: by document, the set of positions; and what caches keep, by counting."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from itertools import accumulate, chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.index.cache import Bounded
from kb.search.index.postings import (
    NOWHERE,
    Postings,
    chained,
    counts_within,
    following_each,
    in_a_row,
    in_any,
    merged,
    numbers,
    stretches,
)

Model = dict[int, set[int]]

DOCUMENTS = 8
# Positions from 0 on, where words stand one after the other often, and far ones, so that none runs over into the next.
POSITIONS = st.integers(0, 12) | st.integers(2**31 - 20, 2**31 - 1)
MODELS = st.dictionaries(st.integers(0, DOCUMENTS - 1), st.sets(POSITIONS, min_size=1, max_size=8), max_size=DOCUMENTS)
# A few documents full of words, so that four of them often stand in a row.
FULL = st.dictionaries(st.integers(0, 2), st.sets(st.integers(0, 6), min_size=4), min_size=1)


def made(model: Mapping[int, set[int]]) -> Postings:
    positions = [sorted(model[document]) for document in sorted(model)]
    starts = list(accumulate(map(len, positions), initial=0))
    return Postings(numbers(sorted(model)), numbers(starts), numbers(list(chain(*positions))))


def read(found: Postings) -> Model:
    """The list as a model; it must be in order, and each of its ways to be read must say the same."""
    documents = found.documents.tolist()
    assert documents == sorted(set(documents))
    assert len(found) == len(documents) == len(found.counts)
    assert found.starts.tolist()[0] == 0
    assert found.starts.tolist()[-1] == len(found.positions)
    assert {found.documents.dtype, found.starts.dtype, found.positions.dtype} == {np.dtype(np.int32)}
    model: Model = {}
    for document, count in zip(documents, found.counts.tolist(), strict=True):
        positions = found.within(document).tolist()
        assert positions == sorted(set(positions))
        assert len(positions) == count > 0
        model[document] = set(positions)
    assert all(found.within(other).tolist() == [] for other in range(-1, DOCUMENTS * 4) if other not in model)
    return model


@given(MODELS)
def test_a_list_says_where_a_word_stands(model: Model) -> None:
    found = made(model)
    assert read(found) == model
    assert found.nbytes == 4 * (2 * len(model) + 1 + sum(map(len, model.values())))


@given(MODELS, st.data())
def test_the_places_in_several_documents_are_told_at_once(model: Model, data: st.DataObject) -> None:
    at = data.draw(st.lists(st.integers(0, len(model) - 1), unique=True)) if model else []
    rows, positions = made(model).positions_at(numbers(at))
    listed = [(row, place) for row, one in enumerate(at) for place in sorted(model[sorted(model)[one]])]
    assert list(zip(rows.tolist(), positions.tolist(), strict=True)) == listed


@given(st.lists(st.tuples(MODELS, st.sets(st.integers(0, DOCUMENTS - 1))), max_size=3))
def test_lists_of_segments_are_chained_without_the_documents_that_are_gone(parts: list[tuple[Model, set[int]]]) -> None:
    chain = [(DOCUMENTS * at, made(own), numbers(sorted(gone))) for at, (own, gone) in enumerate(parts)]
    expected = {
        DOCUMENTS * at + document: positions
        for at, (own, gone) in enumerate(parts)
        for document, positions in own.items()
        if document not in gone
    }
    assert read(chained(chain)) == expected


@given(st.lists(MODELS, max_size=4))
def test_merged_lists_are_where_any_of_the_words_stands(models: list[Model]) -> None:
    expected: Model = {}
    for model in models:
        for document, positions in model.items():
            expected.setdefault(document, set()).update(positions)
    assert read(merged([made(model) for model in models])) == expected


@given(st.lists(MODELS, min_size=1, max_size=4) | st.lists(FULL, min_size=3, max_size=4))
def test_words_in_a_row_stand_one_after_the_other_in_one_document(models: list[Model]) -> None:
    expected: Model = {}
    for document, positions in models[0].items():
        first = {
            position
            for position in positions
            if all(position + offset in model.get(document, ()) for offset, model in enumerate(models))
        }
        if first:
            expected[document] = first
    assert read(in_a_row([made(model) for model in models])) == expected


@given(MODELS)
def test_a_word_follows_itself_only_where_it_stands_twice(model: Model) -> None:
    expected = {document: {at for at in own if at + 1 in own} for document, own in model.items()}
    assert read(in_a_row([made(model)] * 2)) == {document: own for document, own in expected.items() if own}


def test_nothing_stands_nowhere() -> None:
    assert read(NOWHERE) == {}
    assert read(chained([])) == read(merged([])) == {}
    assert read(in_a_row([NOWHERE, made({1: {2}})])) == {}


# What is kept


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 30)), max_size=60))
def test_a_cache_never_holds_more_than_it_may(puts: list[tuple[int, int]]) -> None:
    cache = Bounded[int, bytes](50, len)
    for key, size in puts:
        assert cache.put(key, bytes(size)) == bytes(size)
        assert cache.get(key) == bytes(size)
        kept = [found for found in map(cache.get, range(21)) if found is not None]
        assert sum(map(len, kept)) <= 50


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    cache = Bounded[str, int](2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_what_is_kept_again_under_the_same_key_counts_once() -> None:
    cache = Bounded[str, bytes](10, len)
    for size in (6, 4, 5):
        cache.put("a", bytes(size))
    cache.put("b", bytes(5))
    assert [cache.get(key) for key in "ab"] == [bytes(5), bytes(5)]


def test_what_alone_is_too_large_is_given_but_not_kept() -> None:
    cache = Bounded[str, bytes](10, len)
    cache.put("a", b"small")
    assert cache.put("a", bytes(11)) == bytes(11)
    assert cache.get("a") is None


@pytest.mark.parametrize("value", [0, "", NOWHERE, ()], ids=["0", "no text", "nowhere", "nothing"])
def test_what_is_empty_is_made_once_too(value: object) -> None:
    cache, calls = Bounded[str, object](10), list[int]()

    def make() -> object:
        calls.append(1)
        return value

    assert cache.made("a", make) is cache.made("a", make) is value
    assert len(calls) == 1


@given(FULL, st.lists(FULL | MODELS, max_size=3))
def test_what_stands_right_after_a_word_is_counted_as_if_it_were_listed(first: Model, others: list[Model]) -> None:
    counted = following_each(made(first), [made(own) for own in others])
    assert counted == [len(in_a_row([made(first), made(own)])) for own in others]


def test_nothing_stands_after_a_word_that_is_nowhere() -> None:
    assert following_each(NOWHERE, [made({0: {1}}), NOWHERE]) == [0, 0]


@given(st.lists(FULL | MODELS, max_size=4))
def test_documents_that_hold_any_of_some_words_are_told_without_their_places(models: list[Model]) -> None:
    lists = [made(model) for model in models]
    assert in_any(lists).tolist() == merged(lists).documents.tolist()


# How long the first stretch is; and for each of the others how far it is from the one before, and how long.
STRETCHES = st.tuples(st.integers(0, 4), st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), max_size=4))


@given(MODELS, st.data())
def test_what_stands_in_the_title_and_in_headings_is_counted_apart(model: Model, data: st.DataObject) -> None:
    bounds, expected = [], []
    for document in range(1 + max(model, default=0)):
        length, others = data.draw(STRETCHES)
        edges = [0, length]
        for gap, size in others:
            edges += [edges[-1] + gap, edges[-1] + gap + size]
        bounds.append(array("I", edges))
        inside = [
            sum(start <= at < end for at in model.get(document, ()))
            for start, end in zip(edges[::2], edges[1::2], strict=True)
        ]
        expected += [(inside[0], sum(inside[1:]))] if document in model else []
    first, beyond = counts_within(made(model), *stretches(bounds))
    assert list(zip(first.tolist(), beyond.tolist(), strict=True)) == expected
