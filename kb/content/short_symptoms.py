"""Cuts a symptom down to what a person can take in at a glance: the message, or the subject and what is wrong."""

from __future__ import annotations

import re

from kb.content.patterns import counted, linear
from kb.content.wording import capitalised, cut, sentences

LONGEST_SHORTENED = 100
FEWEST_WORDS = 3

_MESSAGE = counted(r"\"([^\"]{8,98})\"|\u201c([^\u201d]{8,98})\u201d|(?<!\w)'([^']{8,98})'(?!\w)")
_REPORTED = linear(r"(?:error|message|warning|notification|alert)s?(?: is shown| appears)?: *(\S.*)$", re.IGNORECASE)
_CIRCUMSTANCE = linear(
    r"^(?:when|if|after|while|as soon as|in some (?:scenarios|cases|situations)|occasionally|sometimes|in outlook"
    r"|assume that|once|during|on) [^,]{3,300}, (?:then )?(?P<rest>.+)$",
    re.IGNORECASE,
)
_WRONG = counted(
    r"\b(?:errors?|fail|fails|failed|failures?|cannot|can't|can\u2019t|could not|unable|not|no|missing|invalid|expired"
    r"|denied|refused|slow|stops?|crash|crashes|disconnected|decreased|blocked|prevented|exceeds?)\b",
    re.IGNORECASE,
)
_AFTERTHOUGHT = counted(
    r",? (?:because|even though|although|when|while|after|before|so that|which|whose|unless|if|where|indicating"
    r"|caused by|due to|on which|that (?:is|are|has|have|match|runs?))\b",
    re.IGNORECASE,
)
_BRACKETS = linear(r" ?[(\[][^()\[\]]{0,200}[)\]]")


def shortened(symptom: str) -> str:
    """The symptom in at most LONGEST_SHORTENED characters; it is the same when it is short enough.

    Of a long one the message that it quotes, else the part that says what is wrong: without the circumstances before
    it ('When you ..., '), asides in brackets, and what follows as an afterthought (', because ...').
    """
    text = " ".join(symptom.split())
    if len(text) <= LONGEST_SHORTENED:
        return text
    if message := _message(text):
        return message
    for part in (_main_clause(text), _BRACKETS.sub("", _main_clause(text))):
        if len(part) <= LONGEST_SHORTENED:
            return capitalised(part.rstrip(" .;:"))
        text = part
    return capitalised(_without_afterthought(text))


def _message(text: str) -> str:
    """What is quoted as a message, in quotation marks; '' where nothing is."""
    for match in _MESSAGE.finditer(text):
        quoted = next(filter(None, match.groups())).strip()
        if len(quoted.split()) >= FEWEST_WORDS:
            return f"\u201c{quoted.rstrip('.')}\u201d"
    reported = _REPORTED.search(text)
    if reported and len(reported.group(1)) <= LONGEST_SHORTENED:
        return reported.group(1).strip()
    return ""


def _main_clause(text: str) -> str:
    """The sentence that says what is wrong, without the circumstances that it begins with."""
    whole = sentences(text)
    sentence = next((sentence for sentence in whole if _WRONG.search(sentence)), whole[0])
    circumstance = _CIRCUMSTANCE.match(sentence)
    return circumstance["rest"] if circumstance else sentence


def _without_afterthought(text: str) -> str:
    """The text up to the last afterthought that leaves it short enough, else cut between words."""
    ends = [match.start() for match in _AFTERTHOUGHT.finditer(text) if match.start() <= LONGEST_SHORTENED]
    kept = text[: ends[-1]] if ends and len(text[: ends[-1]].split()) > FEWEST_WORDS else text
    return cut(kept.rstrip(" .;:"), LONGEST_SHORTENED)
