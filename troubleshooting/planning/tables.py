"""Problems and questions as values, and the tables of likelihoods that beliefs are weighed with.

Beliefs are a list of probabilities, one for each problem in the catalogue's order, that sum to 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul

QUESTION_COST = 1.0
STEP_COST = 3.0
DENSE = 4

Beliefs = Sequence[float]


@dataclass(frozen=True, slots=True)
class Problem:
    """What may be wrong: `prior` is its weight (any scale, not negative), `cost` that of trying its whole solution."""

    id: str
    title: str = ""
    prior: float = 1.0
    cost: float = STEP_COST


@dataclass(frozen=True, slots=True)
class Question:
    """What can be asked: `likelihood[problem id][answer id]` is P(answer | problem).

    A problem that is not listed has the `default` row; an empty row is uniform, and the answers that a row leaves out
    share what it leaves over. `symptoms` are those that it asks about: none is asked about twice.
    """

    id: str
    text: str = ""
    answers: tuple[str, ...] = ("yes", "no")
    likelihood: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    default: Mapping[str, float] = field(default_factory=dict)
    cost: float = QUESTION_COST
    symptoms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that may be wrong and all that can be asked.

    `symptoms[symptom id][problem id]` is the chance that a person with the problem recognises the symptom as theirs;
    lists of them ('which of these looks like yours?') are made as the beliefs demand.
    """

    problems: tuple[Problem, ...]
    questions: tuple[Question, ...] = ()
    symptoms: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A question made ready: problems with equal rows share one; `members[r]` are the problems (by index) of row r.

    Row 0 is the commonest; `place` says for the other problems in which row they are. `row_entropy[r]` is how open
    the answer is when the problem is known, in bits. `deviations[r]` writes row r as its commonest value and
    what single answers have beside it. What a question costs to weigh is the number of problems outside row 0; where
    most problems have rows of their own, `columns` hold them all by answer and then by problem, and after them the
    entropies.
    """

    question: Question
    rows: tuple[tuple[float, ...], ...]
    members: tuple[tuple[int, ...], ...]
    row_entropy: tuple[float, ...]
    place: Mapping[int, int]
    deviations: tuple[tuple[float, tuple[tuple[int, float], ...]], ...]
    columns: tuple[tuple[float, ...], ...] = ()

    def chances(self, beliefs: Beliefs) -> tuple[list[float], float]:
        """The chance of each answer, P(A) = sum P(A | p) P(p), and the entropy that is left, H(A | P)."""
        if self.columns:
            *chances, conditional = (sum(map(mul, column, beliefs)) for column in self.columns)
            return chances, conditional
        masses = [sum([beliefs[i] for i in problems]) for problems in self.members[1:]]
        masses.insert(0, max(0.0, 1.0 - sum(masses)))
        chances = [0.0] * len(self.question.answers)
        conditional = 0.0
        common = 0.0
        for mass, (value, exceptions), row_entropy in zip(masses, self.deviations, self.row_entropy, strict=True):
            conditional += mass * row_entropy
            common += mass * value
            for k, difference in exceptions:
                chances[k] += mass * difference
        return [chance + common for chance in chances], conditional

    def times_likelihood(self, answer: int, weights: Sequence[float]) -> list[float]:
        """The weights of the problems, each times the chance that it gives this answer (by index)."""
        if self.columns:
            return list(map(mul, self.columns[answer], weights))
        common = self.rows[0][answer]
        weighed = [weight * common for weight in weights]
        for row, problems in zip(self.rows[1:], self.members[1:], strict=True):
            chance = row[answer]
            for i in problems:
                weighed[i] = weights[i] * chance
        return weighed

    def row_of(self, problem: int) -> tuple[float, ...]:
        """The chance of each answer from a problem (by index)."""
        return self.rows[self.place.get(problem, 0)]


def compile_table(question: Question, index: Mapping[str, int], wrong: float) -> Table:
    """The table of a question; `index` numbers the problems, `wrong` is the share of answers that are wrong."""
    default = _with_noise(question, question.default, wrong)
    members: dict[tuple[float, ...], list[int]] = {default: []}
    listed = set()
    for problem, row in question.likelihood.items():
        members.setdefault(_with_noise(question, row, wrong), []).append(index[problem])
        listed.add(index[problem])
    members[default].extend(i for i in range(len(index)) if i not in listed)
    rows = sorted(members, key=lambda row: -len(members[row]))
    place = {i: r for r, row in enumerate(rows) if r for i in members[row]}
    problems_by_row = tuple(tuple(members[row]) for row in rows)
    row_entropy = tuple(map(entropy, rows))
    columns: tuple[tuple[float, ...], ...] = ()
    if len(rows) * DENSE > len(index):
        columns = tuple(
            zip(*((*rows[r], row_entropy[r]) for r in (place.get(i, 0) for i in range(len(index)))), strict=True)
        )
    return Table(question, tuple(rows), problems_by_row, row_entropy, place, tuple(map(_deviations_of, rows)), columns)


def _deviations_of(row: tuple[float, ...]) -> tuple[float, tuple[tuple[int, float], ...]]:
    value = Counter(row).most_common(1)[0][0]
    return value, tuple((k, chance - value) for k, chance in enumerate(row) if chance != value)


def _with_noise(question: Question, row: Mapping[str, float], wrong: float) -> tuple[float, ...]:
    """The row with its gaps filled in, and the share of wrong answers spread evenly over the other answers.

    That is a symmetric channel: P(heard) = (1 - w) P(meant) + w (1 - P(meant)) / (n - 1).
    """
    missing = sum(answer not in row for answer in question.answers)
    rest = max(0.0, 1.0 - sum(row.values())) / missing if missing else 0.0
    others = max(1, len(question.answers) - 1)
    share = wrong if len(question.answers) > 1 else 0.0
    chances = (row.get(answer, rest) for answer in question.answers)
    return tuple((1 - share) * chance + share * (1 - chance) / others for chance in chances)


def entropy(chances: Iterable[float]) -> float:
    """Entropy in bits, -sum p log2 p (Shannon, "A mathematical theory of communication", 1948)."""
    return -sum(chance * math.log2(chance) for chance in chances if chance > 0)


def normalised(weights: Sequence[float]) -> list[float]:
    """The weights scaled to sum to 1; [] when they are all 0."""
    total = math.fsum(weights)
    return [weight / total for weight in weights] if total > 0 else []
