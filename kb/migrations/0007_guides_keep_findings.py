"""What lint says of a published guide is kept with it, for the studio's list of what needs care."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kb", "0006_sections_keep_their_keys")]

    operations = [
        migrations.AddField(
            model_name="guide",
            name="findings",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
