"""Groups what checks have to say of many texts by kind, so that what is said of 334 guides is told once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

from kb.content.patterns import Pattern, counted, linear
from kb.content.phrases import Phrase

Place = TypeVar("Place", bound=Hashable)
MOST_LISTED_OF_A_KIND = 3
ANYTHING = "…"
_QUOTED = counted(r"(?<![\w(])'(.{1,400}?)'(?!\w)")
_PLACE = linear(r"\([^\s(]+:\d+\)")


@dataclass(frozen=True, slots=True, order=True)
class FileFinding:
    """One thing to say about a file: `file` is its path below the folder, `line` counts from 1."""

    file: str
    line: int
    severity: Literal["error", "warning"]
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class Placed(NamedTuple, Generic[Place]):
    """A finding and where it is: a line of a file, of a guide, or of whatever else the caller lists."""

    place: Place
    line: int
    severity: str
    message: str


class Group(NamedTuple, Generic[Place]):
    """The findings of one kind: `message` is what all of them say, with … for the quoted words that differ.

    `places` are all of them, with their lines, in the order in which they were given.
    """

    message: str
    count: int  # type: ignore[assignment]  # it hides the method of tuples, which nobody needs here
    places: list[tuple[Place, int]]
    severity: str


def grouped(findings: Iterable[Placed[Place]]) -> list[Group[Place]]:
    """The findings by kind: errors first, then what is said most often.

    Two findings are of one kind when they differ in words in quotation marks only, or in the places that they name;
    words within brackets are a value that makes another kind.
    """
    kinds: dict[tuple[str, str], list[Placed[Place]]] = {}
    for finding in findings:
        kinds.setdefault((finding.severity, _kind(finding.message)), []).append(finding)
    groups = [
        Group(
            _common_message([finding.message for finding in alike]),
            len(alike),
            [(finding.place, finding.line) for finding in alike],
            severity,
        )
        for (severity, _), alike in kinds.items()
    ]
    return sorted(groups, key=lambda group: (group.severity != "error", -group.count))


def as_lines(findings: Iterable[FileFinding]) -> list[str]:
    """The findings as `file:line: message`, one line for all of a kind that is there often.

    Up to `MOST_LISTED_OF_A_KIND` are listed each. What is a warning only is marked as such.
    """
    distinct = list(dict.fromkeys(findings))
    groups = grouped(Placed(finding.file, finding.line, finding.severity, finding.message) for finding in distinct)
    many = {(group.severity, _kind(group.message)): group for group in groups if group.count > MOST_LISTED_OF_A_KIND}
    lines = [as_line(finding) for finding in distinct if (finding.severity, _kind(finding.message)) not in many]
    return lines + [_group_line(group) for group in many.values()]


def as_line(finding: FileFinding) -> str:
    """A finding as `file:line: message`, marked when it is a warning only."""
    return f"{finding.file}:{finding.line}: {_mark(finding.severity)}{finding.message}"


def _group_line(group: Group[str]) -> str:
    """The first place of a kind and how often it is there, so that whoever reads lines can go there."""
    file, line = group.places[0]
    files = len({place for place, _ in group.places})
    frequency = f"{group.count} times in {files} {'file' if files == 1 else 'files'}, first here"
    return f"{file}:{line}: {_mark(group.severity)}{group.message} ({frequency})"


def _mark(severity: str) -> str:
    return "" if severity == "error" else "warning: "


def _kind(message: str) -> str:
    """A message without what it quotes, and without the places that it names."""
    return _PLACE.sub(f"({ANYTHING})", _QUOTED.sub(f"'{ANYTHING}'", message))


def _common_message(messages: list[str]) -> str:
    """What messages of one kind have in common: quoted words that all of them quote stay.

    A phrase with … in place of the values that differ, where all are the same phrase.
    """
    common = _common_text(messages)
    phrases = [message for message in messages if isinstance(message, Phrase) and message.values]
    if len(phrases) < len(messages) or len({phrase.template for phrase in phrases}) > 1:
        return common
    first = phrases[0].values
    same = {name: len({str(phrase.values.get(name)) for phrase in phrases}) == 1 for name in first}
    phrase = phrases[0].filled(**{name: value if same[name] else ANYTHING for name, value in first.items()})
    return phrase if phrase == common else common


def _common_text(messages: list[str]) -> str:
    for pattern, blank in ((_QUOTED, f"'{ANYTHING}'"), (_PLACE, f"({ANYTHING})")):
        quoted = zip(*(pattern.findall(message) for message in messages), strict=False)
        words = [quotes[0] if len(set(quotes)) == 1 else None for quotes in quoted]
        messages = [_blanked(message, pattern, words, blank) for message in messages]
    return messages[0]


def _blanked(message: str, pattern: Pattern, shared_words: Iterable[str | None], blank: str) -> str:
    """The message with `blank` for each match that not all messages share."""
    shared_word = iter(shared_words)
    return pattern.sub(lambda found: found[0] if next(shared_word, None) is not None else blank, message)
