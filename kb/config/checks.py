"""Checks the settings before the server starts, and says what to do about each that stops it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError, connection

from kb.config import kept_files


@register()
def search_engine_has_its_parts(**_: Any) -> list[CheckMessage]:
    """An error when the chosen search engine can't work with this database."""
    if settings.SEARCH_ENGINE != "postgres":
        return []
    if connection.vendor != "postgresql":
        return [_error("the database is no PostgreSQL database: set KB_DATABASE_URL to one")]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return [
            _error(
                f"the database does not answer ({str(error).splitlines()[0]}): start it, or set KB_DATABASE_URL right"
            )
        ]
    return []


@register()
def files_can_be_kept(**_: Any) -> list[CheckMessage]:
    """An error when the bucket or the folder for images and attachments can't be used."""
    if (reason := kept_files.trouble()) is None:
        return []
    name = "KB_S3_BUCKET" if settings.ENVIRONMENT.s3_bucket else "KB_MEDIA_DIR"
    hint = f"Or leave out {name}, to keep files in the data folder."
    return [Error(f"{name} can't be used: {reason}.", hint=hint, id="kb.E002")]


def _error(reason: str) -> Error:
    hint = "Or leave out KB_SEARCH_ENGINE, to keep the index in the data folder."
    return Error(f"KB_SEARCH_ENGINE=postgres can't be used: {reason}.", hint=hint, id="kb.E001")
