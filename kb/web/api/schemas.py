"""The shapes of what the API answers, which its OpenAPI description is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from ninja import Schema
from pydantic import Field

from kb.content.alternatives import StepT, procedures_of

if TYPE_CHECKING:
    from kb.library.notices import RunningNotice


class PlaceItem(Schema):
    """A guide, and where in it something stands; the anchor is '' for all of the guide."""

    guide: str
    anchor: str


class NoticeItem(Schema):
    """A notice that runs now. It stands on the pages of its categories and of those below, of all where it has none.

    An incident `explains` the problems of these places.
    """

    id: int
    kind: Literal["info", "incident"]
    text: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    categories: list[str]
    audience: str
    explains: list[PlaceItem]

    @classmethod
    def fields_of(cls, notice: RunningNotice) -> dict[str, Any]:
        """What it says of a notice."""
        names = ("kind", "text", "starts_at", "ends_at", "audience")
        return {
            "id": notice.pk,
            **{name: getattr(notice, name) for name in names},
            "categories": list(notice.categories),
            "explains": [PlaceItem(guide=place.guide, anchor=place.anchor) for place in notice.explains],
        }


class NoticeList(Schema):
    """What runs now, incidents first."""

    notices: list[NoticeItem]


class Failure(Schema):
    """Why a request was not answered, in one sentence for each thing that is wrong."""

    detail: str


class GuideItem(Schema):
    """A guide as lists show it; `category` is a path such as `Network/Timeouts`."""

    slug: str
    title: str
    summary: str
    category: str
    audience: str
    applies_to: list[str]
    url: str
    updated_at: dt.datetime


class GuideList(Schema):
    """One page of guides by title; `count` is of all that match."""

    count: int
    items: list[GuideItem]


class ContactItem(Schema):
    """Someone to escalate to, the first to ask first; what is not known of them is ''."""

    slug: str
    name: str
    role: str
    hours: str
    email: str
    phone: str
    url: str


class ContactAnswer(Schema):
    """Whom to ask when no guide helps: the contacts, and those that guides name in their escalation paths."""

    contacts: list[ContactItem]


class SectionItem(Schema):
    """A headed part of a guide; the text before the first heading has anchor '' and level 0."""

    anchor: str
    title: str
    level: int


class ProcedureStep(Schema):
    """One action: its `condition` says what must be so for it to be done, '' for nothing.

    A `dangerous` one can delete, revoke, reset or cost something.
    """

    text: str
    condition: str
    dangerous: bool


class ProcedureItem(Schema):
    """One way to put a problem right; several are alternatives. A first one without title goes for all of them."""

    title: str
    condition: str = Field(description="What holds for all of its steps")
    steps: list[ProcedureStep]

    @classmethod
    def of(cls, steps: Iterable[StepT]) -> list[ProcedureItem]:
        """The procedures that some steps belong to."""
        return [
            cls(
                title=procedure.title,
                condition=procedure.condition,
                steps=[
                    ProcedureStep(text=step.text, condition=step.condition, dangerous=step.dangerous)
                    for step in procedure.steps
                ],
            )
            for procedure in procedures_of(steps)
        ]


class ProblemItem(Schema):
    """What can be put right: what is seen, why it happens, and what to do, step by step."""

    anchor: str
    title: str
    symptoms: list[str]
    causes: list[str]
    steps: list[str] = Field(description="All that may be done, in order; `procedures` tells alternatives apart")
    procedures: list[ProcedureItem]
    error_codes: list[str]


class ErrorCodeItem(Schema):
    """An error code that the guide defines."""

    code: str
    meaning: str
    action: str


class Escalation(Schema):
    """When a guide says to escalate, and along which path."""

    triggers: list[str]
    path: list[str]


class GuideDetail(GuideItem):
    """A whole guide; `source` is its path below the folder that it was loaded from, `markdown` the text as written."""

    source: str
    markdown: str
    sections: list[SectionItem]
    problems: list[ProblemItem]
    error_codes: list[ErrorCodeItem]
    escalation: Escalation


class SearchItem(Schema):
    """The best section of a guide that matches; `guide` is the guide's slug and `title` its title."""

    guide: str
    anchor: str
    title: str
    section: str
    url: str
    snippet: str = Field(description="Safe HTML: escaped text, what matches marked by `<mark>`")
    score: float = Field(description="Higher is better; comparable within one answer only")
    similarity: float = Field(
        description="Of a guide that has none of the words and was found by its meaning alone, how near that is, to 1; "
        "0 for others"
    )


class SearchAnswer(Schema):
    """The guides that match a query, the best first; `total` counts them all."""

    query: str
    total: int
    items: list[SearchItem]


class CodeEntry(Schema):
    """What one guide says of an error code; `guide` is its slug."""

    meaning: str
    action: str
    guide: str
    url: str


class CodePlace(Schema):
    """A guide that names an error code without saying what it means; `guide` is its slug, `section` its heading."""

    guide: str
    title: str
    section: str
    place: str = Field(description="What names it there: `title`, `heading`, `symptom` or `message`")
    url: str


class CodeAnswer(Schema):
    """All that is known of an error code: the guides that explain it, none perhaps, and others that name it."""

    code: str
    entries: list[CodeEntry]
    named_by: list[CodePlace]
