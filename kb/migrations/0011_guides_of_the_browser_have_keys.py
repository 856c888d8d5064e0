"""Guides that were made in the browser had no key until they were published: their address is one."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def name_by_address(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """What has no key is called as it is found."""
    apps.get_model("kb", "Guide").objects.filter(key="").update(key=models.F("slug"))


class Migration(migrations.Migration):
    """Rows alone."""

    dependencies = [("kb", "0010_contacts_keep_their_texts")]

    operations = [migrations.RunPython(name_by_address, migrations.RunPython.noop)]
