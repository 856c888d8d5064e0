"""Finds problems that no question can tell apart, and symptoms that are worded nearly the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import combinations
from math import ceil

from kb.content.findings import FileFinding
from kb.content.patterns import linear
from kb.content.wording import cut, stored_symptom_key
from troubleshooting.catalogue.from_folder import FolderLibrary
from troubleshooting.catalogue.values import OTHER, Published

ALIKE_SYMPTOMS = 0.7
ALIKE_WORD = 0.75
SHORTEST_BEGINNING = 3
MOST_WITH_ONE_WORD = 60
LONGEST_QUOTED = 160
_WORD = linear(r"\w+")
_IDLE = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "be",
        "been",
        "it",
        "its",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "with",
        "and",
        "or",
        "you",
        "your",
        "my",
        "i",
        "we",
        "this",
        "that",
    ]
)
_NOT = frozenset(
    ["not", "no", "cannot", "cant", "never", "dont", "doesnt", "didnt", "isnt", "arent", "wont", "without", "nt"]
)
_LIKE_A_NAME = linear(r"\d|_|[a-z][A-Z]")


@dataclass(slots=True)
class _Wording:
    """One symptom, as the first problem that has it words it; `names` are its words that are no plain words."""

    text: str
    words: frozenset[str]
    names: frozenset[str]
    places: list[tuple[str, int]] = field(default_factory=list)


def same(library: FolderLibrary, published: Published) -> Iterator[FileFinding]:
    """A warning for each problem that has the same symptoms, category and products as another, and no question."""
    lines = {
        (plan.slug, problem.anchor): (plan.file.source, problem.line)
        for plan, document in library.documents
        for problem in document.structure.problems
    }
    for problem_ids in _indistinct(published):
        places = [
            (*lines[published.problems[key].guide.slug, published.problems[key].anchor], key) for key in problem_ids
        ]
        first, *others = sorted(places)
        for file, line, key in others:
            title = published.problems[key].title
            message = (
                f"No question tells '{title}' from '{published.problems[first[2]].title}' ({first[0]}:{first[1]}): "
                "give one of them a symptom of its own, or join them."
            )
            yield FileFinding(file, line, "warning", message)


def _indistinct(published: Published) -> Iterator[list[str]]:
    """The problems that every question treats alike, in groups."""
    marks: dict[str, list[object]] = defaultdict(list)
    for question in published.table.questions:
        if not question.symptoms:
            for problem, row in question.likelihood.items():
                marks[problem].append((question.id, tuple(sorted(row.items()))))
    for symptom, chances in published.table.symptoms.items():
        for problem in chances:
            marks[problem].append(symptom)
    groups: dict[frozenset[object], list[str]] = defaultdict(list)
    for problem in published.problems.keys() - {OTHER}:
        groups[frozenset(marks[problem])].append(problem)
    return (problem_ids for problem_ids in groups.values() if len(problem_ids) > 1)


# Nearly the same


def nearly_same(library: FolderLibrary) -> Iterator[FileFinding]:
    """A warning for each symptom that differs in a few idle words from one that is used at least as often."""
    wordings = _wordings(library)
    reported: set[str] = set()
    for first, second in sorted(_pairs(wordings)):
        rarer, commoner = sorted((wordings[second], wordings[first]), key=lambda wording: len(wording.places))
        if rarer.text in reported:
            continue
        reported.add(rarer.text)
        file, line = rarer.places[0]
        said, said_elsewhere = (cut(wording.text, LONGEST_QUOTED) for wording in (rarer, commoner))
        message = (
            f"The symptom '{said}' is nearly the same as '{said_elsewhere}' "
            f"({commoner.places[0][0]}:{commoner.places[0][1]}): word it that way, and one question serves both."
        )
        yield FileFinding(file, line, "warning", message)


def _wordings(library: FolderLibrary) -> list[_Wording]:
    wordings: dict[str, _Wording] = {}
    for plan, document in library.documents:
        for problem in document.structure.problems:
            for symptom in problem.symptoms:
                key = stored_symptom_key(symptom.text)
                words = frozenset("not" if word in _NOT else word for word in key.split() if word not in _IDLE)
                wording = wordings.setdefault(key, _Wording(symptom.text, words, _name_words(symptom.text)))
                wording.places.append((plan.file.source, symptom.line))
    return list(wordings.values())


def _name_words(text: str) -> frozenset[str]:
    """Codes, numbers and names such as `KubeSchedulerDown`: where those differ, it is another symptom."""
    return frozenset(
        word for name in filter(_LIKE_A_NAME.search, _WORD.findall(text)) for word in stored_symptom_key(name).split()
    )


def _pairs(wordings: list[_Wording]) -> set[tuple[int, int]]:
    """The pairs that are alike. Two such share one of the rarest words of each, so that only those are compared.

    (Prefix filtering: Chaudhuri, Ganti and Kaushik, "A primitive operator for similarity joins", 2006.)
    """
    counts = Counter(word for wording in wordings for word in wording.words)
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, wording in enumerate(wordings):
        rarest = sorted(wording.words, key=lambda word: (counts[word], word))
        for word in rarest[: len(rarest) - ceil(len(rarest) * ALIKE_SYMPTOMS) + 2]:
            by_word[word].append(number)
    compared: set[tuple[int, int]] = set()
    for numbers in by_word.values():
        compared.update(combinations(numbers[:MOST_WITH_ONE_WORD], 2))
    return {(a, b) for a, b in compared if _are_alike(wordings[a], wordings[b])}


def _are_alike(first: _Wording, second: _Wording) -> bool:
    """Whether the words are the same but for a few more in one of them, or that are spelt a little differently."""
    longer, shorter = sorted((first.words, second.words), key=len, reverse=True)
    left, extra = set(shorter - longer), set(longer - shorter)
    if not (left | extra).isdisjoint(first.names | second.names | {"not"}):
        return False
    shared = len(longer & shorter)
    for word in sorted(left):
        near = next((other for other in sorted(extra) if _is_spelt_alike(word, other)), None)
        if near is None:
            return False
        extra.remove(near)
        shared += 1
    return shared >= ALIKE_SYMPTOMS * (shared + len(extra)) and shared > 1


def _is_spelt_alike(first: str, second: str) -> bool:
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) >= SHORTEST_BEGINNING and longer.startswith(shorter):
        return True
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE_WORD
