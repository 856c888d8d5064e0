"""How often guides and their sections were used of late, as a value that ranking may go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PSEUDO_COUNT = 20.0  # of times: a guide that is used so often is half sure to be one that people need


@dataclass(frozen=True, slots=True)
class Use:
    """How often guides (by pk) and sections (by pk and key) were used, faded. Two of the same moment are equal."""

    read_at: float = 0.0
    guides: Mapping[int, float] = field(default_factory=dict, compare=False)
    sections: Mapping[tuple[int, str], float] = field(default_factory=dict, compare=False)

    def share(self, guide: int) -> float:
        """From 0 for a guide of which nothing is known towards 1 for one that many use."""
        used = self.guides.get(guide, 0.0)
        return used / (used + PSEUDO_COUNT)

    def most_used(self, most: int, least: float) -> tuple[list[int], list[tuple[int, str]]]:
        """The guides and the sections that are used most, `most` of each, and none that is used less than `least`."""
        guides = [guide for guide, used in self.guides.items() if used >= least]
        return guides[:most], [section for section, used in self.sections.items() if used >= least][:most]


NOTHING_KNOWN = Use()
