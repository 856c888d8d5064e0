"""Tells a question in a language that the guides are not in: what is like its words among theirs is nonsense."""

from __future__ import annotations

from collections.abc import Callable, Collection

from kb.content.languages import DEFAULT, FUNCTION_WORDS
from kb.content.languages.english import STOP_WORDS, is_english
from kb.content.languages.stemming import function_words

FEWEST_STRANGE = 2
LEAST_STRANGE = 0.3  # of the words


def seems_foreign(words: Collection[str], accented: Collection[str], is_known: Callable[[str], bool]) -> bool:
    """Whether a question of these folded words seems to be in a language of no guide.

    `accented` are those that were typed with accents, `is_known` says whether guides have a word.

    It is when a word is written in other letters, when there are function words of another language, or when most
    words are neither known nor English. Two mistyped words are like that, too: a word that surely is another mistyped
    may still be put right if all of them can.
    """
    strange = _strange(words, is_known)
    if _tell_a_language(strange):
        return True
    strange = {word for word in strange if not is_english(word)}
    telling = {word for word in words if word not in STOP_WORDS}
    fewest = 1 if strange.intersection(accented) else FEWEST_STRANGE
    return len(strange) >= fewest and 2 * len(strange) > len(telling)


def is_surely_foreign(words: Collection[str], is_known: Callable[[str], bool]) -> bool:
    """Whether it can be said that a question is in a language of no guide: mistyped words and names are not like that.

    Its own words say so, which no guide has: those in other letters, or function words of another language; and they
    are a good part of it, so that a message in another language may be quoted.
    """
    strange = _strange(words, is_known)
    other = {word for word in words if not word.isascii()}
    if other and 2 * len(other - strange) >= len(other):  # guides are written in these letters
        strange -= other
    return len(strange) >= LEAST_STRANGE * len(set(words)) and _tell_a_language(strange)


def _strange(words: Collection[str], is_known: Callable[[str], bool]) -> set[str]:
    return {word for word in words if word not in STOP_WORDS and word.isalpha() and not is_known(word)}


def _tell_a_language(strange: Collection[str]) -> bool:
    if any(not word.isascii() for word in strange):
        return True
    left = {word for word in strange if not is_english(word)}
    return any(function_words(left, (language,), frozenset()) for language in FUNCTION_WORDS if language != DEFAULT)
