"""What a planned question offers: the answers that fit what is left, and no symptom that was said or excluded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb.content.contradicting import excluded_by
from kb.content.wording import symptom_key
from troubleshooting.catalogue.by_product import PRODUCT
from troubleshooting.catalogue.values import CATEGORY_QUESTION, SHARED_SYMPTOM, UNSURE, UNSURE_LABEL
from troubleshooting.walk.state import Choice, ShownQuestion

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Published
    from troubleshooting.planning.planner import Planner
    from troubleshooting.walk.address import Address


def planned(
    published: Published, planner: Planner, question_id: str, left: Sequence[str], *, given: str | None, by: str
) -> ShownQuestion:
    """The question with how many of the problems `left` (ids) fit each answer best.

    Of categories and products only those are shown that fit some of them, if two do; all when it is asked to change
    what was `given` (an id of an answer, '' for none).
    """
    wording, question = published.wording(question_id), planner.question(question_id)
    fits = planner.likeliest_answers(question_id, left)
    known = set(question.answers)
    fitting = known & {answer for key in left for answer in question.likelihood.get(key, ())}
    if given is None and question_id.partition("-")[0] in (CATEGORY_QUESTION, PRODUCT) and len(fitting) > 1:
        known = fitting
    choices = [Choice(key, label, fits.count(key)) for key, label in wording.answers.items() if key in known]
    answers = (*choices, Choice(UNSURE, UNSURE_LABEL))
    return ShownQuestion(question_id, wording.text, wording.detail, answers, given or "", by)


def needless_symptoms(published: Published, address: Address) -> list[str]:
    """The symptoms (ids) that nobody is asked for: all of their words were typed, or what was said excludes them."""
    typed, texts = set(symptom_key(address.symptom).split()), published.symptom_texts
    chosen = (key.removeprefix(SHARED_SYMPTOM) if answer == "yes" else answer for key, answer in address.answers)
    excluded = excluded_by([address.symptom, *(texts[key] for key in chosen if key in texts)])
    return [
        key
        for key in published.table.symptoms
        if (typed and typed.issuperset(symptom_key(texts[key]).split()))
        or any(pattern.search(texts[key]) for pattern in excluded)
    ]
