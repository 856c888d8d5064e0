"""Reads the file of synonyms by which queries are expanded."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.stemming import stem
from kb.search.text.analysis import tokenize

FILE_NAME = "synonyms.txt"
LONGEST_PHRASE = 4

logger = logging.getLogger(__name__)

Phrase = tuple[str, ...]
Synonyms = Mapping[Phrase, tuple[Phrase, ...]]


class SynonymError(Exception):
    """A line of the file that can't be used; the message names it and says what to do."""


def read_synonyms(path: Path) -> dict[Phrase, tuple[Phrase, ...]]:
    """The groups of a file, one in each line, separated by commas; `#` starts a comment. No file, no synonyms.

    Gives stems of a phrase -> the other phrases of its group, as written. Raises SynonymError for the first bad line.
    """
    found, errors = _read_groups(path)
    if errors:
        raise errors[0]
    return found


def usable_synonyms(path: Path) -> dict[Phrase, tuple[Phrase, ...]]:
    """As `read_synonyms`, but a line that can't be used is logged and left out, for a search goes on without it."""
    try:
        modified_at = path.stat().st_mtime_ns
    except OSError:
        return {}
    return _read_usable(path, modified_at)


@lru_cache(maxsize=4)
def _read_usable(path: Path, _modified_at: int) -> dict[Phrase, tuple[Phrase, ...]]:
    found, errors = _read_groups(path)
    for error in errors:
        logger.warning("Searching without some synonyms: %s", error)
    return found


def _read_groups(path: Path) -> tuple[dict[Phrase, tuple[Phrase, ...]], list[SynonymError]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, [SynonymError(f"{path.name} can't be read: {error}. Save it as UTF-8 text.")]
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    errors: list[SynonymError] = []
    lines: dict[Phrase, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            group = _group(line, lines)
        except SynonymError as error:
            errors.append(SynonymError(f"{path.name}:{number}: {error}"))
            continue
        for key, phrase in group.items():
            lines[key] = number
            found[key] = tuple(other for other in group.values() if other != phrase)
    return found, errors


def stems(phrase: Phrase) -> Phrase:
    """The phrase without endings, as synonyms are looked up."""
    return tuple(stem(word) for word in phrase)


def _group(line: str, lines: dict[Phrase, int]) -> dict[Phrase, Phrase]:
    """The phrases of one line by their stems; `lines` says where those before stand. Raises SynonymError."""
    members = [member.strip() for member in line.split("#", 1)[0].split(",") if member.strip()]
    if len(members) == 1:
        raise SynonymError("only one word here. Give at least two, separated by commas.")
    group: dict[Phrase, Phrase] = {}
    for member in members:
        phrase = tuple(tokenize(member).words)
        if not phrase or len(phrase) > LONGEST_PHRASE:
            raise SynonymError(f"'{member}' has {len(phrase)} words. Give 1 to {LONGEST_PHRASE}.")
        if stems(phrase) in lines:
            raise SynonymError(
                f"'{' '.join(phrase)}' is in line {lines[stems(phrase)]} already. "
                "Put all that means the same into one line."
            )
        group.setdefault(stems(phrase), phrase)
    return group


def runs_of_words(typed: Phrase) -> Iterator[Phrase]:
    """Each run of two to LONGEST_PHRASE words that is not of stop words only."""
    for length in range(2, LONGEST_PHRASE + 1):
        for start in range(len(typed) - length + 1):
            phrase = typed[start : start + length]
            if not STOP_WORDS.issuperset(phrase):
                yield phrase
