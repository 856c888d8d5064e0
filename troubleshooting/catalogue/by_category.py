"""The questions that ask in which category it goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from kb.content.phrases import Phrase
from kb.models.slugs import category_slug
from troubleshooting.catalogue.values import CATEGORY_QUESTION, Problem, Wording
from troubleshooting.planning.tables import Question

RIGHT_CATEGORY = 0.9
MOST_CATEGORIES = 20
LARGEST_SHARE = 3  # a category with one problem in so many, or more, gives way to its parts
FEWEST_PARTS = 2
# Folders in which all guides of a site may lie: as categories they tell nobody anything.
NAMES_OF_FOLDERS = frozenset(
    """article articles client clients content contents doc docs documentation en en-gb en-us file files guide guides
    index kb knowledge-base main markdown master md page pages post posts site source sources src static topics
    wiki www""".split()  # noqa: SIM905
)


SOMETHING_ELSE = Phrase("Something else")
WHERE = Phrase("Where is it going wrong?")


class CategoryQuestions:
    """The tree of categories with what lies in each; `categories` names every slug.

    What all of them lie in is left out, and a folder that only keeps things together gives way to what is in it.
    """

    def __init__(self, problems: Iterable[Problem], categories: Mapping[str, str]) -> None:
        self._names = categories
        self._places = {problem.id: problem.guide.category_slug for problem in problems}
        self._counts = Counter(slug for place in self._places.values() for slug in _with_ancestors(place))
        self._children: dict[str, list[str]] = {}
        for slug in categories:
            if self._counts[slug]:
                self._children.setdefault(slug.rpartition("/")[0], []).append(slug)

    def questions(self) -> Iterator[tuple[Question, Wording]]:
        """One question over all categories, and one for each of its answers that has parts."""
        yield from self._ask(CATEGORY_QUESTION, WHERE, self._first_choice, self._places)
        for category in self._first_choice:
            if not any(_is_inside(other, category) for other in self._first_choice):
                yield from self._ask_within(category)

    @cached_property
    def _first_choice(self) -> list[str]:
        """The top categories; the fullest gives way to its parts while it outweighs others and they are few enough."""
        categories = self._parts_of(self._shared)
        expanded = {self._shared}
        while mere := next((slug for slug in categories if slug not in expanded and self._is_mere_folder(slug)), ""):
            expanded.add(mere)
            categories.remove(mere)
            categories += self._parts_of(mere)
        while True:
            expandable = [
                category for category in categories if self._children.get(category) and category not in expanded
            ]
            fullest = max(expandable, key=self._counts.__getitem__, default="")
            parts = self._children.get(fullest, []) if fullest else []
            total = sum(self._counts[category] for category in categories)
            if (
                not parts
                or len(categories) + len(parts) > MOST_CATEGORIES
                or self._counts[fullest] * LARGEST_SHARE < total
            ):
                return categories
            expanded.add(fullest)
            categories += parts
            if not self._holds_itself(fullest):
                categories.remove(fullest)

    @cached_property
    def _shared(self) -> str:
        """The innermost category that everything lies in which lies in any, '' for none."""
        shared = ""
        while len(inside := self._children.get(shared, [])) == 1 and not (shared and self._holds_itself(shared)):
            shared = inside[0]
        return shared

    def _is_mere_folder(self, category: str) -> bool:
        """Whether a category has parts and is no more than where they lie; an index file there gives it a name."""
        return bool(self._children.get(category)) and not self._tells(category)

    def _tells(self, category: str) -> bool:
        last = category.rpartition("/")[2]
        return last not in NAMES_OF_FOLDERS or category_slug(self._names[category]) != last

    def _parts_of(self, category: str) -> list[str]:
        """What is asked for in the place of a category: its parts, and itself where something lies in none of them."""
        parts = list(self._children.get(category, []))
        return [*parts, category] if parts and category and self._holds_itself(category) else parts

    def _holds_itself(self, category: str) -> bool:
        """Whether some problem lies in the category and in none of its parts."""
        return self._counts[category] > sum(self._counts[part] for part in self._children.get(category, []))

    def _ask_within(self, category: str) -> Iterator[tuple[Question, Wording]]:
        choice = self._parts_of(category)
        below = {
            problem: place
            for problem, place in self._places.items()
            if place == category or _is_inside(place, category)
        }
        if sum(map(self._tells, choice)) >= FEWEST_PARTS:
            yield from self._ask(
                f"{CATEGORY_QUESTION}-{category.replace('/', '.')}", self._which(category), choice, below
            )
        for part in self._children.get(category, []):
            yield from self._ask_within(part)

    def _which(self, category: str) -> str:
        """The question for a part of a category, or of the nearest one around it whose name tells something."""
        while category and not self._tells(category):
            category = category.rpartition("/")[0]
        return Phrase("Which part of {name}?", name=self._names[category]) if category else WHERE

    def _ask(
        self, question_id: str, text: str, categories: Sequence[str], places: Mapping[str, str]
    ) -> Iterator[tuple[Question, Wording]]:
        """A choice of categories; a category among its own parts stands for what lies in none of them."""
        likelihood = {}
        for problem, place in places.items():
            enclosing = [category for category in categories if place == category or _is_inside(place, category)]
            if enclosing:
                likelihood[problem] = {max(enclosing, key=len): RIGHT_CATEGORY}
        if len({next(iter(answers)) for answers in likelihood.values()}) > 1:
            labels = {category: self._label(category, categories) for category in categories}
            ordered = dict(sorted(labels.items(), key=lambda item: item[1].casefold()))
            yield Question(question_id, text, tuple(ordered), likelihood), Wording(text, ordered)

    def _label(self, category: str, categories: Sequence[str]) -> str:
        name = self._names[category]
        if any(_is_inside(other, category) for other in categories):
            return Phrase("{name}: something else", name=name) if self._tells(category) else SOMETHING_ELSE
        has_namesake = sum(self._names[other] == name for other in categories) > 1
        parent = category.rpartition("/")[0]
        return f"{self._names[parent]}: {name}" if has_namesake and parent and self._tells(parent) else name


def _with_ancestors(place: str) -> Iterator[str]:
    parts = place.split("/") if place else []
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def _is_inside(place: str, category: str) -> bool:
    return place.startswith(f"{category}/")
