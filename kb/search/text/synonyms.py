"""Reads the synonyms by which queries are expanded: those of the file, and what was added to them in the browser."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.stemming import stem
from kb.search.text.analysis import tokenize

FILE_NAME = "synonyms.txt"
ADDED_NAME = "added-synonyms.txt"
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
    found, errors = groups_of(_text_of(path), path.name)
    if errors:
        raise errors[0]
    return found


def usable_synonyms(path: Path, added: Path | None = None) -> Synonyms:
    """As `read_synonyms`, but what can't be used is logged and left out, for a search goes on without it.

    `added` is a file with what was added in the browser: groups that share a phrase are one. While neither file
    changes, it is the same object.
    """
    return _read_usable(path, _changed_at(path), added, _changed_at(added))


def synonyms_and(path: Path, added: Path, lines: Iterable[str]) -> Synonyms:
    """What `usable_synonyms` would give with more groups; nothing of it is kept."""
    text = with_groups(_usable_text(path), _usable_text(added).splitlines())
    return groups_of(with_groups(text, lines), path.name)[0]


def _changed_at(path: Path | None) -> int:
    try:
        return path.stat().st_mtime_ns if path else 0
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _read_usable(path: Path, _changed_at: int, added: Path | None, _added_at: int) -> Synonyms:
    more = _usable_text(added).splitlines() if added else []
    found, errors = groups_of(with_groups(_usable_text(path), more), path.name)
    for error in errors:
        logger.warning("Searching without some synonyms: %s", error)
    return found


def _usable_text(path: Path) -> str:
    try:
        return _text_of(path)
    except SynonymError as error:
        logger.warning("Searching without some synonyms: %s", error)
        return ""


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SynonymError(f"{path.name} can't be read: {error}. Save it as UTF-8 text.") from None


def groups_of(text: str, name: str = FILE_NAME) -> tuple[dict[Phrase, tuple[Phrase, ...]], list[SynonymError]]:
    """The groups that a text has, by the stems of each phrase, and what can't be used of it."""
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    errors: list[SynonymError] = []
    lines: dict[Phrase, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            group = _group(line, lines)
        except SynonymError as error:
            errors.append(SynonymError(f"{name}:{number}: {error}"))
            continue
        for key, phrase in group.items():
            lines[key] = number
            found[key] = tuple(other for other in group.values() if other != phrase)
    return found, errors


def with_groups(text: str, added: Iterable[str]) -> str:
    """The text of a file with more groups, each a line of phrases with commas; all other lines stay as they are.

    A group that shares a phrase with a line makes that line longer, and joins the lines that it shares phrases with:
    lines are sets of phrases, so that it does not matter which came first.
    """
    lines, end = text.splitlines(), "\r\n" if "\r\n" in text else "\n"
    keys = [_keys(line) for line in lines]
    for line in added:
        own = _keys(line)
        shared = [place for place, others in enumerate(keys) if own & others]
        if not own:
            continue
        if not shared:
            lines.append(", ".join(_members(line)))
            keys.append(own)
            continue
        first, *others = shared
        more = [member for place in others for member in _members(lines[place])]
        lines[first] = _longer(lines[first], [*more, *_members(line)])
        keys[first] = _keys(lines[first])
        for place in reversed(others):
            del lines[place], keys[place]
    return text if lines == text.splitlines() else "".join(f"{line}{end}" for line in lines)


def group_in(line: str) -> tuple[str, ...]:
    """The phrases of a line, as written. Raises SynonymError when it can't be a group, with what to do."""
    group = _group(line, {})
    if not group:
        raise SynonymError("no word here. Give at least two, separated by commas.")
    if len(group) == 1:
        raise SynonymError("These are forms of one word, which search takes for one anyway. Give another word.")
    return tuple(" ".join(phrase) for phrase in group.values())


def _members(line: str) -> list[str]:
    return [member.strip() for member in line.split("#", 1)[0].split(",") if member.strip()]


def _keys(line: str) -> set[Phrase]:
    return set(map(_key, _members(line)))


def _key(member: str) -> Phrase:
    return stems(tuple(tokenize(member).words))


def _longer(line: str, members: list[str]) -> str:
    """The line with those phrases that it has not, before its comment."""
    said, mark, comment = line.partition("#")
    known = _keys(line)
    new: dict[Phrase, str] = {}
    for member in members:
        if _key(member) not in known:
            new.setdefault(_key(member), member)
    if not new:
        return line
    return ", ".join([said.strip().rstrip(","), *new.values()]) + (f"  {mark}{comment}" if mark else "")


def stems(phrase: Phrase) -> Phrase:
    """The phrase without endings, as synonyms are looked up."""
    return tuple(stem(word) for word in phrase)


def _group(line: str, lines: dict[Phrase, int]) -> dict[Phrase, Phrase]:
    """The phrases of one line by their stems; `lines` says where those before stand. Raises SynonymError."""
    members = _members(line)
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


def runs_of_words(typed: Phrase) -> Iterator[slice]:
    """Where each run of two to LONGEST_PHRASE words stands that is not of stop words only."""
    for length in range(2, LONGEST_PHRASE + 1):
        for start in range(len(typed) - length + 1):
            run = slice(start, start + length)
            if not STOP_WORDS.issuperset(typed[run]):
                yield run
