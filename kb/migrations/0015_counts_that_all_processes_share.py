"""Limits are counted in the database, so that all processes hold them together."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table of numbers."""

    dependencies = [("kb", "0014_what_files_say")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("ends", models.BigIntegerField(db_index=True)),
                ("bucket", models.PositiveIntegerField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name_plural": "tallies",
                "constraints": [models.UniqueConstraint(fields=("name", "ends", "bucket"), name="counted_once")],
            },
        )
    ]
