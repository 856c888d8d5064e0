"""Knows whom the conditions of programs show a text to: everyone, some readers, or readers whom nobody can tell here.

When in doubt, a text is for some.
"""

from __future__ import annotations

import re

from kb.content.patterns import linear

_STAFF = r"staff|intern|admin|private|confidential|draft|secret|employee|agent|debug|hidden|todo|wip|preview"
_SOME = linear(
    rf"{_STAFF}|dev|false|user|visitor|member|logged|signed|auth|env|role|"
    r"![ \t(=]*['\"]?[\w.]*(?:public|customer|everyone|external)",
    re.IGNORECASE,
)
_SURELY_SOME = linear(rf"{_STAFF}|logged[_-]?in|signed[_-]?in", re.IGNORECASE)
_EVERYONE = linear(r"public|publish|customer|everyone|everybody|anonymous|guest|external", re.IGNORECASE)
_NEVER = linear(r"[ \t\n(]*(?:0|null|undefined|''|\"\")[ \t\n)]*(?:&&|\?|$)")
_ALWAYS = linear(r"[ \t\n(]*(?:true|1)[ \t\n)]*(?:\|\||\?{1,2}|$)")
# One name, or one that is compared with one value: of these alone the other side is known.
_PLAIN = linear(
    r"[ \t\n(]*(!?)[ \t(]*([\w$.]+(?:\(\))?)[ \t\n)]*"
    r"(?:(===?|!==?)[ \t]*(?:'([\w -]*)'|\"([\w -]*)\"|(\w+))[ \t\n)]*)?(?:&&|\|\||\?{1,2})?[ \t\n]*"
)


def is_for_some(condition: str) -> bool:
    """Whether what is shown where a condition holds is for some readers only, or for nobody."""
    if _NEVER.fullmatch(condition) is not None or denies_everyone(condition):
        return True
    return _SOME.search(condition) is not None and not shows_to_others(condition)


def denies_everyone(condition: str) -> bool:
    """Whether a condition says that it is not for everyone: `!isPublic`, `audience != "public"`."""
    said = _said(condition)
    return said is not None and said[1] and _EVERYONE.search(said[0]) is not None


def shows_to_others(condition: str) -> bool:
    """Whether a condition says of some readers that it is not for them, and so is for everyone: `!isStaff`."""
    said = _said(condition)
    return said is not None and said[1] and _SURELY_SOME.search(said[0]) is not None and not _EVERYONE.search(said[0])


def other_side_is_for_some(condition: str) -> bool:
    """Whether what is shown where a condition does not hold is for some readers only, or for nobody."""
    if _ALWAYS.fullmatch(condition) is not None:
        return True
    said = _said(condition)
    if said is None:
        return _SOME.search(condition) is not None or _EVERYONE.search(condition) is not None
    words, is_denied = said
    if _EVERYONE.search(words):
        return not is_denied or _SOME.search(words) is not None
    return is_denied and _SOME.search(words) is not None


def asks_for_readers(condition: str) -> bool:
    """Whether it is known whom a condition shows a text to."""
    return _said(condition) is not None and (
        _EVERYONE.search(condition) is not None or _SOME.search(condition) is not None
    )


def _said(condition: str) -> tuple[str, bool] | None:
    """The words of a plain condition, and whether it denies them; None for any other."""
    plain = _PLAIN.fullmatch(condition)
    if plain is None:
        return None
    denied, name, sign, *values = (str(each or "") for each in plain.groups())
    value = next(filter(None, values), "")
    is_false = value.lower() in ("false", "0", "null", "undefined")
    return f"{name} {value}", bool(denied) ^ sign.startswith("!") ^ is_false
