"""Chooses the sections of a guide that match best, and the piece of text to show of each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from kb.content.patterns import counted
from kb.search.index.contract import Snippet
from kb.search.index.entries import LINE_BREAK, Body, Part, code_key
from kb.search.ranking.plan import Plan
from kb.search.weights import SECTION_HEADING, SECTION_WITH_SYMPTOMS

LENGTH = 240
LEAD = 40
FURTHEST_LEAD = 60
MOST_MARKS = 100
MOST_POSITIONS = 200

_SENTENCE_END = counted(rf"(?:[.!?]|(?<!\S){LINE_BREAK}) ")

Found = list[tuple[float, list[int]]]


class Section(NamedTuple):
    """A section that matches: `score` compares it with others of its guide; it gives `snippet` for a result page."""

    part: Part
    score: float
    snippet: Snippet


def sections(plan: Plan, body: Body, document: int, most: int, worth: float) -> list[Section]:
    """Up to `most` sections of a document, the best first; always one when the document has any.

    All but the first have at least `worth` times its score.
    """
    if not body.parts:
        return []
    found = _found(plan, document)
    scores = _scores(body, found)
    best = _best(plan, body, scores, most)
    least = worth * max(scores)
    chosen = [best[0], *(number for number in best[1:] if scores[number] > least)]
    return [Section(body.parts[number], scores[number], _shown(body, number, found)) for number in chosen]


def section_at(body: Body, anchor: str) -> Section | None:
    """The section with an anchor, which is shown from its beginning; the first where there is none."""
    if not body.parts:
        return None
    number = next((number for number, part in enumerate(body.parts) if part.anchor == anchor), 0)
    return Section(body.parts[number], 0.0, _shown(body, number, []))


def best_section(plan: Plan, body: Body, document: int) -> Section | None:
    """The section of a document that matches best, with nothing to show of it; the first when none does."""
    if not body.parts:
        return None
    scores = _scores(body, _found(plan, document))
    number = _best(plan, body, scores, 1)[0] if plan.codes else scores.index(max(scores))
    return Section(body.parts[number], scores[number], Snippet(""))


def _found(plan: Plan, document: int) -> Found:
    return [(term.idf, positions) for term in plan.terms if (positions := term.positions(document))]


def _best(plan: Plan, body: Body, scores: list[float], most: int) -> list[int]:
    """The numbers of the best sections; those that define an error code that was asked for come first."""
    best = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)  # of those alike, the first first
    if plan.codes:
        best.sort(key=lambda number: {code_key(code) for code in body.parts[number].codes}.isdisjoint(plan.codes))
    return best[:most]


def _shown(body: Body, number: int, found: Found) -> Snippet:
    """The piece of the section to show, or of the one below it when it has no text of its own.

    The guide's summary when only its title says what was asked.
    """
    part = body.parts[number]
    if not part.text:
        part = next((below for below in body.parts[number + 1 :] if below.level > part.level), part)
    shown = _snippet(part, found)
    if not shown.marks and number == 0:
        return _cut(body.summary or part.text, *_window(body.summary or part.text, 0), [])
    return shown


def _scores(body: Body, found: Found) -> list[float]:
    """How well each section matches: BM25 over the words of its text, and of its heading, which weigh more."""
    bounds, parts = body.bounds, body.parts
    scores = [0.0] * len(parts)
    for idf, positions in found:
        last = min(len(positions), MOST_POSITIONS)
        at = bisect_left(positions, bounds[0], 0, last)
        while at < last:
            number = bisect_right(bounds, positions[at]) - 1
            part, after = parts[number], bounds[number + 1] if number + 1 < len(bounds) else positions[-1] + 1
            text = bisect_left(positions, part.text_at, at, last)
            end = bisect_left(positions, after, text, last)
            count = (SECTION_HEADING if part.level > 1 else 0.0) * (text - at) + (end - text)
            norm = 0.4 + 0.6 * min(part.length / 100, 4.0)
            scores[number] += (SECTION_WITH_SYMPTOMS if part.symptoms else 1.0) * idf * count / (count + norm)
            at = end
    return scores


def _snippet(part: Part, found: Found) -> Snippet:
    """About LENGTH characters of the section's text where most of what was found stands together."""
    first, last = part.text_at, part.text_at + part.length
    words: list[tuple[int, int]] = []
    for term, (_, positions) in enumerate(found):
        begin = bisect_left(positions, first)
        here = positions[begin : bisect_left(positions, last, begin)][:MOST_MARKS]
        words += [(position - first, term) for position in here]
    if not words:
        return excerpt(part.text, [], [])
    words.sort()
    spans = part.spans([word for word, _ in words])
    marks = [(start, end, term) for (start, end), (_, term) in zip(spans, words, strict=True)]
    return excerpt(part.text, marks, [idf for idf, _ in found])


def excerpt(text: str, marks: list[tuple[int, int, int]], worth: list[float]) -> Snippet:
    """The piece of a text to show. `marks` are (start, end, number of a term), in order; `worth` is by that number."""
    start, end = _window(text, _best_start(marks, worth))
    return _cut(text, start, end, [(a, b) for a, b, _ in marks if a >= start and b <= end])


def _best_start(marks: list[tuple[int, int, int]], worth: list[float]) -> int:
    """Where the stretch of text starts that is worth most; a term that is found twice in it counts once."""
    best, begin, first = 0.0, 0, 0
    inside = [0] * len(worth)
    total = 0.0
    for _, end, term in marks:
        if not inside[term]:
            total += worth[term]
        inside[term] += 1
        while end - marks[first][0] > LENGTH - LEAD:
            left = marks[first][2]
            first += 1
            inside[left] -= 1
            if not inside[left]:
                total -= worth[left]
        if total > best + 1e-9:
            best, begin = total, marks[first][0]
    return begin


def _window(text: str, begin: int) -> tuple[int, int]:
    """The [start, end) of about LENGTH characters with `begin` near its start, cut between words."""
    start = 0 if begin + LENGTH // 2 < LENGTH or len(text) <= LENGTH else _start_before(text, begin)
    end = min(len(text), start + LENGTH)
    if end < len(text):
        space = text.rfind(" ", start + LENGTH // 2, end)
        end = space if space > 0 else end
    return start, end


def _start_before(text: str, begin: int) -> int:
    """Where the sentence or the line starts that `begin` is in, or a word near to it when that is too far off."""
    furthest = max(0, begin - FURTHEST_LEAD)
    ends = [match.end() for match in _SENTENCE_END.finditer(text[furthest:begin])]
    if ends:
        return furthest + ends[-1]
    space = text.find(" ", max(0, begin - LEAD), begin)
    return space + 1 if space >= 0 else begin


def _cut(text: str, start: int, end: int, marks: list[tuple[int, int]]) -> Snippet:
    """The piece [start, end) with the marks inside it, and with dots where it was cut."""
    before, after = "… " if start else "", " …" if end < len(text) else ""
    moved = len(before) - start
    spans = [(a + moved, b + moved) for a, b in _merged(text, marks)]
    return Snippet(f"{before}{text[start:end]}{after}", tuple(spans))


def _merged(text: str, marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for a, b in marks:
        if merged and (a <= merged[-1][1] or (a == merged[-1][1] + 1 and text[a - 1] != " ")):
            merged[-1] = merged[-1][0], max(b, merged[-1][1])
        else:
            merged.append((a, b))
    return merged
