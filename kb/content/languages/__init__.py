"""What is known of languages and their words, and which one a text is in: by its letters, or by its function words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from whoosh.lang.stopwords import stoplists

from kb.content.patterns import counted, linear

DEFAULT = "en"
LONGEST_TAG = 8
LONGEST_READ = 20_000
FEWEST_WORDS = 30
FEWEST_LETTERS = 60
# A third to a half of the words of prose are function words, a quarter of those of a guide with many commands.
LEAST_SHARE = 0.15
LEAST_LEAD = 1.4
LEAST_OF_LETTERS = 0.4
# Of the letters of a text that is too short for the above, and of one without letters that tell its language.
MOST_OF_LETTERS = 0.6
FEWEST_OF_A_SCRIPT = 2

_WORD = counted(r"[^\W\d_]{2,}")
_TAG = linear(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
# ISO 639-1.
_TAGS = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl
    nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()  # noqa: SIM905
)
# The lists of the Snowball project (snowballstem.org), which Whoosh brings along.
FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(word for word in words if len(word) > 1) for language, words in stoplists.items()
}
# The first and the last letter of each script, with the language that it stands for.
_SCRIPTS = (
    ("ja", "\u3040", "\u30ff"),
    ("zh", "\u3400", "\u9fff"),
    ("ko", "\uac00", "\ud7af"),
    ("ru", "\u0400", "\u04ff"),
    ("el", "\u0370", "\u03ff"),
    ("ar", "\u0600", "\u06ff"),
    ("he", "\u0590", "\u05ff"),
    ("hi", "\u0900", "\u097f"),
    ("ta", "\u0b80", "\u0bff"),
    ("th", "\u0e00", "\u0e7f"),
    ("hy", "\u0530", "\u058f"),
    ("ka", "\u10a0", "\u10ff"),
)
# What no other language that is written in these letters has; the first that is found tells it.
_OWN_LETTERS = {
    "ru": (
        ("be", "\u045e"),
        ("sr", "\u0452\u045b\u045f\u0459\u045a"),
        ("uk", "\u0457\u0454\u0491"),
        ("ru", "\u044b\u044d\u0451"),
    ),
    "ar": (("fa", "\u067e\u0686\u0698\u06af"), ("ar", "\u0629\u0643\u0649\u064a")),
}
# The languages that a name of a file may say a text is in which these letters alone would give to another.
_ALSO_WRITTEN = {
    "ru": frozenset({"be", "bg", "kk", "ky", "mk", "mn", "sr", "tg", "tt", "uk"}),
    "ar": frozenset({"fa", "ku", "ps", "sd", "ug", "ur"}),
    "he": frozenset({"yi"}),
    "hi": frozenset({"mr", "ne", "sa"}),
    "zh": frozenset({"ja"}),
}
# All of them are written in Latin letters, but for those of the scripts.
KNOWN = frozenset({*FUNCTION_WORDS, *(language for language, _, _ in _SCRIPTS)}).union(*_ALSO_WRITTEN.values())
_OF_SCRIPTS = frozenset(language for language, _, _ in _SCRIPTS).union(*_ALSO_WRITTEN.values())


def primary_tag(text: str) -> str:
    """The language of a tag such as `de`, `pt-BR` or `zh_Hant`; '' when it is none."""
    found = _TAG.fullmatch(text.strip())
    tag = found[1].lower() if found else ""
    return tag if len(tag) > 2 or tag in _TAGS else ""  # noqa: PLR2004


def language_of(text: str, named: Callable[[], str] = str) -> str:
    """The language of a text; '' when it is too short to tell, or may be in several.

    Where its letters or words leave that open, `named` is asked for the one that its file's name says, which counts
    when it is written in such letters.
    """
    text = text[:LONGEST_READ].lower()
    if not text.isascii() and (language := _by_letters(text, named)):
        return language
    return _by_words(text) or _in_latin_letters(named())


def _in_latin_letters(language: str) -> str:
    return "" if language in _OF_SCRIPTS else language


def _by_words(text: str) -> str:
    counts = Counter(_WORD.findall(text))
    total = counts.total()
    if total < FEWEST_WORDS:
        return ""
    shares = sorted(
        (
            (sum(counts[word] for word in counts.keys() & words) / total, language)
            for language, words in FUNCTION_WORDS.items()
        ),
        reverse=True,
    )
    (most, language), (next_most, _) = shares[:2]
    return language if most >= LEAST_SHARE and most >= LEAST_LEAD * next_most else ""


def _by_letters(text: str, named: Callable[[], str]) -> str:
    letters = {letter: count for letter, count in Counter(text).items() if letter.isalpha()}
    found = {
        language: sum(count for letter, count in letters.items() if first <= letter <= last)
        for language, first, last in _SCRIPTS
    }
    if found["ja"] and found["ja"] * 10 > found["zh"]:
        found["ja"] += found["zh"]
        found["zh"] = 0
    script = max(found, key=lambda language: found[language])
    needed = FEWEST_LETTERS // 3 if script in ("ja", "zh", "ko") else FEWEST_LETTERS
    share = found[script] / max(1, sum(letters.values()))
    is_script = found[script] >= FEWEST_OF_A_SCRIPT and share >= MOST_OF_LETTERS
    if not is_script and (found[script] < needed or share < LEAST_OF_LETTERS):
        return ""
    own = _OWN_LETTERS.get(script, ())
    told = next((each for each, its in own if any(letter in text for letter in its)), "")
    said = named() if script in _ALSO_WRITTEN else ""
    if said in _ALSO_WRITTEN.get(script, ()) and (not told or said not in dict(own)):
        return said
    # The letters of a script without others are the language that it stands for, which has its direction as well.
    return told or (script if is_script or not own else "")
