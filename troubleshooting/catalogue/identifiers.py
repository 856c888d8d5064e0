"""Makes the short names by which addresses of walks name problems, steps, questions and answers."""

from __future__ import annotations

import base64
import hashlib

from kb.content.patterns import linear

LONGEST_READABLE_ID = 40
_NOT_IN_A_NAME = linear(r"[^a-z0-9]+")


def short_id(*parts: str) -> str:
    """A name of 7 characters for something that has a long one, the same in every process."""
    name = hashlib.sha256("\0".join(parts).encode()).digest()[:5]
    return base64.b32encode(name).decode().lower()[:7]


def readable_id(text: str) -> str:
    """A name for an answer that reads like its label; a short one where that would be long or empty."""
    slug = _NOT_IN_A_NAME.sub("-", text.lower()).strip("-")
    return slug if 0 < len(slug) <= LONGEST_READABLE_ID else short_id(text)
