"""The groups support, writers and editors with what they may do, and where the files of loaded guides stand."""

from django.db import migrations
from django.db.models import F

PERMISSIONS = {
    'view_staff_guides': ('guide', 'Can read guides for staff only'),
    'publish_guide': ('guide', 'Can publish guides'),
    'retire_guide': ('guide', 'Can retire guides and bring them back'),
    'propose_revision': ('revision', 'Can write drafts and propose them'),
    'review_revision': ('revision', 'Can review what was proposed'),
}
GROUPS = {
    'support': ('view_staff_guides',),
    'writers': ('view_staff_guides', 'propose_revision'),
    'editors': ('view_staff_guides', 'propose_revision', 'review_revision', 'publish_guide', 'retire_guide'),
}


def make_groups(apps, schema_editor):
    """Django makes permissions after all migrations, which is too late for the groups that are given them."""
    ContentType = apps.get_model('contenttypes', 'ContentType')
    Permission = apps.get_model('auth', 'Permission')
    Group = apps.get_model('auth', 'Group')
    found = {}
    for codename, (model, name) in PERMISSIONS.items():
        kind, _ = ContentType.objects.get_or_create(app_label='kb', model=model)
        found[codename], _ = Permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={'name': name}
        )
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(found[codename] for codename in codenames))


def remember_files(apps, schema_editor):
    """Until now, every published text was what a file said."""
    Guide = apps.get_model('kb', 'Guide')
    Revision = apps.get_model('kb', 'Revision')
    Guide.objects.exclude(source='').update(loaded=F('revision'))
    Revision.objects.filter(state__in=['published', 'superseded']).update(published_at=F('created_at'), from_file=True)


class Migration(migrations.Migration):

    dependencies = [
        ('kb', '0003_revisions_reviewed'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(remember_files, migrations.RunPython.noop),
    ]
