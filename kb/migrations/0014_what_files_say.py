"""What exports wrote, and which files are gone, is remembered."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def as_it_is_known(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Images that nobody uploaded came from a file; what no person retired lost its file."""
    apps.get_model("kb", "Image").objects.filter(uploaded_by=None).update(loaded=models.F("digest"))
    apps.get_model("kb", "Guide").objects.filter(state="retired", retired_at=None).update(file_gone=True)
    apps.get_model("kb", "Contact").objects.filter(retired=True, retired_at=None).update(file_gone=True)


class Migration(migrations.Migration):
    """One table and three columns."""

    dependencies = [("kb", "0013_texts_keep_their_audience")]

    operations = [
        migrations.AddField("contact", "file_gone", models.BooleanField(default=False)),
        migrations.AddField("guide", "file_gone", models.BooleanField(default=False)),
        migrations.AddField("image", "loaded", models.CharField(blank=True, max_length=64)),
        migrations.CreateModel(
            name="CopiedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("folder", models.CharField(max_length=1000)),
                ("source", models.CharField(max_length=500)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ("folder", "source"),
                "constraints": [
                    models.UniqueConstraint(fields=("folder", "source"), name="one_copied_file_for_each_path")
                ],
            },
        ),
        migrations.RunPython(as_it_is_known, migrations.RunPython.noop),
    ]
