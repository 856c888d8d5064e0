"""Finds the answers to a guide's own questions that a person gave already in what they typed ('after the update')."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.stemming import stem
from kb.search.text.analysis import tokenize

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Published

MOST_FOLLOWED = 8
NEGATIONS = frozenset({"not", "no", "never", "without"})
SAYS_NOTHING = frozenset({"yes", "no", "other", "others", "something", "else", "both", "none", "neither"})


def said_answers(published: Published, guide: str, text: str) -> Iterator[tuple[str, str]]:
    """(question, answer) of each of a guide's own questions, from its first on, that the words answer.

    An answer is said where its words stand in the text one after the other, in any form, and no other answer of the
    same question does. Behind a question that is not answered nothing is looked for.
    """
    ahead = list(published.roots.get(guide, ()))
    words = _stems(text) if ahead else []
    for _ in range(MOST_FOLLOWED):
        if not ahead:
            return
        question = ahead.pop(0)
        labels = published.wordings[question].answers
        said = [answer for answer, label in labels.items() if _is_said(label, words)]
        if len(said) == 1:
            yield question, said[0]
            following = published.leads_to[question][said[0]].question
            ahead += [following] if following else []


def _is_said(label: str, words: Sequence[str]) -> bool:
    own = _stems(label)
    if not any(word not in STOP_WORDS and word not in SAYS_NOTHING for word in tokenize(label).words):
        return False
    places = (at for at in range(len(words) - len(own) + 1) if list(words[at : at + len(own)]) == own)
    return any(not NEGATIONS.intersection(words[max(at - 2, 0) : at]) for at in places)


def _stems(text: str) -> list[str]:
    return [stem(word) for word in tokenize(text).words]
