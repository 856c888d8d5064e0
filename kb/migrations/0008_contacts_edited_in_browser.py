"""Contacts remember what their files last said, so that what is edited in the browser is not loaded over."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def all_from_files(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Until now every contact was what its file said."""
    apps.get_model("kb", "Contact").objects.update(loaded=models.F("digest"))


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("kb", "0007_guides_keep_findings")]

    operations = [
        migrations.AddField("contact", "loaded", models.CharField(blank=True, max_length=64, default=""), False),
        migrations.RunPython(all_from_files, migrations.RunPython.noop),
    ]
