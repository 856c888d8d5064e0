"""Gathers the evidence that a part of a guide without labels tells of a problem and how it is put right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.content import codes, cues
from kb.content.blocks import Block, Code
from kb.content.labels import Kind
from kb.content.observation import is_how_to, observable
from kb.content.patterns import counted, linear
from kb.content.scopes import Scope
from kb.content.units import Unit

MOST_SENTENCES = 12
FIRST_SENTENCES = 2
EVEN = 0.5
LONGEST_MESSAGE = 600
LONGEST_LINE = 300
MOST_LINES = 60
_PAGE_OF_TROUBLE = counted(
    r"\b(?:troubleshoot\w*|known (?:issues?|problems?|limitations?)|common (?:issues|errors|problems|questions|"
    r"pitfalls)|"
    r"problems|errors|issues|faqs?|frequently asked|pitfalls|gotchas|debug\w*)\b",
    re.IGNORECASE,
)
_CHAPTER_OF_TROUBLE = counted(
    r"^(?:troubleshoot\w*|known (?:issues?|problems?)|(?:common |known |frequent |reported )?"
    r"(?:issues|errors|problems|pitfalls)|faqs?|errors?)\b",
    re.IGNORECASE,
)
ERROR_TEXT = counted(
    r"error|fail|exception|denied|refused|timeout|timed out|cannot|can't|unable|not found|no such|invalid|fatal|panic|"
    r"warn|err!|missing|unsupported|forbidden|unauthorized|no space|could not|couldn't|killed|undefined|"
    r"not (?:be|installed|running|recognized|supported|available|allowed|permitted|enough|exist)|packet loss|"
    r"is not a\b",
    re.IGNORECASE,
)
_STRONG = linear(r"error|exception|fatal|fail|denied|refused|cannot|can't|not found|unable", re.IGNORECASE)
_COMMAND = linear(r"(?:[$#>%]|PS [^>]{0,80}>|C:\\[^>]{0,80}>)\s")
_FIRST_PERSON = counted(r"(?:i|i'm|i\u2019m|i've|i\u2019ve|my|we|our)\b", re.IGNORECASE)
_QUOTED = linear(r"[\"\u201c\u201d`]")
_STATUS = counted(r"\b[45]\d\d\b|\b0x[0-9a-f]{4}", re.IGNORECASE)
_BODY = frozenset(
    ["way out", "^to fix", "trouble", "because", "it means", "message", "you see", "^as way", "limits", "fixed in",
     "makes it work", "describes", "example", "alert fires", "escalate"]
)  # fmt: skip
_FIRST = frozenset(
    ["trouble", "because", "it means", "message", "you see", "^if", "^imperative", "way out", "describes", "limits",
     "^question", "^you can", "^to goal", "^this"]
)  # fmt: skip


def is_error_text(block: Block) -> bool:
    """Whether a block of code shows an error."""
    return isinstance(block, Code) and bool(ERROR_TEXT.search(block.text[:LONGEST_MESSAGE]))


def message_in(text: str) -> str:
    """The line of some output that says what is wrong, '' when none does."""
    rows = [" ".join(row.split()) for row in text.split("\n")[:MOST_LINES]]
    telling = [row for row in rows if ERROR_TEXT.search(row[:LONGEST_MESSAGE]) and not _COMMAND.match(row)]
    plain = [row for row in telling if _STRONG.search(row[:LONGEST_MESSAGE])]
    return (plain or telling)[-1][:LONGEST_LINE] if telling else ""


def tells_of_trouble(title: str) -> bool:
    """Whether a title has one of the words of trouble."""
    return "trouble" in cues.found_in(title)


_TITLE_SIGNS = frozenset(
    ["title observable", "title:trouble", "title first person", "title code", "title quoted", "title status"]
)
_BODY_SIGNS = frozenset(["trouble", "you see", "because", "it means", "alert fires", "limits"])


def has_sign(scope: Scope, besides: Sequence[Unit]) -> bool:
    """Whether anything but the steps themselves tells of trouble: the title, a message, a sentence `besides` them."""
    if _of_title(scope.title) & _TITLE_SIGNS or any(map(is_error_text, scope.blocks)):
        return True
    return any(cues.found_in(unit.text) & _BODY_SIGNS for unit in besides)


def shows_trouble(scope: Scope, sentences: Sequence[Unit]) -> bool:
    """Whether a part under the title of a task tells of trouble: it shows an error, or opens with what is seen."""
    opening = (cues.found_in(unit.text) for unit in sentences[:FIRST_SENTENCES])
    return any(map(is_error_text, scope.blocks)) or any({"trouble", "you see"} & found for found in opening)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a part: the kinds of the labelled blocks `beside` it, and what its guide says.

    `share` is how many of the guide's titles tell of trouble (0 to 1), `summary` the guide's.
    """

    beside: frozenset[Kind | None]
    share: float
    summary: str


def evidence(scope: Scope, sentences: Sequence[Unit], steps: Sequence[float], around: Surroundings) -> set[str]:
    """What is known of a part: of its title, its place, its sentences, and how likely these are `steps`."""
    found = _of_title(scope.title) | _of_place(scope, around.share, around.summary)
    found |= _of_body(scope, sentences, steps)
    found |= {f"beside {kind.value if kind else 'nothing'}" for kind in around.beside}
    in_trouble = bool(found & {"title observable", "title:trouble", "title first person", "title code", "title quoted"})
    acts = "a step>0.5" in found
    for name, holds in (
        ("trouble title & step", in_trouble and acts),
        ("trouble title & way out", in_trouble and "says:way out" in found),
        ("trouble page & step", "trouble page" in found and acts),
        ("trouble page & title", "trouble page" in found and in_trouble),
        ("no sign", "trouble page" not in found and not in_trouble),
        ("trouble & way out", "says:trouble" in found and bool(found & {"says:way out", "says:^to fix"})),
        ("error text & step", "error text" in found and acts),
    ):
        if holds:
            found.add(name)
    return found


def _of_title(title: str) -> set[str]:
    words = cues.words_of(title)
    found = {f"title:{name}" for name in cues.found_in(title)} | {f"title words {min(len(words) // 3, 4)}"}
    for name, holds in (
        ("title how-to", is_how_to(title)),
        ("title observable", observable(title)),
        ("title first person", _FIRST_PERSON.match(title)),
        ("title quoted", _QUOTED.search(title)),
        ("title code", next(iter(codes.named([title], ())), "")),
        ("title status", _STATUS.search(title)),
    ):
        if holds:
            found.add(name)
    return found


def _of_place(scope: Scope, share: float, summary: str) -> set[str]:
    found = {f"share {int(share * 4)}"}
    for name, holds in (
        ("trouble page", any(map(_PAGE_OF_TROUBLE.search, (*scope.within, summary if scope.within else "")))),
        ("trouble chapter", any(map(_CHAPTER_OF_TROUBLE.match, scope.within))),
        ("whole guide", not scope.within),
        ("trouble guide", bool(scope.within) and observable(scope.within[0])),
        ("heading", scope.is_heading),
    ):
        if holds:
            found.add(name)
    return found


def _of_body(scope: Scope, sentences: Sequence[Unit], steps: Sequence[float]) -> set[str]:
    shown_cues = [cues.found_in(unit.text) for unit in sentences[:MOST_SENTENCES]]
    found: set[str] = set()
    for name in _BODY:
        times = sum(name in shown for shown in shown_cues)
        found |= {f"says:{name}"} if times else set()
        found |= {f"says twice:{name}"} if times > 1 else set()
    found |= {f"opens:{name}" for name in (shown_cues[0] & _FIRST if shown_cues else ())}
    found |= {f"a step>{least}" for least in (0.3, 0.5, 0.7, 0.85) if max(steps, default=0) > least}
    found |= {f"steps {min(sum(chance > EVEN for chance in steps), 4)}", f"sentences {min(len(sentences) // 4, 5)}"}
    code = [block for block in scope.blocks if isinstance(block, Code)]
    for name, holds in (
        ("code", code),
        ("error text", any(map(is_error_text, code))),
        ("error text first", code and is_error_text(code[0])),
        ("code first", scope.blocks and isinstance(scope.blocks[0], Code)),
        ("numbered", any(unit.ordered for unit in sentences)),
    ):
        if holds:
            found.add(name)
    return found
