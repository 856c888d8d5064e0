"""Finds the keys of a head that nothing here reads: they stay in the file, and mean nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.content import source_dates, withheld
from kb.content.front_matter import KEYS
from kb.content.patterns import linear

_SIGNS = linear(r"[\W_]+")
_READ_ELSEWHERE = frozenset(source_dates.KEYS).union(
    withheld.FLAGS,
    withheld.FOR_STAFF,
    withheld.GROUPS,
    withheld.SHOWN,
    withheld.STATES,
    withheld.VISIBILITIES,
    withheld.TIMES,
    withheld.ENDS,
    withheld.ALSO_TIMES,
    withheld.PARTS_OF_A_HEAD,
)


def unknown_keys(fields: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The keys that mean nothing here, with their lines (from 1)."""
    lines = getattr(fields, "lines", {})
    return [(key, lines.get(key, 1)) for key in fields if not _is_read(key)]


def _is_read(key: str) -> bool:
    name = key.strip().lower().replace("-", "_")
    return name in KEYS or _SIGNS.sub("", key).lower() in _READ_ELSEWHERE
