"""Times of publication beyond the year 9998 are for good: what waits for one is a draft, or in review, without a time.

PostgreSQL takes a time of the year 10000, but no row that has one can be read; so none is read here.
"""

from __future__ import annotations

import datetime as dt

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

FIRST, LAST = dt.datetime(2, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


def forget_times(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """What was approved for such a time is to be approved anew."""
    texts = apps.get_model("kb", "Revision").objects
    found = texts.filter(Q(publish_at__gte=LAST) | Q(publish_at__lt=FIRST))
    found.filter(state="in_review").update(publish_at=None, approved_at=None)
    found.update(publish_at=None)


class Migration(migrations.Migration):
    """Rows only."""

    dependencies = [("kb", "0017_drafts_overtake_what_is_on_its_way")]

    operations = [migrations.RunPython(forget_times, migrations.RunPython.noop)]
