"""The questions that ask in which category it goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from troubleshooting.catalogue.values import CATEGORY_QUESTION, Problem, Wording
from troubleshooting.planning.tables import Question

RIGHT_CATEGORY = 0.9
MOST_CATEGORIES = 20
LARGEST_SHARE = 3  # a category with one problem in so many, or more, gives way to its parts


class CategoryQuestions:
    """The tree of categories with what lies in each; `categories` names every slug."""

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
        yield from self._ask(CATEGORY_QUESTION, "Where is it going wrong?", self._first_choice, self._places)
        for category in self._first_choice:
            if not any(_is_inside(other, category) for other in self._first_choice):
                yield from self._ask_within(category)

    @cached_property
    def _first_choice(self) -> list[str]:
        """The top categories; the fullest gives way to its parts while it outweighs others and they are few enough."""
        categories = list(self._children.get("", []))
        expanded: set[str] = set()
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

    def _holds_itself(self, category: str) -> bool:
        """Whether some problem lies in the category and in none of its parts."""
        return self._counts[category] > sum(self._counts[part] for part in self._children.get(category, []))

    def _ask_within(self, category: str) -> Iterator[tuple[Question, Wording]]:
        parts = self._children.get(category, [])
        below = {
            problem: place
            for problem, place in self._places.items()
            if place == category or _is_inside(place, category)
        }
        choice = [*parts, category] if self._holds_itself(category) else parts
        yield from self._ask(
            f"{CATEGORY_QUESTION}-{category.replace('/', '.')}",
            f"Which part of {self._names[category]}?",
            choice,
            below,
        )
        for part in parts:
            yield from self._ask_within(part)

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
            return f"{name}: something else"
        has_namesake = sum(self._names[other] == name for other in categories) > 1
        parent = category.rpartition("/")[0]
        return f"{self._names[parent]}: {name}" if has_namesake and parent else name


def _with_ancestors(place: str) -> Iterator[str]:
    parts = place.split("/") if place else []
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def _is_inside(place: str, category: str) -> bool:
    return place.startswith(f"{category}/")
