"""Works on wording: parts prose into sentences, cuts it to a length, and makes one key of alike symptoms."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

import snowballstemmer

from kb.content.patterns import counted, linear

LONGEST_SYMPTOM_KEY = 400
LONGEST_STORED_KEY = 500
KEYS_REMEMBERED = 4096  # walks ask for those of the symptoms that were found at every step
_QUOTATION = linear(r"\"[^\"]{2,300}\"|\u201c[^\u201d]{2,300}\u201d|\u2063[^\u2063]{2,300}\u2063")
_ABBREVIATIONS = frozenset(
    [
        "e.g",
        "i.e",
        "etc",
        "vs",
        "cf",
        "ca",
        "approx",
        "no",
        "fig",
        "dr",
        "mr",
        "mrs",
        "st",
        "inc",
        "ltd",
        "corp",
        "ver",
        "v",
        "min",
        "max",
        "resp",
    ]
)
_SENTENCE_END = counted(r"[.!?\u3002][\"'\u201d\u2019)\]\u2063]*(?=\s+[\"'\u201c\u2018(\[\u2063]?[A-Z0-9<`])")
_QUOTED = counted(
    r"`[^`]+`|\"[^\"]+\"|\u201c[^\u201d]{1,1000}\u201d|(?<!\w)'[^']+'(?!\w)|\u2018[^\u2019]{1,1000}\u2019(?!\w)"
)
_WORD = counted(r"\w+(?:[._:/\\@#+-]+\w+)*")
_PLAIN_WORD = counted(r"[^\W\d_]+")
_JOINED = counted(r"[^\W\d_]+(?:[-/][^\W\d_]+)*")
_FREQUENCY = linear(r"\s*\((?:always|often|sometimes|rarely)\)\s*[.:;]?\s*$", re.IGNORECASE)
_APOSTROPHES = counted(r"(?<=\w)['\u2019](?=\w)")


def sentences(text: str) -> list[str]:
    """The sentences of some prose, each on one line; neither a line break nor a stop inside a quotation ends one."""
    text = " ".join(text.split())
    found: list[str] = []
    start = 0
    quoted = [match.span() for match in _QUOTATION.finditer(text)]
    for match in _SENTENCE_END.finditer(text):
        if any(first <= match.start() and match.end() < last for first, last in quoted):
            continue
        before = text[max(start, match.start() - 12) : match.start()].rsplit(" ", 1)[-1].lstrip("(\"'").lower()
        if text[match.start()] == "." and (before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha())):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def cut(text: str, longest: int) -> str:
    """The text on one line, cut between words and marked with an ellipsis where it is longer than `longest`."""
    text = " ".join(text[: longest * 4].split())
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    return (kept.rsplit(" ", 1)[0] if " " in kept[longest // 2 :] else kept).rstrip(" ,;:") + "\u2026"


def fit(text: str, longest: int) -> str:
    """The text as it is, cut with an ellipsis where what keeps it holds no more than `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "\u2026"


def cut_at_sentence(text: str, longest: int) -> str:
    """As many whole sentences as `longest` characters hold, at least the first one, cut when it is too long."""
    whole = sentences(text[: longest * 8])
    kept = whole[:1]
    for sentence in whole[1:]:
        if len(" ".join([*kept, sentence])) > longest:
            break
        kept.append(sentence)
    return cut(" ".join(kept), longest)


def capitalised(text: str) -> str:
    """The text with a capital at its start, unless it starts with a name such as `etcd.conf` or `iOS`."""
    word = text.split(" ", 1)[0].rstrip(",.;:")
    return text[:1].upper() + text[1:] if word.isalpha() and word.islower() else text


@lru_cache(maxsize=KEYS_REMEMBERED)
def symptom_key(text: str) -> str:
    """The form in which two wordings of one symptom are the same: case, punctuation and endings left out.

    What stands in quotation marks or backticks, and words such as `CONN_TIMEOUT` or `5.7.1`, keep their endings.
    At most `LONGEST_SYMPTOM_KEY` characters; '' when the text holds no word.
    """
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", _FREQUENCY.sub("", text)).replace("\u2019", "'"))
    words: list[str] = []
    start = 0
    for match in _QUOTED.finditer(text):
        words += [*_stems(text[start : match.start()]), *_folded_words(match.group())]
        start = match.end()
    key = " ".join([*words, *_stems(text[start:])])
    if len(key) <= LONGEST_SYMPTOM_KEY:
        return key
    return f"{key[: LONGEST_SYMPTOM_KEY - 17]} {hashlib.sha256(key.encode()).hexdigest()[:16]}"


def stored_symptom_key(text: str) -> str:
    """The key under which a symptom is stored, and known in the addresses of walks; never ''.

    It is the text itself where that holds no word. Keys that are stored already depend on how it is cut.
    """
    key = symptom_key(text) or text.casefold()
    if len(key) <= LONGEST_STORED_KEY:
        return key
    return key[: LONGEST_STORED_KEY - 64] + hashlib.sha256(key.encode()).hexdigest()


def _folded_words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _stems(text: str) -> list[str]:
    """Stems of plain words, those joined by hyphens or slashes too; identifiers as they are."""
    parts = (
        part
        for word in _folded_words(text)
        for part in (_PLAIN_WORD.findall(word) if _JOINED.fullmatch(word) else [word])
    )
    return [stem(part) if _PLAIN_WORD.fullmatch(part) else part for part in parts]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of an English word in lower case."""
    return str(snowballstemmer.stemmer("english").stemWord(word))  # a fresh one: it holds state, threads may meet here
