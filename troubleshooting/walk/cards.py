"""The questions that follow a person's own words: 'is it one of these?', and the wish for more words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.content.phrases import Phrase
from kb.content.wording import sentences
from kb.search.index.contract import Snippet
from kb.search.index.entries import LINE_BREAK
from troubleshooting.catalogue.values import NONE_LABEL, UNSURE, UNSURE_LABEL, Wording
from troubleshooting.planning.symptom_lists import NONE_OF_THESE
from troubleshooting.walk.state import Card, Choice, ShownQuestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from troubleshooting.walk.words import Words

LIKELY, OTHERS = "likely", "likely-2"
MORE_WORDS = "words"
ASKED_BY_WORDS = (LIKELY, OTHERS, MORE_WORDS)
CARDS = 3
LEAST_OF_BEST = 0.01  # of the share of the likeliest
# The chance of cover from which on a guide is believed to help: 9 in 10 of the questions that none covers have less.
FITS = 0.38
PICKED_WRONGLY = 0.05

TEXTS = {
    LIKELY: Phrase("Is it one of these?"),
    OTHERS: Phrase("Or is it one of these?"),
    MORE_WORDS: Phrase(
        "I need more to go on. What were you doing, what did you expect, and what does the message say?"
    ),
}


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of one walk: `pages` by id of the question, each with the ids of problems, the likeliest first."""

    pages: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]

    def wording(self, question: str) -> Wording:
        """How one of the questions reads."""
        titles = {key: self.titles[key] for key in self.pages.get(question, ())}
        return Wording(TEXTS[question], titles | {NONE_OF_THESE: NONE_LABEL} if titles else {})

    def is_answer(self, question: str, answer: str) -> bool:
        """Whether it can be answered so. Every problem that was found can: the order may change with the library."""
        return answer == UNSURE or (question != MORE_WORDS and (answer == NONE_OF_THESE or answer in self.titles))

    def likelihood(self, question: str, answer: str, problems: Iterable[str]) -> dict[str, float]:
        """By problem, how likely it is that a person who has it gives this answer, up to a factor."""
        shown = self.pages.get(question, ())
        if answer == NONE_OF_THESE:
            return dict.fromkeys(shown, PICKED_WRONGLY)
        return {key: 1.0 if key == answer else PICKED_WRONGLY for key in problems} if answer != UNSURE else {}


NO_CARDS = Cards({}, {})


def cards_for(words: Words, likeliest: Sequence[str], picked: str = "") -> Cards:
    """The cards for what was found; `likeliest` are the ids in the order in which the words alone have them.

    What the words name comes alone and first. A guide as a whole is left out beside one of its own problems. The second
    page has those that come next; when one of the first was `picked`, the others of the first come again.
    """
    shown = [key for key in likeliest if words.shares[key] >= LEAST_OF_BEST * words.shares[likeliest[0]]]
    kept: list[str] = []
    guides: set[str] = set()
    for key in shown:
        problem = words.problems[key]
        if problem.steps or problem.guide.slug not in guides:
            kept.append(key)
            guides.add(problem.guide.slug)
    first = tuple(key for key in likeliest if key in words.certain) or tuple(kept[:CARDS])
    seen = (picked,) if picked in first else first
    others = tuple(key for key in dict.fromkeys([*first, *kept]) if key not in seen)[:CARDS]
    titles = {key: problem.title for key, problem in words.problems.items()}
    return Cards({LIKELY: first, OTHERS: others}, titles)


def shown(
    cards: Cards, words: Words, question: str, given: str = "", refused: Collection[str] = frozenset()
) -> ShownQuestion:
    """One of the questions to show. Where more words are asked for, the first cards stand beside it, if not refused."""
    wording = cards.wording(question)
    choices = [Choice(key, label) for key, label in wording.answers.items()]
    own = cards.pages.get(question, ())
    if question == MORE_WORDS:
        own = tuple(key for key in cards.pages.get(LIKELY, ()) if key not in refused)
    about = tuple(Card(words.problems[key], matching_sentence(words.sentences.get(key))) for key in own)
    answers = (*choices, Choice(UNSURE, UNSURE_LABEL))
    return ShownQuestion(question, wording.text, wording.detail, answers, given, cards=about)


def matching_sentence(snippet: Snippet | None) -> Snippet | None:
    """The one sentence of a snippet that has most of the words that match; all of it where none match.

    What stands around it may be the steps, and those are not to be told before it is known that they are right.
    """
    if snippet is None or not snippet.marks:
        return snippet
    return max(_sentences_in(snippet), key=_words_matched, default=snippet)


def _words_matched(snippet: Snippet) -> int:
    return len({snippet.text[start:end].casefold() for start, end in snippet.marks})


def _sentences_in(snippet: Snippet) -> Iterator[Snippet]:
    """The sentences and items of a snippet, each with what matches in it."""
    items = (item for block in snippet.text.split(f" {LINE_BREAK} ") for item in sentences(block))
    end = 0
    for item in items:
        start = snippet.text.find(item, end)
        if start >= 0:
            end = start + len(item)
            inside = [mark for mark in snippet.marks if start <= mark[0] and mark[1] <= end]
            yield Snippet(item, tuple((first - start, last - start) for first, last in inside))
