"""Reads all tables as of one moment and writes them anew, whichever the database is; rows are lists of plain values."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from kb.config.backup.archive import BackupError

if TYPE_CHECKING:
    from django.db.migrations.state import StateApps

AT_ONCE = 500


@contextmanager
def as_of_now() -> Iterator[None]:
    """Everything that is read within sees the database as it was at the first read; nobody is kept from writing."""
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(begin)  # `atomic` would begin one that writes
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def applied() -> list[tuple[str, str]]:
    """The last applied migrations of each application; BackupError when this version does not know one of them."""
    loader = MigrationLoader(connection)
    done = set(loader.applied_migrations)
    if unknown := sorted(key for key in done - loader.graph.nodes.keys() if key[0] in loader.migrated_apps):
        raise BackupError(f"The database is of a newer version: it knows {'.'.join(unknown[0])}.")
    known = done & loader.graph.nodes.keys()
    followed = {parent.key for key in known for parent in loader.graph.node_map[key].parents if parent.key[0] == key[0]}
    return sorted(known - followed)


def are_behind() -> bool:
    """Whether there are tables, and migrations that they wait for."""
    executor = MigrationExecutor(connection)
    has_tables = bool(executor.loader.applied_migrations)
    return has_tables and bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def all_tables(migrations: Sequence[tuple[str, str]]) -> list[type[models.Model]]:
    """The models of all tables, as they are after these migrations, in an order that never changes."""
    loader = MigrationLoader(None)  # without the database, whose file would be made by asking it
    if unknown := [node for node in migrations if node not in loader.graph.nodes]:
        raise BackupError(
            f"It is of a newer version: it knows {'.'.join(unknown[0])}. Use that version or a later one."
        )
    state: StateApps = loader.project_state(list(migrations)).apps
    found = [model for model in state.get_models(include_auto_created=True) if model._meta.managed]
    return sorted(found, key=lambda model: model._meta.label_lower)


def columns(model: type[models.Model]) -> list[str]:
    """The names of the columns of a table, in order."""
    return [field.attname for field in model._meta.concrete_fields]


def read_rows(model: type[models.Model]) -> Iterator[bytes]:
    """The rows of a table in the order of their keys, each a line of JSON."""
    fields = model._meta.concrete_fields
    rows = model._base_manager.order_by("pk").values_list(*map(_readable, fields))
    for row in rows.iterator(chunk_size=AT_ONCE):
        values = [_plain(field, value) for field, value in zip(fields, row, strict=True)]
        # Sorted, as PostgreSQL keeps no order of the keys of JSON.
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        yield line.encode(errors="surrogatepass") + b"\n"


def _readable(field: models.Field[Any, Any]) -> str | models.Case:
    """What to select of a column: PostgreSQL keeps times that Python has no name for, which become its last one."""
    if connection.vendor != "postgresql" or not isinstance(field, models.DateTimeField):
        return field.attname
    first, last = (moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max))  # noqa: DTZ901 - UTC it is
    return models.Case(
        models.When(**{f"{field.attname}__gt": last}, then=models.Value(last)),
        models.When(**{f"{field.attname}__lt": first}, then=models.Value(first)),
        default=models.F(field.attname),
        output_field=models.DateTimeField(),
    )


def _plain(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str) or isinstance(field, models.JSONField):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def is_empty() -> bool:
    """Whether the database has no table yet."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def make(migrations: Sequence[tuple[str, str]]) -> None:
    """Make the tables as they are after these migrations."""
    executor = MigrationExecutor(connection)
    executor.migrate([*migrations])


def drop() -> None:
    """Drop every table: of a database that was empty, whose filling failed."""
    connection.close()
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        ending = "" if connection.vendor == "sqlite" else " CASCADE"
        for name in names:
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(name)}{ending}")
    connection.close()


@contextmanager
def filling(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Write all tables in one transaction, of which what making them put into them is gone first.

    BackupError for rows that refer to rows that are not there.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                for model in tables:
                    name = connection.ops.quote_name(model._meta.db_table)
                    cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names
            yield
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
                    cursor.execute(statement)
    except IntegrityError as error:
        raise BackupError(f"Its rows refer to what is not there: {error}.") from None


def write_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[list[object]]) -> None:
    """Insert rows with these columns; BackupError for what the table can't hold."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if set(names) != fields.keys():
        raise BackupError(f"The columns of {model._meta.label} are not those that this version knows.")
    chosen = [fields[name] for name in names]
    quote = connection.ops.quote_name
    into = ", ".join(quote(str(field.column)) for field in chosen)
    places = ", ".join(["%s"] * len(chosen))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({into}) VALUES ({places})"  # noqa: S608 - our own names
    prepared = iter(rows)
    try:
        with connection.cursor() as cursor:
            while some := [_stored(chosen, row) for row in islice(prepared, AT_ONCE)]:
                cursor.executemany(statement, some)
    except BackupError:
        raise
    except (DatabaseError, ValidationError, TypeError, ValueError) as error:
        raise BackupError(f"A row of {model._meta.label} can't be stored: {error}.") from None


def _stored(fields: Sequence[models.Field[Any, Any]], row: Sequence[Any]) -> list[Any]:
    return [field.get_db_prep_save(_read(field, value), connection) for field, value in zip(fields, row, strict=True)]


def _read(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    if isinstance(field, models.ForeignKey):
        return field.target_field.to_python(value)
    return field.to_python(value)
