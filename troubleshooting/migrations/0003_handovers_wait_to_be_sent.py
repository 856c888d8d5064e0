from django.db import migrations, models


class Migration(migrations.Migration):
    """A hand-over can wait to be sent; those that were sent or failed before stay as they are."""

    dependencies = [("troubleshooting", "0002_handovers")]

    operations = [
        migrations.AlterField(
            model_name="handover",
            name="delivery",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not asked for"),
                    ("waiting", "On its way"),
                    ("sent", "Sent"),
                    ("failed", "Could not be sent"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
