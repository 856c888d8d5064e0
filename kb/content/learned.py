"""Weighs evidence: how likely something is, by the weights that were learned for what is known of it.

The weights are those of a logistic regression (`kb/content/training.py` learns them): the evidence of a thing is a set
of names, each name has a weight, and the probability is that of their sum.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).with_name("weights.json")
Weights = Mapping[str, float]
ALWAYS = "always"


_instead: list[Mapping[str, Weights]] = []


def weights() -> Mapping[str, Weights]:
    """The weights of each question that is asked: 'step', 'symptom', 'cause' and 'problem'."""
    return _instead[-1] if _instead else _shipped()


@contextmanager
def using(other: Mapping[str, Weights]) -> Iterator[None]:
    """Weigh with other weights than those that are shipped, to see how well they do."""
    _instead.append(other)
    try:
        yield
    finally:
        _instead.pop()


@cache
def _shipped() -> dict[str, dict[str, float]]:
    learned: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return learned


def probability(evidence: Iterable[str], weigh: Weights) -> float:
    """How likely it is, from 0 to 1."""
    total = weigh.get(ALWAYS, 0.0) + sum(weigh.get(name, 0.0) for name in evidence)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
