"""Reads the values of a head that say who may see a guide and what kind it is, and forgives no slip that matters."""

from __future__ import annotations

from typing import Any

from rapidfuzz.distance import Levenshtein

from kb.content.document import Audience, ContentError, GuideKind
from kb.content.patterns import counted
from kb.content.phrases import Phrase

_NEAR = 2
_WORD = counted(r"[^\W\d_]+")
_STAFF_WORDS = (
    *("staff", "internal", "private", "confidential", "restricted", "secret", "employees", "insiders"),
    *("agents", "support", "team", "helpdesk", "partners"),
)
_NEAR = 2
_REPLIES = ("reply", "replies")


def audience_of(value: Any) -> Audience | None:
    """The audience that a value names, 'public' for none, or None for one that others' guides may well use.

    ContentError for what may be meant to be 'staff': a slip must never publish what is not for everyone.
    """
    words, has_others = _words(value)
    if words == ["staff"] and not has_others:
        return "staff"
    if has_others or any(near(word, staff) for word in words for staff in _STAFF_WORDS):
        raise ContentError(Phrase("The audience must be 'public' or 'staff', nothing else."))
    return "public" if words in ([], ["public"]) else None


def near(word: str, other: str) -> bool:
    """Whether at most two letters must be put in, left out or changed to make one word of the other."""
    return Levenshtein.distance(word, other, score_cutoff=_NEAR) <= _NEAR


def kind_of(value: Any) -> GuideKind | None:
    """The kind of guide that a value names, 'guide' for none, or None for one that others' guides may well use.

    ContentError for what may be meant to be 'reply': a slip must never show readers what staff send.
    """
    words, has_others = _words(value)
    if words == ["reply"] and not has_others:
        return "reply"
    if any(near(word, reply) for word in words for reply in _REPLIES):
        raise ContentError(Phrase("The kind must be 'reply' for a reply that staff send, and nothing else."))
    return "guide" if words in ([], ["guide"]) and not has_others else None


def _words(value: Any) -> tuple[list[str], bool]:
    """The words of a value, and whether anything in it is no text."""
    texts, has_others = text_list(value)
    return [word for text in texts for word in _WORD.findall(text.lower())], has_others


def text_list(value: Any) -> tuple[tuple[str, ...], bool]:
    """The texts of a value, each once, and whether anything in it is no text; a text is parted at its commas."""
    if isinstance(value, str):
        value = value.split(",")
    if value is None:
        return (), False
    if not isinstance(value, list):
        return (), True
    texts = (one_line(item) for item in value if isinstance(item, str))
    has_others = any(item is not None and not isinstance(item, str) for item in value)
    return tuple(dict.fromkeys(filter(None, texts))), has_others


def one_line(value: Any) -> str:
    """A text without line breaks and double spaces; '' for None."""
    return "" if value is None else " ".join(str(value).split())
