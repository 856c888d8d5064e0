"""Searches the database tables directly, while there is no index that can be read."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Max, Q, TextField, When
from django.db.models.functions import Cast, Left
from django.db.models.lookups import IContains

from kb.models import ErrorCode, Guide, Problem, Section
from kb.models.slugs import category_slug
from kb.search.database.terms import DatabaseTerms, Spellings, database_terms
from kb.search.index.contract import Hits, SectionDocument
from kb.search.index.documents import document_of
from kb.search.index.entries import code_key, entry
from kb.search.index.memory import MemorySegment
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.plan import Planner
from kb.search.ranking.results import results
from kb.search.text.query import Query

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_GUIDES = 200
MOST_LISTED = 1000
MOST_SECTIONS = 2000
LONGEST_TEXT = 20_000  # characters of a section
LONGEST_START = 1000  # of one that is only shown
MOST_TEXT = 3_000_000  # characters of all sections

logger = logging.getLogger(__name__)


def search_database(query: Query, audiences: frozenset[str], limit: int, offset: int) -> Hits:
    """The hits among the guides that are likeliest to match, ranked as an index does; three statements.

    No more than MOST_GUIDES are looked at (MOST_LISTED for filters alone), and of each only its first section and those
    that hold some of the words: totals and counts are of these. It corrects nothing. A database that fails raises; what
    can't be ranked, the index could not answer either: nothing is found then.
    """
    if not query:
        return Hits(0, ())
    terms = database_terms(query)
    allowed = audiences & {query.audience} if query.audience else audiences
    guides = _guides(query, terms, allowed)
    sections = _sections(guides, terms, query.only_code)
    size = Guide.objects.for_audiences(allowed).count()
    try:
        segment = MemorySegment(entry(document_of(guide, sections[guide.pk])) for guide in guides)
        snapshot = Snapshot([(segment, frozenset())], size)
        return results(query, Planner(snapshot, {}), snapshot, limit=limit, offset=offset, literal=True)
    except Exception:
        logger.exception("What the database found could not be ranked")
        return Hits(0, ())


def _guides(query: Query, terms: DatabaseTerms, allowed: frozenset[str]) -> list[Guide]:
    """The guides that may match, the likeliest first, cut off at the bound; `defines` says who has the code."""
    guides: QuerySet[Guide] = Guide.objects.for_audiences(allowed)
    order: list[Any] = [_narrowed(query).desc()] if query.category or query.product else []
    fields = ("title", "summary", "products", "labels", "sections__title", "sections__text")
    guides = guides.annotate(products=Cast("applies_to", TextField()), labels=Cast("tags", TextField()))
    if query.only_code:
        defines = _defines(" ".join(query.only_code.split()), allowed)
        named = defines | _holds(terms.code, *fields) if terms.code else defines
        guides = guides.annotate(defines=_any(defines), names=_any(named)).filter(names=1)
        order.append("-defines")
    if query.words:
        conditions = [_holds(spellings, *fields) for spellings in terms.words]
        guides = guides.filter(reduce(or_, conditions)).annotate(holds=reduce(add, map(_any, conditions)))
        for number, spellings in enumerate(terms.phrases):
            says = f"says_{number}"
            guides = guides.annotate(**{says: _any(_holds(spellings, *fields))}).filter(**{says: 1})
        order.append("-holds")
    shown = ("slug", "title", "summary", "category", "category_slug", "audience", "applies_to", "tags", "language")
    most = MOST_GUIDES if query.words or query.only_code else MOST_LISTED
    return list(guides.only(*shown).order_by(*order, "title", "pk")[:most])


def _holds(spellings: Spellings, *fields: str) -> Q:
    return reduce(or_, (Q(**{f"{field}__icontains": spelling}) for field in fields for spelling in spellings))


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
    explaining = ErrorCode.objects.for_audiences(allowed).filter(key=code_key(code)).order_by()
    naming = Problem.objects.for_audiences(allowed).filter(_lists("codes", code)).order_by()
    return Q(pk__in=explaining.values("guide")) | Q(pk__in=naming.values("guide"))


def _lists(field: str, text: str) -> IContains:
    """That a list in the database has the text, whatever its capitals."""
    return IContains(Cast(field, TextField()), json.dumps(text))


def _sections(guides: Sequence[Guide], terms: DatabaseTerms, code: str) -> defaultdict[int, list[SectionDocument]]:
    """By guide, its first section and those with some of the terms; of too many, the first of each guide.

    Each section of a guide that defines the code stands for the one that does.
    """
    found = defaultdict[int, list[SectionDocument]](list)
    codes = {guide.pk: (code,) if getattr(guide, "defines", 0) else () for guide in guides}
    spellings = list(filter(None, (*terms.words, *terms.excluded, terms.code)))
    chosen = reduce(or_, (_holds(each, "title", "text") for each in spellings), Q(position=0))
    rows = Section.objects.filter(guide__in=list(codes)).filter(chosen).order_by("position", "guide")
    names = ("guide", "anchor", "title", "level", Left("text", LONGEST_TEXT if spellings else LONGEST_START))
    left = MOST_TEXT
    for guide_id, anchor, title, level, text in rows.values_list(*names)[:MOST_SECTIONS]:
        found[guide_id].append(SectionDocument(anchor, title, level, text[:left], codes=codes[guide_id]))
        left = max(0, left - len(text))
    return found
