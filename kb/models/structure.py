"""What was found in the texts of guides: sections, problems, symptoms, steps, escalation and links."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Case, TextField, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from kb.content.walk_parts import LONGEST_PROBLEM_TITLE
from kb.models import common_problems
from kb.models.audience import PUBLIC, VisibleQuerySet

if TYPE_CHECKING:
    from kb.models.common_problems import UseOfGuides
    from kb.models.guides import Guide


class Frequency(models.TextChoices):
    """How often a symptom shows when its problem is there."""

    ALWAYS = "always", gettext_lazy("Always")
    OFTEN = "often", gettext_lazy("Often")
    SOMETIMES = "sometimes", gettext_lazy("Sometimes")
    RARELY = "rarely", gettext_lazy("Rarely")


@dataclass(frozen=True, slots=True)
class Part:
    """A heading (of `level` 1 to 6; 0 is the text before any), a problem or an error code, and where it stands.

    `key` is that of the section or the problem; `says` whether a section has text of its own, beside its sub-sections.
    """

    PROBLEM: ClassVar[int] = 98
    CODE: ClassVar[int] = 99

    position: int
    anchor: str
    title: str
    level: int
    key: str = ""
    says: int = 1

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading, or the text before any."""
        return self.level < self.PROBLEM

    @property
    def is_code(self) -> bool:
        """Whether it is an error code, with the code as its title."""
        return self.level == self.CODE


class SectionQuerySet(VisibleQuerySet):
    """Sections, and the ways pages ask for them."""

    def parts_of(self, guide: Guide) -> list[Part]:
        """The headings of a guide, then its problems, then the error codes it defines, in their order. One query."""
        columns = ("position", "anchor", "title", "level", "key", "says")
        says = Case(When(text="", then=Value(0)), default=Value(1))
        headings = self.filter(guide=guide).order_by().annotate(says=says).values_list(*columns)
        problems = guide.problems.order_by().values_list(*columns[:3], Value(Part.PROBLEM), "key", Value(1))
        defined = guide.error_codes.defined().order_by()
        codes = defined.values_list("position", "anchor", "code", Value(Part.CODE), Value(""), Value(1))
        parts = (Part(*row) for row in headings.union(problems, codes, all=True))
        return sorted(parts, key=lambda part: (max(part.level, Part.PROBLEM - 1), part.position))


class Section(models.Model):
    """A headed part of a guide: the unit that is searched and linked to. `text` is plain, without sub-sections.

    `key` is the anchor that the section had first; it stays when the heading is reworded and `anchor` changes.
    """

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=220, blank=True)
    title = models.CharField(max_length=500)
    level = models.PositiveSmallIntegerField()
    line = models.PositiveIntegerField()
    text = models.TextField(blank=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")
        constraints = (models.UniqueConstraint(fields=("guide", "anchor"), name="anchor_unique_in_guide"),)

    def __str__(self) -> str:
        return self.title


class FormerAnchor(models.Model):
    """An anchor that a section of the guide had before its heading was reworded; it still leads to the section.

    `audience` is whom the guide was for then: the words of a heading for staff are on no page for everyone.
    """

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="former_anchors")
    anchor = models.CharField(max_length=200)
    key = models.CharField(max_length=220)
    audience = models.CharField(max_length=10, default=PUBLIC)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("guide", "anchor"), name="former_anchor_unique_in_guide"),)

    def __str__(self) -> str:
        return self.anchor


class ProblemQuerySet(VisibleQuerySet):
    """Problems, and the ways pages ask for them."""

    def commonest(self, use: UseOfGuides, limit: int = 8) -> list[Problem]:
        """The problems that come up most often, one of each guide, with what a line of a list shows. One query."""
        return common_problems.commonest(self.select_related("guide"), use, limit)

    def naming(self, code: str) -> list[Problem]:
        """The problems whose symptoms or blocks name an error code, in any case. One query."""
        rows = self.annotate(listed=Cast("codes", TextField())).filter(listed__icontains=json.dumps(code)[1:-1])
        rows = (
            rows.select_related("guide").defer("guide__html", "guide__questions").order_by("guide__title", "position")
        )
        return [problem for problem in rows if code.lower() in {named.lower() for named in problem.codes}]


class Problem(models.Model):
    """A part of a guide (`anchor`), or the whole guide (anchor ''), that says how something is put right.

    The part is a section, or lies in the one at `section`: a row of a table, an item. `key` is that of the section that
    it is: what was learned of the problem, and walks that are under way, keep to it. `causes` is a list of texts;
    `codes` the error codes that its blocks define or its symptoms name.
    """

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="problems")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=220, blank=True)
    section = models.CharField(max_length=200, blank=True, default="", db_default="")
    title = models.CharField(max_length=LONGEST_PROBLEM_TITLE)
    line = models.PositiveIntegerField(default=0)
    causes = models.JSONField(default=list, blank=True)
    codes = models.JSONField(default=list, blank=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")
        constraints = (models.UniqueConstraint(fields=("guide", "anchor"), name="problem_unique_in_guide"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address of what tells of the problem."""
        return self.guide.get_absolute_url() + (f"#{self.anchor}" if self.anchor else "")


class Symptom(models.Model):
    """Something a person can observe. `key` is the same for wordings that differ in case, punctuation or endings only.

    It holds no wording of its own: the wording belongs to the problem, and with it to an audience.
    """

    key = models.CharField(max_length=500, unique=True)

    def __str__(self) -> str:
        return self.key


class ProblemSymptom(models.Model):
    """A symptom as one problem words it."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="symptoms")
    symptom = models.ForeignKey(Symptom, on_delete=models.CASCADE, related_name="problems")
    position = models.PositiveIntegerField()
    text = models.TextField()
    line = models.PositiveIntegerField(default=0)
    frequency = models.CharField(max_length=10, choices=Frequency, blank=True)

    class Meta:
        ordering = ("problem", "position")

    def __str__(self) -> str:
        return self.text


class Step(models.Model):
    """One action of a solution: plain `text`, and `html` with its sub-list, code and pictures.

    `under`, `condition`, `dangerous` and `procedure` say what they say in `kb.content.document.Step`.
    """

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    text = models.TextField()
    html = models.TextField()
    under = models.TextField(blank=True, default="", db_default="")
    condition = models.TextField(blank=True, default="", db_default="")
    dangerous = models.BooleanField(default=False, db_default=False)
    procedure = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ("problem", "position")

    def __str__(self) -> str:
        return self.text


class EscalationTrigger(models.Model):
    """When a guide says to escalate."""

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="triggers")
    position = models.PositiveIntegerField()
    text = models.TextField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")

    def __str__(self) -> str:
        return self.text


class LevelQuerySet(VisibleQuerySet):
    """Levels of escalation paths."""

    def along_paths(self) -> Self:
        """The levels of one guide after the other, as walks have them too, with what a list shows of their guides."""
        levels: Self = self.select_related("guide").defer("guide__html").order_by("guide__slug", "position")
        return levels


class EscalationLevel(models.Model):
    """One level of the path along which a guide says to escalate, the first to ask first.

    `name` is whom its text names, `said` what it says of them beside that.
    """

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="path")
    position = models.PositiveIntegerField()
    text = models.TextField()
    name = models.CharField(max_length=200, blank=True, default="", db_default="")
    said = models.TextField(blank=True, default="", db_default="")

    objects = LevelQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")

    def __str__(self) -> str:
        return self.text


class Link(models.Model):
    """A relative link of a guide: the file that it means (`target`, below the guide's folder), and the guide it is.

    `guide_id` owns it; `leads_to` is empty while no guide is loaded from that file. `for_staff` says that a guide for
    everyone has it in a block for staff only.
    """

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="links")
    line = models.PositiveIntegerField()
    target = models.CharField(max_length=500, db_index=True)
    anchor = models.CharField(max_length=200, blank=True)
    image = models.BooleanField(default=False)
    for_staff = models.BooleanField(default=False, db_default=False)
    leads_to = models.ForeignKey(
        "kb.Guide", null=True, blank=True, on_delete=models.SET_NULL, related_name="linked_from"
    )

    class Meta:
        ordering = ("guide", "line")

    def __str__(self) -> str:
        return self.target
