"""Reads from the database, in four queries (five for staff), the published guides and contacts that walks need.

The parts of guides are read together by unions: walks need all of them at once, and a page may make few queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, CharField, IntegerField, TextField, Value, When

from kb.models import (
    Contact,
    ErrorCode,
    EscalationLevel,
    EscalationTrigger,
    Guide,
    Problem,
    ProblemSymptom,
    Section,
    StaffForm,
    Step,
)
from kb.models.audience import PUBLIC, STAFF
from troubleshooting.models import Learned

STEP = "step"
CODE = -1
TRIGGER = -2
LEARNED = -3
TITLE_CODE = -4
LEVEL = -5

GUIDE_FIELDS = (
    "pk",
    "slug",
    "key",
    "title",
    "category",
    "category_slug",
    "applies_to",
    "prevalence",
    "step_cost",
    "contacts",
    "questions",
    "updated_at",
    "revision__number",
    "source",
)
PROBLEM_FIELDS = ("pk", "anchor", "key", "title", "codes", "section")


@dataclass(frozen=True, slots=True)
class SymptomRow:
    """A symptom as a problem words it; `key` is shared with others, `frequency` may be ''."""

    text: str
    key: str
    frequency: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One action of a solution; `for_staff` says that a guide for everyone says it to staff only.

    What begins with `public_` is what everyone is told of it; `public_html` is None where all of that is the same.
    """

    text: str
    html: str
    under: str = ""
    condition: str = ""
    dangerous: bool = False
    procedure: int = 0
    for_staff: bool = False
    public_html: str | None = None
    public_under: str = ""
    public_condition: str = ""
    public_dangerous: bool = False


@dataclass(slots=True)
class ProblemRow:
    """A problem with its parts in order; `section` is the anchor of the section that it is, or lies in."""

    pk: int
    anchor: str
    key: str
    title: str
    codes: list[str]
    symptoms: list[SymptomRow] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)
    section: str = ""


@dataclass(slots=True)
class GuideRow:
    """A guide (`fields` by the names in GUIDE_FIELDS) with its parts in order.

    `sections` are (anchor, level), `codes` (key, code as written, anchor of what defines or names it), `title_codes`
    (key, code as written) of those that the guide names in its title, `learned` the JSON of what walks learned. `path`
    is whom it says to escalate to: (name, what is said of them).
    """

    fields: dict[str, Any]
    problems: list[ProblemRow] = field(default_factory=list)
    sections: list[tuple[str, int]] = field(default_factory=list)
    codes: list[tuple[str, str, str]] = field(default_factory=list)
    triggers: list[str] = field(default_factory=list)
    learned: str = ""
    title_codes: list[tuple[str, str]] = field(default_factory=list)
    path: list[tuple[str, str]] = field(default_factory=list)


def guides_for(audiences: frozenset[str]) -> list[GuideRow]:
    """The published guides of these audiences by slug, with all of their parts. Three queries, four for staff."""
    guides: dict[int, GuideRow] = {}
    problems: dict[int, ProblemRow] = {}
    names = (*GUIDE_FIELDS, *(f"problems__{name}" for name in PROBLEM_FIELDS))
    rows = Guide.objects.for_audiences(audiences).order_by("slug", "problems__position").values_list(*names)
    for row in rows:
        fields = dict(zip(GUIDE_FIELDS, row, strict=False))
        guide = guides.setdefault(fields["pk"], GuideRow(fields))
        pk, anchor, key, title, codes, section = row[len(GUIDE_FIELDS) :]
        if pk is not None:
            problems[pk] = ProblemRow(pk, anchor, key, title, codes, section=section)
            guide.problems.append(problems[pk])
    _add_parts_of_problems(audiences, problems)
    _add_parts_of_guides(audiences, guides)
    if STAFF in audiences:
        forms = StaffForm.objects.for_audiences(audiences).filter(guide__audience=PUBLIC)
        for pk, walk in forms.values_list("guide", "walk"):
            if pk in guides:
                _say_all(guides[pk], walk)
    return list(guides.values())


def _say_all(guide: GuideRow, walk: Mapping[str, Any]) -> None:
    """Put what staff read of a guide in place of what everyone reads of it."""
    guide.sections = [(anchor, level) for anchor, level in walk["sections"]]
    guide.codes = [(key, code, anchor) for key, code, anchor in walk["codes"]]
    guide.triggers = list(walk["triggers"])
    guide.path = [(name, said) for name, said in walk["path"]]
    guide.problems = [
        ProblemRow(
            pk=0,
            symptoms=[SymptomRow(**symptom) for symptom in problem["symptoms"]],
            steps=[StepRow(**step) for step in problem["steps"]],
            **{name: problem[name] for name in ("anchor", "key", "section", "title", "codes")},
        )
        for problem in walk["problems"]
    ]


def contacts_for(audiences: frozenset[str]) -> list[Contact]:
    """The contacts of these audiences, the first to ask first. One query."""
    return list(Contact.objects.for_audiences(audiences).defer("html", "text"))


def _add_parts_of_problems(audiences: frozenset[str], problems: dict[int, ProblemRow]) -> None:
    visible = Problem.objects.for_audiences(audiences).order_by().values("pk")
    steps = Step.objects.filter(problem__in=visible).order_by()
    symptoms = ProblemSymptom.objects.filter(problem__in=visible).order_by()
    is_step = Value(STEP, output_field=CharField())
    nothing, no, zero = Value("", output_field=TextField()), Value(value=False, output_field=BooleanField()), _number(0)
    of_steps = ("problem", "position", "text", "html", is_step, "under", "condition", "dangerous", "procedure")
    of_symptoms = ("problem", "position", "text", "symptom__key", "frequency", nothing, nothing, no, zero)
    parts = steps.values_list(*of_steps).union(symptoms.values_list(*of_symptoms), all=True)
    for pk, _, text, detail, kind, *way in sorted(parts, key=lambda part: part[1]):
        if pk not in problems:  # published between two of the queries: the next catalogue has it
            continue
        if kind == STEP:
            problems[pk].steps.append(StepRow(text, detail, *way))
        else:
            problems[pk].symptoms.append(SymptomRow(text, detail, kind))


def _add_parts_of_guides(audiences: frozenset[str], guides: dict[int, GuideRow]) -> None:
    blank = Value("", output_field=TextField())
    sections = Section.objects.for_audiences(audiences).order_by()
    codes = ErrorCode.objects.for_audiences(audiences).order_by()
    kind_of_code = Case(When(named_in=ErrorCode.Place.TITLE, then=_number(TITLE_CODE)), default=_number(CODE))
    triggers = EscalationTrigger.objects.for_audiences(audiences).order_by()
    levels = EscalationLevel.objects.for_audiences(audiences).order_by()
    learned = Learned.objects.for_audiences(audiences).order_by()
    parts = sections.values_list("guide", "position", "level", "anchor", blank, blank).union(
        codes.values_list("guide", "position", kind_of_code, "anchor", "key", "code"),
        triggers.values_list("guide", "position", _number(TRIGGER), blank, "text", blank),
        levels.values_list("guide", "position", _number(LEVEL), blank, "said", "name"),
        learned.values_list("guide", _number(0), _number(LEARNED), blank, "counts", blank),
        all=True,
    )
    by_guide: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for pk, position, kind, anchor, text, name in parts:
        by_guide[pk].append((position, kind, anchor, text, name))
    for pk, guide in guides.items():
        for _, kind, anchor, text, name in sorted(by_guide[pk]):
            if kind == CODE:
                guide.codes.append((text, name, anchor))
            elif kind == TITLE_CODE:
                guide.title_codes.append((text, name))
            elif kind == TRIGGER:
                guide.triggers.append(text)
            elif kind == LEVEL:
                guide.path.append((name, text))
            elif kind == LEARNED:
                guide.learned = text
            else:
                guide.sections.append((anchor, kind))


def _number(kind: int) -> Value:
    return Value(kind, output_field=IntegerField())
