"""What walks know of published guides, as values: problems, steps, wordings, trees, contacts and triggers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from kb.content.alternatives import Procedure, procedures_of
from kb.content.codes import spellings
from kb.content.phrases import Phrase
from kb.content.product_table import NO_PRODUCTS, Place, ProductTable
from kb.content.short_symptoms import shortened
from kb.content.wording import stored_symptom_key
from troubleshooting.catalogue.identifiers import short_id
from troubleshooting.planning.learning import Counts
from troubleshooting.planning.symptom_lists import LIST_PREFIX, NONE_OF_THESE
from troubleshooting.planning.tables import Catalogue, Question
from troubleshooting.planning.tables import Problem as PlannedProblem

OTHER = "other"
CATEGORY_QUESTION = "area"
UNSURE = "unsure"
LONGEST_LIST = 5  # symptoms, which a person takes in at a glance
SHARED_SYMPTOM = "see-"  # begins the id of a yes-or-no question for a symptom
UNSURE_LABEL, NONE_LABEL = Phrase("Not sure"), Phrase("None of these")
LIST_TEXT = Phrase("Which of these looks most like yours?")
ONE_TEXT = Phrase("Does this look like yours?")


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a solution: plain `text`, and the sanitised `html` that its guide shows.

    `reliability` is the chance that it puts its problem right, as writers' word and walks have it. `under`,
    `condition`, `dangerous` and `procedure` are what its guide says of it; one `for_staff` stands in a block for staff
    only of a guide for everyone: customers are not told of it. What begins with `public_` is what they are told of a
    step, nothing of those.
    """

    id: str
    text: str
    html: str
    reliability: float = 0.9
    under: str = ""
    condition: str = ""
    dangerous: bool = False
    procedure: int = 0
    for_staff: bool = False
    public_html: str = ""
    public_under: str = ""
    public_condition: str = ""
    public_dangerous: bool = False

    def as_handed_on(self) -> Step:
        """The step as customers are told of it; as staff are where customers are not."""
        if self.for_staff:
            return self
        under, condition, dangerous = self.public_under, self.public_condition, self.public_dangerous
        return replace(self, html=self.public_html, under=under, condition=condition, dangerous=dangerous)


@dataclass(frozen=True, slots=True)
class Symptom:
    """A symptom as one problem words it; `id` is shared with other problems, `chance` says how often it shows."""

    id: str
    text: str
    chance: float


@dataclass(frozen=True, slots=True)
class Guide:
    """What a walk needs to know of a guide; `questions` are its authored trees, as the database holds them.

    `key` stays when the guide is renamed, so that what is named by it stays, too. `contacts` are those that its head
    names, then those along its escalation path (slugs). `products` are the places of what it applies to.
    """

    slug: str
    key: str
    title: str
    url: str
    updated: dt.date
    category: str = ""
    category_slug: str = ""
    applies_to: tuple[str, ...] = ()
    weight: float = 1.0
    step_cost: float = 3.0
    contacts: tuple[str, ...] = ()
    questions: tuple[Mapping[str, object], ...] = ()
    revision: int = 0
    products: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with its solution; `anchor` is '' for a whole guide. Its steps are in the order in which to try them.

    `digest` names its own text, `learned` is what walks say of it.
    """

    id: str
    guide: Guide
    anchor: str
    title: str
    symptoms: tuple[Symptom, ...] = ()
    steps: tuple[Step, ...] = ()
    codes: tuple[str, ...] = ()
    digest: str = ""
    learned: Counts = field(default_factory=Counts)

    @property
    def url(self) -> str:
        """The address of what tells of the problem."""
        return f"{self.guide.url}#{self.anchor}" if self.anchor else self.guide.url

    @property
    def ways(self) -> tuple[Procedure[Step], ...]:
        """The ways to put it right, in the order in which to try them; a first one without title goes for all."""
        return procedures_of(self.steps)

    def way_of(self, step: str) -> Procedure[Step] | None:
        """The way that a step (its id) belongs to; None for a step of another problem."""
        return next((way for way in self.ways if any(own.id == step for own in way.steps)), None)


@dataclass(frozen=True, slots=True)
class Contact:
    """Someone to escalate to; `handles` are the triggers and categories they take.

    Of one that an escalation path names and that has no card, the name is known alone, and what the path says (`role`).
    """

    slug: str
    name: str
    role: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    hours: str = ""
    page: str = ""
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a guide says to escalate at once, and to whom (slugs of contacts, best first; () for the default path).

    `clauses` are the words by which somebody may speak of it (`red_flags`).
    """

    id: str
    text: str
    guide: str
    contacts: tuple[str, ...] = ()
    clauses: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """How a question reads: its text, and its answers' labels by id, in order; `detail` is what the text is about."""

    text: str
    answers: Mapping[str, str]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an authored answer leads: exactly one of the three is set, or none when it leads to nothing visible."""

    question: str = ""
    problem: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Published:
    """All that walks of one audience need, read once for each state of the library; it never changes.

    `table` is for the planner; its problems are those of `problems` and one more, `OTHER`, that stands for whatever
    no guide tells of. `wordings` are those of its questions, `symptom_texts` those of what its lists are made of.
    `leads_to[question][answer]` and `roots[guide slug]` are the authored trees. `sections` says for
    (guide slug, anchor) which problem a section belongs to, `within` which ones lie in it beside that, such as the rows
    of a table, `of_guide` which problems a guide has. `products` is the table of what they apply to,
    `families` says of those in it that guides apply to whether they are common here. `codes` has error codes in lower
    case with the problems that name them, `code_names` how they are written, those of most guides first. `examples` are
    what the start page shows that others had.
    """

    table: Catalogue
    problems: Mapping[str, Problem] = field(default_factory=dict)
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    symptom_texts: Mapping[str, str] = field(default_factory=dict)
    leads_to: Mapping[str, Mapping[str, Target]] = field(default_factory=dict)
    roots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    guides: Mapping[str, Guide] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    code_names: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    sections: Mapping[tuple[str, str], str] = field(default_factory=dict)
    within: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    of_guide: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    products: ProductTable = NO_PRODUCTS
    families: Mapping[str, bool] = field(default_factory=dict)
    examples: tuple[str, ...] = ()

    @cached_property
    def readings(self) -> Mapping[str, Problem]:
        """By id, each guide as a whole, without steps: what may answer a question that no problem of it does."""
        readings = (Problem(short_id(guide.key, "guide"), guide, "", guide.title) for guide in self.guides.values())
        return {reading.id: reading for reading in readings}

    @cached_property
    def worded(self) -> Mapping[str, frozenset[str]]:
        """The problems, and whole guides, with just this title or symptom, by the key of its wording."""
        worded: dict[str, set[str]] = {}
        for problem in (*self.readings.values(), *self.problems.values()):
            for text in (problem.title, *(symptom.text for symptom in problem.symptoms)):
                worded.setdefault(stored_symptom_key(text), set()).add(problem.id)
        return {key: frozenset(ids) for key, ids in worded.items()}

    @cached_property
    def symptoms_of(self) -> Mapping[str, tuple[str, ...]]:
        """By problem, the symptoms (ids) by which people may recognise it."""
        found: dict[str, tuple[str, ...]] = {}
        for symptom, problems in self.table.symptoms.items():
            for problem in problems:
                found[problem] = (*found.get(problem, ()), symptom)
        return found

    def named(self, key: str) -> Problem | None:
        """The problem or whole guide with this id, or the problem that has the step with it; None for neither."""
        key = self.steps.get(key, key)
        return self.problems.get(key) or self.readings.get(key)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """The planner's questions by id, lists of symptoms left out."""
        return {question.id: question for question in self.table.questions}

    @cached_property
    def planned(self) -> Mapping[str, PlannedProblem]:
        """The problems as the planner has them, by id."""
        return {problem.id: problem for problem in self.table.problems}

    def reading_of(self, guide: str, anchor: str = "") -> Problem:
        """A guide (by slug) as a whole, to be read from a section on; KeyError for none."""
        return replace(self.readings[short_id(self.guides[guide].key, "guide")], anchor=anchor)

    @cached_property
    def steps(self) -> Mapping[str, str]:
        """The problem of each step, by their ids."""
        return {step.id: problem.id for problem in self.problems.values() for step in problem.steps}

    @cached_property
    def follow_ups(self) -> frozenset[str]:
        """The authored questions that make sense only after the one before them."""
        return frozenset(self.leads_to.keys() - {root for ids in self.roots.values() for root in ids})

    def own_questions(self, guide: str) -> tuple[str, ...]:
        """All questions that a guide (by slug) asks itself, the first ones first."""
        found = dict.fromkeys(self.roots.get(guide, ()))
        ahead = list(found)
        while ahead:
            following = [target.question for target in self.leads_to[ahead.pop(0)].values() if target.question]
            ahead += [question for question in following if question not in found]
            found |= dict.fromkeys(following)
        return tuple(found)

    def code_key(self, code: str) -> str:
        """The key of a code however it is written: `HTTP 429` and `error 429` mean `429`; '' when no guide knows it."""
        return next((key for key in spellings(code) if key in self.codes), "")

    def title_of(self, guide: str) -> str:
        """The title of a guide, by slug; '' for none."""
        return self.guides[guide].title if guide else ""

    def wording(self, question_id: str) -> Wording:
        """How a question of the planner reads, lists of symptoms included."""
        if wording := self.wordings.get(question_id):
            return wording
        symptoms = question_id.removeprefix(LIST_PREFIX).split(".")
        text = LIST_TEXT if len(symptoms) > 1 else ONE_TEXT
        return Wording(text, self._labels_of(symptoms) | {NONE_OF_THESE: NONE_LABEL})

    def _labels_of(self, symptoms: Sequence[str]) -> dict[str, str]:
        """The symptoms as short as they can be told apart."""
        short = {symptom: shortened(self.symptom_texts[symptom]) for symptom in symptoms}
        counts = Counter(short.values())
        return {key: label if counts[label] == 1 else self.symptom_texts[key] for key, label in short.items()}
