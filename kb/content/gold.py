"""Reads a gold: guides, each with what a person found in it, one a line as JSON. `docs/structure.md` has the format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROBLEM = "problem"


class GoldError(Exception):
    """A gold that can't be used; the message names file and line and says what is wrong."""


@dataclass(frozen=True, slots=True)
class GoldItem:
    """A symptom, a cause, a step or a way to escalate, as the guide words it.

    `short` is its telling part, `full` the paragraph or item that it begins. What is `optional` counts neither when it
    is found nor when it is missed: people would differ over it. A step also has what must stay with it (`kept`: a piece
    of its code, table or sub-steps), its `condition`, and which `alternative` it belongs to.
    """

    text: str
    short: str = ""
    full: str = ""
    optional: bool = False
    kept: str = ""
    condition: str = ""
    alternative: str = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """The wordings that are there."""
        return tuple(filter(None, (self.text, self.short, self.full)))


@dataclass(frozen=True, slots=True)
class GoldProblem:
    """A problem; one that is `optional` takes what is found there out of the count."""

    title: str
    optional: bool
    symptoms: tuple[GoldItem, ...]
    causes: tuple[GoldItem, ...]
    steps: tuple[GoldItem, ...]


@dataclass(frozen=True, slots=True)
class GoldGuide:
    """A guide and the truth about it; `where` names its line, `codes` says of each code whether it is optional.

    `not_steps`, `diagnosis` and `not_symptoms` are sentences that must not come out as steps or as symptoms.
    """

    where: str
    source: str
    path: str
    kind: str
    labelled: bool
    text: str
    problems: tuple[GoldProblem, ...]
    codes: Mapping[str, bool]
    applies_to: tuple[str, ...]
    escalation: tuple[GoldItem, ...]
    not_steps: tuple[str, ...]
    not_symptoms: tuple[str, ...]
    diagnosis: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of its file, as the reader of guides is given it."""
        return Path(self.path).name.replace(" ", "-")

    @property
    def repository(self) -> str:
        """Where it comes from: the first two folders of its path, or its source where the path begins with that."""
        folders = self.path.split("/")
        own = self.source and folders[0].startswith(self.source)
        return self.source if own else "/".join(folders[:2])


def read_gold(path: Path, only: str = "") -> list[GoldGuide]:
    """The guides of a gold; with `only`, those of one source. Raises GoldError."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path} can't be read: {error}") from error
    guides = [_guide(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not guides:
        raise GoldError(f"{path} has no guides: write one a line, in the format that docs/structure.md gives.")
    sources = sorted({guide.source for guide in guides})
    if only and only not in sources:
        raise GoldError(f"{path} has no guides of the source {only!r}; it has {', '.join(sources)}.")
    return [guide for guide in guides if not only or guide.source == only]


def _guide(line: str, where: str) -> GoldGuide:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise GoldError(f"{where}: this line is no JSON: {error}") from error
    values = _Values(row, where, "the line")
    return GoldGuide(
        where=where,
        source=values.text("source"),
        path=values.needed("path"),
        kind=values.text("kind") or PROBLEM,
        labelled=values.flag("labelled"),
        text=values.needed("text"),
        problems=tuple(map(_problem, values.inner("problems"))),
        codes={code.needed("code").casefold(): code.flag("optional") for code in values.inner("codes")},
        applies_to=values.texts("applies_to"),
        escalation=tuple(map(_item, values.inner("escalation"))),
        not_steps=values.texts("not_steps"),
        not_symptoms=values.texts("not_symptoms"),
        diagnosis=values.texts("diagnosis"),
    )


def _problem(values: _Values) -> GoldProblem:
    symptoms, causes, steps = (tuple(map(_item, values.inner(key))) for key in ("symptoms", "causes", "steps"))
    return GoldProblem(values.needed("title"), values.flag("optional"), symptoms, causes, steps)


def _item(values: _Values) -> GoldItem:
    return GoldItem(
        text=values.needed("text"),
        short=values.text("short"),
        full=values.text("full"),
        optional=values.flag("optional"),
        kept=values.text("has"),
        condition=values.text("cond"),
        alternative=values.text("alt"),
    )


class _Values:
    """The values of an object of a line, each of the type that it must have."""

    def __init__(self, values: Any, where: str, what: str) -> None:
        if not isinstance(values, dict):
            raise GoldError(f"{where}: {what} must be an object, such as {{...}}.")
        self._values = values
        self._where = where

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if not isinstance(value, str | None):
            raise GoldError(f"{self._where}: {key!r} must be a text.")
        return value or ""

    def needed(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise GoldError(f"{self._where}: {key!r} is missing.")
        return value

    def flag(self, key: str) -> bool:
        value = self._values.get(key)
        if not isinstance(value, bool | None):
            raise GoldError(f"{self._where}: {key!r} must be true or false.")
        return bool(value)

    def inner(self, key: str) -> Iterator[_Values]:
        return (_Values(value, self._where, f"each of {key!r}") for value in self._list(key))

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        if not all(isinstance(value, str) for value in values):
            raise GoldError(f"{self._where}: each of {key!r} must be a text.")
        return tuple(values)

    def _list(self, key: str) -> list[Any]:
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise GoldError(f"{self._where}: {key!r} must be a list.")
        return value
