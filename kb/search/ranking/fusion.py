"""Joins what was found by words with what is near in meaning into one order.

Each guide has the sum of three: how near its best section is in meaning (a cosine); what its words score beside the
best score, which counts the more the further the best by words stands out from those behind it, compared with the best
by meaning; and a little of the same once more where the guide has every word that was typed. So a code or a name that
few guides have decides by words, and a question in other words than the guide's by meaning.

The numbers were chosen on questions from two sites and on words, misspelt words and sentences taken from guides, by
leaving out one of these at a time; around them the figures hardly change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from statistics import fmean, pstdev

WORDS = 0.35  # of what meaning counts, where both stand out as far
MOST_WORDS = 0.8
EVERY_WORD = 0.2
BEHIND_BY_WORDS, BEHIND_BY_MEANING = 29, 99  # how many hits behind the best it is compared with
ALONE = 0.45  # the least cosine of a guide that has none of the words: six in ten of what is about as near are right
MOST_ALONE = 10
MOST_SPREADS = 100.0

Ranking = Sequence[tuple[int, float]]


def fuse(
    by_words: Ranking,
    by_meaning: Ranking,
    beside: Collection[int] = (),
    having_every_word: Collection[int] = (),
) -> list[tuple[int, float]]:
    """All guides found by words, and those `beside` them that are near in meaning, with their scores; the best first.

    Both rankings hold (guide, score) with the best first, one by words and one by cosine; what is not in the second is
    taken to be as near as its last.
    """
    similarities = dict(by_meaning)
    furthest = by_meaning[-1][1] if by_meaning else 0.0
    best = by_words[0][1] if by_words else 0.0
    trust = _trust_in_words([score for _, score in by_words], [similarity for _, similarity in by_meaning])
    scores: dict[int, float] = {}
    for guide, score in by_words:
        weight = trust + (EVERY_WORD if guide in having_every_word else 0.0)
        scores[guide] = similarities.get(guide, furthest) + weight * (score / best if best > 0 else 0.0)
    scores |= {guide: similarity for guide, similarity in by_meaning if guide in beside and guide not in scores}
    return sorted(scores.items(), key=lambda item: -item[1])


def _trust_in_words(words: Sequence[float], similarities: Sequence[float]) -> float:
    """What the best score by words counts, where a cosine of 1 counts 1."""
    by_meaning = _standing_out(similarities[: BEHIND_BY_MEANING + 1])
    by_words = _standing_out([*words, *(0.0,) * BEHIND_BY_WORDS][: BEHIND_BY_WORDS + 1])
    return min(MOST_WORDS, WORDS * by_words / by_meaning) if by_meaning > 0 else WORDS


def _standing_out(scores: Sequence[float]) -> float:
    """By how many standard deviations of the scores behind it the first is above them; 0 when nothing tells."""
    behind = scores[1:]
    spread = pstdev(behind) if behind else 0.0
    if not spread:
        return MOST_SPREADS if behind and scores[0] > behind[0] else 0.0
    return min(MOST_SPREADS, (scores[0] - fmean(behind)) / spread)
