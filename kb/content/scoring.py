"""Counts what the product finds in guides against what a person found there.

A found thing and one of the gold belong together one to one, the most alike first. A problem is right when it shares a
step with its partner, or title and a symptom; a symptom, a cause and a step when its words are alike enough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

from kb.content.document import ContentError, Document, Problem, Step, Symptom
from kb.content.gold import PROBLEM, GoldError, GoldGuide, GoldItem, GoldProblem
from kb.content.likeness import ALIKE_TEXTS, f1, likeness, plain, stands_in, words
from kb.content.reading import read_guide

RIGHT, WRONG, MISSED = "right", "wrong", "missed"
KINDS = ("problem", "symptom", "step", "code", "cause")
# What is held of that which was found, as right of right and missed.
IN_PROBLEM, CODE_KEPT, CONDITION, APART = "step in its problem", "code kept", "condition kept", "alternatives apart"
APPLIES_TO, ESCALATION, WITHOUT = "applies to", "escalation", "guide without problem"
HELD = (IN_PROBLEM, CODE_KEPT, CONDITION, APART, APPLIES_TO, ESCALATION, WITHOUT)
# What must not come out, as right (it did not) of right and wrong.
DIAGNOSIS, NOTE, SCENE = "diagnosis as step", "note as step", "scene as symptom"
UNWANTED = (DIAGNOSIS, NOTE, SCENE)
COVERED, COVERING = "step told somewhere", "step that tells one"
BELONGS = 0.2
_Gold = TypeVar("_Gold")
_Found = TypeVar("_Found")
GoldStep = tuple[int, GoldItem]
FoundStep = tuple[Problem, Step]


class Tally(Counter[tuple[str, str]]):
    """How often each kind of thing was right, wrong or missed."""

    def precision(self, kind: str) -> float | None:
        """The share of what was found that is right; None when nothing was."""
        return self._share(kind, WRONG)

    def recall(self, kind: str) -> float | None:
        """The share of what there is that was found; None when there is nothing."""
        return self._share(kind, MISSED)

    def _share(self, kind: str, other: str) -> float | None:
        right = self[kind, RIGHT]
        return right / (right + self[kind, other]) if right + self[kind, other] else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The tally of one guide, and what was wrong: pairs of what ('missed step') and its words."""

    guide: GoldGuide
    tally: Tally = field(default_factory=Tally)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    def count(self, kind: str, outcome: str, remark: str = "", text: str = "") -> None:
        """Count a thing, and remark on it."""
        self.tally[kind, outcome] += 1
        if remark:
            self.remarks.append((remark, text))

    def hold(self, kind: str, holds: bool, remark: str = "", text: str = "") -> None:
        """Count what is right or missed, and remark on what is missed."""
        self.count(kind, RIGHT if holds else MISSED, "" if holds else remark, text)


def score(guides: Iterable[GoldGuide]) -> list[Verdict]:
    """Read each guide and judge what was found. Raises GoldError when a text can't be read."""
    return [judge(guide, _document_of(guide)) for guide in guides]


def _document_of(guide: GoldGuide) -> Document:
    try:
        return read_guide(guide.text, guide.name)
    except ContentError as error:
        raise GoldError(f"{guide.where}: the text of {guide.path} can't be read: {error}") from error


def groups(verdicts: Sequence[Verdict]) -> dict[str, list[Verdict]]:
    """The verdicts of each source, of guides that were labelled and not, and all."""
    found: dict[str, list[Verdict]] = {}
    for verdict in sorted(verdicts, key=lambda verdict: verdict.guide.source):
        found.setdefault(verdict.guide.source, []).append(verdict)
    labelled = [verdict for verdict in verdicts if verdict.guide.labelled]
    others = [verdict for verdict in verdicts if not verdict.guide.labelled]
    return found | {"labelled": labelled, "not labelled": others, "all": list(verdicts)}


def total(verdicts: Iterable[Verdict]) -> Tally:
    """The sum of their tallies."""
    summed = Tally()
    for verdict in verdicts:
        summed.update(verdict.tally)
    return summed


def judge(guide: GoldGuide, document: Document) -> Verdict:
    """Hold what was found in a guide against the truth."""
    verdict = Verdict(guide)
    _Judge(verdict, document).judge()
    return verdict


def pair(
    golds: Sequence[_Gold], found: Sequence[_Found], alike: Callable[[_Gold, _Found], float], least: float
) -> dict[int, int]:
    """What belongs together, one to one, the most alike first: the index of the gold -> the index of what was found."""
    ranked = sorted((-alike(g, f), i, j) for i, g in enumerate(golds) for j, f in enumerate(found))
    pairs: dict[int, int] = {}
    for unlike, i, j in ranked:
        if -unlike < least:
            break
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


class _Judge:
    """Judges one document."""

    def __init__(self, verdict: Verdict, document: Document) -> None:
        self._verdict = verdict
        self._guide = verdict.guide
        self._document = document
        problems = document.structure.problems
        self._problems = pair(self._guide.problems, problems, self._belong, BELONGS)
        aside = {j for i, j in self._problems.items() if self._guide.problems[i].optional}
        self._counted = [problem for j, problem in enumerate(problems) if j not in aside]
        self._wanted = [(i, problem) for i, problem in enumerate(self._guide.problems) if not problem.optional]
        self._golds: list[GoldStep] = [(i, step) for i, problem in self._wanted for step in problem.steps]
        self._found: list[FoundStep] = [(problem, step) for problem in self._counted for step in problem.steps]

    def judge(self) -> None:
        """Count everything."""
        self._judge_problems()
        pairs = self._judge_items("step", [step for _, step in self._golds], [step for _, step in self._found], _told)
        symptoms = [symptom for problem in self._counted for symptom in problem.symptoms]
        wanted = [symptom for _, problem in self._wanted for symptom in problem.symptoms]
        self._judge_items("symptom", wanted, symptoms, lambda symptom: (symptom.text,))
        causes = [cause for problem in self._counted for cause in problem.causes]
        self._judge_items("cause", [cause for _, p in self._wanted for cause in p.causes], causes, lambda text: (text,))
        self._judge_covering(pairs)
        self._judge_keeping(pairs)
        self._judge_alternatives(pairs)
        self._judge_codes()
        self._judge_unwanted(symptoms)
        self._judge_rest()

    def _belong(self, gold: GoldProblem, found: Problem) -> float:
        title = f1(gold.title, found.title) >= ALIKE_TEXTS
        if gold.optional and not gold.steps:
            whole = not found.anchor and f1(gold.title, self._document.metadata.title) >= ALIKE_TEXTS
            return float(title or whole)
        steps = sum(any(_does(step, other) for other in found.steps) for step in gold.steps)
        symptoms = sum(
            any(likeness(one, other.text) >= ALIKE_TEXTS for other in found.symptoms) for one in gold.symptoms
        )
        return steps + 0.5 * symptoms + 0.25 * title if steps or (title and symptoms) else 0.0

    def _judge_problems(self) -> None:
        for i, gold in self._wanted:
            self._verdict.hold(PROBLEM, i in self._problems, "missed problem", gold.title)
        for j, problem in enumerate(self._document.structure.problems):
            if j not in self._problems.values():
                text = f"{problem.title} [{len(problem.steps)} steps]"
                self._verdict.count(PROBLEM, WRONG, "wrong problem", text)

    def _judge_items(
        self, kind: str, golds: list[GoldItem], found: Sequence[_Found], told: Callable[[_Found], tuple[str, ...]]
    ) -> dict[int, int]:
        def alike(gold: GoldItem, one: _Found) -> float:
            best = max(likeness(gold, text) for text in told(one))
            return (
                ALIKE_TEXTS if best < ALIKE_TEXTS and kind == "step" and _at_length(gold, golds, told(one)[0]) else best
            )

        pairs = pair(golds, found, alike, ALIKE_TEXTS)
        for i, gold in enumerate(golds):
            if not gold.optional:
                self._verdict.hold(kind, i in pairs, f"missed {kind}", gold.text)
        for j, one in enumerate(found):
            if j not in pairs.values():
                self._verdict.count(kind, WRONG, f"wrong {kind}", told(one)[0])
        return pairs

    def _judge_covering(self, pairs: Mapping[int, int]) -> None:
        """Whether the words of each step are in some found step, and those of some step in each found one."""
        wholes = [f"{step.text}\n{step.markdown}" for _, step in self._found]
        for i, (_, gold) in enumerate(self._golds):
            if not gold.optional:
                told = i in pairs or any(stands_in(gold.wordings, whole) for whole in wholes)
                self._verdict.hold(COVERED, told, "lost step", gold.text)
        for j, (_, step) in enumerate(self._found):
            tells = j in pairs.values() or any(stands_in(gold.wordings, step.text) for _, gold in self._golds)
            self._verdict.count(COVERING, RIGHT if tells else WRONG)
        partners = {id(self._document.structure.problems[j]): i for i, j in self._problems.items()}
        for i, j in pairs.items():
            self._verdict.hold(IN_PROBLEM, partners.get(id(self._found[j][0])) == self._golds[i][0])

    def _judge_keeping(self, pairs: Mapping[int, int]) -> None:
        """Whether the code and the condition of a step stayed with it, or with any where the step was not found."""
        for i, (_, gold) in enumerate(self._golds):
            where = [step for _, step in ([self._found[pairs[i]]] if i in pairs else self._found)]
            if gold.kept:
                kept = any(" ".join(gold.kept.split()) in " ".join(step.markdown.split()) for step in where)
                self._verdict.hold(CODE_KEPT, kept, "lost from step", f"{gold.kept} <- {gold.text}")
            if gold.condition:
                needed = set(words(gold.condition))
                kept = any(needed <= {*words(f"{step.text} {plain(step.markdown)} {step.under}")} for step in where)
                self._verdict.hold(CONDITION, kept, "lost condition", f"{gold.condition} <- {gold.text}")

    def _judge_alternatives(self, pairs: Mapping[int, int]) -> None:
        """Whether all alternatives of a problem were found, no two of them under the same title."""
        for i, problem in self._wanted:
            every = {step.alternative for step in problem.steps if step.alternative}
            if len(every) < 2:  # noqa: PLR2004 - one way alone is no alternative
                continue
            places: dict[str, set[tuple[int, str]]] = defaultdict(set)
            for k, j in pairs.items():
                owner, step = self._found[j]
                if self._golds[k][0] == i and self._golds[k][1].alternative:
                    places[self._golds[k][1].alternative].add((id(owner), step.under))
            apart = not any(one & other for one, other in combinations(places.values(), 2))
            holds = apart and len(places) == len(every)
            self._verdict.hold(APART, holds, "alternatives not told apart", problem.title)

    def _judge_codes(self) -> None:
        structure = self._document.structure
        found = {each.code.casefold() for each in structure.error_codes}
        found |= {code.casefold() for problem in structure.problems for code in problem.codes}
        for code, optional in self._guide.codes.items():
            if not optional:
                self._verdict.hold("code", code in found, "missed code", code)
        for code in sorted(found - set(self._guide.codes)):
            self._verdict.count("code", WRONG, "wrong code", code)

    def _judge_unwanted(self, symptoms: Sequence[Symptom]) -> None:
        steps = [step.text for _, step in self._found]
        seen = [symptom.text for symptom in symptoms]
        for kind, texts, came_out in (
            (NOTE, self._guide.not_steps, steps),
            (DIAGNOSIS, self._guide.diagnosis, steps),
            (SCENE, self._guide.not_symptoms, seen),
        ):
            for text in texts:
                hit = any(f1(text, other) >= ALIKE_TEXTS or stands_in([text], other) for other in came_out)
                self._verdict.count(kind, WRONG if hit else RIGHT, kind if hit else "", text)

    def _judge_rest(self) -> None:
        guide, document = self._guide, self._document
        if guide.problems and guide.kind == PROBLEM:
            for product in guide.applies_to:
                named = any(_names(product, other) for other in document.metadata.applies_to)
                self._verdict.hold(APPLIES_TO, named, "missed applies to", product)
        told = (*document.structure.triggers, *document.structure.path)
        for item in (item for item in guide.escalation if not item.optional):
            holds = any(likeness(item, text) >= ALIKE_TEXTS for text in told)
            self._verdict.hold(ESCALATION, holds, "missed escalation", item.text)
        if guide.kind != PROBLEM:
            self._verdict.hold(WITHOUT, not self._counted)


def _told(step: Step) -> tuple[str, ...]:
    """A step without the heading that is put before prose, and with it."""
    before = f"{step.under}: "
    own = step.text[len(before) :] if step.under and step.text.startswith(before) else step.text
    return own, step.text


def _does(gold: GoldItem, step: Step) -> bool:
    """Whether a found step tells what one of the gold does; its words within it will do, if they are three or more."""
    if likeness(gold, _told(step)[0]) >= ALIKE_TEXTS:
        return True
    return len(words(gold.text)) > 2 and stands_in(gold.wordings, f"{step.text}\n{step.markdown}")  # noqa: PLR2004


def _at_length(gold: GoldItem, golds: Sequence[GoldItem], text: str) -> bool:
    """Whether a text is this step told with its reasons or an example: it holds the words of this one alone."""
    if not stands_in(gold.wordings, text):
        return False
    return sum(stands_in(other.wordings, text) for other in golds if not other.optional) == 1


def _names(product: str, text: str) -> bool:
    return set(words(product)) <= set(words(text)) or f1(product, text) >= 0.8  # noqa: PLR2004 - nearly the same name
