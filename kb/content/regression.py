"""Learns weights by logistic regression that is kept small (L2), with Newton's method.

The objective is that of LIBLINEAR: half the squared length of the weights, plus `WEIGHT_OF_LOSS` times the summed
logarithmic loss. The weight that always counts is kept small too, but as that of a column of `ALWAYS_COUNTS`. Each step
of Newton's method is found by conjugate gradients (Nocedal and Wright, Numerical Optimization, 2006, chapter 7), which
need nothing but the rows and the columns. All is added up in one order, so that the same rows give the same weights.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from operator import mul

from kb.content.learned import ALWAYS

WEIGHT_OF_LOSS = 0.1
ALWAYS_COUNTS = 3.0
# What is known of fewer rows teaches nothing that holds elsewhere.
LEAST_ROWS = 4
MOST_ROUNDS = 30
MOST_DIRECTIONS = 60
CLOSE_ENOUGH = 1e-6
DIGITS = 3
Vector = list[float]


def fit(rows: Sequence[Collection[str]], truths: Sequence[bool]) -> dict[str, float]:
    """The weight of each name in rows of evidence that says best which of the rows are true, and `ALWAYS`."""
    times = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in times.items() if count >= LEAST_ROWS)
    place = {name: index for index, name in enumerate(names)}
    known = [sorted(place[name] for name in row if name in place) for row in rows]
    *weights, always = _minimum(_Samples(known, len(names), [1.0 if truth else -1.0 for truth in truths]))
    fitted = {name: round(weight, DIGITS) for name, weight in zip(names, weights, strict=True)}
    return dict(sorted((fitted | {ALWAYS: round(always * ALWAYS_COUNTS, DIGITS)}).items()))


class _Samples:
    """Rows of columns that hold, and a last one that always does; `signs` are 1 for true rows and -1 for others."""

    def __init__(self, rows: list[list[int]], columns: int, signs: Vector) -> None:
        self.rows = rows
        self.signs = signs
        self.columns: list[list[int]] = [[] for _ in range(columns)]
        for number, row in enumerate(rows):
            for column in row:
                self.columns[column].append(number)

    def times(self, weights: Vector) -> Vector:
        """The sum of the weights of each row."""
        always = weights[-1] * ALWAYS_COUNTS
        at = weights.__getitem__
        return [sum(map(at, row), always) for row in self.rows]

    def transposed_times(self, values: Vector) -> Vector:
        """The sum of the values of each column."""
        at = values.__getitem__
        return [*(sum(map(at, column), 0.0) for column in self.columns), sum(values) * ALWAYS_COUNTS]

    def objective(self, weights: Vector, sums: Vector) -> float:
        """What is to be made small."""
        loss = sum(_log_loss(sign * total) for sign, total in zip(self.signs, sums, strict=True))
        return _dot(weights, weights) / 2 + WEIGHT_OF_LOSS * loss


def _minimum(samples: _Samples) -> Vector:
    weights = [0.0] * (len(samples.columns) + 1)
    sums = samples.times(weights)
    least = samples.objective(weights, sums)
    for _ in range(MOST_ROUNDS):
        chances = [_chance(sign * total) for sign, total in zip(samples.signs, sums, strict=True)]
        pulls = [WEIGHT_OF_LOSS * (chance - 1) * s for chance, s in zip(chances, samples.signs, strict=True)]
        slope = _added(weights, 1.0, samples.transposed_times(pulls))
        if math.sqrt(_dot(slope, slope)) < CLOSE_ENOUGH * (1 + math.sqrt(_dot(weights, weights))):
            break
        step = _newton_step(samples, slope, [WEIGHT_OF_LOSS * chance * (1 - chance) for chance in chances])
        moved = samples.times(step)
        length, gain = 1.0, _dot(slope, step)
        while True:  # Newton's method may go too far: half as far until it is better by enough (Armijo's rule)
            tried = _added(weights, length, step)
            there = _added(sums, length, moved)
            value = samples.objective(tried, there)
            if value <= least + 1e-4 * length * gain or length < CLOSE_ENOUGH:
                break
            length /= 2
        weights, sums, least = tried, there, value
    return weights


def _newton_step(samples: _Samples, slope: Vector, bends: Vector) -> Vector:
    """Where the objective would be least if it were as bent everywhere as here."""
    step = [0.0] * len(slope)
    rest = [-value for value in slope]
    direction, size = rest, _dot(rest, rest)
    enough = size * 1e-8
    for _ in range(MOST_DIRECTIONS):
        bent = [bend * value for bend, value in zip(bends, samples.times(direction), strict=True)]
        turned = _added(direction, 1.0, samples.transposed_times(bent))
        far = size / _dot(direction, turned)
        step = _added(step, far, direction)
        rest = _added(rest, -far, turned)
        before, size = size, _dot(rest, rest)
        if size <= enough:
            break
        direction = _added(rest, size / before, direction)
    return step


def _added(one: Vector, times: float, other: Vector) -> Vector:
    return [mine + times * others for mine, others in zip(one, other, strict=True)]


def _dot(one: Vector, other: Vector) -> float:
    return float(sum(map(mul, one, other)))


def _chance(total: float) -> float:
    return 1 / (1 + math.exp(-total)) if total >= 0 else 1 - 1 / (1 + math.exp(total))


def _log_loss(total: float) -> float:
    return math.log1p(math.exp(-total)) if total >= 0 else math.log1p(math.exp(total)) - total
