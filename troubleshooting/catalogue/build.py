"""Builds the catalogue that walks are planned on, once for each state of the library.

`Guide.questions` holds the authored trees as a list of
`{"text": str, "branches": [{"label": str, "then": THEN}, ...]}`, where THEN is another such question,
`{"problem": [guide slug, anchor]}` or `{"contact": slug}`; other keys are ignored.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from kb.content import product_file
from kb.content.alternatives import procedures_of
from kb.content.product_proposal import completed, product_counts
from kb.content.product_table import NO_PRODUCTS, ProductTable
from kb.library import publication
from kb.models.categories import crumbs
from kb.models.contacts import PathLevel, helpers
from kb.models.slugs import INDEX_NAMES, category_slug
from troubleshooting.catalogue import places, red_flags
from troubleshooting.catalogue.by_product import families
from troubleshooting.catalogue.database_rows import GuideRow, ProblemRow, StepRow, contacts_for, guides_for
from troubleshooting.catalogue.examples import examples
from troubleshooting.catalogue.identifiers import short_id
from troubleshooting.catalogue.planned import ESCALATION_COST, Catalogue, with_planner
from troubleshooting.catalogue.questions import questions_for, symptoms_for
from troubleshooting.catalogue.values import OTHER, Contact, Guide, Problem, Published, Step, Symptom
from troubleshooting.planning import learning, tables
from troubleshooting.planning.learning import Tally
from troubleshooting.planning.planner import step_reliability

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from kb.models import Contact as ContactRow

__all__ = ["ESCALATION_COST", "Catalogue", "current", "with_planner"]

WEIGHTS = {"common": 3.0, "occasional": 1.0, "rare": 0.3}
CHANCES = {"always": 0.97, "often": 0.8, "sometimes": 0.5, "rarely": 0.2, "": 0.8}
OTHER_SHARE = 0.05  # the chance that no guide tells of what is wrong
HIGHEST_COST = ESCALATION_COST / 2
LONGEST_CATEGORY_NAME = 60


def current(audiences: frozenset[str]) -> Catalogue:
    """The catalogue of what is published now to these audiences; queries only after a publication."""
    return _catalogue(publication.current(), audiences, product_file.stamp(_products_path()))


def forget() -> None:
    """Let go of the catalogues of this process."""
    _catalogue.cache_clear()


@lru_cache(maxsize=4)
def _catalogue(
    token: str,  # noqa: ARG001 - it names the state, as the stamp does of the table of products
    audiences: frozenset[str],
    products: int,  # noqa: ARG001
) -> Catalogue:
    return with_planner(read(audiences))


def read(audiences: frozenset[str]) -> Published:
    """Everything that walks of these audiences need. 4 queries, 5 for staff."""
    products = product_file.usable_products(_products_path())
    return assemble(guides_for(audiences), contacts_for(audiences), products or NO_PRODUCTS)


def _products_path() -> Path:
    return Path(settings.CONTENT_DIR) / product_file.FILE_NAME


def assemble(
    rows: Sequence[GuideRow], contact_rows: Iterable[ContactRow], products: ProductTable = NO_PRODUCTS
) -> Published:
    """Everything that walks need, from the rows of guides (by slug) and contacts (the first to ask first).

    What the table of products does not hold has the places that would be proposed for it.
    """
    products = completed(products, product_counts(row.fields["applies_to"] for row in rows))
    levels = (PathLevel(row.fields["pk"], name, said) for row in rows for name, said in row.path)
    known = helpers(contact_rows, levels)
    guides = {row.fields["pk"]: _guide(row, known.paths.get(row.fields["pk"], ()), products) for row in rows}
    problems = _problems(rows, guides)
    categories = _categories(rows, guides)
    of_guide: dict[str, tuple[str, ...]] = {}
    for problem in problems:
        of_guide[problem.guide.slug] = (*of_guide.get(problem.guide.slug, ()), problem.id)
    sections = places.sections(rows, problems, of_guide)
    whole_guides = {(slug, ""): problem_ids[0] for slug, problem_ids in of_guide.items()}
    questions = questions_for(problems, guides.values(), categories, whole_guides | sections)
    symptoms, symptom_texts = symptoms_for(problems)
    codes, names = places.codes(rows, problems, sections)
    contacts = {contact.slug: _contact(contact) for contact in known.contacts}
    common = red_flags.common_words((problem.title for problem in problems), products)
    return Published(
        table=tables.Catalogue(_table(problems), tuple(questions.questions), symptoms),
        problems={problem.id: problem for problem in problems},
        wordings=questions.wordings,
        symptom_texts=symptom_texts,
        leads_to=questions.leads_to,
        roots={slug: tuple(ids) for slug, ids in questions.roots.items()},
        guides={guide.slug: guide for guide in guides.values()},
        categories=categories,
        codes=codes,
        code_names=names,
        contacts=contacts,
        triggers=red_flags.triggers(rows, guides, contacts.values(), common),
        sections=sections,
        within=places.within(rows, problems, sections),
        of_guide=of_guide,
        products=products,
        families=families(guides.values()),
        examples=examples(problems),
    )


def _guide(row: GuideRow, path: Sequence[str], products: ProductTable) -> Guide:
    fields = row.fields
    applies_to = tuple(dict.fromkeys(str(product) for product in fields["applies_to"]))
    return Guide(
        slug=fields["slug"],
        key=fields["key"],
        title=fields["title"],
        url=reverse("kb:guide-detail", args=[fields["slug"]]),
        updated=fields["updated_at"].date(),
        revision=fields.get("revision__number") or 0,
        category=fields["category"],
        category_slug=fields["category_slug"],
        applies_to=applies_to,
        products=tuple(dict.fromkeys(map(products.place, applies_to))),
        weight=WEIGHTS[fields["prevalence"]],
        step_cost=fields["step_cost"] or tables.STEP_COST,
        contacts=tuple(dict.fromkeys([*fields["contacts"], *path])),
        questions=tuple(fields["questions"]),
    )


def _problems(rows: Iterable[GuideRow], guides: Mapping[int, Guide]) -> list[Problem]:
    problems: dict[str, Problem] = {}
    for row in rows:
        tallies = learning.tallies_from_json(row.learned)
        for problem_row in row.problems:
            problem = _problem(problem_row, guides[row.fields["pk"]], tallies)
            problems.setdefault(problem.id, problem)
    return list(problems.values())


def _problem(row: ProblemRow, guide: Guide, tallies: Mapping[str, Sequence[Tally]]) -> Problem:
    """The problem; the id of a step stays the same while its wording does, wherever it stands."""
    problem_id = short_id(guide.key, row.key)
    symptoms: dict[str, Symptom] = {}
    for symptom in row.symptoms:
        key = short_id(symptom.key)
        symptoms.setdefault(key, Symptom(key, symptom.text, CHANCES[symptom.frequency]))
    digest = _digest(row)
    learned = learning.weighed_for(tallies.get(problem_id, ()), digest, guide.revision)
    authored = step_reliability(len(row.steps))
    steps: dict[str, Step] = {}
    for step in row.steps:
        step_id = short_id(problem_id, step.text)
        while step_id in steps:
            step_id = short_id(step_id)
        chance = learning.reliability(authored, *learned.steps.get(step_id, (0.0, 0.0)))
        way = (step.under, step.condition, step.dangerous, step.procedure, step.for_staff)
        steps[step_id] = Step(step_id, step.text, step.html, chance, *way, *_told_to_all(step))
    return Problem(
        id=problem_id,
        guide=guide,
        anchor=row.anchor,
        title=row.title,
        symptoms=tuple(symptoms.values()),
        steps=_harmless_first(tuple(steps.values())),
        codes=tuple(row.codes),
        digest=digest,
        learned=learned,
    )


def _told_to_all(step: StepRow) -> tuple[str, str, str, bool]:
    """What everyone is told of a step: its HTML, what it stands under, its condition, and whether it may do harm."""
    if step.public_html is None:
        return step.html, step.under, step.condition, step.dangerous
    return step.public_html, step.public_under, step.public_condition, step.public_dangerous


def _harmless_first(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps with the ways that begin with a dangerous one after the others; what goes for all ways stays first."""
    ways = procedures_of(steps)
    common = 1 if len(ways) > 1 and not ways[0].title else 0
    ordered = (*ways[:common], *sorted(ways[common:], key=lambda way: way.steps[0].dangerous))
    return tuple(step for way in ordered for step in way.steps)


def _digest(row: ProblemRow) -> str:
    """A name for the problem's own text: what was said of it holds as long as this stays, whatever surrounds it."""
    text = "\0".join([row.title, *(s.text for s in row.symptoms), "", *(step.text for step in row.steps)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _table(problems: Sequence[Problem]) -> tuple[tables.Problem, ...]:
    """The problems as the planner sees them, with what walks learned, and the one that no guide tells of."""
    total = sum(problem.guide.weight for problem in problems) or 1.0
    factors = lifts(problems)
    # The weights sum to what they did before, so that what walks learned leaves the share of `OTHER` alone.
    scale = total / (sum(problem.guide.weight * factors[problem.id] for problem in problems) or 1.0)
    planned = [
        tables.Problem(problem.id, problem.title, problem.guide.weight * factors[problem.id] * scale, _cost(problem))
        for problem in problems
    ]
    return (*planned, tables.Problem(OTHER, "", total * OTHER_SHARE / (1 - OTHER_SHARE), ESCALATION_COST))


def lifts(problems: Collection[Problem]) -> dict[str, float]:
    """By which factor walks changed each problem's weight."""
    weights = {problem.id: problem.guide.weight for problem in problems}
    return learning.lifts(weights, {problem.id: problem.learned for problem in problems})


def _cost(problem: Problem) -> float:
    """What trying its whole solution costs, for what that gives.

    A person can stop at each step, so that a long solution costs no more than `HIGHEST_COST`: one that is as good as
    certain is shown before anybody is asked.
    """
    count = max(1, len(problem.steps))
    authored = [step_reliability(count)] * len(problem.steps)
    factor = learning.cost_factor(authored, [step.reliability for step in problem.steps])
    return min(problem.guide.step_cost * count * factor, HIGHEST_COST)


def _categories(rows: Iterable[GuideRow], guides: Mapping[int, Guide]) -> dict[str, str]:
    """The name of each category and of those above it, by slug.

    One that is named after its folder is called as the index file in that folder is.
    """
    names: dict[str, str] = {}
    titles: dict[str, str] = {}
    for row in rows:
        guide = guides[row.fields["pk"]]
        for crumb in crumbs(guide.category, guide.category_slug):
            names.setdefault(crumb.slug, crumb.name)
        path = PurePosixPath(row.fields.get("source", ""))
        if path.stem.lower() in INDEX_NAMES and category_slug(path.parent.as_posix()) == guide.category_slug != "":
            titles.setdefault(guide.category_slug, guide.title)
    return names | {slug: title for slug, title in titles.items() if len(title) <= LONGEST_CATEGORY_NAME}


def _contact(row: ContactRow) -> Contact:
    return Contact(
        slug=row.slug,
        name=row.name,
        role=row.role,
        email=row.email,
        phone=row.phone,
        url=row.url,
        hours=row.hours,
        page=row.get_absolute_url(),
        handles=tuple(str(handled) for handled in row.handles),
    )
