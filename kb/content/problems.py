"""Finds the structure in a guide's prose: problems, error codes, escalation and questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.content import causes, codes, folds, questions, row_problems, scopes, steps, symptoms
from kb.content.blocks import Block, ListBlock, Outline, Paragraph, Table, plain
from kb.content.document import Problem, StepList, Structure, Symptom
from kb.content.guessed import Guess, Guesser
from kb.content.labels import Kind
from kb.content.observation import (
    cleaned,
    condition,
    conditions,
    gives_steps,
    is_example,
    is_guideline,
    is_how_to,
    is_raised,
    last_sentence,
    observable,
    promises_fix,
    raised_when,
    statements,
)
from kb.content.passages import Heading, Passage, headings, passages
from kb.content.patterns import counted, linear
from kb.content.scopes import Scope
from kb.content.units import units
from kb.content.wording import cut, cut_at_sentence, sentences

LONGEST_TITLE = 300
UNLIKELY = 0.1
LONGEST_CAUSE = 500
MOST_CAUSES = 12
LONGEST_TRIGGER = 300
_HELPING = frozenset([None, Kind.SOLUTION, Kind.DIAGNOSIS, Kind.CAUSE, Kind.INFORMATION])
_SENDS = counted(
    r"\b(?:open|raise|create|file|submit|log) (?:an? |the )?(?:\w+ ){0,2}(?:support (?:case|ticket|request)|case with|ticket with|pmr)\b|"
    r"\bcontact (?:\S+ ){0,4}(?:support|help ?desk|service desk|support team)\b|"
    r"\b(?:point of contact|escalate (?:to|the|this))\b|\bask (?:\S+ ){0,3}support(?: team)?\b",
    re.IGNORECASE,
)
_NOTHING = linear(r"(?:none|n/?a|unknown|not applicable|-)\.?", re.IGNORECASE)


def find(outline: Outline, title: str = "", summary: str = "") -> Structure:
    """What the prose of a guide says. `title` and `summary` are the guide's."""
    parts = folds.unfolded(outline)
    guide = headings(parts)
    every = passages(parts, guide)
    finder = _Finder(outline, every, title or outline.title, Guesser(guide, title or outline.title, summary))
    found = list(finder.problems(guide))
    return Structure(
        sections=outline.sections,
        problems=tuple(each.problem for each in found),
        error_codes=tuple(code for _, code in finder.codes),
        triggers=tuple(dict.fromkeys([*_triggers(every), *_sent_for_help(every, is_problem=bool(found))])),
        path=tuple(dict.fromkeys(_path(every))),
        questions=questions.find(every)[0],
        links=outline.links,
        step_lists=tuple(place for each in found for place in each.lists),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    problem: Problem
    lists: tuple[StepList, ...]


class _Finder:
    """Finds the problems of one guide among its passages."""

    def __init__(self, outline: Outline, every: Sequence[Passage], title: str, guesser: Guesser) -> None:
        self._title = title
        self._guesser = guesser
        self._of: dict[int, list[Passage]] = {}
        for passage in every:
            self._of.setdefault(id(passage.owner), []).append(passage)
        self.codes = [(passage.owner, code) for passage in every for code in codes.defined(passage)]
        self._places = dict(_places(outline))

    def problems(self, guide: Heading) -> Iterator[_Found]:
        """The problems, in the order of their headings; the whole guide comes first."""
        self._adopt_solutions(guide)
        for heading in guide.below():
            own = self._of.get(id(heading), [])
            parts = list(scopes.scopes(heading, own, self._title)) if heading.kind is None else []
            found = self._problem(heading, own, parts)
            if found:
                yield found
            else:
                yield from self._guessed(heading, own, parts)
            yield from self._of_rows(heading, own)

    def _adopt_solutions(self, guide: Heading) -> None:
        """Give a heading with symptoms and no solution those that stand below it under headings without symptoms."""
        for heading in guide.below():
            own = self._of.get(id(heading), [])
            kinds = {passage.kind for passage in own if passage.blocks}
            if heading.kind is not None or Kind.SYMPTOMS not in kinds or Kind.SOLUTION in kinds:
                continue
            for lower in list(heading.below())[1:]:
                others = self._of.get(id(lower), [])
                below = {passage.kind for passage in others if passage.blocks}
                if Kind.SOLUTION in below and not below & {Kind.SYMPTOMS, Kind.MEANING}:
                    taken = [passage for passage in others if passage.kind in (Kind.SOLUTION, Kind.CAUSE)]
                    self._of[id(lower)] = [passage for passage in others if passage not in taken]
                    own += taken

    def _guessed(self, heading: Heading, own: Sequence[Passage], parts: Sequence[Scope]) -> Iterator[_Found]:
        """The problems in what stands under no label."""
        kinds = {passage.kind for passage in own}
        for scope in parts:
            guess = self._guesser.guess(scope, kinds)
            if guess is not None:
                yield self._of_guess(heading, scope.title, scope.line, guess)

    def _of_rows(self, heading: Heading, own: list[Passage]) -> Iterator[_Found]:
        tables = (block for passage in own for block in passage.blocks if isinstance(block, Table))
        for table in tables:
            for row in row_problems.rows(table):
                title = " ".join(row.told.text.split())
                yield self._of_guess(heading, title, row.told.line, self._guesser.of_row(row), alone=False)
            if (whole := row_problems.key_values(table, heading.title or self._title)) is not None:
                yield self._of_guess(heading, heading.title or self._title, table.line, self._guesser.of_row(whole))

    def _of_guess(self, heading: Heading, title: str, line: int, guess: Guess, *, alone: bool = True) -> _Found:
        """What was guessed as a problem; one that is not `alone` in its table has the codes of its row only."""
        told = symptoms.distinct(guess.symptoms)
        problem = Problem(
            anchor=heading.anchor,
            title=cut(title, LONGEST_TITLE),
            line=line,
            symptoms=tuple(told),
            causes=tuple(guess.causes)[:MOST_CAUSES],
            steps=guess.steps.steps,
            codes=tuple(self._codes(heading, title, told, guess.messages, row=None if alone else line)),
        )
        return _Found(problem, self._list_places(heading, guess.steps))

    def _problem(self, heading: Heading, own: list[Passage], parts: Sequence[Scope]) -> _Found | None:
        title = heading.title or self._title
        solutions = [passage for passage in own if passage.kind is Kind.SOLUTION]
        read = steps.read(solutions, self._guesser.page)
        told = self._told(own, title) if read.steps else []
        if not read.steps:
            free = [passage for passage in own if passage.kind is None]
            told = _introduced(free, title)
            if told and parts and self._is_unlikely(parts[0], own):
                told = []
            read = steps.read([_numbered_only(passage) for passage in free], self._guesser.page) if told else read
        if not read.steps or (not told and is_how_to(title)):
            return None
        problem = Problem(
            anchor=heading.anchor,
            title=cut(title, LONGEST_TITLE),
            line=heading.part.section.line if heading.part else own[0].line,
            symptoms=tuple(told),
            causes=tuple(dict.fromkeys(self._causes(own, title, read)))[:MOST_CAUSES],
            steps=read.steps,
            codes=tuple(self._codes(heading, title, told)),
        )
        return _Found(problem, self._list_places(heading, read))

    def _is_unlikely(self, part: Scope, own: Sequence[Passage]) -> bool:
        kinds = {passage.kind for passage in own}
        return self._guesser.chance(part, self._guesser.weighed(part, kinds), kinds) < UNLIKELY

    def _list_places(self, heading: Heading, read: steps.FoundSteps) -> tuple[StepList, ...]:
        return tuple(
            StepList(*self._places[line], heading.anchor, first) for line, first in read.lists if line in self._places
        )

    def _told(self, own: Sequence[Passage], title: str) -> list[Symptom]:
        """The symptoms of a labelled problem: those under the label, else what introduces it or its title says."""
        told = [one for passage in own if passage.kind is Kind.SYMPTOMS for one in _symptoms(passage)]
        if not told:
            told = [one for passage in own if _describes(passage) for one in symptoms.read(passage.blocks) if observable(one.text) or is_raised(one.text)]
        if not told:
            told = [one for passage in own if passage.kind is Kind.MEANING for one in _meant(passage, title)]
        if not told:
            told = [one for passage in own if passage.kind is None for one in _opening(passage)]
        if not told and own and title and not is_how_to(title):
            told = [Symptom(cleaned(title), own[0].line)]
        return symptoms.distinct(told)

    def _causes(self, own: Sequence[Passage], title: str, read: steps.FoundSteps) -> Iterator[str]:
        """What the guide gives as causes; else what seems one, wherever it stands."""
        given = [text for passage in own if passage.kind is Kind.CAUSE for text in _cause(passage)]
        yield from given
        if given:
            return
        kinds = {passage.kind for passage in own}
        for passage in own:
            if passage.kind in (None, Kind.MEANING, Kind.SYMPTOMS) or _describes(passage):
                blocks = passage.blocks
                yield from causes.among(self._guesser.page.weigh(units(blocks), blocks, passage.kind, title, kinds))
        yield from causes.among(read.others)

    def _codes(
        self, heading: Heading, title: str, told: Sequence[Symptom], messages: Sequence[str] = (), row: int | None = None
    ) -> Iterator[str]:
        known = {code.code for _, code in self.codes}
        own = [code.code for owner, code in self.codes if owner is heading and row in (None, code.line)]
        found: dict[str, str] = {}
        for code in (*own, *codes.named([title, *(one.text for one in told), *messages], known)):
            found.setdefault(code.casefold(), code)
        yield from found.values()


def _places(outline: Outline) -> Iterator[tuple[int, tuple[str, int]]]:
    """For each top-level list, by its line: the anchor of its section, and how many lists come before it there."""
    for part in outline.parts:
        yield from ((line, (part.section.anchor, index)) for index, line in enumerate(part.lists))


def _describes(passage: Passage) -> bool:
    """Whether a passage describes the problem: beside a solution, 'Description' and 'Scenario' do."""
    return passage.kind is Kind.INFORMATION and passage.name.strip(" :*").lower() in ("description", "scenario", "overview")


def _symptoms(passage: Passage) -> list[Symptom]:
    read = symptoms.read(passage.blocks)
    named = [symptoms.symptom(cleaned(passage.title), passage.line)] if passage.title else []
    return [*named, *read] if not read or observable(passage.title) else read


def _meant(passage: Passage, title: str) -> Iterator[Symptom]:
    """What an alert means is its name, and what it is raised for."""
    yield Symptom(cleaned(title), passage.line)
    prose = next((block for block in passage.blocks if isinstance(block, Paragraph)), None)
    for sentence in sentences(prose.text)[:1] if prose else []:
        yield symptoms.symptom(raised_when(sentence), passage.line)


def _opening(passage: Passage) -> Iterator[Symptom]:
    """What the first paragraph of a section says that goes wrong."""
    prose = next((block for block in passage.blocks if isinstance(block, Paragraph)), None)
    for text in [*conditions(prose.text), *statements(prose.text)] if prose else []:
        if observable(text):
            yield symptoms.symptom(text, prose.line if prose else passage.line)


def _introduced(free: Sequence[Passage], title: str) -> list[Symptom]:
    """The symptoms of a problem without labels: what introduces a numbered list; none when it tells of no problem."""
    told: list[Symptom] = []
    lines: list[int] = []
    for prose, line in (found for passage in free for found in _introductions(passage.blocks)):
        named = _named_by(prose, title)
        if named is not None:
            told += [symptoms.symptom(text, line) for text in named]
            lines.append(line)
    if not told and lines and title and not is_how_to(title):
        return [Symptom(cleaned(title), lines[0])]
    return symptoms.distinct(told)


def _named_by(prose: str, title: str) -> list[str] | None:
    """The symptoms that an introduction names; None when the list that it leads to puts nothing right."""
    if is_example(prose):
        return None
    named = conditions(prose)
    if named and (condition(last_sentence(prose)) or promises_fix(prose) or gives_steps(prose)):
        return [text for text in named if observable(text)] or (None if is_how_to(title) else named)
    if is_how_to(title):
        return None
    if promises_fix(prose) or (observable(title) and not is_guideline(prose)):
        return statements(prose)
    return None


def _introductions(blocks: Sequence[Block]) -> Iterator[tuple[str, int]]:
    """The prose directly before each numbered list, and its line."""
    prose: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            prose.append(block)
            continue
        if isinstance(block, ListBlock) and block.ordered and prose:
            yield "\n".join(paragraph.text for paragraph in prose), prose[0].line
        prose = []


def _numbered_only(passage: Passage) -> Passage:
    chunks = [replace(chunk, blocks=_with_introductions_only(chunk.blocks)) for chunk in passage.chunks]
    return replace(passage, chunks=chunks)


def _with_introductions_only(blocks: Sequence[Block]) -> list[Block]:
    """The blocks up to the last numbered list: what comes after it belongs to no step."""
    numbered = [index for index, block in enumerate(blocks) if isinstance(block, ListBlock) and block.ordered]
    return list(blocks[: numbered[-1] + 2]) if numbered else []


def _cause(passage: Passage) -> Iterator[str]:
    said = [text for text, _ in _items_and_prose(passage.blocks) if not _NOTHING.fullmatch(text)]
    said = [text for text in said if causes.is_prose(text)] or said[:1]
    if passage.title:
        said[:1] = [f"{passage.title}: {said[0]}" if said else passage.title]
    yield from (cut_at_sentence(text, LONGEST_CAUSE) for text in said)


def _items_and_prose(blocks: Sequence[Block], *, apart: bool = False) -> Iterator[tuple[str, int]]:
    """The items and paragraphs (`apart`: their sentences) of some blocks, without those that only lead to a list."""
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if isinstance(block, ListBlock):
            yield from ((" ".join(item.text.split()), item.line) for item in block.items if item.text.strip())
        elif isinstance(block, Paragraph) and (words := plain(run for run in block.runs if not run.image)):
            if isinstance(following, ListBlock) and words.endswith(":"):
                continue
            texts = sentences(words) if apart else [words]
            yield from ((text, block.line) for text in texts)


def _triggers(every: Sequence[Passage]) -> Iterator[str]:
    for passage in every:
        if passage.kind in (Kind.TRIGGERS, Kind.ESCALATION):
            blocks = [
                block for block in passage.blocks if not (passage.kind is Kind.ESCALATION and _is_numbered(block))
            ]
            yield from (cut(text.rstrip(".;"), LONGEST_TRIGGER) for text, _ in _items_and_prose(blocks, apart=True))


def _sent_for_help(every: Sequence[Passage], *, is_problem: bool) -> Iterator[str]:
    """The sentences that send to somebody ('If you cannot resolve the issue, open a support case.').

    They count in a guide that tells of a problem, and under a heading that does.
    """
    for passage in every:
        if passage.kind in _HELPING and (is_problem or (passage.section and observable(passage.section.title))):
            for unit in units(passage.blocks):
                if _SENDS.search(unit.text[:LONGEST_CAUSE]):
                    yield cut(unit.text.rstrip(".;:"), LONGEST_TRIGGER)


def _path(every: Sequence[Passage]) -> Iterator[str]:
    for passage in every:
        numbered = [block for block in passage.blocks if _is_numbered(block)]
        if passage.kind is Kind.PATH or (passage.kind is Kind.ESCALATION and numbered):
            bullets = [block for block in passage.blocks if isinstance(block, ListBlock)]
            blocks = numbered or bullets or passage.blocks
            yield from (cut(text.rstrip(".;"), LONGEST_TRIGGER) for text, _ in _items_and_prose(blocks, apart=True))


def _is_numbered(block: Block) -> bool:
    return isinstance(block, ListBlock) and block.ordered
