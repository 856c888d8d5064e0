"""Knows what a page's own constants settle of its conditions: `const beta = false`, `const old = ref(false)`."""

from __future__ import annotations

from collections.abc import Mapping

from kb.content.patterns import linear

_CONSTANT = linear(
    r"(?m)^[ \t]*(?:export[ \t]+)?const[ \t]+([A-Za-z_$][\w$]*)[ \t]*(?::[ \t]*boolean[ \t]*)?=[ \t]*"
    r"(?:(?:shallowRef|ref)\([ \t]*(true|false)[ \t]*\)|(true|false))[ \t]*;?[ \t]*$"
)
_ASKED = linear(r"[ \t\n(]*(!?)[ \t]*([A-Za-z_$][\w$.]*?)(?:\.value)?[ \t\n)]*(&&|\|\||\?{1,2})?[ \t\n]*")


def constants(text: str) -> dict[str, bool]:
    """By name, what the constants of a page say that are true or false, and never changed there."""
    if "const " not in text:
        return {}
    found = {str(each[1]): (each[2] or each[3]) == "true" for each in _CONSTANT.finditer(text)}
    return {name: value for name, value in found.items() if f"{name}.value =" not in text}


def settled(condition: str, known: Mapping[str, bool]) -> str:
    """A condition that a constant settles, as `true` or `false` with the sign behind it; any other as it is."""
    asked = _ASKED.fullmatch(condition) if known else None
    if asked is None or asked[2] not in known:
        return condition
    value = known[str(asked[2])] ^ (asked[1] == "!")
    return f"{'true' if value else 'false'} {asked[3] or ''}".rstrip()
