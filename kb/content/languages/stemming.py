"""What the forms of a word have in common, by the language that it is in, and which words tell nothing there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

import snowballstemmer
from whoosh.lang.porter import stem as porter_stem

from kb.content.languages import DEFAULT, FUNCTION_WORDS
from kb.content.languages.folding import fold

SHORTEST = 3
# The letters that the function words of a language in a question must have for it to be one in that language: 'die'
# and 'war' are words of English, too.
FEWEST_LETTERS = 5
# The stemmers of the Snowball project (snowballstem.org) by the tags of their languages.
_STEMMERS = dict(
    pair.split(":")
    for pair in """
    ar:arabic ca:catalan cs:czech da:danish de:german el:greek eo:esperanto es:spanish et:estonian eu:basque fa:persian
    fi:finnish fr:french ga:irish hi:hindi hu:hungarian hy:armenian id:indonesian it:italian lt:lithuanian nb:norwegian
    ne:nepali nl:dutch nn:norwegian no:norwegian pl:polish pt:portuguese ro:romanian ru:russian sr:serbian sv:swedish
    ta:tamil tr:turkish yi:yiddish
    """.split()  # noqa: SIM905
)
_KNOWN = frozenset(snowballstemmer.algorithms())


@lru_cache(maxsize=20_000)
def stem(word: str, language: str = DEFAULT) -> str:
    """What the forms of a folded word have in common in a language; other tokens are left as they are.

    'größe', 'groesse' and 'grosse' have the same in German.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return word
    if language == DEFAULT:
        return str(porter_stem(word)) if word.isascii() else word
    algorithm = _STEMMERS.get(language)
    if algorithm not in _KNOWN:
        return word
    return fold(str(snowballstemmer.stemmer(algorithm).stemWord(word)))  # a fresh one: it holds state


def stems(word: str, languages: Iterable[str]) -> tuple[str, ...]:
    """What a word that may be in any of the languages is looked up by, each once."""
    return tuple(dict.fromkeys(stem(word, language) for language in languages))


def common_start(word: str) -> str:
    """What all forms of an English word begin with; '' for a word that has no other forms."""
    common = stem(word)
    if not (word.isascii() and word.isalpha() and len(common) > 2):  # noqa: PLR2004
        return ""
    return common[:-1] if common[-1] in "ei" else common  # 'policies' and 'policy', 'filing' and 'file'


def function_words(words: Collection[str], languages: Iterable[str], others: frozenset[str]) -> frozenset[str]:
    """Those of the words that tell nothing: `others`, and the function words of a language that they seem to be in.

    `languages` are those that guides are written in, `others` what tells nothing in any case. One short word makes no
    question one in another language.
    """
    found = others.intersection(words)
    left = set(words) - others
    for language in languages:
        of_language = left & _folded_function_words(language)
        if sum(map(len, of_language)) >= FEWEST_LETTERS:
            found |= of_language
    return found


@lru_cache(maxsize=64)
def _folded_function_words(language: str) -> frozenset[str]:
    return frozenset(map(fold, FUNCTION_WORDS.get(language, ()))) if language != DEFAULT else frozenset()
