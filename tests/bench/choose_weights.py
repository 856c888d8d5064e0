"""Tries other values for the constants of `kb/search/weights.py`, and what is chosen when some questions are left out.

`make choose-weights QUERIES="one.jsonl other.jsonl"` asks the questions of the files of the library that the settings
name. From the values as they are, one constant after the other takes the value of its grid that finds best: for all
questions, for all but one file, and for the questions about each half of the guides. What was chosen without some
questions and does as well on them is no accident of those that it was chosen on.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import mean
from types import ModuleType
from typing import TYPE_CHECKING, Any

import django

from tests.bench.times import say

if TYPE_CHECKING:
    from kb.search.index.segment import Segment
    from kb.search.text.query import Query

# What to try, in this order; with a name in brackets, a value of a table.
GRID: dict[str, tuple[Any, ...]] = {
    "FIELD_WEIGHTS[title]": (6.0, 9.0, 12.0, 16.0),
    "FIELD_WEIGHTS[headings]": (0.0, 1.0, 2.0),
    "FIELD_WEIGHTS[symptoms]": (0.0, 0.5, 1.0),
    "FIELD_WEIGHTS[tags]": (0.0, 0.5, 1.0),
    "LENGTH_COUNTS[title]": (0.1, 0.3, 0.5),
    "LENGTH_COUNTS[headings]": (0.5, 0.75, 0.9),
    "LENGTH_COUNTS[body]": (0.6, 0.75, 0.9),
    "SATURATION": (4.0, 6.0, 8.0),
    "FILLER": (0.3, 0.5, 0.75),
    "REPEATED": (0.0, 1 / 3, 0.5),
    "HEADING_SAYS_IT": (1.0, 2.0, 3.0),
    "TOGETHER": (0.5, 1.0, 1.5),
    "WORD_FOR_WORD": (0.5, 1.0, 1.5),
    "WINDOWS": ((24,), (32, 8), (64, 16)),
}
LEAST_GAIN = 0.001  # of the mean reciprocal rank: less is chance
CUT = 10

Setting = tuple[Any, ...]  # a value for each of GRID
Ranks = list[int]  # of the first relevant guide, for each question; 0 when it is not among the first CUT


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its file, the half of the guides that its answer is in, and the documents that answer it."""

    file: str
    half: int
    query: Query
    relevant: frozenset[int]


class Remembered:
    """A segment whose postings are read once for all trials."""

    def __init__(self, segment: Segment) -> None:
        self.heads, self.is_far = segment.heads, segment.is_far
        self.load, self.frequencies = segment.load, segment.frequencies
        self.beginning, self.bodies = segment.beginning, segment.bodies
        self.postings = cache(segment.postings)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is asked of which segments, by values that can be changed."""

    cases: Sequence[Case]
    parts: Sequence[tuple[Segment, frozenset[int]]]

    def every(self, number: int) -> Trial:
        """One question of so many of each file."""
        files = dict.fromkeys(case.file for case in self.cases)
        cases = [case for file in files for case in [own for own in self.cases if own.file == file][::number]]
        return Trial(cases, self.parts)

    def ranks(self, setting: Setting) -> Ranks:
        """Where the answers are when search has these values."""
        from kb.search.index.snapshot import Snapshot  # noqa: PLC0415  # once Django is set up
        from kb.search.ranking import rank  # noqa: PLC0415
        from kb.search.ranking.plan import Planner  # noqa: PLC0415

        set_all(setting)
        snapshot = Snapshot(self.parts)
        planner, found = Planner(snapshot, {}), []
        for case in self.cases:
            plan = planner.plan(case.query)
            best = rank.best(plan, rank.matching(plan, snapshot), CUT, snapshot.heads)
            found.append(next((place for place, (number, _) in enumerate(best, 1) if number in case.relevant), 0))
        return found


@cache
def _modules() -> tuple[ModuleType, ...]:
    """Those that have the constants under their own names."""
    from kb.search import weights  # noqa: PLC0415
    from kb.search.index import snapshot  # noqa: PLC0415
    from kb.search.ranking import plan, rank  # noqa: PLC0415

    return weights, snapshot, plan, rank


def set_all(setting: Setting) -> None:
    """Let search have these values."""
    for name, value in zip(GRID, setting, strict=True):
        table, _, key = name.removesuffix("]").partition("[")
        for module in _modules():
            if key and hasattr(module, table):
                getattr(module, table)[key] = value
            elif hasattr(module, table):
                setattr(module, table, value)


def shipped() -> Setting:
    """The values as they are."""
    weights, *_ = _modules()
    named = (name.removesuffix("]").partition("[") for name in GRID)
    return tuple(getattr(weights, table)[key] if key else getattr(weights, table) for table, _, key in named)


def mrr(ranks: Sequence[int], chosen: Iterable[int]) -> float:
    """The mean reciprocal rank of some of the questions."""
    return mean(1 / ranks[number] if ranks[number] else 0.0 for number in chosen)


def choose(
    start: Setting, goals: Mapping[str, Sequence[int]], ranks_of: Callable[[list[Setting]], list[Ranks]]
) -> tuple[dict[str, Setting], dict[Setting, Ranks]]:
    """For each goal (the numbers of the questions that count), the setting that it leads to; and all that was tried.

    All goals take each step at once, so that what several of them ask for is tried once. Each value is also tried with
    all others as they are at the start.
    """
    chosen = dict.fromkeys(goals, start)
    tried: dict[Setting, Ranks] = dict(zip([start], ranks_of([start]), strict=True))
    for at, values in enumerate(GRID.values()):
        options = {goal: [(*own[:at], value, *own[at + 1 :]) for value in values] for goal, own in chosen.items()}
        alone = [(*start[:at], value, *start[at + 1 :]) for value in values]
        asked = [own for several in (*options.values(), alone) for own in several if own not in tried]
        missing = list(dict.fromkeys(asked))
        tried |= zip(missing, ranks_of(missing), strict=True)
        for goal, numbers in goals.items():
            best = max(options[goal], key=lambda own, numbers=numbers: mrr(tried[own], numbers))  # type: ignore[misc]
            if mrr(tried[best], numbers) >= mrr(tried[chosen[goal]], numbers) + LEAST_GAIN:
                chosen[goal] = best
    return chosen, tried


def goals_of(cases: Sequence[Case]) -> dict[str, list[int]]:
    """The questions that a choice is made on: all, those of all files but one, those about each half of the guides."""
    numbered = list(enumerate(cases))
    files = dict.fromkeys(case.file for case in cases)
    goals = {"all questions": [number for number, _ in numbered]}
    if len(files) > 1:
        goals |= {f"without {file}": [number for number, case in numbered if case.file != file] for file in files}
    return goals | {
        f"half {half + 1} of the guides": [n for n, case in numbered if case.half == half] for half in (0, 1)
    }


def table(cases: Sequence[Case], chosen: Mapping[str, Setting], tried: Mapping[Setting, Ranks], start: Setting) -> str:
    """Markdown: for each choice what it finds in each file and half, and what it changes."""
    numbered = list(enumerate(cases))
    parts = {file: [n for n, case in numbered if case.file == file] for file in dict.fromkeys(c.file for c in cases)}
    parts |= {f"half {half + 1}": [n for n, case in numbered if case.half == half] for half in (0, 1)}
    lines = [f"| chosen on | {' | '.join(parts)} | what differs |", f"| --- |{' ---: |' * len(parts)} --- |"]
    for name, setting in {"as it is": start, **chosen}.items():
        found = " | ".join(f"{mrr(tried[setting], numbers):.3f}" for numbers in parts.values())
        differs = [f"{each} {_shown(new)}" for each, old, new in zip(GRID, start, setting, strict=True) if old != new]
        lines.append(f"| {name} | {found} | {', '.join(differs) or '-'} |")
    return "\n".join(lines)


def alone(cases: Sequence[Case], tried: Mapping[Setting, Ranks], start: Setting) -> str:
    """Markdown: what each value of each constant finds in each file, when all others stay as they are."""
    files = {
        each: [n for n, case in enumerate(cases) if case.file == each] for each in dict.fromkeys(c.file for c in cases)
    }
    lines = [f"| constant | value | {' | '.join(files)} |", f"| --- | ---: |{' ---: |' * len(files)}"]
    for at, (name, values) in enumerate(GRID.items()):
        for value in values:
            ranks = tried.get((*start[:at], value, *start[at + 1 :]))
            if ranks:
                found = " | ".join(f"{mrr(ranks, numbers):.3f}" for numbers in files.values())
                shown = f"**{_shown(value)}**" if value == start[at] else _shown(value)
                lines.append(f"| `{name}` | {shown} | {found} |")
    return "\n".join(lines)


def _shown(value: object) -> str:
    return f"{value:.2g}" if isinstance(value, float) else str(value)


def segments_in(index: Path) -> list[tuple[Segment, frozenset[int]]]:
    """The segments of an index, for all audiences."""
    from kb.search.whoosh.index_folder import IndexFolder  # noqa: PLC0415
    from kb.search.whoosh.storage import segments  # noqa: PLC0415

    generation = IndexFolder(index).read()
    found: list[tuple[Segment, frozenset[int]]] = []
    for audience, guides in generation.guides.items() if generation else ():
        if not guides:
            continue  # there may be no index of what nobody wrote
        held = {Path(name).name: data for name, data in generation.held.items() if name.startswith(f"{audience}/")}
        found += [(Remembered(own), gone) for _, own, gone in segments(generation.folder / audience, held, {})]
    return found


def prepared(files: Sequence[Path], index: Path) -> Trial:
    """The questions, and the library that the settings name in an index of its own."""
    from kb.models import Guide  # noqa: PLC0415
    from kb.search.evaluation import guides_at, read_questions  # noqa: PLC0415
    from kb.search.index.documents import documents_for  # noqa: PLC0415
    from kb.search.text.query import parse  # noqa: PLC0415
    from kb.search.whoosh.engine import WhooshEngine  # noqa: PLC0415

    WhooshEngine(index).rebuild(documents_for())
    parts = segments_in(index)
    heads = [head for segment, _ in parts for head in segment.heads]
    numbers = {head.guide_id: number for number, head in enumerate(heads)}
    rows = Guide.objects.values_list("pk", "folder", "source")
    sources = {pk: f"{folder}/{source}".lstrip("/") for pk, folder, source in rows if pk in numbers}
    cases = []
    for path in files:
        for question in read_questions(path):
            relevant = frozenset[int]().union(*(guides_at(each, sources) for each in question.relevant))
            half = min(relevant, default=0) % 2
            documents = frozenset(numbers[pk] for pk in relevant)
            cases.append(Case(path.parent.name, half, parse(question.text), documents))
    return Trial(cases, parts)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("queries", type=Path, nargs="+", help="Files of questions, as evaluate_search reads them")
    parser.add_argument("--every", type=int, default=1, help="Choose on one question of so many, and try on all")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    with tempfile.TemporaryDirectory(prefix="kb-choose-weights-") as folder:
        trial = prepared(asked.queries, Path(folder) / "index")
        start, few = shipped(), trial.every(asked.every)
        chosen, tried = choose(start, goals_of(few.cases), partial(_all_ranks, few, asked.workers))
        finally_asked = list(dict.fromkeys([start, *chosen.values()]))
        on_all = dict(zip(finally_asked, _all_ranks(trial, asked.workers, finally_asked), strict=True))
    say(f"{len(few.cases)} questions to choose on, {len(trial.cases)} to try on\n")
    say(table(trial.cases, chosen, on_all, start))
    say(f"\n{alone(few.cases, tried, start)}")


def _all_ranks(trial: Trial, workers: int, settings: list[Setting]) -> list[Ranks]:
    """The ranks by each setting, found by processes that are forked from this one: each sets its own values."""
    global _shared  # noqa: PLW0603  # what they are forked with
    _shared = trial
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        return pool.map(_ranks, settings, 1)


_shared: Trial


def _ranks(setting: Setting) -> Ranks:
    found = _shared.ranks(setting)
    sys.stderr.write(".")
    sys.stderr.flush()
    return found


if __name__ == "__main__":
    main()
