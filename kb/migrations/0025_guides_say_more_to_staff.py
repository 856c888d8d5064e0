"""Guides for everyone may say something to staff only: it has a table of its own, and so have its links a mark."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def hide_texts(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Texts that seem to have such blocks already are for staff; those that only show one are found when read again."""
    texts = apps.get_model("kb", "Revision").objects
    texts.filter(audience="public", text__icontains="[!staff").update(audience="staff")


class Migration(migrations.Migration):
    """A table and two columns."""

    dependencies = [("kb", "0024_readers_say_what_helped")]

    operations = [
        migrations.AddField("guide", "public_text", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("link", "for_staff", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="StaffForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("html", models.TextField(blank=True)),
                ("sections", models.JSONField(default=list)),
                ("walk", models.JSONField(default=dict)),
                (
                    "guide",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="staff_form", to="kb.guide"
                    ),
                ),
            ],
        ),
        migrations.RunPython(hide_texts, migrations.RunPython.noop),
    ]
