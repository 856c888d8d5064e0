"""Finds the structure in a guide's prose: problems, error codes, escalation and questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.content import (
    causes,
    codes,
    escalation,
    folds,
    introductions,
    named_codes,
    questions,
    row_problems,
    scopes,
    steps,
    symptoms,
)
from kb.content.anchors import slugify_heading, unique_anchor
from kb.content.blocks import Outline, Table
from kb.content.document import Landmark, Problem, StepList, Structure, Symptom
from kb.content.guessed import Guess, Guesser
from kb.content.headings import Heading, Passage, headings
from kb.content.labels import Kind
from kb.content.observation import cleaned, is_how_to, observable
from kb.content.passages import passages
from kb.content.scopes import Scope
from kb.content.trouble import LONGEST_MESSAGE, is_error_text
from kb.content.wording import cut

LONGEST_TITLE = 300
UNLIKELY = 0.1
MOST_SPREAD = 9
LONGEST_CAUSE = 500
MOST_CAUSES = 12
LONGEST_TRIGGER = 300


def find(outline: Outline, title: str = "", summary: str = "") -> Structure:
    """What the prose of a guide says. `title` and `summary` are the guide's."""
    parts = folds.unfolded(outline)
    guide = headings(parts)
    every = passages(parts, guide)
    finder = _Finder(outline, every, title or outline.title, Guesser(guide, title or outline.title, summary))
    found = list(finder.problems(guide))
    problems = tuple(each.problem for each in found)
    error_codes = tuple(code for _, code in finder.codes)
    return Structure(
        sections=outline.sections,
        problems=problems,
        error_codes=error_codes,
        named_codes=named_codes.find(outline, title or outline.title, problems, every, error_codes),
        triggers=escalation.triggers(every, is_problem=bool(found)),
        path=escalation.path(every),
        questions=questions.find(every)[0],
        links=outline.links,
        step_lists=tuple(place for each in found for place in each.lists),
        landmarks=tuple(each.landmark for each in found if each.landmark),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    problem: Problem
    lists: tuple[StepList, ...]
    landmark: Landmark | None = None


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
        self._anchors = dict.fromkeys((section.anchor for section in outline.sections), 0)

    def problems(self, guide: Heading) -> Iterator[_Found]:
        """The problems, in the order of their headings; the whole guide comes first."""
        self._adopt_solutions(guide)
        found = {id(heading): list(self._under(heading)) for heading in guide.below()}
        covered: set[int] = set()
        for heading in guide.below():
            if id(heading) in covered:
                continue
            lower = list(heading.below())
            if (
                heading.kind is None
                and not any(found[id(each)] for each in lower)
                and (spread := self._spread(heading))
            ):
                found[id(heading)] = [spread]
                covered |= {id(each) for each in lower}
            yield from found[id(heading)]

    def _under(self, heading: Heading) -> Iterator[_Found]:
        own = self._of.get(id(heading), [])
        parts = self._parts(heading) if heading.kind is None else []
        labelled = self._problem(heading, own, parts)
        yield from [labelled] if labelled else self._guessed(heading, own, parts)
        yield from self._of_rows(heading, own)

    def _parts(self, heading: Heading) -> list[Scope]:
        return list(scopes.scopes(heading, self._of.get(id(heading), []), self._title))

    def _spread(self, heading: Heading) -> _Found | None:
        """The problem of a heading that tells what goes wrong, where the headings below it tell what to do."""
        lower = list(heading.below())
        if not 1 < len(lower) <= MOST_SPREAD or any(each.kind is not None for each in lower):
            return None
        parts = [next(iter(self._parts(each))) for each in lower]
        guess = self._guesser.guess_spread(parts)
        return self._of_guess(heading, parts[0].title, parts[0].line, guess) if guess else None

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
                yield self._of_guess(heading, scope.title, scope.line, guess, is_part=not scope.is_heading)

    def _of_rows(self, heading: Heading, own: list[Passage]) -> Iterator[_Found]:
        tables = (block for passage in own for block in passage.blocks if isinstance(block, Table))
        for table in tables:
            for row in row_problems.problem_rows(table):
                title = " ".join(row.observed.text.split())
                yield self._of_guess(
                    heading, title, row.observed.line, self._guesser.of_row(row), is_part=True, is_row=True
                )
            if (whole := row_problems.key_values(table, heading.title or self._title)) is not None:
                yield self._of_guess(heading, heading.title or self._title, table.line, self._guesser.of_row(whole))

    def _of_guess(
        self, heading: Heading, title: str, line: int, guess: Guess, *, is_part: bool = False, is_row: bool = False
    ) -> _Found:
        """A problem that was guessed; `is_part` says that it is not the heading itself but a place under it.

        One that `is_row` of a table has the codes of its row alone.
        """
        observed = symptoms.distinct(guess.symptoms)
        anchor = unique_anchor(slugify_heading(title), self._anchors) if is_part else heading.anchor
        problem = Problem(
            anchor=anchor,
            title=cut(title, LONGEST_TITLE),
            line=line,
            symptoms=tuple(observed),
            causes=tuple(guess.causes)[:MOST_CAUSES],
            steps=guess.steps.steps,
            codes=tuple(self._codes(heading, title, observed, guess.messages, row=line if is_row else None)),
        )
        landmark = Landmark(anchor, heading.anchor, line) if is_part else None
        return _Found(problem, self._list_places(anchor, guess.steps), landmark)

    def _problem(self, heading: Heading, own: list[Passage], parts: Sequence[Scope]) -> _Found | None:
        title = heading.title or self._title
        solutions = [passage for passage in own if passage.kind is Kind.SOLUTION] or _next_steps(own)
        read = steps.read(solutions, self._guesser.page)
        observed = symptoms.labelled(own, title) if read.steps else []
        if not read.steps:
            free = [passage for passage in own if passage.kind is None]
            observed = introductions.introduced(free, title)
            by_title = [one.text for one in observed] == [cleaned(title)] and not observable(title)
            if by_title and parts and self._is_unlikely(parts[0], own):
                observed = []
            read = (
                steps.read([introductions.numbered_only(passage) for passage in free], self._guesser.page)
                if observed
                else read
            )
        is_task = not observed and is_how_to(title) and all(passage.is_vague for passage in solutions if passage.blocks)
        if not read.steps or is_task:
            return None
        problem = Problem(
            anchor=heading.anchor,
            title=cut(title, LONGEST_TITLE),
            line=heading.part.section.line if heading.part else own[0].line,
            symptoms=tuple(observed),
            causes=tuple(dict.fromkeys(self._causes(own, title, read)))[:MOST_CAUSES],
            steps=read.steps,
            codes=tuple(self._codes(heading, title, observed, _messages(own))),
        )
        return _Found(problem, self._list_places(heading.anchor, read))

    def _is_unlikely(self, part: Scope, own: Sequence[Passage]) -> bool:
        kinds = {passage.kind for passage in own}
        return self._guesser.chance(part, self._guesser.weighed(part, kinds), kinds) < UNLIKELY

    def _list_places(self, anchor: str, read: steps.FoundSteps) -> tuple[StepList, ...]:
        dangerous = frozenset(number for number, step in enumerate(read.steps) if step.dangerous)
        return tuple(
            StepList(*self._places[line], anchor, first, dangerous)
            for line, first in read.lists
            if line in self._places
        )

    def _causes(self, own: Sequence[Passage], title: str, read: steps.FoundSteps) -> Iterator[str]:
        """What the guide gives as causes; else what seems one, wherever it stands."""
        given = [text for passage in own if passage.kind is Kind.CAUSE for text in causes.labelled(passage)]
        yield from given
        if given:
            return
        kinds = {passage.kind for passage in own}
        likely: list[str] = []
        for passage in own:
            if passage.kind in (None, Kind.MEANING, Kind.SYMPTOMS) or symptoms.describes(passage):
                likely += causes.among(self._guesser.page.weighed(passage.blocks, passage.kind, title, kinds))
        likely += causes.among(read.others)
        yield from likely or causes.meant(own)

    def _codes(
        self,
        heading: Heading,
        title: str,
        observed: Sequence[Symptom],
        messages: Sequence[str] = (),
        row: int | None = None,
    ) -> Iterator[str]:
        known = {code.code for _, code in self.codes}
        own = [code.code for owner, code in self.codes if owner is heading and row in (None, code.line)]
        found: dict[str, str] = {}
        for code in (*own, *codes.named([title, *(one.text for one in observed), *messages], known)):
            found.setdefault(code.casefold(), code)
        yield from found.values()


def _messages(own: Sequence[Passage]) -> list[str]:
    """The messages that a labelled problem shows in blocks of code: error codes in them are its own."""
    observed = (passage.blocks for passage in own if passage.kind in (None, Kind.SYMPTOMS))
    return [block.text[:LONGEST_MESSAGE] for blocks in observed for block in blocks if is_error_text(block)]


def _next_steps(own: Sequence[Passage]) -> list[Passage]:
    """What a guide calls next steps is its solution where it tells of a problem and gives no other."""
    kinds = {passage.kind for passage in own if passage.blocks}
    observed = bool(kinds & {Kind.SYMPTOMS, Kind.CAUSE, Kind.MEANING})
    return [passage for passage in own if observed and passage.name.lower().startswith("next step")]


def _places(outline: Outline) -> Iterator[tuple[int, tuple[str, int]]]:
    """For each top-level list, by its line: the anchor of its section, and how many lists come before it there."""
    for part in outline.parts:
        yield from ((line, (part.section.anchor, index)) for index, line in enumerate(part.lists))
