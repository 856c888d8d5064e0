"""Masks secrets, personal data and numbers in what people typed, so that it may be stored."""

from __future__ import annotations

import re
import unicodedata

from kb.content.patterns import Match, counted, linear
from kb.search.text.query import MAX_LENGTH, clean

MOST_STORED = 200
FEWEST_DIGITS = 7
# With what stands for what is masked: it is never cut, which could part a secret from its name.
_LONGEST_TEXT = 2 * MAX_LENGTH

_ADDRESS = counted(r"\b[a-z][a-z0-9+.-]{1,15}://\S+|\bwww\.\S+", re.IGNORECASE, longest=_LONGEST_TEXT)
_WORD = counted(r"\S+", longest=_LONGEST_TEXT)
_AT = linear(r"[^\s@]@[^\s@]")
_KEY_BLOCK = linear(r"-----BEGIN [A-Z ]+-----.*", re.DOTALL)
_NAMED = linear(
    r"""(?P<name>(?:password|passwd|passwort|pwd|passphrase|secret|token|api[ _-]?key|apikey|access[ _-]?key
        |authorization|bearer|credential|cookie|session[ _-]?id|sessionid|signature)s?["']?
        (?:\s*[:=]\s*|\s+is\s+))["']?(?:(?:bearer|basic)\s+)?[^\s"'&,;]+""",
    re.VERBOSE | re.IGNORECASE,
)
_ASSIGNED = linear(_NAMED.pattern.replace(r"|\s+is\s+", ""), re.VERBOSE | re.IGNORECASE)
_BEARER = counted(r"\b(?P<name>bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE, longest=_LONGEST_TEXT)
_KNOWN = counted(
    r"""(?<![A-Za-z0-9])(?:
        (?:sk|pk|rk|ghp|gho|ghu|ghs|ghr|glpat|xox[abprs]|npm|pypi|dop_v1|hf|AKIA|ASIA|AIza)[-_A-Za-z0-9]{12,}
        | github_pat_\w+
        | eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*
    )""",
    re.VERBOSE,
    longest=_LONGEST_TEXT,
)
_NETWORK = counted(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])",
    re.IGNORECASE,
    longest=_LONGEST_TEXT,
)
_DIGITS = linear(rf"\+?\d(?:[\s()./:_-]{{0,3}}\d){{{FEWEST_DIGITS - 1},}}")
_CODE = linear(r"0x[0-9a-f]{2,16}", re.IGNORECASE)
_RUN = counted(r"[\w+/=~-]+", longest=_LONGEST_TEXT)
_JOINTS = linear(r"[_/=+~-]+")
_LENGTH_OF_SECRETS = 20
_LONGEST_WORD = 64


def masked(text: str) -> str:
    """The text as it may be stored: masked first, then folded to lower case and cut to MOST_STORED characters."""
    return " ".join(without_secrets(text).lower().split())[:MOST_STORED].rstrip()


def without_secrets(text: str) -> str:
    """The text, as long as it is, with what could name or open anything masked."""
    text = unicodedata.normalize("NFKC", clean(text))[:MAX_LENGTH]
    text = _KEY_BLOCK.sub(" [secret] ", text)
    text = _NAMED.sub(r"\g<name>[secret]", text)
    text = _BEARER.sub(r"\g<name> [secret]", text)
    text = _ADDRESS.sub(" [address] ", text)
    text = _WORD.sub(lambda match: "[email]" if _AT.search(match.group()) else match.group(), text)
    text = _KNOWN.sub("[secret]", text)
    text = _NETWORK.sub("[number]", text)
    text = _RUN.sub(_without_secrets, text)
    return _DIGITS.sub(_without_numbers, text)


def without_credentials(text: str) -> str:
    """The text with nothing masked but what is certain to open something: keys, tokens, passwords that are assigned."""
    text = _KEY_BLOCK.sub(" [secret] ", clean(text))
    text = _ASSIGNED.sub(r"\g<name>[secret]", text)
    return _KNOWN.sub("[secret]", _BEARER.sub(r"\g<name> [secret]", text))


def _without_secrets(match: Match) -> str:
    """A run of characters, or what stands in its place when it looks made by a machine, and is no error code."""
    run = match.group()
    if _CODE.fullmatch(run):
        return run
    has_digit = any(char.isdigit() for char in run)
    is_mixed = has_digit and any(char.isalpha() for char in run)
    if len(run) >= _LENGTH_OF_SECRETS and is_mixed and not _is_made_of_words(run):
        return "[secret]"
    if len(run) > _LONGEST_WORD:
        return "[secret]"
    if is_mixed and sum(char.isdigit() for char in run) >= FEWEST_DIGITS:
        return "[number]"
    return run


def _is_made_of_words(run: str) -> bool:
    """Whether it reads like CONN_TIMEOUT_30 or error-2013-lost-connection: parts of letters or of few digits."""
    parts = _JOINTS.split(run)
    return all(part.isalpha() or (part.isdigit() and len(part) < FEWEST_DIGITS) for part in parts if part)


def _without_numbers(match: Match) -> str:
    """Digits that make a phone number, a card or an account, with what stands between them."""
    before = match.string[max(0, match.start() - 2) : match.start()].lower()
    return match.group() if before.endswith("0x") else "[number]"
