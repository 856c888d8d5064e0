"""The tables only grow from one version to the next, so that the version before goes on beside the new one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

# What the first release had: by application, the number of its last migration.
FREE = {"kb": 16, "troubleshooting": 3}
GROWS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.RunPython,
)


def _is_new_table(operation: Operation, made: set[str]) -> bool:
    return getattr(operation, "model_name", "") in made


def why_not_beside(operation: Operation, made: set[str]) -> str:
    """Why code of the version before can't go on after an operation; '' when it can. `made` are tables made with it."""
    if isinstance(operation, GROWS) or _is_new_table(operation, made):
        return ""
    if isinstance(operation, migrations.AddField):
        field = operation.field
        has_value = field.null or field.has_db_default() or isinstance(field, models.ManyToManyField)
        return "" if has_value else "a new column has no value where the version before writes a row"
    if isinstance(operation, migrations.AlterField):
        return "" if operation.field.null or operation.field.has_db_default() else "a column may hold less than before"
    return f"{type(operation).__name__} takes something away"


def _later() -> list[migrations.Migration]:
    loader = MigrationLoader(connection)
    return [
        migration
        for (app, name), migration in loader.disk_migrations.items()
        if app in FREE and int(name[:4]) > FREE[app]
    ]


def _leaves_the_column(operation: Operation, migration: migrations.Migration) -> bool:
    """Whether only the choices of a field are others, of which the database knows nothing."""
    if not isinstance(operation, migrations.AlterField):
        return False
    before = MigrationLoader(connection).project_state((migration.app_label, migration.name), at_end=False)
    old = before.models[migration.app_label, operation.model_name_lower].fields[operation.name]
    return _column(old) == _column(operation.field)


def _has_a_value_by_now(operation: Operation, migration: migrations.Migration) -> bool:
    """Whether a new column was given a value of the database by a later migration; releases have both or neither."""
    if not isinstance(operation, migrations.AddField):
        return False
    state = MigrationLoader(connection).project_state()
    now = state.models[migration.app_label, operation.model_name_lower].fields[operation.name]
    return bool(now.null or now.has_db_default())


def _column(field: models.Field[Any, Any]) -> tuple[Any, ...]:
    _, path, arguments, options = field.deconstruct()
    return path, arguments, {key: value for key, value in options.items() if key != "choices"}


def test_no_migration_takes_anything_from_the_version_before(db: None) -> None:
    wrong = {}
    for migration in _later():
        made = {
            operation.name_lower for operation in migration.operations if isinstance(operation, migrations.CreateModel)
        }
        for operation in migration.operations:
            if _leaves_the_column(operation, migration) or _has_a_value_by_now(operation, migration):
                continue
            if why := why_not_beside(operation, made):
                wrong[f"{migration.app_label}.{migration.name}: {operation.describe()}"] = why
    assert wrong == {}


@pytest.mark.parametrize(
    ("operation", "goes"),
    [
        (migrations.AddField("guide", "x", models.CharField(max_length=3)), False),
        (migrations.AddField("guide", "x", models.CharField(max_length=3, default="")), False),
        (migrations.AddField("guide", "x", models.CharField(max_length=3, db_default="")), True),
        (migrations.AddField("guide", "x", models.DateField(null=True)), True),
        (migrations.RemoveField("guide", "x"), False),
        (migrations.RenameField("guide", "x", "y"), False),
        (migrations.DeleteModel("guide"), False),
        (migrations.RunSQL("DROP TABLE x"), False),
    ],
)
def test_what_takes_something_is_seen(operation: Operation, goes: bool) -> None:
    assert (why_not_beside(operation, set()) == "") == goes
