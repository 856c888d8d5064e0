"""Reads a gold: guides, each with what a person found in it, one a line as JSON. `docs/structure.md` has the format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PROBLEM = "problem"
Written = Annotated[str, BeforeValidator(lambda value: "" if value is None else value), Field(strict=True)]
Text = Annotated[str, Field(strict=True)]
Needed = Annotated[Written, Field(min_length=1)]
Flag = Annotated[bool, BeforeValidator(lambda value: False if value is None else value), Field(strict=True)]
_MISTAKES = {
    "missing": "is missing",
    "too_short": "is missing",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be an object, such as {...}",
}


class GoldError(Exception):
    """A gold that can't be used; the message names file and line and says what is wrong."""


class GoldItem(BaseModel, frozen=True):
    """A symptom, a cause, a step or a way to escalate, as the guide words it.

    `short` is its telling part, `full` the paragraph or item that it begins. What is `optional` counts neither when it
    is found nor when it is missed: people would differ over it. A step also has what must stay with it (`kept`: a piece
    of its code, table or sub-steps), its `condition`, and which `alternative` it belongs to.
    """

    text: Needed
    short: Written = ""
    full: Written = ""
    optional: Flag = False
    kept: Written = Field("", alias="has")
    condition: Written = Field("", alias="cond")
    alternative: Written = Field("", alias="alt")

    @property
    def wordings(self) -> tuple[str, ...]:
        """The wordings that are there."""
        return tuple(filter(None, (self.text, self.short, self.full)))


class GoldProblem(BaseModel, frozen=True):
    """A problem; one that is `optional` takes what is found there out of the count."""

    title: Needed
    optional: Flag = False
    symptoms: tuple[GoldItem, ...] = ()
    causes: tuple[GoldItem, ...] = ()
    steps: tuple[GoldItem, ...] = ()


class GoldCode(BaseModel, frozen=True):
    """An error code; whether one that is `optional` is found counts neither way."""

    code: Needed
    optional: Flag = False


class GoldGuide(BaseModel, frozen=True):
    """A guide and the truth about it, as the line says it that `where` names.

    `not_steps`, `diagnosis` and `not_symptoms` are sentences that must not come out as steps or as symptoms.
    """

    path: Needed
    text: Needed
    source: Written = ""
    kind: Annotated[str, BeforeValidator(lambda value: value or PROBLEM), Field(strict=True)] = PROBLEM
    labelled: Flag = False
    problems: tuple[GoldProblem, ...] = ()
    listed_codes: tuple[GoldCode, ...] = Field((), alias="codes")
    applies_to: tuple[Text, ...] = ()
    escalation: tuple[GoldItem, ...] = ()
    not_steps: tuple[Text, ...] = ()
    not_symptoms: tuple[Text, ...] = ()
    diagnosis: tuple[Text, ...] = ()
    where: str = ""

    @property
    def codes(self) -> Mapping[str, bool]:
        """The codes, folded, and whether each is optional."""
        return {code.code.casefold(): code.optional for code in self.listed_codes}

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
        return GoldGuide.model_validate_json(line).model_copy(update={"where": where})
    except ValidationError as error:
        raise GoldError(f"{where}: {_sentence(error.errors()[0])}") from None


def _sentence(error: ErrorDetails) -> str:
    """What is wrong with a line, by the first mistake in it."""
    kind, place = error["type"], error["loc"]
    if kind == "json_invalid":
        return f"this line is no JSON: {error['msg'].removeprefix('Invalid JSON: ')}"
    key = next((repr(part) for part in reversed(place) if isinstance(part, str)), "")
    named = "the line" if not place else f"each of {key}" if isinstance(place[-1], int) else key
    return f"{named} {_MISTAKES.get(kind, 'can not be read')}."
