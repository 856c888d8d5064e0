"""English: its words that tell nothing, those that tell of any trouble, and which words it has at all."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from spellchecker import SpellChecker

STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being but by can could did do does
    doing each for from get getting got had has have having he her here him his how i if in into is it its itself
    just let me might more most must my myself need no nor not of off on once only or other our out over own
    please same shall she should so some such t than thanks that the their them then there these they this those
    to too until up us very was we were what when where which while who whom why will with would you your""".split()  # noqa: SIM905
)

# Words with which people tell of any trouble: they say little of which one it is.
FILLERS = frozenset(
    """able actually already always answer anybody anymore anyone anything appear appears appreciate appreciated ask
    asking bad best better cause causes causing come comes consider current currently different does easy else ever
    every everything exactly example fine fix fixed fixing following found gave get gets give gives giving go goes going
    gone good guess happen happened happening happens help helped hello hi idea issue issues keep keeps know let like
    look looking looks lot make makes making many matter maybe mean means might must need needed needs never new nothing
    occur occurs often possible possibly probably problem problems properly put question questions quite rather really
    reason recently resolve resolved right say saying says seem seems see seeing seen several show showing shows simple
    simply solution solutions solve solved someone something sometimes somehow still stuff suddenly suggest suggestions
    sure take takes tell thank thing things think though time times tried tries trouble troubleshoot troubleshooting try
    trying understand unable use used uses using usually want wanted wants way ways well went without wonder wondering
    work worked working works wrong yet""".split()  # noqa: SIM905
)


def is_english(word: str) -> bool:
    """Whether a word in lower case is in the list of about 160,000 that the spelling checker comes with."""
    return f"\n{word}\n" in _english_words().get(word[:2], "")


@cache
def _english_words() -> dict[str, str]:
    """By their first two letters, the words of the list, a line each; read when a process first needs them.

    That takes a third of a second, and 2 MB: a set of the words would take 20.
    """
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for word in SpellChecker(language="en").word_frequency.dictionary:
        lines[word[:2]].append(word)
    return {start: "\n".join(["", *words, ""]) for start, words in lines.items()}
