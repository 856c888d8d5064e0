"""Reads the environment variables into one typed value, or names the one that can't be used."""

from __future__ import annotations

import zoneinfo
from pathlib import Path
from typing import Annotated, Literal, Self

import dj_database_url
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kb.config.email import OFF, mail_settings
from kb.config.shipped import IS_INSTALLED, PLACE, SHIPPED
from kb.content.patterns import linear

BASE_DIR = Path(__file__).resolve().parent.parent.parent  # of the code; see kb/config/shipped.py for the rest
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
SHORTEST_KEY = 32
SHORTEST_SECRET = 16
UNSHOWN = ("SECRET", "DATABASE", "REDIS", "S3", "PURGE", "EMAIL_URL", "WEBHOOK", "TOKEN", "DSN")
# Plain HTTP is for trying it on one's own machine; a wildcard would let strangers in.
_HOST = linear(r"\*|\.?[\w.-]+|\[[0-9a-fA-F:]+\]")
_SENDER = linear(r"[^@\s<>]+@[^@\s<>]+")
_DSN = linear(r"https?://[^\s/@:]+(?::[^\s/@:]+)?@[\w.:-]+(?:/[\w/.-]*)?/\d+")
_WEBHOOK = linear(r"https?://[^\s/@]+(?:/\S*)?")
_REDIS = linear(r"(?:rediss?://[^\s/]+(?:/\d+)?|unix://[^\s]+)")
_ADDRESS = linear(r"https?://[^\s,/@]+(?:/[^\s,]*)?")
ORIGIN = linear(r"https://(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?")


class Environment(BaseSettings):
    """Every variable that the product reads; the README's table is checked against this class."""

    model_config = SettingsConfigDict(env_prefix="KB_", populate_by_name=True, env_ignore_empty=True)

    data_dir: Path = Field(Path("var"), description="Folder for the database, the index, the secret key and uploads")
    media_dir: str = Field("", description="Folder for images and attachments, which several machines share")
    s3_bucket: str = Field("", description="Bucket for images and attachments, in place of a folder")
    s3_endpoint: str = Field("", description="Address of the S3-compatible server that has the bucket")
    s3_region: str = Field("us-east-1", description="Region of the bucket")
    s3_access_key: str = Field("", description="Name of the key that may use the bucket")
    s3_secret_key: str = Field("", description="The key that may use the bucket")
    content_dir: Path = Field(Path("content"), description="Folder of Markdown guides that `load_guides` reads")
    database_url: str = Field("", description="Database, `sqlite:///path` or `postgres://user:password@host/name`")
    database_replica_url: str = Field(
        "", description="PostgreSQL that follows the one of `KB_DATABASE_URL`, which pages are read from"
    )
    redis_url: str = Field("", description="Redis that server processes share: pages, limits, and news of publications")
    search_engine: Literal["whoosh", "postgres"] = Field(
        "whoosh", description="Where the search index is: `whoosh` in the data folder, `postgres` in that database"
    )
    search_model: str = Field(
        "", description="Folder of a sentence model (`model.onnx`, `tokenizer.json`) to search by meaning, too"
    )
    search_log: bool = Field(True, description="Record what is searched for, without personal data")
    walk_log: bool = Field(True, description="Record the steps of walks, without personal data")
    secret_key: str = Field("", description="Key that signs sessions and forms, at least 32 characters")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=["localhost", "127.0.0.1", "[::1]"],
        description="Host names that the site answers to, separated by commas",
    )
    site_name: str = Field("Help Centre", description="Name shown in the header, titles and feeds", max_length=80)
    language: Literal["browser", "en", "de", "ar"] = Field(
        "browser", description="Language of the product's own words: what each browser asks for, or one for everybody"
    )
    time_zone: str = Field("UTC", description="Time zone of the dates that pages show")
    https: bool = Field(False, description="Set when served over HTTPS: secure cookies, HSTS, forwarded protocol")
    two_factor: Literal["optional", "staff"] = Field(
        "optional",
        description="Who gives a code beside the password: whoever likes, or all who may write or administer",
    )
    embed_origins: Annotated[list[str], NoDecode] = Field(
        default=[],
        description="Sites that may show walks within their pages, such as `https://shop.example`, separated by commas",
    )
    email_from: str = Field("", description="Address that mails come from", max_length=254)
    email_url: str = Field(OFF, description="Mail server, such as `smtp://user:password@host:587`")
    webhook_secret: str = Field("", description="Key that signs what the webhook gets, at least 16 characters")
    webhook_url: str = Field(OFF, description="Address that is called for each walk sent to a contact")
    handover_days: int = Field(90, description="Days until handed-over walks are deleted", ge=1, le=3650)
    review_days: int = Field(180, description="Days until a checked guide is to be checked again", ge=1, le=3650)
    debug: bool = Field(False, description="Show details of errors; only ever on a developer's machine")
    workers: int = Field(2, description="Server processes", ge=1, le=64)
    page_cache_mb: int = Field(
        64, description="Megabytes of pages that each server process keeps for signed-out readers", ge=1, le=65536
    )
    shared_cache_seconds: int = Field(
        0, description="Seconds that proxies may give a page to signed-out readers without asking", ge=0, le=3600
    )
    purge_urls: Annotated[list[str], NoDecode] = Field(
        default=[], description="Proxies that are sent `PURGE` after each publication, separated by commas"
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on")
    port: int = Field(8000, description="Port that the server listens on", ge=1, le=65535, validation_alias="PORT")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged")
    log_format: Literal["text", "json"] = Field("text", description="Lines for people, or for programs")
    log_requests: bool = Field(False, description="Log each request: its kind and how long it took, not whose it was")
    slow_ms: int = Field(2000, description="Milliseconds from which a request is logged as slow", ge=1, le=600_000)
    metrics_token: str = Field(
        "", description="Token that monitoring sends to read `/metrics`, which is off without one"
    )
    sentry_dsn: str = Field("", description="Server that understands Sentry's protocol, to which errors are reported")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        hosts = [host.strip() for host in value.split(",")] if isinstance(value, str) else value
        if not isinstance(hosts, list) or not all(_HOST.fullmatch(host) for host in hosts):
            raise ValueError("give host names separated by commas, without a scheme or a port")
        return hosts

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        origins = (
            [origin.strip().rstrip("/").lower() for origin in value.split(",")] if isinstance(value, str) else value
        )
        if not isinstance(origins, list) or not all(ORIGIN.fullmatch(origin) for origin in origins):
            raise ValueError("give origins separated by commas, such as https://shop.example, each without a path")
        return list(dict.fromkeys(origins))

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not _names_a_database(value):
            raise ValueError("give sqlite:///path/to/file or postgres://user:password@host:port/name")
        return value

    @field_validator("database_replica_url")
    @classmethod
    def _follows_a_database(cls, value: str, info: ValidationInfo) -> str:
        if value and not (value.startswith("postgres") and _names_a_database(value)):
            raise ValueError("give postgres://user:password@host:port/name")
        if value and not str(info.data.get("database_url", "")).startswith("postgres"):
            raise ValueError("a replica follows a PostgreSQL database, so set KB_DATABASE_URL to that")
        return value

    @field_validator("redis_url")
    @classmethod
    def _names_a_redis(cls, value: str) -> str:
        if value and not _REDIS.fullmatch(value):
            raise ValueError("give redis://:password@host:6379/0, rediss:// for TLS, or unix:///path/to/socket")
        return value

    @field_validator("s3_endpoint")
    @classmethod
    def _names_a_server(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("give an address such as https://s3.example.com")
        return value

    @field_validator("purge_urls", mode="before")
    @classmethod
    def _split_proxies(cls, value: object) -> object:
        addresses = [each.strip() for each in value.split(",")] if isinstance(value, str) else value
        if not isinstance(addresses, list) or not all(_ADDRESS.fullmatch(each) for each in addresses):
            raise ValueError("give addresses separated by commas, such as http://10.0.0.5/")
        return addresses

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

    @field_validator("email_from")
    @classmethod
    def _sends_from_somewhere(cls, value: str) -> str:
        if value and not _SENDER.fullmatch(value):
            raise ValueError("give an address such as help@example.com")
        return value

    @field_validator("email_url")
    @classmethod
    def _sends_mail(cls, value: str, info: ValidationInfo) -> str:
        if mail_settings(value) and not info.data.get("email_from"):
            raise ValueError("mails need an address to come from, so set KB_EMAIL_FROM")
        return value

    @field_validator("webhook_secret", "metrics_token")
    @classmethod
    def _hard_to_guess(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SECRET:
            raise ValueError("give at least 16 characters")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _reports_somewhere(cls, value: str) -> str:
        if value and not _DSN.fullmatch(value):
            raise ValueError("give the DSN of a project, such as https://key@errors.example.com/1")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _is_called_signed(cls, value: str, info: ValidationInfo) -> str:
        if value != OFF and not _WEBHOOK.fullmatch(value):
            raise ValueError("give an address that starts with https://, or off")
        if value != OFF and not info.data.get("webhook_secret"):
            raise ValueError("calls are signed, so set KB_WEBHOOK_SECRET")
        return value

    @field_validator("media_dir")
    @classmethod
    def _absolute_if_any(cls, value: str) -> str:
        return value and str(PLACE / Path(value).expanduser())

    @field_validator("data_dir", "content_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        path = value.expanduser()
        return path if path.is_absolute() else PLACE / path

    @model_validator(mode="after")
    def _has_guides(self) -> Self:
        """An installed package serves the guides that came with it until it is told of others."""
        if IS_INSTALLED and "content_dir" not in self.model_fields_set:
            self.content_dir = SHIPPED / "content"
        return self


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
    shown = "" if any(word in field_name.upper() for word in UNSHOWN) else f" (it is {value!r})"
    return f"{variable_of(field_name)} can't be used{shown}: {message[:1].lower()}{message[1:]}."
