"""What becomes of a text that somebody saves or publishes: the words that the studio's pages show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kb.content.document import Document, Finding
from kb.content.merging import Merge
from kb.models import Guide, Revision


class NotPossible(Exception):  # noqa: N818 - it is no error: somebody else was quicker
    """What was asked for can't be done now; its text is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """Readers see it now."""

    guide: Guide
    revision: Revision


@dataclass(frozen=True, slots=True)
class Scheduled:
    """It is approved, and published when `revision.publish_at` has come."""

    revision: Revision


@dataclass(frozen=True, slots=True)
class Refused:
    """It can't be published as it is; `findings` say why, with their lines."""

    revision: Revision
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Current:
    """Nothing was published that it does not know of."""

    revision: Revision


@dataclass(frozen=True, slots=True)
class Outdated:
    """Another text was published meanwhile, and `merged` is both; a person has to say that it is right."""

    revision: Revision
    base: Revision | None
    theirs: Revision
    merged: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another text was saved meanwhile that changed the same lines; `mine` is kept as the revision `kept`."""

    mine: str
    theirs: Revision
    base: str
    merge: Merge
    kept: Revision


@dataclass(frozen=True, slots=True)
class Checked:
    """A text as the guide page would show it (None when it can't be read), and what is to be said of it."""

    document: Document | None
    findings: tuple[Finding, ...]


Decision: TypeAlias = Published | Scheduled | Refused | Outdated | Conflict
Standing: TypeAlias = Current | Outdated | Conflict
