"""Settings of the process: environment variables in, one typed value out, or a sentence that names the bad one."""

from __future__ import annotations

import re
import zoneinfo
from pathlib import Path
from typing import Annotated, Literal

import dj_database_url
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
SHORTEST_KEY = 32


class Environment(BaseSettings):
    """Every variable that the product reads; the README's table is checked against this class."""

    model_config = SettingsConfigDict(env_prefix="KB_", populate_by_name=True, env_ignore_empty=True)

    data_dir: Path = Field(Path("var"), description="Folder for the database, the index, the secret key and uploads")
    content_dir: Path = Field(Path("content"), description="Folder of Markdown guides that `load_guides` reads")
    database_url: str = Field("", description="Database, `sqlite:///path` or `postgres://user:password@host/name`")
    search_engine: Literal["whoosh", "postgres"] = Field(
        "whoosh", description="Where the search index is: `whoosh` in the data folder, `postgres` in that database"
    )
    search_log: bool = Field(True, description="Record what is searched for, without personal data")
    secret_key: str = Field("", description="Key that signs sessions and forms, at least 32 characters")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=["localhost", "127.0.0.1", "[::1]"],
        description="Host names that the site answers to, separated by commas",
    )
    site_name: str = Field("Help Centre", description="Name shown in the header, titles and feeds", max_length=80)
    time_zone: str = Field("UTC", description="Time zone of the dates that pages show")
    https: bool = Field(False, description="Set when served over HTTPS: secure cookies, HSTS, forwarded protocol")
    debug: bool = Field(False, description="Show details of errors; only ever on a developer's machine")
    workers: int = Field(2, description="Server processes", ge=1, le=64)
    host: str = Field("127.0.0.1", description="Address that the server listens on")
    port: int = Field(8000, description="Port that the server listens on", ge=1, le=65535, validation_alias="PORT")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        hosts = [host.strip() for host in value.split(",")] if isinstance(value, str) else value
        if not isinstance(hosts, list) or not all(re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9a-fA-F:]+\]", h) for h in hosts):
            raise ValueError("give host names separated by commas, without a scheme or a port")
        return hosts

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not _names_a_database(value):
            raise ValueError("give sqlite:///path/to/file or postgres://user:password@host:port/name")
        return value

    @field_validator("search_engine")
    @classmethod
    def _has_its_database(cls, value: str, info: ValidationInfo) -> str:
        if value == "postgres" and not str(info.data.get("database_url", "postgres")).startswith("postgres"):
            raise ValueError(
                "postgres keeps the index in the database, so set KB_DATABASE_URL to a PostgreSQL database"
            )
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < SHORTEST_KEY:
            raise ValueError("give at least 32 characters, or leave it out to have one made in the data folder")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("give a zone such as UTC or Europe/Berlin") from None
        return value

    @field_validator("data_dir", "content_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        path = value.expanduser()
        return path if path.is_absolute() else BASE_DIR / path


def _names_a_database(url: str) -> bool:
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in DATABASE_SCHEMES:
        return False
    try:
        return dj_database_url.parse(url)["NAME"] not in ("", ":memory:")  # one in memory is gone before it is served
    except ValueError:
        return False


def variable_of(field_name: str) -> str:
    """The environment variable that sets a field of `Environment`."""
    return "PORT" if field_name.upper() == "PORT" else f"KB_{field_name.upper()}"


def read_environment() -> Environment:
    """The settings of this process; ends it with one sentence for each bad variable."""
    try:
        return Environment()
    except ValidationError as error:
        sentences = [_sentence(str(item["loc"][0]), item["msg"], item.get("input")) for item in error.errors()]
        raise SystemExit("\n".join(sentences)) from None


def _sentence(field_name: str, message: str, value: object) -> str:
    message = message.removeprefix("Value error, ")
    shown = "" if "SECRET" in field_name.upper() or "DATABASE" in field_name.upper() else f" (it is {value!r})"
    return f"{variable_of(field_name)} can't be used{shown}: {message[:1].lower()}{message[1:]}."
