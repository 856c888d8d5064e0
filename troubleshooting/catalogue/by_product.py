"""The questions that ask what somebody is using: families of products first, then the versions of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kb.content.phrases import Phrase
from kb.content.product_table import Place
from troubleshooting.catalogue.identifiers import readable_id
from troubleshooting.catalogue.values import Guide, Problem, Published, Wording
from troubleshooting.planning.tables import Question

PRODUCT = "product"
WHAT = Phrase("What are you using?")
RIGHT_PRODUCT = 0.95
# How much less likely people are to use an edition that the guide of their problem does not list, beside one that it
# does: guides list those that were there when they were written.
UNLISTED_EDITION = 0.15
# What a product that is merely named in somebody's words leaves of other problems: it need not be what they use.
OTHER_FAMILY, OTHER_EDITION = 0.3, 0.6
COMMON_SHARE = 0.1  # of the problems with products, from which on a family is a common one


def version_question(family: str) -> str:
    """The id of the question for the version of a family."""
    return f"{PRODUCT}-{readable_id(family)}"


def too_early(questions: Iterable[str], answers: Mapping[str, str]) -> set[str]:
    """The questions for versions that are not to be asked: of a family that is not known to be theirs, of several."""
    asked = set(questions)
    if PRODUCT not in asked:
        return set()
    of_versions = {question for question in asked if question.startswith(f"{PRODUCT}-")}
    return of_versions - {f"{PRODUCT}-{answers.get(PRODUCT, '')}"}


def product_questions(problems: Sequence[Problem]) -> Iterator[tuple[Question, Wording]]:
    """The question for the family where there are several, and one for the versions of each that has several."""
    places = {problem.id: problem.guide.products for problem in problems}
    families = Counter(family for own in places.values() for family in {place.family for place in own})
    labels = _labels(family for family, _ in families.most_common())
    if len(labels) > 1:
        likelihood = {}
        for problem, own in places.items():
            if answers := sorted({readable_id(place.family) for place in own}):
                likelihood[problem] = dict.fromkeys(answers, RIGHT_PRODUCT / len(answers))
        yield Question(PRODUCT, WHAT, tuple(labels), likelihood), Wording(WHAT, labels)
    for family in families:
        yield from _versions(
            family, places, Phrase("Which {family} is it?", family=family) if len(labels) > 1 else WHAT
        )


def _versions(family: str, places: Mapping[str, Sequence[Place]], text: str) -> Iterator[tuple[Question, Wording]]:
    """Which version of a family; a problem of which the family is listed as a whole is as likely with each."""
    of_family = {problem: {place.version for place in own if place.family == family} for problem, own in places.items()}
    labels = _labels(sorted({version for own in of_family.values() for version in own if version}, key=str.casefold))
    if len(labels) > 1:
        likelihood = {}
        for problem, own in of_family.items():
            if own and "" not in own:
                listed = {readable_id(version) for version in own}
                weights = {answer: 1.0 if answer in listed else UNLISTED_EDITION for answer in labels}
                total = sum(weights.values())
                likelihood[problem] = {answer: weight / total for answer, weight in weights.items()}
        yield Question(version_question(family), text, tuple(labels), likelihood), Wording(text, labels)


def _labels(names: Iterable[str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for name in names:
        labels.setdefault(readable_id(name), name)
    return labels


def families(guides: Iterable[Guide]) -> dict[str, bool]:
    """The families that guides apply to, and whether each is a common one here."""
    with_products = [guide.products for guide in guides if guide.products]
    counts = Counter(family for own in with_products for family in {place.family for place in own})
    return {family: count >= COMMON_SHARE * len(with_products) for family, count in counts.items()}


def product_named(text: str, published: Published) -> Place | None:
    """The one product that a text names, with its version where it names one; None for none and for several."""
    common = {family for family, is_common in published.families.items() if is_common}
    named = [place for place in published.products.named_in(text, common) if place.family in published.families]
    if len({place.family for place in named}) != 1:
        return None
    return named[0] if len(named) == 1 else Place(named[0].family)


def in_families(answers: Iterable[tuple[str, str]], published: Published) -> Iterator[tuple[str, str]]:
    """The answers of an address, with a product that stands for no family by its family and version."""
    for question, answer in answers:
        asked = published.questions.get(PRODUCT) if question == PRODUCT else None
        names = (name for guide in published.guides.values() for name in guide.applies_to) if asked else ()
        is_known = not asked or answer in asked.answers
        name = "" if is_known else next((name for name in names if readable_id(name) == answer), "")
        yield from answers_to(published.products.place(name)) if name else [(question, answer)]


def answers_to(place: Place) -> Iterator[tuple[str, str]]:
    """The answers (question, answer) that a product is."""
    yield PRODUCT, readable_id(place.family)
    if place.version:
        yield version_question(place.family), readable_id(place.version)


def weight(place: Place, problem: Problem) -> float:
    """What is left of a problem's likelihood when somebody's words name a product; 1 where that says nothing."""
    own = problem.guide.products
    if not own:
        return 1.0
    versions = {other.version for other in own if other.family == place.family}
    if not versions:
        return OTHER_FAMILY
    return 1.0 if not place.version or versions & {place.version, ""} else OTHER_EDITION
