"""Brings the database to this version, as Django does, in a way that a process may be killed at any moment."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class RecordingExecutor(MigrationExecutor):
    """Records each migration in the transaction that makes its changes.

    Django does so only where no statement is left for the end, as those that make indexes are, and else in a
    transaction of its own: a process that dies between the two leaves a database that can't be migrated again, since
    the tables are there already.
    """

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        """Make the changes of a migration, those that Django leaves for the end too, and record it."""
        apply = migration.apply

        def apply_whole(
            before: ProjectState, editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
        ) -> ProjectState:
            after = apply(before, editor, collect_sql)
            while editor.deferred_sql:
                editor.execute(editor.deferred_sql.pop(0), None)
            return after

        vars(migration)["apply"] = apply_whole
        try:
            return super().apply_migration(state, migration, fake, fake_initial)
        finally:
            del vars(migration)["apply"]


class Command(migrate.Command):
    """`manage.py migrate`."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; Django's command finds its executor by this name, and offers no other way to give it one."""
        vars(migrate)["MigrationExecutor"] = RecordingExecutor
        super().handle(*args, **options)
