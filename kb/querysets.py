"""What pages ask the database for, as methods of QuerySets that were already narrowed to what a reader may see."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Case, Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from kb.addresses import former_address, readable_slug
from kb.audience import VisibleQuerySet, audiences_for
from kb.revision_models import Revision

if TYPE_CHECKING:
    from typing import Self

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from kb.models import Contact, ErrorCode, Guide, Problem, SearchRecord

RELATED_CANDIDATES = 24


class GuideQuerySet(VisibleQuerySet):
    """Guides, and the ways pages ask for them."""

    guide_path = ""

    def listed(self) -> Self:
        """Only what a line of a list shows."""
        return self.defer("html", "questions", "contacts", "findings", "folder", "source", "owner")

    def in_studio_of(self, writer: AbstractBaseUser | AnonymousUser) -> Self:
        """The guides that a writer may see, drafts and retired ones among them.

        One that was never published, and that nobody else has written on, is for its writer whatever its text says.
        """
        texts = Revision.objects.filter(guide=OuterRef("pk"))
        own = Q(Exists(texts.filter(author=writer.pk))) & ~Q(Exists(texts.exclude(author=writer.pk)))
        return self.filter(Q(audience__in=audiences_for(writer)) | Q(own, revision=None))

    def in_category(self, category_slug: str) -> Self:
        """The guides of a category and of those below it."""
        return self.filter(Q(category_slug=category_slug) | Q(category_slug__startswith=f"{category_slug}/"))

    def counted_by_category(self) -> list[tuple[str, str, int]]:
        """(path as written, slug, guides) of each category that guides lie in; '' for those that lie in none."""
        rows = self.order_by("category_slug", "category").values_list("category", "category_slug")
        return list(rows.annotate(guides=Count("pk")))

    def moved_from(self, address: str) -> Guide | None:
        """The guide that an old address, an alias, or an address in other capitals leads to."""
        guesses = {former_address(address), readable_slug(address)}
        guide: Guide | None = self.filter(Q(former_addresses__address__in=guesses) | Q(slug__in=guesses)).first()
        return guide

    def related_to(self, guide: Guide, limit: int = 5) -> list[Guide]:
        """The guides most like this one: a shared symptom weighs most, then error code, tag and category. One query."""
        top = guide.category_slug.partition("/")[0]
        weights = (
            (Q(pk__in=_sharing_a_symptom(guide)), 5),
            (Q(pk__in=_sharing_a_code(guide)), 3),
            (Q(category_slug=guide.category_slug) & ~Q(category_slug=""), 2),
            (Q(category_slug=top) | Q(category_slug__startswith=f"{top}/") if top else Q(pk__in=[]), 1),
        )
        score = sum((_worth(condition, weight) for condition, weight in weights), Value(0))
        # Those that score nothing come last; to filter them out would work the score out twice for each guide.
        rows = self.only("slug", "title", "tags").exclude(pk=guide.pk).annotate(score=score).order_by("-score", "title")
        tags = set(guide.tags)
        found = [(other.score + 2 * len(tags & set(other.tags)), other) for other in rows[:RELATED_CANDIDATES]]
        ranked = sorted(found, key=lambda scored: -scored[0])
        return [other for score, other in ranked if score > 0][:limit]


class SectionQuerySet(VisibleQuerySet):
    """Sections, and the ways pages ask for them."""

    def parts_of(self, guide: Guide) -> list[Part]:
        """The headings of a guide, then the error codes it defines, each in their order. One query."""
        headings = self.filter(guide=guide).order_by().values_list("position", "anchor", "title", "level")
        codes = guide.error_codes.order_by().values_list("position", "anchor", "code", Value(Part.CODE))
        parts = (Part(*row) for row in headings.union(codes, all=True))
        return sorted(parts, key=lambda part: (part.is_code, part.position))


@dataclass(frozen=True, slots=True)
class Part:
    """A heading (of `level` 1 to 6; 0 is the text before any) or an error code of a guide, and where it stands."""

    CODE: ClassVar[int] = 99

    position: int
    anchor: str
    title: str
    level: int

    @property
    def is_code(self) -> bool:
        """Whether it is an error code, with the code as its title."""
        return self.level == self.CODE


class ContactQuerySet(QuerySet[Any]):
    """Contacts, and who may see them."""

    def for_audiences(self, audiences: frozenset[str]) -> Self:
        """The contacts that these audiences may see."""
        contacts: Self = self.filter(audience__in=audiences, retired=False)
        return contacts

    def visible_to(self, user: AbstractBaseUser | AnonymousUser | None) -> Self:
        """The contacts that `user` may see."""
        return self.for_audiences(audiences_for(user))

    def for_guide(self, guide: Guide, limit: int = 3) -> list[Contact]:
        """Whom to ask about a guide: those it names, else those who take its category, else the first. One query."""
        contacts: list[Contact] = list(self)
        named = sorted((c for c in contacts if c.slug in guide.contacts), key=lambda c: guide.contacts.index(c.slug))
        parts = {part.strip().lower() for part in guide.category.split("/")}
        takers = [c for c in contacts if parts & {str(handled).lower() for handled in c.handles}]
        return (named or takers or contacts)[:limit]


class ProblemQuerySet(VisibleQuerySet):
    """Problems, and the ways pages ask for them."""

    def commonest(self, limit: int = 8) -> list[Problem]:
        """The problems that come up most often, one of each guide, with what a line of a list shows. One query."""
        rank = Case(When(guide__prevalence="common", then=0), When(guide__prevalence="occasional", then=1), default=2)
        rows = self.select_related("guide").order_by(rank, "position", "guide__title", "pk")
        rows = rows.only("anchor", "title", "guide__slug", "guide__title", "guide__category", "guide__audience")
        first_of_guide: dict[int, Problem] = {}
        for problem in rows[: limit * 4]:
            first_of_guide.setdefault(problem.guide_id, problem)
        return list(first_of_guide.values())[:limit]

    def naming(self, code: str) -> list[Problem]:
        """The problems whose symptoms or blocks name an error code, in any case. One query."""
        rows = self.annotate(listed=Cast("codes", TextField())).filter(listed__icontains=json.dumps(code)[1:-1])
        rows = (
            rows.select_related("guide").defer("guide__html", "guide__questions").order_by("guide__title", "position")
        )
        return [problem for problem in rows if code.lower() in {named.lower() for named in problem.codes}]


class SearchRecordQuerySet(QuerySet[Any]):
    """Records of searches, and the ways they are asked for."""

    def since(self, moment: datetime) -> Self:
        """The searches from a moment on."""
        found: Self = self.filter(searched_at__gte=moment)
        return found

    def without_opening(self, text: str, audience: str, after: datetime) -> SearchRecord | None:
        """The newest search for a text after a moment of which nothing is known to have been opened. One query."""
        rows = self.since(after).filter(text=text, audience=audience, opened="")
        record: SearchRecord | None = rows.order_by("-searched_at", "-pk").first()
        return record


class ErrorCodeQuerySet(VisibleQuerySet):
    """Error codes, and the ways pages ask for them."""

    def known(self) -> QuerySet[Any, dict[str, Any]]:
        """Each code once, as {key, code, guides}, in order of its key."""
        rows = self.order_by("key").values("key")
        known: QuerySet[Any, dict[str, Any]] = rows.annotate(code=Min("code"), guides=Count("guide", distinct=True))
        return known

    def entries(self, keys: list[str]) -> list[ErrorCode]:
        """What guides say of these codes (keys, in lower case), with the guides. One query."""
        rows = self.filter(key__in=keys).select_related("guide").defer("guide__html", "guide__questions")
        return list(rows.order_by("key", "guide__title", "position"))

    def explaining(self, written: str) -> list[ErrorCode]:
        """What guides say of a code as people write it: in any case, and `HTTP 429` for `429`. One query.

        All of one code; [] when no guide explains it. Some databases refuse a NUL, which no code has.
        """
        words = written.replace("\0", "").lower().split()
        keys = [" ".join(words), *words[-1:]]
        found = self.entries(keys)
        best = min((entry.key for entry in found), key=keys.index, default="")
        return [entry for entry in found if entry.key == best]


def _worth(condition: Q, weight: int) -> Case:
    return Case(When(condition, then=Value(weight)), default=Value(0), output_field=IntegerField())


def _sharing_a_symptom(guide: Guide) -> QuerySet[Guide, dict[str, int]]:
    found: QuerySet[Guide, dict[str, int]] = (
        type(guide).objects.filter(problems__symptoms__symptom__problems__problem__guide=guide).values("pk")
    )
    return found


def _sharing_a_code(guide: Guide) -> QuerySet[Guide, dict[str, int]]:
    found: QuerySet[Guide, dict[str, int]] = (
        type(guide).objects.filter(error_codes__key__in=guide.error_codes.values("key")).values("pk")
    )
    return found
