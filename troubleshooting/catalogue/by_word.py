"""The questions that ask which word a message holds, for categories with too many problems to list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kb.content.languages.english import STOP_WORDS
from kb.content.patterns import counted, linear
from kb.content.phrases import Phrase
from troubleshooting.catalogue.values import NONE_LABEL, Problem, Wording
from troubleshooting.planning.symptom_lists import NONE_OF_THESE
from troubleshooting.planning.tables import Question

WORD_QUESTION = "about"
RIGHT_WORD = 0.9
MOST_WORDS = 12
LEAST_TO_SPLIT = 60
LEAST_TO_SPLIT_UNPLACED = 24
LEAST_SHARED = 3
SHORTEST = 3
EMPTY_WORDS = frozenset(
    """cannot crossed detected done error indicating message name running something through under without""".split()  # noqa: SIM905
)
_WORD = linear(r"[^\W\d_]+")
_HUMP = counted(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def word_questions(problems: Iterable[Problem]) -> Iterator[tuple[Question, Wording]]:
    """For each category in which very many problems lie, and for those that lie in none: which word is seen.

    People who know their category need no more than a few lists of symptoms where fewer lie.
    """
    places: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        places[problem.guide.category_slug].append(problem)
    for place, problems_there in places.items():
        if len(problems_there) >= (LEAST_TO_SPLIT if place else LEAST_TO_SPLIT_UNPLACED):
            yield from _word_question("-".join(filter(None, [WORD_QUESTION, place.replace("/", ".")])), problems_there)


def _word_question(question_id: str, problems: Sequence[Problem]) -> Iterator[tuple[Question, Wording]]:
    words = {problem.id: _words_of(problem) for problem in problems}
    chosen = _telling_words(list(words.values()))
    if len(chosen) < LEAST_SHARED:
        return
    labels = dict(sorted((word, f"“{word}”") for word in chosen)) | {NONE_OF_THESE: NONE_LABEL}
    likelihood = {}
    for problem, own in words.items():
        answers = sorted(own & set(chosen)) or [NONE_OF_THESE]
        likelihood[problem] = dict.fromkeys(answers, RIGHT_WORD / len(answers))
    text = Phrase("Which of these words is in the message that you see, or in its name?")
    yield Question(question_id, text, tuple(labels), likelihood), Wording(text, labels)


def _telling_words(words_by_problem: Sequence[frozenset[str]]) -> list[str]:
    """Words that share the problems out evenly: each is chosen for those that have none of the words before it.

    A greedy cover: Chvátal, "A greedy heuristic for the set-covering problem", 1979.
    """
    chosen: list[str] = []
    uncovered = list(words_by_problem)
    most = len(words_by_problem) // 4
    counts = Counter(word for words in words_by_problem for word in words)
    while len(chosen) < MOST_WORDS:
        counts_uncovered = Counter(
            word for words in uncovered for word in words if LEAST_SHARED <= counts[word] <= most
        )
        word = max(sorted(counts_uncovered), key=lambda word: counts_uncovered[word], default="")
        if not word or counts_uncovered[word] < LEAST_SHARED:
            break
        chosen.append(word)
        uncovered = [words for words in uncovered if word not in words]
    return chosen


def _words_of(problem: Problem) -> frozenset[str]:
    texts = [symptom.text for symptom in problem.symptoms] or [problem.title]
    words = (word.lower() for text in texts for word in _WORD.findall(_HUMP.sub(" ", text)))
    return frozenset(word for word in words if len(word) > SHORTEST and word not in STOP_WORDS | EMPTY_WORDS)
