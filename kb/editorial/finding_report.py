"""Groups what lint says of published guides by its kind, once for each state of the library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from kb.content.findings import ANYTHING, Group, Placed, grouped
from kb.content.patterns import linear
from kb.library import publication
from kb.models import Guide
from kb.models.wording import StoredFinding, read_findings

FEW_GUIDES = 10
KIND = linear(r"[0-9a-f]{12}")  # how an address names a kind


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a guide; `words` is what is said of it there, where not the same is said of all."""

    line: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class GuideName:
    """As much of a guide as a list of findings shows; what is kept of it for the next request is small."""

    slug: str
    title: str


Places = tuple[tuple[GuideName, tuple[Place, ...]], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What lint says of guides in the same words: `count` times, at `places` of them."""

    message: str
    severity: str
    count: int
    places: Places

    @property
    def name(self) -> str:
        """How an address names it."""
        return sha256(f"{self.severity} {self.message}".encode()).hexdigest()[:12]

    @property
    def first(self) -> Places:
        """As many as are shown beside other kinds."""
        return self.places[:FEW_GUIDES]


def kinds(audiences: frozenset[str]) -> tuple[Kind, ...]:
    """What is said of the published guides of these audiences: errors first, then what is said most often.

    One query, once for each state of the library.
    """
    token = publication.cacheable()
    return _kinds_at(token, audiences) if token else _grouped(audiences)


@lru_cache(maxsize=4)
def _kinds_at(_token: str, audiences: frozenset[str]) -> tuple[Kind, ...]:
    return _grouped(audiences)


def _grouped(audiences: frozenset[str]) -> tuple[Kind, ...]:
    rows = Guide.objects.of_any_kind(audiences).exclude(findings=[]).order_by("title", "slug")
    guides: dict[GuideName, list[StoredFinding]] = {
        GuideName(slug, title): read_findings(findings, parts)
        for slug, title, findings, parts in rows.values_list("slug", "title", "findings", "finding_parts")
    }
    placed = (Placed(guide, *finding) for guide, findings in guides.items() for finding in findings)
    return tuple(_kind(group, guides) for group in grouped(placed))


def _kind(group: Group[GuideName], guides: dict[GuideName, list[StoredFinding]]) -> Kind:
    lines: dict[GuideName, set[int]] = {}
    for guide, line in group.places:
        lines.setdefault(guide, set()).add(line)
    places = tuple((guide, tuple(_places(guides[guide], at, group))) for guide, at in lines.items())
    return Kind(group.message, group.severity, group.count, places)


def _places(findings: Iterable[StoredFinding], lines: Collection[int], group: Group[GuideName]) -> Iterator[Place]:
    if ANYTHING not in group.message:
        yield from (Place(line) for line in sorted(lines))
        return
    for line, severity, message in findings:
        if line in lines and severity == group.severity and _is_of_kind(message, group.message.split(ANYTHING)):
            yield Place(line, message)


def _is_of_kind(message: str, parts: Sequence[str]) -> bool:
    """Whether a message has these parts in their order, with something between each two of them."""
    first, *middle, last = parts
    if not message.startswith(first):
        return False
    end = len(first)
    for part in middle:
        start = message.find(part, end + 1)
        if start < 0:
            return False
        end = start + len(part)
    return message.endswith(last) and len(message) - len(last) > end
