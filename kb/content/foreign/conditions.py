"""Knows what is written for some readers only: conditions of templates, and macros that a page of Confluence hides."""

from __future__ import annotations

import re
from bisect import bisect_left

from kb.content.patterns import linear

_WORDS = (
    r"(?:false|nil|visitors?|users?|claims|environment|env|staff|internal|private|confidential|drafts?|dev|development|"
    r"admins?|employees|agents|members?|logged_?in|signed_?in|secret|hidden|todo|wip)"
)
_HIDES = linear(
    rf"(?i)\{{%-?[ \t]*(?:if|unless|case|elsif|elseif)[ \t](?:[^%\n]*[^\w\n])?{_WORDS}(?:[^\w\n][^%\n]*)?%\}}"
)
_SIDE_HIDES = linear(
    r"(?i)\{%-?[ \t]*when[ \t](?:[^%\n]*[^\w\n])?(?:false|nil|staff|internal|private|confidential|drafts?|admins?|"
    r"employees|agents|secret|hidden|todo|wip)(?:[^\w\n][^%\n]*)?%\}"
)
_STEP = linear(r"\{%-?[ \t]*(if|unless|case|when|endif|endunless|endcase|else|elsif|elseif)(?:[ \t][^%\n]*)?-?%\}")
_OTHERWISE = frozenset({"elsif", "elseif"})
# Of these both sides are for some only: who is in neither is not told apart.
_WHOLE = frozenset({"unless", "case"})
_OPENS = frozenset({"if", "unless", "case"})
_MACRO = linear(r"<(?:ac:structured-macro|ac:macro)[ \t][^<>]*ac:name=\"([\w-]+)\"[^<>]*>")
_HIDDEN_MACROS = frozenset({"hidden", "hide", "comment", "html-comment", "hidden-data", "show-if", "hide-if"})
_HIDDEN = linear(
    r"(?:\s*<ac:parameter[^<>]*>[^<>]*</ac:parameter>)*?\s*<ac:parameter[ \t][^<>]*ac:name=\"hidden\"[^<>]*>[ \t]*true",
    re.IGNORECASE,
)
FARTHEST = 2_000
"""Characters behind a macro in which its parameters are looked for."""


def hides(condition: str) -> bool:
    """Whether a tag `{% if ... %}` (`unless`, `case`, `when`, `elsif`) shows what follows to some or to nobody."""
    return _HIDES.fullmatch(condition) is not None or _SIDE_HIDES.fullmatch(condition) is not None


def is_hidden_macro(tag: str, following: str) -> bool:
    """Whether a macro of Confluence, with what follows its tag, is one whose text its page does not show."""
    if tag.startswith("<ac:placeholder"):
        return not tag.endswith("/>")
    found = None if tag.endswith("/>") else _MACRO.fullmatch(tag)
    return found is not None and (found[1] in _HIDDEN_MACROS or _HIDDEN.match(following[:FARTHEST]) is not None)


class Conditions:
    """Where the conditions of one text end; the text is read once, when that is first asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._steps: list[tuple[int, int, str]] | None = None

    def end_of(self, start: int) -> int | None:
        """Where what a condition that begins at `start` encloses ends: at its `else`, or behind its `endif`.

        What begins in the midst of one, at its `elsif`, ends before the `endif`; at a `when`, before the next one.
        """
        if self._steps is None:
            self._steps = [(found.start(), found.end(), str(found[1])) for found in _STEP.finditer(self._text)]
        first = bisect_left(self._steps, (start,))
        begun = self._steps[first][2] if first < len(self._steps) else ""
        depth = int(begun in _OTHERWISE or begun == "when")
        for at in range(first, len(self._steps)):
            begins, ends, name = self._steps[at]
            if name in _OPENS:
                depth += 1
            elif name == "when":
                if depth == 1 and begun == "when" and at > first:
                    return begins
            elif name in _OTHERWISE:
                continue
            elif name == "else":
                if depth == 1 and begun not in _WHOLE:
                    return begins
            else:
                depth -= 1
                if not depth:
                    return begins if begun in _OTHERWISE or begun == "when" else ends
        return None
