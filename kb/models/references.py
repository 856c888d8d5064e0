"""Makes and reads short references that people read out and type in."""

from __future__ import annotations

import secrets

# Without vowels, so that no word is one, and without what is mistaken for another in print or on the telephone.
ALPHABET = "3479CDFGHJKMNPQRTVWXY"
LENGTH = 12
GROUP = 4


def new_reference() -> str:
    """A reference that nobody can guess: 52 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_reference(typed: str) -> str:
    """The reference that was typed, in any case, with or without hyphens and blanks; '' for any other text."""
    plain = "".join(typed[: 4 * LENGTH].upper().replace("-", " ").split())
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else ""


def in_groups(reference: str) -> str:
    """A reference as it is shown: `CDFG-HJKM-3479`."""
    return "-".join(reference[start : start + GROUP] for start in range(0, len(reference), GROUP))
