"""A query in, hits straight from the database out: what people get while the index is being mended."""

from __future__ import annotations

from django.db.models import Q

from kb.addresses import category_slug
from kb.models import Guide, Section
from kb.search.analysis import STOP_WORDS, spans, words
from kb.search.engine import Hit, Hits, Snippet
from kb.search.query import Query
from kb.search.snippets import LENGTH

MOST_WORDS = 6
MOST_SECTIONS = 300


def search_database(query: Query, audiences: frozenset[str], limit: int, offset: int) -> Hits:
    """Sections that hold words of the query, those with most of them first, one for each guide; one query."""
    telling = dict.fromkeys(word for word in query.words if word not in STOP_WORDS) or dict.fromkeys(query.words)
    wanted = sorted(telling, key=len, reverse=True)[:MOST_WORDS]
    if not wanted:
        return Hits(0, ())
    anywhere = Q()
    for word in wanted:
        anywhere |= Q(title__icontains=word) | Q(text__icontains=word) | Q(guide__title__icontains=word)
    allowed = audiences & {query.audience} if query.audience else audiences
    rows = Section.objects.for_audiences(allowed).filter(anywhere).select_related("guide")
    if query.category:
        slug = category_slug(query.category)
        rows = rows.filter(Q(guide__category_slug=slug) | Q(guide__category_slug__startswith=f"{slug}/"))
    best: dict[int, Hit] = {}
    for section in rows[:MOST_SECTIONS]:
        hit = _hit(section, section.guide, wanted)
        if hit.guide_id not in best or best[hit.guide_id].score < hit.score:
            best[hit.guide_id] = hit
    ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.title))
    return Hits(len(ranked), tuple(ranked[offset : offset + limit]))


def _hit(section: Section, guide: Guide, wanted: list[str]) -> Hit:
    title, heading, text = guide.title.lower(), section.title.lower(), section.text.lower()
    score = sum(3.0 * (word in title) + 2.0 * (word in heading) + (word in text) for word in wanted)
    shown = " ".join(section.text[: 2 * LENGTH].split())[:LENGTH]
    marks = tuple(span for word, span in zip(words(shown).texts, spans(shown), strict=True) if word in wanted)
    return Hit(
        guide_id=guide.pk,
        slug=guide.slug,
        anchor=section.anchor,
        title=guide.title,
        section=section.title,
        category=guide.category,
        audience=guide.audience,
        score=score,
        snippet=Snippet(shown, marks),
    )
