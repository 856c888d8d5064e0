"""The questions that ask in which category it goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from troubleshooting.catalogue.values import AREA, Problem, Wording
from troubleshooting.planning.tables import Question

RIGHT_AREA = 0.9
MOST_AREAS = 20
LARGEST_SHARE = 3


class Areas:
    """The tree of categories with what lies in each; `categories` names every slug."""

    def __init__(self, problems: Iterable[Problem], categories: Mapping[str, str]) -> None:
        self._names = categories
        self._places = {problem.id: problem.guide.category_slug for problem in problems}
        self._counts = Counter(slug for place in self._places.values() for slug in _ways_down(place))
        self._children: dict[str, list[str]] = {}
        for slug in categories:
            if self._counts[slug]:
                self._children.setdefault(slug.rpartition("/")[0], []).append(slug)

    def questions(self) -> Iterator[tuple[Question, Wording]]:
        """One question over all categories, and one for each of its answers that has parts."""
        yield from self._ask(AREA, "Where is it going wrong?", self._first_choice, self._places)
        for area in self._first_choice:
            if not any(_is_inside(other, area) for other in self._first_choice):
                yield from self._ask_within(area)

    @cached_property
    def _first_choice(self) -> list[str]:
        """The top categories; the fullest gives way to its parts while it outweighs others and they are few enough."""
        areas = list(self._children.get("", []))
        opened: set[str] = set()
        while True:
            closed = [area for area in areas if self._children.get(area) and area not in opened]
            fullest = max(closed, key=self._counts.__getitem__, default="")
            parts = self._children.get(fullest, []) if fullest else []
            total = sum(self._counts[area] for area in areas)
            if not parts or len(areas) + len(parts) > MOST_AREAS or self._counts[fullest] * LARGEST_SHARE < total:
                return areas
            opened.add(fullest)
            areas += parts
            if not self._holds_itself(fullest):
                areas.remove(fullest)

    def _holds_itself(self, area: str) -> bool:
        """Whether some problem lies in the category and in none of its parts."""
        return self._counts[area] > sum(self._counts[part] for part in self._children.get(area, []))

    def _ask_within(self, area: str) -> Iterator[tuple[Question, Wording]]:
        parts = self._children.get(area, [])
        below = {problem: place for problem, place in self._places.items() if place == area or _is_inside(place, area)}
        choice = [*parts, area] if self._holds_itself(area) else parts
        yield from self._ask(f"{AREA}-{area.replace('/', '.')}", f"Which part of {self._names[area]}?", choice, below)
        for part in parts:
            yield from self._ask_within(part)

    def _ask(
        self, question_id: str, text: str, areas: Sequence[str], places: Mapping[str, str]
    ) -> Iterator[tuple[Question, Wording]]:
        """A choice of categories; a category among its own parts stands for what lies in none of them."""
        likelihood = {}
        for problem, place in places.items():
            around = [area for area in areas if place == area or _is_inside(place, area)]
            if around:
                likelihood[problem] = {max(around, key=len): RIGHT_AREA}
        if len({next(iter(row)) for row in likelihood.values()}) > 1:
            labels = {area: self._label(area, areas) for area in areas}
            ordered = dict(sorted(labels.items(), key=lambda item: item[1].casefold()))
            yield Question(question_id, text, tuple(ordered), likelihood), Wording(text, ordered)

    def _label(self, area: str, areas: Sequence[str]) -> str:
        name = self._names[area]
        if any(_is_inside(other, area) for other in areas):
            return f"{name}: something else"
        has_namesake = sum(self._names[other] == name for other in areas) > 1
        parent = area.rpartition("/")[0]
        return f"{self._names[parent]}: {name}" if has_namesake and parent else name


def _ways_down(place: str) -> Iterator[str]:
    parts = place.split("/") if place else []
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def _is_inside(place: str, area: str) -> bool:
    return place.startswith(f"{area}/")
