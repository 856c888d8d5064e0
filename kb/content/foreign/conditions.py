"""Knows what is written for some readers only: conditions of templates, and macros that a page of Confluence hides."""

from __future__ import annotations

import re
from bisect import bisect_left

from kb.content.foreign.reader_conditions import denies_everyone, other_side_is_for_some
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
_STEP = linear(r"\{%-?[ \t]*(if|unless|case|when|endif|endunless|endcase|else|elsif|elseif)((?:[ \t][^%\n]*)?)%\}")
_OTHERWISE = frozenset({"elsif", "elseif"})
_MIDST = _OTHERWISE | {"else", "when"}
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
    step = _STEP.fullmatch(condition)
    asked = _asked(step[2]) if step is not None else ""
    if step is not None and (other_side_is_for_some(asked) if step[1] == "unless" else denies_everyone(asked)):
        return True
    return _HIDES.fullmatch(condition) is not None or _SIDE_HIDES.fullmatch(condition) is not None


def _asked(written: str) -> str:
    return written.strip().removesuffix("-").strip()


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
        self._for_some: set[int] = set()

    def other_side_hides(self, start: int) -> bool:
        """Whether an `else` or `elsif` that begins at `start` is for some readers only, as others see what is above."""
        self._read()
        return start in self._for_some

    def _read(self) -> list[tuple[int, int, str]]:
        if self._steps is not None:
            return self._steps
        self._steps = []
        waiting: list[bool] = []
        for found in _STEP.finditer(self._text):
            name = str(found[1])
            self._steps.append((found.start(), found.end(), name))
            if name in _OPENS:
                waiting.append(name == "if" and other_side_is_for_some(_asked(found[2])))
            elif name.startswith("end"):
                del waiting[-1:]
            elif waiting and name in (*_OTHERWISE, "else"):
                if waiting[-1]:
                    self._for_some.add(found.start())
                waiting[-1] |= name in _OTHERWISE and other_side_is_for_some(_asked(found[2]))
        return self._steps

    def end_of(self, start: int) -> int | None:
        """Where what a condition that begins at `start` encloses ends: at its `else`, or behind its `endif`.

        What begins in the midst of one, at its `elsif` or `else`, ends before the `endif`; a `when` before the next.
        """
        steps = self._read()
        first = bisect_left(steps, (start,))
        begun = steps[first][2] if first < len(steps) else ""
        depth = int(begun in _MIDST)
        for at in range(first, len(steps)):
            begins, ends, name = steps[at]
            if name in _OPENS:
                depth += 1
            elif name == "when":
                if depth == 1 and begun == "when" and at > first:
                    return begins
            elif name in _OTHERWISE:
                continue
            elif name == "else":
                if depth == 1 and begun not in _WHOLE and at > first:
                    return begins
            else:
                depth -= 1
                if not depth:
                    return begins if begun in _MIDST else ends
        return None
