"""Tells what each sentence of a section is likely to be: a step, a symptom, a cause, or none of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kb.content import learned
from kb.content.blocks import Block, Code
from kb.content.labels import Kind
from kb.content.sentence_evidence import Setting, evidence
from kb.content.units import Unit, units


@dataclass(slots=True)
class Page:
    """What a guide says of all its sections: its title, and how many of its headings tell of trouble (0 to 1)."""

    title: str
    share_of_trouble: float = 0.0

    def setting(
        self, blocks: Sequence[Block], kind: Kind | None, title: str, beside: Collection[Kind | None] = ()
    ) -> Setting:
        """The setting of the sentences of some blocks.

        `beside` are the kinds of the labelled blocks that belong to the same heading.
        """
        message = any(isinstance(block, Code) for block in blocks)
        has = (Kind.SOLUTION in beside, Kind.SYMPTOMS in beside)
        return Setting(kind, title, self.title, self.share_of_trouble, message, *has)

    def weighed(
        self, blocks: Sequence[Block], kind: Kind | None, title: str, beside: Collection[Kind | None] = ()
    ) -> list[Unit]:
        """The sentences of some blocks, each with how likely it is to be a step, a symptom and a cause."""
        sentences, setting = units(blocks), self.setting(blocks, kind, title, beside)
        weights = learned.weights()
        for unit, known in zip(sentences, evidence(sentences, setting), strict=True):
            unit.acts = "m^imperative" in known
            unit.step = learned.probability(known, weights["step"])
            unit.symptom = learned.probability(known, weights["symptom"])
            unit.cause = learned.probability(known, weights["cause"])
        return sentences
