"""Recognises error codes, messages that guides quote and telling lines in a text that somebody pasted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.content import codes
from kb.content.patterns import counted, linear
from kb.content.wording import cut

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Published

FEWEST_WORDS = 4
FEWEST_QUOTED = 2
FEWEST_HUMPS = 2
SHORTEST_MESSAGE = 9
MOST_MESSAGES = 3
MOST_CODES = 4
MOST_LINES = 2
LONGEST_LINE = 170
SIGN_BIT, WIDTH = 2**31, 2**32  # of an HRESULT, which logs write as a signed number as well

_WORD = counted(r"[^\W\d_]+|\d+")
_QUOTED = counted(r"`([^`]{3,200})`|\"([^\"]{3,200})\"|\u201c([^\u201d]{3,200})\u201d|(?<!\w)'([^']{3,200})'(?!\w)")
# Numbers that mean something by their place alone: the status in a web server's log, a result as Windows writes it.
_STATUS = counted(r"HTTP/\d(?:\.\d)?[\"']?\s+([45]\d\d)\b")
_RESULT = counted(r"(?<![\w-])-(\d{9,10})(?!\w)|(?<![\w])([89a-f][0-9a-f]{7})(?!\w)", re.IGNORECASE)
_LETTERS = linear(r"[^\W\d_]{2}")
_MASK = linear(r"\S*\[(?:secret|email|number|address)\]\S*")
_STAMP = counted(
    r"""^(?:[^\w\[]|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?|[TZ]\b|[+-]\d{2}:?\d{2}\b|\d+\b
        |(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b)+""",
    re.VERBOSE,
)
_WRONG = counted(
    r"""\b(?:errors?|fatal|fail(?:ed|ures?|s)?|exceptions?|denied|refused|time[d]?[ -]?out|can(?:not|'t)|could\ not
        |unable|invalid|expired|panic|critical|severe|abort(?:ed)?|unreachable|reject(?:ed)?|not\ found|undeliver\w+
        |blocked|back-?off|(?:oom)?killed|violat\w+|corrupt\w*|quota|exceeded|does\ not\ exist)\b
        |\w(?:Error|Exception|BackOff|Failed|Killed)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_CAUSE = linear(r"caused by|root cause|reason:|message:|diagnostic", re.IGNORECASE)
_PREFIX = counted(
    r"""^(?:(?:[\w.-]+\s+)?[\w./-]+\[\d+\]:\s*)?           # host and process, as the journal writes them
        (?:(?:[EWIF]\d{4}\s++[\d:.]++\s++)?(?:\d*+\s++)?\S+\.go:\d+\]\s*)?   # the log of a Go program
        (?:(?:ERROR|WARN(?:ING)?|FATAL|SEVERE|CRITICAL|INFO|DEBUG)\b[^\w\[]*)?
        (?:\[[^\]]*\]\s*)?(?:[\w.$]+\s+-\s+)?                 # thread and logger""",
    re.VERBOSE,
)
_LONG_WORD = linear(r"\w{10,}")
_HUMP = linear(r"[a-z][A-Z]")
_OPERATORS = counted(r"[\"\u201c\u201d\u201e]|(?<!\S)-(?=\S)")
_CARRIED_ON = counted(r"\n[ \t]+(?=[a-z])(?!at\s)")
_FRAME = linear(r"^\s*(?:at\s+[\w.$]+\(|File \"|\.\.\. \d+ more|#\d+\s)")


@dataclass(frozen=True, slots=True)
class Message:
    """A message that guides quote, or a symptom: its words, how the guide writes it, and which problems have it."""

    words: tuple[str, ...]
    text: str
    problems: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recognisable:
    """What can be recognised: messages by their first word, error codes by their lower case."""

    messages: Mapping[str, tuple[Message, ...]]
    codes: Mapping[str, str]
    rarity: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was recognised, the most telling first; `problems` are those that have the messages."""

    codes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    problems: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything was."""
        return bool(self.codes or self.messages)


def recognisable(published: Published) -> Recognisable:
    """What the published guides make recognisable."""
    having: dict[str, set[str]] = defaultdict(set)
    for text, problem in _messages(published):
        having[text].add(problem)
    messages: dict[str, list[Message]] = defaultdict(list)
    for text, problems in having.items():
        words = _words(text)
        messages[words[0]].append(Message(words, text, frozenset(problems)))
    telling = {key: name for key, name in published.code_names.items() if published.codes.get(key)}
    rarity = {key: len(published.codes[key]) for key in telling}
    return Recognisable({key: tuple(group) for key, group in messages.items()}, telling, rarity)


def _messages(published: Published) -> Iterator[tuple[str, str]]:
    """The messages of each problem, with its id."""
    for problem in published.problems.values():
        for text in (problem.title, *(symptom.text for symptom in problem.symptoms)):
            yield from ((message, problem.id) for message in _messages_in(text))


def _messages_in(text: str) -> Iterator[str]:
    """A symptom or title of a few words, what is quoted in it, and names such as `KubePodCrashLooping`."""
    yield from (word for word in _LONG_WORD.findall(text) if len(_HUMP.findall(word)) >= FEWEST_HUMPS)
    for match in _QUOTED.finditer(text):
        quoted = next(filter(None, match.groups()))
        if len(_words(quoted)) >= FEWEST_QUOTED and len(quoted) >= SHORTEST_MESSAGE:
            yield quoted.strip(" .")
    if len(_words(text)) >= FEWEST_WORDS:
        yield text.strip(" .")


def recognise(text: str, known: Recognisable) -> Recognised:
    """The error codes and messages in a text that guides know; numbers count as codes where they are said to be."""
    messages = _quoted_messages(text, known)[:MOST_MESSAGES]
    problems = frozenset().union(*(message.problems for message in messages))
    return Recognised(tuple(_codes(text, known))[:MOST_CODES], tuple(message.text for message in messages), problems)


def _codes(text: str, known: Recognisable) -> list[str]:
    """The known codes: those made of more than digits first, then those that fewer problems have."""
    forms = (*codes.named([text], known.codes.values()), *_codes_by_place(text))
    keys = (key for form in forms for key in (form.lower(), codes.bare(form).lower()))
    recognised = dict.fromkeys(key for key in keys if key in known.codes)
    ordered = sorted(recognised, key=lambda key: (key.isdigit(), known.rarity[key]))
    return [known.codes[key] for key in ordered]


def _codes_by_place(text: str) -> Iterator[str]:
    yield from _STATUS.findall(text)
    for decimal, plain in _RESULT.findall(text):
        if plain:
            yield f"0x{plain}"
        elif SIGN_BIT <= WIDTH - int(decimal) < WIDTH:
            yield f"0x{WIDTH - int(decimal):x}"


def _quoted_messages(text: str, known: Recognisable) -> list[Message]:
    """The known messages in a text, whatever stands between their words but letters; the longest first."""
    words = _words(text)
    matched: dict[str, Message] = {}
    for start, word in enumerate(words):
        for message in known.messages.get(word, ()):
            if words[start : start + len(message.words)] == message.words:
                matched.setdefault(message.text, message)
    ordered = sorted(matched.values(), key=lambda message: -len(message.words))
    kept: list[Message] = []
    for message in ordered:
        if not any(_holds(longer.words, message.words) for longer in kept):
            kept.append(message)
    return kept


def _holds(longer: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(longer[start : start + len(words)] == words for start in range(len(longer) - len(words) + 1))


def _words(text: str) -> tuple[str, ...]:
    """Words in lower case, without apostrophes; numbers count, as they tell one message from another."""
    return tuple(_WORD.findall(text.replace("'", "").replace("\u2019", "").casefold()))


# Lines


def telling_lines(text: str) -> list[str]:
    """The lines of a masked text that say what went wrong, without times and masks, in their order."""
    joined = _CARRIED_ON.sub(" ", text.replace("\r\n", "\n"))
    bare = map(_bare, joined.splitlines())
    lines = dict.fromkeys(line for line in bare if line.count(" ") >= FEWEST_WORDS - 1)
    scored = {line: _score(line) for line in lines}
    best = sorted((line for line in lines if scored[line] > 0), key=lambda line: -scored[line])[:MOST_LINES]
    return [cut(_PREFIX.sub("", line), LONGEST_LINE).strip(" .,:;") for line in lines if line in best]


def words_alone(text: str) -> str:
    """The words of a masked text, line by line, without times, masks and mere numbers."""
    lines = (_bare(line) for line in text.splitlines())
    return "\n".join(" ".join(word for word in line.split() if _LETTERS.search(word)) for line in lines)


def without_repeats(parts: Iterable[str]) -> str:
    """Parts of a text as one, without those that another one holds already, nor what search takes as an order."""
    kept: list[str] = []
    for part in sorted(parts, key=len, reverse=True):
        if not any(" ".join(_words(part)) in " ".join(_words(other)) for other in kept):
            kept.append(part)
    return " ".join(_OPERATORS.sub(" ", "; ".join(kept)).split())


def _bare(line: str) -> str:
    """A line without its time and masks; '' for a frame of a stack trace."""
    if _FRAME.match(line):
        return ""
    line = _MASK.sub(" ", line)
    stamp = _STAMP.match(line)
    return " ".join((line[stamp.end() :] if stamp else line).split())


def _score(line: str) -> int:
    """How much a line looks like the one that says what went wrong."""
    found = {match.lower() for match in _WRONG.findall(line)}
    named = any(True for _ in codes.named([line], ()))
    return min(3, len(found)) + 2 * named + 2 * bool(found and _CAUSE.search(line)) - (len(line) > 2 * LONGEST_LINE)
