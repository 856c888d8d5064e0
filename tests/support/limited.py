"""Lower limits, so that a test reaches them soon."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.rate_limits.rules import LIMITS, By, Deed


def lowered(monkeypatch: pytest.MonkeyPatch, deed: Deed, by: By, most: int) -> None:
    """Let each of those who are counted `by` this do no more than `most`, for the test."""
    rule = LIMITS[deed]
    limits = tuple(replace(limit, most=most) if limit.by == by else limit for limit in rule.limits)
    monkeypatch.setitem(LIMITS, deed, replace(rule, limits=limits))
