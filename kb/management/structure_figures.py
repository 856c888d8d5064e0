"""Tells how well structure is found: as lines of text, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kb.content.scoring import (
    COVERED,
    COVERING,
    HELD,
    KINDS,
    MISSED,
    RIGHT,
    UNWANTED,
    WRONG,
    Tally,
    Verdict,
    groups,
    total,
)

WIDE = 17


def lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A table of precision and recall by source, then what is held of all guides together."""
    yield f"{'':{WIDE}} guides" + "".join(f"  {kind:>7} P     R" for kind in KINDS)
    for name, part in groups(verdicts).items():
        tally = total(part)
        shares = "".join(f"  {_share(tally.precision(kind)):>9} {_share(tally.recall(kind)):>5}" for kind in KINDS)
        yield f"{name:{WIDE}} {len(part):6}{shares}"
    tally = total(verdicts)
    yield ""
    yield from (
        f"{kind}: {tally[kind, RIGHT]} right, {tally[kind, WRONG]} wrong, {tally[kind, MISSED]} missed"
        for kind in KINDS
    )
    yield from (f"{kind}: {_of(tally, kind, MISSED)}" for kind in (*HELD, COVERED))
    yield f"{COVERING}: {_of(tally, COVERING, WRONG)}"
    yield from (f"{kind}: {tally[kind, WRONG]} of {tally[kind, WRONG] + tally[kind, RIGHT]}" for kind in UNWANTED)


def remarks(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What was wrong, guide by guide."""
    for verdict in verdicts:
        if verdict.remarks:
            yield f"{verdict.guide.path} ({verdict.guide.source})"
            yield from (f"  {what}: {' '.join(text.split())}" for what, text in verdict.remarks)


def as_data(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The figures of each group, and what was wrong in each guide."""
    return {
        "groups": {name: {"guides": len(part), **_figures(total(part))} for name, part in groups(verdicts).items()},
        "guides": [
            {
                "path": verdict.guide.path,
                "source": verdict.guide.source,
                "remarks": [{"what": what, "text": text} for what, text in verdict.remarks],
            }
            for verdict in verdicts
        ],
    }


def _figures(tally: Tally) -> dict[str, Any]:
    found = {
        kind: {
            "precision": tally.precision(kind),
            "recall": tally.recall(kind),
            **{outcome: tally[kind, outcome] for outcome in (RIGHT, WRONG, MISSED)},
        }
        for kind in KINDS
    }
    held = {kind: {RIGHT: tally[kind, RIGHT], MISSED: tally[kind, MISSED]} for kind in (*HELD, COVERED)}
    other = {kind: {RIGHT: tally[kind, RIGHT], WRONG: tally[kind, WRONG]} for kind in (COVERING, *UNWANTED)}
    return found | held | other


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _of(tally: Tally, kind: str, other: str) -> str:
    return f"{tally[kind, RIGHT]} of {tally[kind, RIGHT] + tally[kind, other]}"
