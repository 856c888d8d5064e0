"""A migration that is killed at any moment can be made again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DIES_WHEN_IT_RECORDS_APART = """
import os
import django
django.setup()
from django.core.management import call_command
from django.db import connection

def watch(execute, sql, params, many, context):
    if sql.startswith('INSERT INTO "django_migrations"') and not connection.in_atomic_block:
        os._exit(9)
    return execute(sql, params, many, context)

with connection.execute_wrapper(watch):
    call_command("migrate", verbosity=0)
"""


@pytest.mark.slow
def test_no_migration_is_recorded_after_its_changes_were_made(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "KB_DATA_DIR": str(tmp_path),
        "KB_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "kb.settings",
    }
    command = [sys.executable, "-c", DIES_WHEN_IT_RECORDS_APART]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
