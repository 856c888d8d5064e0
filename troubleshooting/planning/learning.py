"""Works out from counts of outcomes how much each problem's prior changes and how reliable each step is.

What writers say counts like some outcomes already seen; what walks say is added to it, and ranked by the lower limit
of the Wilson score interval (Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
the American Statistical Association 22:158, 1927), so that little evidence moves little. Plain arithmetic.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field

Z = 1.0  # one standard deviation: the true share lies above the limit about 84 times in 100
CAUSE_WEIGHT = 5.0  # how many clicks an agent's finding is worth
PRIOR_COUNT = 4.0  # how many outcomes the writers' word on one problem is worth
STEP_COUNT = 12.0  # how many tries the writers' word on a step is worth
# Clicks move a prior by this factor at most, up or down. The writers' classes (common, occasional, rare) are 3 and more
# apart, so that clicks alone never carry a problem over one of a commoner class: 1.5 * 1.5 < 3.
CLICKS_MOVE = 1.5
CAUSES_MOVE = 30.0
HALF_OF_CAUSES = 5.0  # so many findings give half of what findings may move, on a logarithmic scale
COST_MOVES = 1.15
LEAST_RELIABLE, MOST_RELIABLE = 0.02, 0.97
UNKNOWN_END = 0.5
HALF_LIFE_DAYS = 180.0
KEPT_BY_CHANGE = 0.5


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of a problem (`step` is '') or of a step, as said of the text `digest` in its guide's `revision`.

    The numbers have faded with time already. `failed` are tries in vain in walks whose problem it
    was, or may have been.
    """

    problem: str
    step: str
    digest: str
    revision: int
    solved: float = 0.0
    failed: float = 0.0
    causes: float = 0.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What walks say of one problem, faded: its clicks and its causes, and (solved, failed) by step id."""

    clicks: float = 0.0
    causes: float = 0.0
    steps: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def tallies_as_json(tallies: Iterable[Tally]) -> str:
    """Tallies as JSON; the same for the same, in any order."""
    return json.dumps(sorted(astuple(tally) for tally in tallies), separators=(",", ":"))


def tallies_from_json(text: str) -> dict[str, list[Tally]]:
    """The tallies of each problem, from what `tallies_as_json` made; none from ''."""
    by_problem: dict[str, list[Tally]] = {}
    for row in json.loads(text or "[]"):
        tally = Tally(*row)
        by_problem.setdefault(tally.problem, []).append(tally)
    return by_problem


def faded_by_time(days: float) -> float:
    """What an outcome of some days ago still counts: exponential decay, half of it every half-life."""
    return float(0.5 ** (max(0.0, days) / HALF_LIFE_DAYS))


def faded_by_change(tally: Tally, digest: str, revision: int) -> float:
    """What an outcome still counts for a problem whose text is now `digest`, in its guide's `revision`.

    All of it while the problem's own text is the same, whatever else of the guide changed; else half for each revision.
    """
    return 1.0 if tally.digest == digest else KEPT_BY_CHANGE ** max(1, revision - tally.revision)


def weighed_for(tallies: Iterable[Tally], digest: str, revision: int) -> Counts:
    """All that was said of one problem, weighed for its text as it is now."""
    clicks, causes = 0.0, 0.0
    steps: dict[str, tuple[float, float]] = {}
    for tally in tallies:
        weight = faded_by_change(tally, digest, revision)
        clicks += weight * tally.solved
        causes += weight * tally.causes
        if tally.step:
            solved, failed = steps.get(tally.step, (0.0, 0.0))
            steps[tally.step] = (solved + weight * tally.solved, failed + weight * tally.failed)
    return Counts(clicks, causes, steps)


def wilson_lower(share: float, number: float, z: float = Z) -> float:
    """The lower limit of Wilson's score interval for a share seen in `number` tries (source: see above)."""
    middle = share + z * z / (2 * number)
    spread = z * math.sqrt(max(0.0, share * (1 - share)) / number + z * z / (4 * number * number))
    return max(0.0, (middle - spread) / (1 + z * z / number))


def share_with_lower_limit(limit: float, number: float, z: float = Z) -> float:
    """The share that has this lower limit when seen in `number` tries.

    Wilson's interval holds the p with |share - p| <= z sqrt(p (1 - p) / number), so its lower end is solved for share.
    """
    return limit + z * math.sqrt(limit * (1 - limit) / number)


def reliability(authored: float, solved: float, failed: float) -> float:
    """The chance that a step puts its problem right: the lower limit after `solved` and `failed` tries.

    The writers' word counts like STEP_COUNT tries (pseudo-counts, as a Beta prior has them) whose lower limit it is, so
    that without a try it is what it was.
    """
    number = max(STEP_COUNT, authored / (1 - authored) * Z * Z)
    share = (number * share_with_lower_limit(authored, number) + solved) / (number + solved + failed)
    learned = wilson_lower(min(1.0, share), number + solved + failed)
    return min(MOST_RELIABLE, max(LEAST_RELIABLE, learned)) if solved or failed else authored


def lifts(weights: Mapping[str, float], counts: Mapping[str, Counts]) -> dict[str, float]:
    """By which factor each problem's authored weight changes; between 1 / CLICKS_MOVE and a bound that is never met.

    The share of each problem among all is estimated with PRIOR_COUNT outcomes for each problem, spread as the writers'
    weights are (pseudo-counts, as a Dirichlet prior has them). One problem's clicks count for no more than all the rest
    together: however many click, that is no more than one voice of two. The lower limit over the authored share is the
    lift, drawn in by `_bounded`.
    """
    whole = math.fsum(weights.values())
    if not whole or not any(c.clicks or c.causes for c in counts.values()):
        return dict.fromkeys(weights, 1.0)
    prior_count = PRIOR_COUNT * len(weights)
    seen = _seen(weights, counts, prior_count)
    number = prior_count + math.fsum(seen.values())
    factors: dict[str, float] = {}
    for key, weight in weights.items():
        authored = weight / whole
        share = (prior_count * min(1.0, share_with_lower_limit(authored, prior_count)) + seen[key]) / number
        lift = wilson_lower(min(1.0, share), number) / authored if authored else 1.0
        factors[key] = _bounded(lift, counts[key].causes if key in counts else 0.0)
    return factors


def _seen(weights: Mapping[str, float], counts: Mapping[str, Counts], prior_count: float) -> dict[str, float]:
    """How often each problem was seen: an agent's finding counts CAUSE_WEIGHT times."""
    known = {key: counts.get(key, Counts()) for key in weights}
    total = prior_count + math.fsum(c.clicks + CAUSE_WEIGHT * c.causes for c in known.values())
    return {key: min(c.clicks, total - c.clicks) + CAUSE_WEIGHT * c.causes for key, c in known.items()}


def _bounded(lift: float, causes: float) -> float:
    """The lift, drawn in on a logarithmic scale (`_drawn_in`): the order stays, the bound is never met.

    Clicks alone may lift by CLICKS_MOVE; the more of it agents found to be true, the more, up to CAUSES_MOVE times it.
    """
    x = math.log(max(lift, 1e-9))
    bound = math.log(CLICKS_MOVE)
    if x > 0:
        bound += math.log(CAUSES_MOVE) * causes / (causes + HALF_OF_CAUSES)
    return math.exp(_drawn_in(x, bound))


def _drawn_in(x: float, bound: float) -> float:
    """Give x / sqrt(1 + (x / bound)^2): nearly x while it is small, and between -bound and bound whatever it is."""
    return x / math.hypot(1, x / bound)


def solved_by_all(reliabilities: Sequence[float]) -> float:
    """The chance that one of the steps puts the problem right: 1 - product of (1 - r)."""
    return 1 - all_fail(reliabilities)


def all_fail(reliabilities: Iterable[float]) -> float:
    """The chance that all steps fail though it is their problem: the product of (1 - r).

    By Bayes' rule it is what is left of the evidence for the problem when they did.
    """
    return math.prod(1 - r for r in reliabilities)


def tries_expected(reliabilities: Sequence[float]) -> float:
    """How many steps are tried until one fits, or none is left: the sum of the chances to get to each."""
    return math.fsum(all_fail(reliabilities[:k]) for k in range(len(reliabilities)))


def cost_factor(authored: Sequence[float], learned: Sequence[float]) -> float:
    """By which factor the learned reliabilities change what a solution costs for what it gives, COST_MOVES at most.

    Solutions are tried in the order of chance over cost: p * solved / tries (Kadane and Simon, 1977), so what steps
    do not give is added to their cost. Bounded as clicks are.
    """
    if not authored or list(authored) == list(learned):
        return 1.0
    before = tries_expected(authored) / solved_by_all(authored)
    after = tries_expected(learned) / solved_by_all(learned)
    x, bound = math.log(after / before), math.log(COST_MOVES)
    return math.exp(_drawn_in(x, bound))
