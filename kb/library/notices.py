"""Keeps notices: sets and ends them, and says which of them run at a moment, without a query for each page.

All that are not over are read once for each state of the library; which of them run is then a matter of the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from kb.content.languages.english import FILLERS, STOP_WORDS
from kb.content.patterns import linear
from kb.content.wording import stem
from kb.library import publication
from kb.models import Guide, Notice, NoticeTarget, Section
from kb.models.audience import EVERYONE, INSIDERS

MOST_NOT_OVER = 50
KEPT_WHEN_OVER = timedelta(days=730)
_WORD = linear(r"[^\W_]+")


class NoticeChangedMeanwhileError(Exception):
    """Somebody else changed the notice since it was shown; nothing was changed."""


class TooManyNoticesError(Exception):
    """There are as many notices that are not over as pages can look through."""


@dataclass(frozen=True, slots=True)
class Place:
    """A guide by its slug, and the anchor of a section of it; '' for all of the guide. `audience` is the guide's."""

    guide: str
    anchor: str
    audience: str


@dataclass(frozen=True, slots=True)
class RunningNotice:
    """A notice as readers are shown it; `words` are the lines by which they may speak of it."""

    pk: int
    text: str
    kind: str
    is_incident: bool
    starts_at: datetime
    ends_at: datetime | None
    categories: tuple[str, ...]
    audience: str
    words: tuple[str, ...] = ()
    explains: tuple[Place, ...] = ()

    def is_for(self, category: str) -> bool:
        """Whether it stands on a page of a category (its slug, '' for a page of none)."""
        return not self.categories or any(
            category == own or category.startswith(f"{own}/") for own in self.categories if category
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """What somebody sets in a notice; `targets` are the places that an incident explains, by guide and section key."""

    text: str
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    categories: Sequence[str]
    audience: str
    words: str = ""
    targets: Sequence[tuple[Guide, str]] = ()


def running(audiences: frozenset[str]) -> tuple[RunningNotice, ...]:
    """The notices that run for these audiences, incidents first. No query, save after a publication if there are any.

    None while the database is away: pages are shown all the same.
    """
    try:
        known = _of(publication.current())
    except (OperationalError, InterfaceError):
        return ()
    moment = timezone.now()
    return tuple(
        replace(notice, explains=tuple(place for place in notice.explains if place.audience in audiences))
        for notice in known
        if notice.audience in audiences
        and notice.starts_at <= moment
        and (notice.ends_at is None or moment < notice.ends_at)
    )


def running_for_staff_only() -> bool:
    """Whether one runs that not everyone may see."""
    return any(notice.audience not in EVERYONE for notice in running(INSIDERS))


def state(token: str) -> str:
    """A name for what runs for everyone now: a page that was kept under another one is not right any more.

    `token` is the library's: of one without notices there is nothing to look at.
    """
    if not token.endswith(publication.NOTICES_SET):
        return ""
    return ".".join(str(notice.pk) for notice in running(EVERYONE))


def words_of(text: str) -> frozenset[str]:
    """The stems of the words of a text that tell something."""
    words = _WORD.findall(text.casefold())
    return frozenset(stem(word) for word in words if len(word) > 1 and word not in STOP_WORDS | FILLERS)


def create(setting: Setting, author: User) -> Notice:
    """Set a new notice; TooManyNoticesError when there are too many already."""
    now = timezone.now()
    with publication.publication(), transaction.atomic():
        Notice.objects.over(now - KEPT_WHEN_OVER).delete()
        if Notice.objects.not_over(now).count() >= MOST_NOT_OVER:
            raise TooManyNoticesError
        notice = Notice(author=author)
        _fill(notice, setting)
    return notice


def change(notice: Notice, setting: Setting, seen: int) -> Notice:
    """Set a notice anew; `seen` is the version that its author saw."""
    with publication.publication(), transaction.atomic():
        row = _taken(notice, seen)
        _fill(row, setting)
    return row


def end(notice: Notice, seen: int) -> Notice:
    """End a notice now; one that has not started is as if it had not been."""
    now = timezone.now()
    with publication.publication(), transaction.atomic():
        row = _taken(notice, seen)
        if row.ends_at is None or row.ends_at > now:
            row.starts_at, row.ends_at = min(row.starts_at, now), now
            row.save(update_fields=["starts_at", "ends_at", "changed_at"])
    return row


def _taken(notice: Notice, seen: int) -> Notice:
    if not Notice.objects.filter(pk=notice.pk, version=seen).update(version=seen + 1):
        raise NoticeChangedMeanwhileError
    row: Notice = Notice.objects.get(pk=notice.pk)
    return row


def _fill(notice: Notice, setting: Setting) -> None:
    notice.text, notice.kind, notice.audience = setting.text, setting.kind, setting.audience
    notice.starts_at, notice.ends_at = setting.starts_at, setting.ends_at
    notice.categories, notice.words = list(setting.categories), setting.words
    notice.save()
    notice.targets.all().delete()
    NoticeTarget.objects.bulk_create(
        NoticeTarget(notice=notice, guide=guide, section=section) for guide, section in dict.fromkeys(setting.targets)
    )


def _of(token: str) -> tuple[RunningNotice, ...]:
    return _known(token) if token.endswith(publication.NOTICES_SET) else ()


@lru_cache(maxsize=2)
def _known(token: str) -> tuple[RunningNotice, ...]:  # noqa: ARG001 - it names the state of the library
    """The notices that are not over, incidents first. One query; two more where incidents explain guides."""
    rows = list(Notice.objects.not_over(timezone.now())[:MOST_NOT_OVER])
    places = _places(row.pk for row in rows if row.is_incident)
    rows.sort(key=lambda row: not row.is_incident)
    return tuple(
        RunningNotice(
            row.pk,
            row.text,
            row.kind,
            row.is_incident,
            row.starts_at,
            row.ends_at,
            tuple(row.categories),
            row.audience,
            tuple(line.strip() for line in row.words.split("\n") if line.strip()) if row.is_incident else (),
            places.get(row.pk, ()),
        )
        for row in rows
    )


def _places(notices: Iterable[int]) -> dict[int, tuple[Place, ...]]:
    """By notice, what it explains, by the anchors that the sections have now."""
    pks = list(notices)
    rows = NoticeTarget.objects.filter(notice__in=pks, guide__state=Guide.State.PUBLISHED)
    targets = list(rows.select_related("guide")) if pks else []
    if not targets:
        return {}
    keys = {target.section for target in targets}
    sections = Section.objects.filter(guide__in={target.guide_id for target in targets}, key__in=keys)
    anchors = {(guide, key): anchor for guide, key, anchor in sections.values_list("guide", "key", "anchor")}
    found: dict[int, tuple[Place, ...]] = {}
    for target in targets:
        anchor = anchors.get((target.guide_id, target.section), "") if target.section else ""
        if anchor or not target.section:  # a section that is gone explains nothing
            place = Place(target.guide.slug, anchor, target.guide.audience)
            found[target.notice_id] = (*found.get(target.notice_id, ()), place)
    return found
