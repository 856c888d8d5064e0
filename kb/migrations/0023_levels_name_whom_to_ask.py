from django.db import migrations, models
from django.db.models.functions import Left


def name_by_text(apps, schema_editor):
    """Until a level is read anew, it is named by its own text."""
    apps.get_model("kb", "EscalationLevel").objects.update(name=Left("text", 200))


class Migration(migrations.Migration):

    dependencies = [
        ('kb', '0022_guides_keep_their_meaning'),
    ]

    operations = [
        migrations.AddField(
            model_name='escalationlevel',
            name='name',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='escalationlevel',
            name='said',
            field=models.TextField(blank=True),
        ),
        migrations.RunPython(name_by_text, migrations.RunPython.noop),
    ]
