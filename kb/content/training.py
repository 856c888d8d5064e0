"""Learns from a gold what evidence weighs that a sentence is a step, a symptom or a cause, and a part a problem.

Sentences are learned from the sections that tell of a problem, parts from all guides, those without a problem too. How
likely the sentences of a part are to be steps is evidence of what it tells, so sentences are learned first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from kb.content import front_matter, guessed, learned, outline, roles, trouble
from kb.content.document import ContentError
from kb.content.gold import GoldError, GoldGuide, GoldItem, GoldProblem
from kb.content.headings import Heading, Passage, headings
from kb.content.labels import Kind
from kb.content.likeness import ALIKE_TEXTS, f1, stands_in, words
from kb.content.passages import passages
from kb.content.regression import fit
from kb.content.scopes import Scope, scopes
from kb.content.scoring import Verdict, score
from kb.content.sentence_evidence import evidence
from kb.content.units import Unit, units

TITLE_COUNTS = 1.1
SHORTEST_WITHIN = 4
# How closely the weights follow the gold: there is more of steps. Chosen by leaving each repository out in turn.
_WEIGHTS_OF_LOSS = {"step": 0.5, "symptom": 0.1, "cause": 0.1, "problem": 0.1}
_QUESTIONS = ("step", "symptom", "cause")
# Whether something is so; None where people would differ.
Truth = bool | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is known of a sentence, and whether it is a step, a symptom and a cause."""

    known: frozenset[str]
    truths: dict[str, Truth]


@dataclass(frozen=True, slots=True)
class Part:
    """A part without label, with all that its evidence is made of, and whether it tells of a problem."""

    scope: Scope
    sentences: list[Unit]
    known: list[set[str]]
    around: trouble.Surroundings
    truth: Truth

    def evidence(self, weigh: learned.Weights) -> set[str]:
        """What is known of it, given what steps are recognised by."""
        steps = [learned.probability(known, weigh) for known in self.known]
        return trouble.evidence(self.scope, self.sentences, steps, self.around)


@dataclass(frozen=True, slots=True)
class Samples:
    """What one guide teaches."""

    guide: GoldGuide
    sentences: list[Sentence] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


def train(samples: Collection[Samples]) -> dict[str, dict[str, float]]:
    """The weights that answer best what the samples ask; the same samples give the same weights."""
    sentences = [sentence for each in samples for sentence in each.sentences]
    weights = {}
    for question in _QUESTIONS:
        clear = [(each.known, truth) for each in sentences if (truth := each.truths[question]) is not None]
        weights[question] = fit(
            [known for known, _ in clear], [truth for _, truth in clear], _WEIGHTS_OF_LOSS[question]
        )
    parts = [part for each in samples for part in each.parts if part.truth is not None]
    evidence = [part.evidence(weights["step"]) for part in parts]
    return weights | {"problem": fit(evidence, [bool(part.truth) for part in parts], _WEIGHTS_OF_LOSS["problem"])}


def left_out(samples: Sequence[Samples]) -> Iterator[list[Verdict]]:
    """The verdicts of the guides of each repository, by weights that were learned from all others alone."""
    for repository in sorted({each.guide.repository for each in samples}):
        own = [each.guide for each in samples if each.guide.repository == repository]
        with learned.using(train([each for each in samples if each.guide.repository != repository])):
            yield score(own)


def samples_of(guide: GoldGuide) -> Samples:
    """What a guide teaches. Raises GoldError when its text can't be read."""
    try:
        head = front_matter.split(guide.text)
        parsed = outline.parse(head.body, head.body_line)
        metadata, _ = front_matter.metadata(head.fields, outline=parsed, source=guide.name)
    except ContentError as error:
        raise GoldError(f"{guide.where}: the text of {guide.path} can't be read: {error}") from error
    tree = headings(parsed)
    page = roles.Page(metadata.title or parsed.title, guessed.share_of_trouble(tree))
    own: dict[int, list[Passage]] = defaultdict(list)
    for passage in passages(parsed, tree):
        own[id(passage.owner)].append(passage)
    samples = Samples(guide)
    if any(not problem.optional for problem in guide.problems):
        for passage_group in own.values():
            title = passage_group[0].owner.title or metadata.title
            samples.sentences.extend(_sentences(guide, title, passage_group, page))
    samples.parts.extend(_parts(guide, tree, own, page, metadata.summary))
    return samples


def _sentences(guide: GoldGuide, title: str, own: list[Passage], page: roles.Page) -> Iterator[Sentence]:
    """The sentences under one heading, where it tells of a problem that counts."""
    read = [(passage, chunk, units(chunk.blocks)) for passage in own for chunk in passage.chunks]
    every = [unit for _, _, found in read for unit in found]
    if not any(not problem.optional and _fits(problem, title, every, 1.0) for problem in guide.problems):
        return
    kinds = {passage.kind for passage in own}
    for passage, chunk, found in read:
        name = chunk.title or (chunk.section.title if chunk.section else "")
        setting = page.setting(chunk.blocks, passage.kind, name, kinds)
        for unit, known in zip(found, evidence(found, setting), strict=True):
            yield Sentence(frozenset(known), {question: _is(unit.text, guide, question) for question in _QUESTIONS})


def _parts(
    guide: GoldGuide, tree: Heading, own: dict[int, list[Passage]], page: roles.Page, summary: str
) -> Iterator[Part]:
    """The parts under no label; each problem is told by the part that has most of its sentences."""
    read: list[tuple[Scope, list[Unit], frozenset[Kind | None]]] = []
    for heading in tree.below():
        here = own.get(id(heading), [])
        kinds = frozenset(passage.kind for passage in here)
        if heading.kind is None and Kind.SOLUTION not in kinds:
            every = list(scopes(heading, here, page.title))  # a part has all its blocks when the next one is there
            read += [(scope, units(scope.blocks), kinds) for scope in every if scope.blocks]
    truths: dict[int, Truth] = {}
    for problem in guide.problems if read else ():
        fits = [_fits(problem, scope.title, sentences, TITLE_COUNTS) for scope, sentences, _ in read]
        if max(fits):
            truths[fits.index(max(fits))] = None if problem.optional else True
    for number, (scope, sentences, kinds) in enumerate(read):
        known = evidence(sentences, page.setting(scope.blocks, None, scope.title, kinds))
        truth = truths.get(number, False)
        yield Part(scope, sentences, known, trouble.Surroundings(kinds, page.share_of_trouble, summary), truth)


def _fits(problem: GoldProblem, title: str, sentences: Sequence[Unit], title_counts: float) -> float:
    """How many sentences are steps of a problem, and whether the title is its own."""
    steps = sum(any(_alike(step, unit.text) >= ALIKE_TEXTS for step in problem.steps) for unit in sentences)
    return steps + title_counts * (f1(problem.title, title) >= ALIKE_TEXTS)


def _is(text: str, guide: GoldGuide, question: str) -> Truth:
    """Whether a sentence is a step, symptom or cause of the guide: as what it is most alike to says."""
    best, truth, is_clear = 0.0, False, True
    for problem in guide.problems:
        items = {"step": problem.steps, "symptom": problem.symptoms, "cause": problem.causes}[question]
        for item in items:
            alike, optional = _alike(item, text), item.optional or problem.optional
            if alike >= ALIKE_TEXTS and (alike > best or (alike == best and not is_clear)):
                best, truth, is_clear = alike, True, not optional
    return truth if is_clear else None


def _alike(item: GoldItem, text: str) -> float:
    """How alike a sentence is to an item; one that holds all its words is alike enough."""
    best = max(f1(wording, text) for wording in (item.text, item.short) if wording)
    if best < ALIKE_TEXTS and len(words(item.text)) >= SHORTEST_WITHIN and stands_in(item.wordings, text):
        return ALIKE_TEXTS
    return best
