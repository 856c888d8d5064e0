"""Searches the database tables directly, while there is no index that can be read."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Max, Q, TextField, When
from django.db.models.functions import Cast, Left
from django.db.models.lookups import IContains

from kb.models import ErrorCode, Guide, Problem, Section
from kb.models.slugs import category_slug
from kb.search.database.terms import DatabaseTerms, Phrase, Spellings, database_terms
from kb.search.index.contract import Hit, Hits, Snippet
from kb.search.ranking.snippets import excerpt
from kb.search.text.analysis import spans, stem, tokenize
from kb.search.text.query import Query
from kb.search.weights import TABLES_HEADING, TABLES_TEXT, TABLES_TITLE

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_GUIDES = 300
MOST_LISTED = 1000
MOST_SECTIONS = 3000
LONGEST_TEXT = 20_000
MOST_SHOWN = 3


class Text:
    """A section of a guide, or its title with its summary, and the words that it holds."""

    def __init__(self, anchor: str, title: str, text: str) -> None:
        self.anchor, self.title, self.text = anchor, title, " ".join(text.split())
        heading, body = tokenize(self.title), tokenize(self.text)
        self.heading = {stem(word) for word in heading.words} | {identifier for _, identifier in heading.identifiers}
        self.body = {stem(word) for word in body.words} | {identifier for _, identifier in body.identifiers}
        self._identifiers = {identifier for found in (heading, body) for _, identifier in found.identifiers}
        words = [*heading.words, "|", *body.words]
        self._words_in_order = f" {' '.join(words)} "
        self._stems_in_order = f" {' '.join(map(stem, words))} "

    def says(self, phrase: Phrase) -> bool:
        """Whether it holds the words one after the other, just so."""
        return f" {' '.join(phrase)} " in self._words_in_order

    def names(self, code: Phrase) -> bool:
        """Whether it holds an error code, as an identifier or as words."""
        return bool(code) and ((len(code) == 1 and code[0] in self._identifiers) or self.says(code))

    def says_like(self, phrase: Phrase) -> bool:
        """Whether it holds them in any of their forms."""
        return f" {' '.join(map(stem, phrase))} " in self._stems_in_order


@dataclass(frozen=True, slots=True)
class Candidate:
    """A guide that may match, with those of its sections that hold some of the terms."""

    guide: Guide
    title: Text
    sections: Sequence[Text]

    def texts(self) -> Iterable[Text]:
        """All that was read of it."""
        return (self.title, *self.sections)


def search_database(query: Query, audiences: frozenset[str], limit: int, offset: int) -> Hits:
    """The guides that match, those with most and rarest of the words first; three statements at most.

    No more than MOST_GUIDES are looked at (MOST_LISTED for filters alone). It corrects nothing, and neither plans nor
    ranks as the engines do, so that what breaks those does not break this as well.
    """
    if not query:
        return Hits(0, ())
    terms = database_terms(query)
    allowed = audiences & {query.audience} if query.audience else audiences
    found = [candidate for candidate in _candidates(query, terms, allowed) if _is_admitted(candidate, terms)]
    in_category = [candidate for candidate in found if _is_in(candidate.guide, query.category)]
    about_product = [candidate for candidate in found if _is_about(candidate.guide, query.product)]
    chosen = {candidate.guide.pk for candidate in in_category} & {candidate.guide.pk for candidate in about_product}
    ranked = _ranked(
        [candidate for candidate in found if candidate.guide.pk in chosen], terms, by_title=not query.words
    )
    page = ranked[offset : offset + limit]
    first_sections = _first_sections([candidate.guide.pk for _, candidate in page if not candidate.sections])
    return Hits(
        total=len(ranked),
        items=tuple(_hit(candidate, score, terms, first_sections) for score, candidate in page),
        categories=_counted([candidate.guide.category] for candidate in about_product),
        products=_counted(candidate.guide.applies_to for candidate in in_category),
    )


def _holds(spellings: Spellings, *fields: str) -> Q:
    return reduce(or_, (Q(**{f"{field}__icontains": spelling}) for field in fields for spelling in spellings))


def _candidates(query: Query, terms: DatabaseTerms, allowed: frozenset[str]) -> list[Candidate]:
    """The guides that may match, in up to two statements: the likeliest first, cut off at the bound."""
    guides = _guides(query, terms, allowed)
    spellings = [*terms.words.values(), *terms.excluded.values(), *filter(None, [terms.code_spellings])]
    sections = _sections([guide.pk for guide in guides], spellings)
    return [Candidate(guide, Text("", guide.title, _labels(guide)), sections[guide.pk]) for guide in guides]


def _labels(guide: Guide) -> str:
    return " | ".join([guide.summary, *map(str, guide.applies_to), *map(str, guide.tags)])


def _guides(query: Query, terms: DatabaseTerms, allowed: frozenset[str]) -> list[Guide]:
    guides: QuerySet[Guide] = Guide.objects.for_audiences(allowed)
    order: list[Any] = [_narrowed(query).desc()] if query.category or query.product else []
    fields = ("title", "summary", "products", "labels", "sections__title", "sections__text")
    guides = guides.annotate(products=Cast("applies_to", TextField()), labels=Cast("tags", TextField()))
    if query.only_code:
        defines = _defines(" ".join(query.only_code.split()), allowed)
        named = defines | _holds(terms.code_spellings, *fields) if terms.code_spellings else defines
        guides = guides.annotate(defines=_any(defines), names=_any(named)).filter(names=1)
        order.append("-defines")
    if query.words:
        conditions = [_holds(spellings, *fields) for spellings in terms.words.values()]
        guides = guides.filter(reduce(or_, conditions)).annotate(holds=reduce(add, map(_any, conditions)))
        for number, spellings in enumerate(terms.phrases.values()):
            guides = guides.annotate(**{f"says_{number}": _any(_holds(spellings, *fields))}).filter(
                **{f"says_{number}": 1}
            )
        order.append("-holds")
    shown = guides.only("slug", "title", "summary", "category", "category_slug", "audience", "applies_to", "tags")
    return list(shown.order_by(*order, "title", "pk")[: MOST_GUIDES if terms.words else MOST_LISTED])


def _any(condition: Q) -> Max:
    """1 where the condition holds for one of the sections."""
    return Max(Case(When(condition, then=1), default=0, output_field=IntegerField()))


def _narrowed(query: Query) -> Case:
    """1 for what the chosen filters let through: only the others, which are no more than counted, may be cut off."""
    chosen = Q()
    if query.category:
        slug = category_slug(query.category)
        chosen &= Q(category_slug=slug) | Q(category_slug__startswith=f"{slug}/")
    if query.product:
        chosen &= Q(_lists("applies_to", query.product))
    return Case(When(chosen, then=1), default=0, output_field=IntegerField())


def _defines(code: str, allowed: frozenset[str]) -> Q:
    """That a guide explains the code, or names it as one of a problem's."""
    explaining = ErrorCode.objects.for_audiences(allowed).filter(key=code.lower()).order_by()
    naming = Problem.objects.for_audiences(allowed).filter(_lists("codes", code)).order_by()
    return Q(pk__in=explaining.values("guide")) | Q(pk__in=naming.values("guide"))


def _lists(field: str, text: str) -> IContains:
    """That a list in the database has the text, whatever its capitals."""
    return IContains(Cast(field, TextField()), json.dumps(text))


def _sections(guide_ids: Sequence[int], all_spellings: Iterable[Spellings]) -> defaultdict[int, list[Text]]:
    """By guide, its sections that hold one of the spellings; of too many, the first of each guide. One statement."""
    found = defaultdict[int, list[Text]](list)
    conditions = [_holds(spellings, "title", "text") for spellings in all_spellings]
    if guide_ids and conditions:
        rows = Section.objects.filter(guide__in=guide_ids).filter(reduce(or_, conditions)).order_by("position", "guide")
        for guide_id, *row in _texts(rows)[:MOST_SECTIONS]:
            found[guide_id].append(Text(*row))
    return found


def _first_sections(guide_ids: Sequence[int]) -> dict[int, Text]:
    """By guide, its first section. One statement, or none."""
    rows = Section.objects.filter(guide__in=guide_ids, position=0).order_by()
    return {guide_id: Text(*row) for guide_id, *row in _texts(rows)[: len(guide_ids)]} if guide_ids else {}


def _texts(sections: QuerySet[Section]) -> Any:
    return sections.values_list("guide", "anchor", "title", Left("text", LONGEST_TEXT))


def _is_admitted(candidate: Candidate, terms: DatabaseTerms) -> bool:
    """Whether the guide has the code, says each phrase, and nothing that is excluded."""
    texts = list(candidate.texts())
    has_code = getattr(candidate.guide, "defines", 1) or any(text.names(terms.code) for text in texts)
    return (
        bool(has_code)
        and all(any(text.says(phrase) for text in texts) for phrase in terms.phrases)
        and not any(text.says_like(phrase) for phrase in terms.excluded for text in texts)
    )


def _is_in(guide: Guide, category: str) -> bool:
    return not category or f"{guide.category_slug}/".startswith(f"{category_slug(category)}/")


def _is_about(guide: Guide, product: str) -> bool:
    return not product or product.casefold() in (str(name).casefold() for name in guide.applies_to)


def _ranked(candidates: list[Candidate], terms: DatabaseTerms, *, by_title: bool) -> list[tuple[float, Candidate]]:
    """The guides in order, each with its score and its sections in order; those that define a code asked for first."""
    guides_with = Counter(
        word
        for candidate in candidates
        for word in terms.words
        if any(word in text.heading or word in text.body for text in candidate.texts())
    )
    worth = {word: math.log(1 + len(candidates) / count) for word, count in guides_with.items()}
    ranked = []
    for candidate in candidates:
        title = sum(TABLES_TITLE * worth[word] for word in worth if word in candidate.title.heading)
        title += sum(TABLES_TEXT * worth[word] for word in worth if word in candidate.title.body)
        scores = [(_score(text, worth, terms.preferred), -index) for index, text in enumerate(candidate.sections)]
        best = [(score, candidate.sections[-index]) for score, index in sorted(scores, reverse=True) if score]
        if title or best or by_title or getattr(candidate.guide, "defines", 0):
            total = title + (best[0][0] if best else 0.0)
            ranked.append((total, Candidate(candidate.guide, candidate.title, [text for _, text in best])))
    if by_title:
        ranked.sort(key=lambda scored: scored[1].guide.title.casefold())
    else:
        ranked.sort(key=lambda scored: -scored[0])
    return sorted(ranked, key=lambda scored: -getattr(scored[1].guide, "defines", 0))


def _score(text: Text, worth: Mapping[str, float], preferred: Iterable[Phrase]) -> float:
    in_phrases = {stem(word) for phrase in preferred if text.says(phrase) for word in phrase}
    return sum(
        (
            TABLES_HEADING * (word in text.heading)
            + TABLES_TEXT * (word in text.body)
            + TABLES_TEXT * (word in in_phrases)
        )
        * weight
        for word, weight in worth.items()
    )


def _hit(candidate: Candidate, score: float, terms: DatabaseTerms, first_sections: Mapping[int, Text]) -> Hit:
    guide = candidate.guide
    texts = candidate.sections or [first_sections.get(guide.pk, Text("", "", ""))]
    first, *also = (
        Hit(
            guide_id=guide.pk,
            slug=guide.slug,
            anchor=text.anchor,
            title=guide.title,
            section=text.title,
            category=guide.category,
            audience=guide.audience,
            score=round(score, 4),
            snippet=_snippet(text.text, terms),
        )
        for text in texts[:MOST_SHOWN]
    )
    return replace(first, also=tuple(also))


def _snippet(text: str, terms: DatabaseTerms) -> Snippet:
    numbers = {word: number for number, word in enumerate(terms.words)}
    words = zip(tokenize(text).words, spans(text), strict=True)
    marks = [(a, b, numbers[stem(word)]) for word, (a, b) in words if stem(word) in numbers]
    return excerpt(text, marks, [1.0] * len(numbers))


def _counted(named: Iterable[Iterable[str]]) -> dict[str, int]:
    """How often each name, the commonest first."""
    counts = Counter(str(name) for names in named for name in names if name)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
