"""Each text of a guide or contact says whom it is for, and each former anchor whom it was shown to."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kb.content.front_matter import audience_in

AT_ONCE = 200


def read_audiences(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """What the head of each text says; all texts were for staff until then."""
    for name in ("Revision", "ContactRevision"):
        model = apps.get_model("kb", name)
        for keys in _batches(model):
            found = dict(model.objects.filter(pk__in=keys).values_list("pk", "text"))
            public = [pk for pk, text in found.items() if audience_in(text) == "public"]
            model.objects.filter(pk__in=public).update(audience="public")


def _batches(model: type[models.Model]) -> Iterator[list[int]]:
    keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))  # noqa: SLF001
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def name_drafts(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """A guide that was never published is for those whom its texts are for."""
    guides, texts = apps.get_model("kb", "Guide").objects, apps.get_model("kb", "Revision").objects
    public = texts.filter(audience="public").exclude(state="superseded").values("guide")
    guides.filter(revision=None).exclude(pk__in=public).update(audience="staff")


def hide_anchors(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """An anchor that a guide had when it may have been for staff is on no page for everyone: it is rendered again."""
    guides, texts = apps.get_model("kb", "Guide").objects, apps.get_model("kb", "Revision").objects
    was_staff = texts.filter(audience="staff").exclude(published_at=None).values("guide")
    anchors = apps.get_model("kb", "FormerAnchor").objects.filter(guide__in=was_staff)
    guides.filter(pk__in=anchors.values("guide")).update(read_with="")
    anchors.update(audience="staff")


class Migration(migrations.Migration):
    """Three columns."""

    dependencies = [("kb", "0012_lines_of_problems")]

    operations = [
        migrations.AddField("revision", "audience", models.CharField(default="staff", max_length=10)),
        migrations.AddField("contactrevision", "audience", models.CharField(default="staff", max_length=10)),
        migrations.AddField("formeranchor", "audience", models.CharField(default="public", max_length=10)),
        migrations.RunPython(read_audiences, migrations.RunPython.noop),
        migrations.RunPython(name_drafts, migrations.RunPython.noop),
        migrations.RunPython(hide_anchors, migrations.RunPython.noop),
    ]
