"""Every text of a contact is kept, and a contact can be retired by a person."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep_what_is_said_now(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The text that each contact has is its first one."""
    kept = apps.get_model("kb", "ContactRevision").objects
    for contact in apps.get_model("kb", "Contact").objects.iterator():
        kept.create(
            contact=contact,
            number=1,
            text=contact.text,
            digest=contact.digest,
            from_file=contact.loaded == contact.digest,
            created_at=contact.updated_at,
        )


class Migration(migrations.Migration):
    """One table and two columns."""

    dependencies = [
        ("kb", "0009_cost_of_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("contact", "retired_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("contact", "retired_by_name", models.CharField(blank=True, max_length=150)),
        migrations.CreateModel(
            name="ContactRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField(blank=True)),
                ("digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("published", "Published"),
                            ("superseded", "Superseded"),
                        ],
                        default="published",
                        max_length=10,
                    ),
                ),
                ("author_name", models.CharField(blank=True, max_length=150)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("from_file", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contact_revisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="followed_by",
                        to="kb.contactrevision",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="kb.contact"
                    ),
                ),
            ],
            options={
                "ordering": ("contact", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("contact", "number"), name="contact_revision_numbered_once")
                ],
            },
        ),
        migrations.RunPython(keep_what_is_said_now, migrations.RunPython.noop),
    ]
