"""A step while it is being read, before it is told apart from the other ways to put its problem right."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.content.blocks import Block, ListBlock
from kb.content.units import Unit


@dataclass(slots=True, eq=False)
class DraftStep:
    """The text of a step, its Markdown piece by piece, and the sentences that it consists of.

    `listed` is the list that it is an item of, `lead` the sentence before that. A step that is `apart` is a way of its
    own; `alternative` says that what it stands `under` is one.
    """

    text: str
    line: int
    sources: list[str]
    under: str = ""
    condition: str = ""
    procedure: int = 0
    units: list[Unit] = field(default_factory=list)
    listed: ListBlock | None = None
    ordered: bool = False
    lead: str = ""
    apart: bool = False
    alternative: bool = False

    def keep(self, block: Block) -> None:
        """Keep a block with the step that it belongs to."""
        if block.source not in self.sources:
            self.sources.append(block.source)

    @property
    def markdown(self) -> str:
        """All of it."""
        return "\n\n".join(filter(None, self.sources))
