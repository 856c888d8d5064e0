"""What was found in the texts of guides, as rows: sections, problems, symptoms, steps, codes, escalation and links."""

from __future__ import annotations

from django.db import models

from kb.audience import PUBLIC, VisibleQuerySet
from kb.querysets import ErrorCodeQuerySet, ProblemQuerySet, SectionQuerySet


class Frequency(models.TextChoices):
    """How often a symptom shows when its problem is there."""

    ALWAYS = "always", "Always"
    OFTEN = "often", "Often"
    SOMETIMES = "sometimes", "Sometimes"
    RARELY = "rarely", "Rarely"


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


class Problem(models.Model):
    """A section (`anchor`), or the whole guide (anchor ''), that says how something is put right.

    `key` is that of its section: what was learned of the problem, and walks that are under way, keep to it. `causes`
    is a list of texts; `codes` the error codes that its blocks define or its symptoms name.
    """

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="problems")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=220, blank=True)
    title = models.CharField(max_length=500)
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
        """The address of the section that tells of the problem."""
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
    """One action of a solution: plain `text`, and `html` with its sub-list, code and pictures."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    text = models.TextField()
    html = models.TextField()

    class Meta:
        ordering = ("problem", "position")

    def __str__(self) -> str:
        return self.text


class ErrorCode(models.Model):
    """A code that a guide defines, with its meaning and what to do; `key` is the code in lower case."""

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="error_codes")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=120)
    key = models.CharField(max_length=120, db_index=True)
    meaning = models.TextField(blank=True)
    action = models.TextField(blank=True)
    anchor = models.CharField(max_length=200, blank=True)

    objects = ErrorCodeQuerySet.as_manager()

    class Meta:
        ordering = ("key", "guide", "position")

    def __str__(self) -> str:
        return self.code


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


class EscalationLevel(models.Model):
    """One level of the path along which a guide says to escalate, the first to ask first."""

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="path")
    position = models.PositiveIntegerField()
    text = models.TextField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("guide", "position")

    def __str__(self) -> str:
        return self.text


class Link(models.Model):
    """A relative link of a guide: the file that it means (`target`, below the guide's folder), and the guide it is.

    `guide_id` owns it; `leads_to` is empty while no guide is loaded from that file.
    """

    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="links")
    line = models.PositiveIntegerField()
    target = models.CharField(max_length=500, db_index=True)
    anchor = models.CharField(max_length=200, blank=True)
    image = models.BooleanField(default=False)
    leads_to = models.ForeignKey(
        "kb.Guide", null=True, blank=True, on_delete=models.SET_NULL, related_name="linked_from"
    )

    class Meta:
        ordering = ("guide", "line")

    def __str__(self) -> str:
        return self.target
