"""Weighs what a person typed: which problems and guides it may be about, and whether any guide covers it at all."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kb.content.wording import stored_symptom_key
from kb.search.index.contract import Fit, Hit, Snippet
from troubleshooting.catalogue.recognising import recognise

if TYPE_CHECKING:
    from kb.content.product_table import Place
    from troubleshooting.catalogue.build import Catalogue
    from troubleshooting.catalogue.values import Problem, Published

# The chance that some guide covers what was typed, by logistic regression over the figures of `Fit`: made on 1,377
# questions that a library covers and the same that it does not, half of each from short questions and half from long
# ones, so that length tells nothing; `docs/walks.md` has the table.
BASE = -6.3
STRENGTH = 3.91
LEAD = 1.12
TITLE = 1.14
ALIKE = 12.2
LEAST_STRENGTH = 0.1
NEARNESS, NEUTRAL_NEARNESS = 10.0, 0.5  # where meaning can be told: a cosine of this much says nothing
UNMEASURED = 0.5  # where nothing but the database could be asked
# How fast trust falls with the score of a hit beside the best one: with this power, of the best hits believed in with
# chance p about p are right, on the same questions.
SCORE_POWER = 8
CERTAIN = 0.95  # the chance that it is covered when it names a problem: by a code, a message, or a symptom as listed
MOST_CERTAIN = 6  # what names more problems than that names none
IN_BEST_SECTION, IN_OTHER_SECTIONS = 0.75, 0.25


@dataclass(frozen=True, slots=True)
class Words:
    """What was found for the words of a person.

    `shares` say how likely each problem or whole guide is (by id; they sum to 1) if any guide covers it, for which the
    chance is `covered`. `certain` are those that the words name, the likeliest first. `problems` are all that were
    found, `sentences` what matches in each. `is_foreign` says that they are in a language of no guide; `product` is the
    one that they name.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    covered: float = 0.0
    certain: tuple[str, ...] = ()
    problems: Mapping[str, Problem] = field(default_factory=dict)
    sentences: Mapping[str, Snippet] = field(default_factory=dict)
    is_foreign: bool = False
    product: Place | None = None

    @property
    def likeliest(self) -> list[str]:
        """All that were found, the likeliest first."""
        return sorted(self.shares, key=lambda key: -self.shares[key])


def weigh(catalogue: Catalogue, text: str, code: str, hits: Sequence[Hit], fit: Fit | None) -> Words:
    """What a search found for a text, and for an error code that was given beside it ('' for none)."""
    published = catalogue.published
    problems: dict[str, Problem] = {}
    shares: dict[str, float] = {}
    sentences: dict[str, Snippet] = {}
    best = max((hit.score for hit in hits), default=0.0)
    for hit in hits:
        strength = (hit.score / best) ** SCORE_POWER if best > 0 else 1.0
        for problem, share, snippet in _meant_by(hit, published):
            problems.setdefault(problem.id, problem)
            shares[problem.id] = shares.get(problem.id, 0.0) + strength * share
            sentences.setdefault(problem.id, snippet)
    named = _named(catalogue, text, code)
    for key in named - problems.keys():
        problems[key] = published.problems.get(key) or published.readings[key]
    shares = _with_certain(shares, named)
    certain = tuple(sorted(named, key=lambda key: -shares[key]))
    covered = max(chance_of_cover(fit) if hits else 0.0, CERTAIN if certain else 0.0)
    return Words(shares, covered, certain, problems, sentences, bool(fit and fit.is_foreign))


def chance_of_cover(fit: Fit | None) -> float:
    """The chance that some guide covers what was typed, from how well the best hits fit it."""
    if fit is None:
        return UNMEASURED
    logit = BASE + STRENGTH * math.log(LEAST_STRENGTH + fit.strength) + LEAD * fit.lead
    logit += TITLE * math.log1p(fit.title) + ALIKE * fit.alike
    if fit.nearness is not None:
        logit += NEARNESS * (fit.nearness - NEUTRAL_NEARNESS)
    return 1 / (1 + math.exp(-logit))


def _meant_by(hit: Hit, published: Published) -> Iterator[tuple[Problem, float, Snippet]]:
    """The problems, or the guide as a whole, that a hit points to: each with its share of the hit, and what matches.

    The best section has most of it. A guide of which it has none of the problems is meant as a whole, but for what is
    left to its problems.
    """
    places = [(hit.anchor, IN_BEST_SECTION if hit.also else 1.0, hit.snippet)]
    places += [(also.anchor, IN_OTHER_SECTIONS / len(hit.also), also.snippet) for also in hit.also]
    for anchor, share, snippet in places:
        place = (hit.slug, anchor)
        own = [key for key in (published.sections.get(place), *published.within.get(place, ())) if key]
        if own:
            yield from ((published.problems[key], share / len(own), snippet) for key in own)
        elif hit.slug in published.guides:
            yield published.reading_of(hit.slug, anchor), share, snippet


def _named(catalogue: Catalogue, text: str, code: str) -> frozenset[str]:
    """The problems that a text names by its whole wording, or by messages and codes; none where they are many."""
    published = catalogue.published
    if whole := published.worded.get(stored_symptom_key(text)) if text.strip() else None:
        return _if_few(_without_whole_guides(whole, published))
    recognised = recognise(text, catalogue.recognisable)
    keys = filter(None, map(published.code_key, (code, *recognised.codes)))
    by_code = next(filter(None, map(published.codes.__getitem__, keys)), frozenset[str]())
    return _if_few(by_code & recognised.problems) or _if_few(recognised.problems) or _if_few(by_code)


def _without_whole_guides(ids: Collection[str], published: Published) -> frozenset[str]:
    """The problems among them; the whole guides where there are no problems."""
    return frozenset(key for key in ids if key in published.problems) or frozenset(ids)


def _if_few(ids: Iterable[str]) -> frozenset[str]:
    ids = frozenset(ids)
    return ids if len(ids) <= MOST_CERTAIN else frozenset()


def _with_certain(shares: Mapping[str, float], certain: Collection[str]) -> dict[str, float]:
    """The shares scaled to sum to 1, with nearly all of it for what is certain."""
    raised = {key: shares.get(key, 0.0) for key in (*certain, *shares)}
    if certain:
        least = max(raised.values(), default=0.0) or 1.0
        inside = {key: raised[key] + least for key in certain}
        outside = sum(share for key, share in raised.items() if key not in inside)
        factor = CERTAIN / (1 - CERTAIN) * outside / sum(inside.values()) if outside else 1.0
        raised |= {key: share * factor for key, share in inside.items()}
    total = sum(raised.values())
    return {key: share / total for key, share in raised.items()} if total else {}
