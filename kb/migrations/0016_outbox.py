from django.db import migrations, models


class Migration(migrations.Migration):
    """Mails and calls that are to leave."""

    dependencies = [("kb", "0015_counts_that_all_processes_share")]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("way", models.CharField(max_length=20)),
                ("content", models.JSONField(blank=True, default=dict)),
                ("is_kept", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("given_up", "Given up")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("lease", models.CharField(blank=True, max_length=32)),
                ("trouble", models.CharField(blank=True, max_length=500)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["state", "way", "due_at"], name="letters_that_are_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("key", "way"), name="one_letter_of_a_key_on_a_way")
                ],
            },
        ),
    ]
