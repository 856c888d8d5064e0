"""What a guide or a contact is read into, and the error that says why it could not be read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from kb.content.alternatives import Procedure, procedures_of

Audience = Literal["public", "staff"]
Prevalence = Literal["common", "occasional", "rare"]
GuideKind = Literal["guide", "reply"]
Frequency = Literal["always", "often", "sometimes", "rarely"]


class ContentError(Exception):
    """A text that can't become a guide: `message` says what to do, `line` (from 1) says where."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that lint has to say about a text, at `line` (from 1) of the whole file."""

    line: int
    message: str
    severity: Literal["error", "warning"] = "warning"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A line of the head (`written`) that keeps the text from readers, for good or `until` a time.

    A time without a zone is one of the site's.
    """

    written: str
    line: int
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """The front matter with its defaults filled in; `extra` keeps the keys we do not know.

    `language` is its tag, '' where the head does not say it; `title_from_file` says that neither head nor heading gave
    the title, `category_from_path` that folders gave the category; `dated` is when the head says that it was changed
    last; `step_cost` is what a step costs, beside 1 for a question. Staff fill in and send what is of the `kind` reply.
    """

    title: str = ""
    kind: GuideKind = "guide"
    summary: str = ""
    category: str = ""
    audience: Audience = "public"
    applies_to: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    prevalence: Prevalence = "occasional"
    step_cost: float | None = None
    owner: str = ""
    review_by: dt.date | None = None
    contacts: tuple[str, ...] = ()
    language: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    title_from_file: bool = False
    category_from_path: bool = False
    dated: dt.datetime | None = None
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a guide, without its sub-sections.

    The text before the first heading, if there is any, is a section with anchor '' and level 0.
    `line` and `end_line` are lines (from 1, both included) of the whole file; `text` is what a
    reader sees, as plain text, code included.
    """

    anchor: str
    title: str
    level: int
    line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Symptom:
    """Something a person can observe, as the guide words it, without its frequency suffix."""

    text: str
    line: int
    frequency: Frequency | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a solution: `text` is plain, `markdown` is its dedented source with sub-lists and code.

    `under` is the sub-heading or the method that the step stands under, '' for none; `procedure` is the number (from 0)
    of the procedure that it belongs to. `condition` is what must be so for the step to be done ('If you use a proxy'),
    and a `dangerous` step deletes, revokes, resets or costs something.
    """

    text: str
    markdown: str
    line: int
    under: str = ""
    condition: str = ""
    dangerous: bool = False
    procedure: int = 0


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A code that the guide defines, in the section at `anchor`."""

    code: str
    meaning: str
    action: str
    anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code that the guide does not define, and the place that names it first, at `anchor`: a title, say."""

    TITLE: ClassVar[str] = "title"
    HEADING: ClassVar[str] = "heading"
    SYMPTOM: ClassVar[str] = "symptom"
    MESSAGE: ClassVar[str] = "message"

    code: str
    anchor: str
    place: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a guide (`anchor`), or the whole guide (anchor ''), that says how something is put right.

    A part is a section or, within one, a place of its own that `Structure.landmarks` names.

    `codes` are the error codes that its blocks define or that its symptoms name.
    """

    anchor: str
    title: str
    line: int
    symptoms: tuple[Symptom, ...]
    causes: tuple[str, ...]
    steps: tuple[Step, ...]
    codes: tuple[str, ...] = ()

    @property
    def procedures(self) -> tuple[Procedure[Step], ...]:
        """The ways to put it right, in the order of the text; more than one are alternatives."""
        return procedures_of(self.steps)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where an authored answer leads: the target as written, relative to the guide's file."""

    label: str
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Branch:
    """One answer of an authored question, and what follows it."""

    label: str
    line: int
    then: Leaf | Question


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a guide asks itself, under a heading *Questions* or *Decision tree*."""

    text: str
    line: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A relative link or image of a guide: `target` as written without its fragment ('' for the same page).

    `text` is what a reader sees of it: the linked words, or the description of an image.
    """

    target: str
    anchor: str
    line: int
    image: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class StepList:
    """Which list holds a problem's steps: the `index`-th (from 0) top-level list of the section at `anchor`.

    `dangerous` are the numbers (from 0) of the problem's dangerous steps.
    """

    anchor: str
    index: int
    problem: str
    first_step: int
    dangerous: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place within a section (its anchor) that has an anchor of its own: what tells of a problem at `line`."""

    anchor: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Structure:
    """What the prose of one guide says."""

    sections: tuple[Section, ...]
    problems: tuple[Problem, ...] = ()
    error_codes: tuple[ErrorCode, ...] = ()
    named_codes: tuple[NamedCode, ...] = ()
    triggers: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    links: tuple[Link, ...] = ()
    step_lists: tuple[StepList, ...] = ()
    landmarks: tuple[Landmark, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffForm:
    """A guide for everyone as staff read it: with its blocks for staff only, which stand in these `lines` of the file.

    `public_text` is the text of the file without them; all else is as in `Document`.
    """

    structure: Structure
    html: str
    step_html: tuple[tuple[str, ...], ...]
    public_text: str
    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Document:
    """A guide as read: its head, its structure and the safe HTML of its body and of each step.

    `step_html[i][j]` belongs to `structure.problems[i].steps[j]`. The title heading itself is left
    out of `html`, which starts with what follows it. Of a guide for everyone, nothing here holds a word of its blocks
    for staff only, which are in `for_staff` alone: None where there are none.
    """

    metadata: Metadata
    structure: Structure
    html: str
    step_html: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...] = ()
    for_staff: StaffForm | None = None

    @property
    def whole(self) -> Document | StaffForm:
        """All that the text says, for its writers and for staff."""
        return self.for_staff or self


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A contact as read from its file: someone to escalate to."""

    name: str
    role: str
    tier: int
    email: str
    phone: str
    url: str
    hours: str
    handles: tuple[str, ...]
    audience: Audience
    text: str
    html: str
    findings: tuple[Finding, ...] = ()
