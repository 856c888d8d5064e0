"""Tries the walks of a folder's files on its guides, and finds those that don't lead where they must."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from kb.content.findings import FileFinding
from kb.content.wording import stored_symptom_key
from kb.models.audience import EVERYONE, INSIDERS
from kb.models.slugs import category_slug
from kb.search.index.contract import Engine
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.from_folder import FolderLibrary
from troubleshooting.catalogue.identifiers import short_id
from troubleshooting.catalogue.values import UNSURE, UNSURE_LABEL
from troubleshooting.evaluation.checks.walk_files import Text, WalkCase
from troubleshooting.planning.symptom_lists import LIST_PREFIX, NONE_OF_THESE
from troubleshooting.walk.address import QUESTIONS, Address
from troubleshooting.walk.entry import step_in
from troubleshooting.walk.state import WalkState

MOST_NAMED = 3
EQUAL = 1e-9
ENDING = ".md"


class _UnknownWord(Exception):  # noqa: N818 - reported as a finding
    """Something that the guides do not say, and its line."""

    def __init__(self, message: str, text: Text, known: Iterable[str] = ()) -> None:
        near = get_close_matches(text.text, list(known), n=1)
        super().__init__(message + (f" Did you mean '{near[0]}'?" if near else ""))
        self.line = text.line


def check(
    library: FolderLibrary,
    cases: Iterable[WalkCase],
    catalogues: Mapping[frozenset[str], Catalogue],
    engine: Callable[[], Engine],
) -> Iterator[FileFinding]:
    """An error for each case that can't be walked or leads elsewhere; `engine` searches the guides."""
    for case in cases:
        searched = engine() if {"symptom", "code"} & case.starts.keys() else None
        audiences = INSIDERS if case.is_staff else EVERYONE
        try:
            message = _Trial(library, catalogues[audiences], audiences, searched).fault_of(case)
        except _UnknownWord as error:
            yield FileFinding(case.file, error.line, "error", str(error))
        else:
            if message:
                yield FileFinding(case.file, case.expect.line, "error", message)


class _Trial:
    """One audience's catalogue, on which cases are tried."""

    def __init__(
        self, library: FolderLibrary, catalogue: Catalogue, audiences: frozenset[str], engine: Engine | None
    ) -> None:
        self.library, self.audiences, self.engine = library, audiences, engine
        self.catalogue, self.published = catalogue, catalogue.published

    def fault_of(self, case: WalkCase) -> str:
        """A sentence on where the walk leads instead; '' when it leads where it must."""
        expected, contact = self._expected(case.expect)
        address = self._start(case.starts)
        for question, answer in case.answers:
            address = address.answered(*self._answer(address, question, answer))
        state = step_in(self.catalogue, address, self.audiences, self.engine)
        if contact:
            return self._fault_of_contacts(case, state, contact)
        chances = [c.probability for c in state.candidates if c.problem.id in expected]
        others = [c for c in state.candidates if c.problem.id not in expected]
        before = [c for c in others if not chances or c.probability >= max(chances) - EQUAL]
        if chances and len(before) < case.place:
            return ""
        names = ", ".join(f"'{candidate.problem.title}'" for candidate in before[:MOST_NAMED])
        where = (
            f"at place {len(before) + 1}, not {case.place}" if chances else f"not among the {len(before)} likely ones"
        )
        return f"'{case.expect.text}' is {where}; before it: {names}."

    def _fault_of_contacts(self, case: WalkCase, state: WalkState, contact: str) -> str:
        shown = [shown_contact.slug for shown_contact in state.contacts]
        if contact in shown[: case.place]:
            return ""
        if state.kind != "escalate":
            return f"The walk does not lead to a contact: it ends with a {state.kind}."
        return (
            f"The walk leads to the contacts {', '.join(shown)}: '{contact}' is not in the first {case.place} of them."
        )

    def _start(self, starts: Mapping[str, Text]) -> Address:
        given = {name: text.text for name, text in starts.items()}
        if "category" in given:
            given["category"] = category_slug(given["category"])
            self._require("category", starts["category"], given["category"], self.published.categories)
        if "guide" in given:
            given["guide"] = self._slug(given["guide"])
            self._require("guide", starts["guide"], given["guide"], self.published.guides)
        if "code" in given:
            self._require("error code", starts["code"], self.published.code_key(given["code"]), self.published.codes)
        return Address(
            symptom=given.get("symptom", ""),
            category=given.get("category", ""),
            code=given.get("code", ""),
            guide=given.get("guide", ""),
            start=QUESTIONS,
        )

    def _require(self, name: str, written: Text, value: str, known: Mapping[str, object]) -> None:
        if value not in known:
            raise _UnknownWord(f"No guide that these readers see has the {name} '{written.text}'.", written, known)

    def _slug(self, written: str) -> str:
        """The slug of a guide that is named by its slug or by its path."""
        slugs = {plan.file.source: plan.slug for plan, _ in self.library.documents}
        return slugs.get(written, slugs.get(written + ENDING, written))

    def _expected(self, expect: Text) -> tuple[set[str], str]:
        """The ids of the problems, or the slug of the contact, that a case expects; a guide stands for all of its."""
        name, _, anchor = expect.text.partition("#")
        slug = self._slug(name)
        own = [problem for problem in self.published.problems.values() if problem.guide.slug == slug]
        if found := {problem.id for problem in own if not anchor or problem.anchor == anchor}:
            return found, ""
        plan = self.library.reading.library.contacts
        contacts = {file.source: plan.slug(file.source) for file, _ in self.library.reading.contacts}
        contact = contacts.get(name, name)
        if contact in self.published.contacts and not anchor:
            return set(), contact
        known = [f"{problem.guide.slug}#{problem.anchor}" for problem in self.published.problems.values()]
        raise _UnknownWord(f"There is no problem and no contact '{expect.text}' for these readers.", expect, known)

    # Answers in words

    def _answer(self, address: Address, question: Text, answer: Text) -> tuple[str, str]:
        """The ids of a question and of its answer. A symptom is a question too, answered by yes or no."""
        if symptom := self._symptom(question.text):
            return self._symptom_answer(symptom, answer)
        same_wording = [
            key for key, wording in self.published.wordings.items() if _is_same_wording(wording.text, question.text)
        ]
        if not same_wording:
            known = [w.text for w in self.published.wordings.values()] + list(self.published.symptom_texts.values())
            raise _UnknownWord(f"No question and no symptom reads '{question.text}'.", question, known)
        key = self._question_meant(address, same_wording)
        labels = self.published.wording(key).answers
        if _is_same_wording(answer.text, UNSURE_LABEL):
            return key, UNSURE
        for choice, label in labels.items():
            if _is_same_wording(label, answer.text) or choice == answer.text:
                return key, choice
        choices = ", ".join(f"'{label}'" for label in labels.values())
        raise _UnknownWord(f"'{question.text}' has no answer '{answer.text}', only {choices}.", answer)

    def _question_meant(self, address: Address, same_wording: list[str]) -> str:
        """Which of the questions with one wording: the one that the walk leads to now, else the first not answered."""
        given = dict(address.answers)
        targets = [self.published.leads_to.get(key, {}).get(answer) for key, answer in given.items()]
        next_questions = {target.question for target in targets if target} | set(
            self.published.roots.get(address.guide, ())
        )
        ordered = sorted(same_wording, key=lambda key: (key in given, key not in next_questions))
        return ordered[0]

    def _symptom(self, text: str) -> str:
        stored = stored_symptom_key(text)
        symptom = short_id(stored)
        if symptom in self.published.symptom_texts:
            return symptom
        return next(
            (key for key, wording in self.published.symptom_texts.items() if stored_symptom_key(wording) == stored), ""
        )

    def _symptom_answer(self, symptom: str, answer: Text) -> tuple[str, str]:
        shared = f"see-{symptom}"
        question, yes, no = LIST_PREFIX + symptom, symptom, NONE_OF_THESE
        if shared in self.published.wordings:
            question, yes, no = shared, "yes", "no"
        answers = {"yes": yes, "no": no, UNSURE_LABEL.lower(): UNSURE}
        if answer.text.lower() not in answers:
            raise _UnknownWord(f"A symptom is answered by yes, no or not sure, not '{answer.text}'.", answer)
        return question, answers[answer.text.lower()]


def _is_same_wording(first: str, second: str) -> bool:
    return stored_symptom_key(first) == stored_symptom_key(second)
