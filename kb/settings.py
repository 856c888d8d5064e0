"""Django's settings, made from the typed environment (`kb/config/environment.py`) and nothing else."""

from __future__ import annotations

import gc
import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from kb.config import error_reports
from kb.config.email import OFF, mail_settings
from kb.config.environment import BASE_DIR, read_environment
from kb.config.logs import logging_settings
from kb.config.metrics_folder import metrics_folder
from kb.config.shipped import SHIPPED
from kb.config.version import version

gc.disable()  # until the applications are ready: see the last of them, `troubleshooting/apps.py`
ENVIRONMENT = read_environment()
__all_base__ = BASE_DIR
DATA_DIR = ENVIRONMENT.data_dir
MEDIA_DIR = ENVIRONMENT.media_dir and Path(ENVIRONMENT.media_dir)
CONTENT_DIR = ENVIRONMENT.content_dir
REDIS_URL = ENVIRONMENT.redis_url
SHARED_CACHE_SECONDS = ENVIRONMENT.shared_cache_seconds
PURGE_URLS = ENVIRONMENT.purge_urls
SEARCH_ENGINE = ENVIRONMENT.search_engine
SEARCH_MODEL = ENVIRONMENT.search_model and Path(ENVIRONMENT.search_model).expanduser()
SEARCH_LOG = ENVIRONMENT.search_log
WALK_LOG = ENVIRONMENT.walk_log
SITE_NAME = ENVIRONMENT.site_name
EMBED_ORIGINS = ENVIRONMENT.embed_origins
EMAIL_IS_ON = ENVIRONMENT.email_url != OFF
WEBHOOK_URL = "" if ENVIRONMENT.webhook_url == OFF else ENVIRONMENT.webhook_url
WEBHOOK_SECRET = ENVIRONMENT.webhook_secret
HANDOVER_DAYS = ENVIRONMENT.handover_days
REVIEW_DAYS = ENVIRONMENT.review_days
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts


def _make_data_dir(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(f"KB_DATA_DIR can't be used: {folder}: {error.strerror}. Give a folder to write in.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SystemExit(f"KB_DATA_DIR can't be used: {folder} is not writable. Give a folder to write in.")


def _kept_secret(path: Path) -> str:
    """The key in `path`, made on the first start; two processes that start at once agree on one."""
    try:
        return path.read_text()
    except FileNotFoundError:
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
                handle.write(secrets.token_urlsafe(64))
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        return path.read_text()


def _secret_of(folder: Path) -> str:
    if sys.argv[1:2] == ["restore"] and not (folder / "secret_key").exists():
        return secrets.token_urlsafe(64)  # the backup has its own; one that is refused leaves the folder as it was
    try:
        return _kept_secret(folder / "secret_key")
    except OSError as error:
        raise SystemExit(
            f"KB_DATA_DIR can't be used: {folder}: {error.strerror}. Make room there, or let it be read."
        ) from None


def _database(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(dj_database_url.parse(url or f"sqlite:///{DATA_DIR / 'kb.sqlite3'}"))
    if config["ENGINE"].endswith("sqlite3"):
        config["ENGINE"] = "kb.config.sqlite3"  # it keeps the file from other accounts
        # Without the immediate transactions and the time-out, 'database is locked' reaches people.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
            "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;",
        }
    else:
        config["ENGINE"] = "kb.config.postgresql"  # it finds what is silent, but not gone
        config["CONN_HEALTH_CHECKS"] = True
        # A machine that is gone answers nothing at all: without these, each request waits minutes for it.
        patience: dict[str, Any] = {"connect_timeout": 3, "tcp_user_timeout": 20_000}
        patience |= {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
        config["OPTIONS"] = patience | config.get("OPTIONS", {})
    config["CONN_MAX_AGE"] = None
    return config


_make_data_dir(DATA_DIR)
SECRET_KEY = ENVIRONMENT.secret_key or _secret_of(DATA_DIR)
DATABASES = {"default": _database(ENVIRONMENT.database_url)}
if ENVIRONMENT.database_replica_url:
    DATABASES["replica"] = _database(ENVIRONMENT.database_replica_url)
    DATABASES["replica"]["OPTIONS"] |= {"connect_timeout": 1, "tcp_user_timeout": 3000}  # the primary is there as well
    DATABASE_ROUTERS = ["kb.config.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "kb",
    "troubleshooting",
]
MIDDLEWARE = [
    "kb.web.observing.observer",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kb.web.security_policy.RememberedPolicy",
    "kb.web.languages.reader_language",
    "kb.web.page_cache.cookies_are_private",
    "troubleshooting.walk.embedding.framing",
    "kb.web.search_recording.search_recorder",
    "troubleshooting.outcomes.step_recording.walk_recorder",
    "kb.web.page_cache.public_page_cache",
    "kb.web.reading_replica.replica_reader",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "kb.web.limiting.Limiting",
    "kb.web.accounts.required.RequiredCodes",
]
ROOT_URLCONF = "kb.urls"
WSGI_APPLICATION = "kb.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "kb" / "web" / "accounts" / "templates"],  # of the administration, before Django's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kb.web.request_kinds.site",
            ],
            "builtins": [
                "kb.templatetags.kb_addresses",
                "kb.templatetags.kb_values",
                "kb.templatetags.kb_words",
                "django.templatetags.i18n",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # so that nobody can lock another person out from elsewhere
AXES_CLIENT_IP_CALLABLE = "kb.rate_limits.network.hidden_address"
AXES_LOCKOUT_CALLABLE = "kb.web.pages.accounts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # nobody waits longer for having tried meanwhile
AXES_DISABLE_ACCESS_LOG = True  # it would keep browsers and what was typed: see kb/models/activity.py
AXES_VERBOSE = False
TWO_FACTOR = ENVIRONMENT.two_factor
OTP_TOTP_ISSUER = SITE_NAME
# Wrong codes are limited as wrong passwords are (kb/rate_limits/rules.py): the library's waits have no end.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "kb:sign-in"
LOGIN_REDIRECT_URL = "kb:home"
LOGOUT_REDIRECT_URL = "kb:home"

READER_LANGUAGE = "" if ENVIRONMENT.language == "browser" else ENVIRONMENT.language
LANGUAGE_CODE = READER_LANGUAGE or "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "kb" / "locale"]
FORMAT_MODULE_PATH = "kb.config.formats"
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [SHIPPED / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kb.config.static_files.JoinedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # pages: see kb/web/page_cache.py

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
FORCE_SCRIPT_NAME = ""  # the site is at the root: no server's idea of a prefix gets into links
BEHIND_A_PROXY = ENVIRONMENT.https
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000  # the largest guide, each byte of which a form may send as three
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
CSRF_FAILURE_VIEW = "kb.web.errors.csrf_failure"
if ENVIRONMENT.https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_SSL_REDIRECT = True

DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from or "webmaster@localhost"
globals().update(mail_settings(ENVIRONMENT.email_url))

LOGGING = logging_settings(ENVIRONMENT.log_level, ENVIRONMENT.log_format)
LOG_REQUESTS = ENVIRONMENT.log_requests
SLOW_MS = ENVIRONMENT.slow_ms
METRICS_TOKEN = ENVIRONMENT.metrics_token
if METRICS_TOKEN:  # read when the library of metrics is imported
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_folder(DATA_DIR))
if ENVIRONMENT.sentry_dsn:
    error_reports.start(ENVIRONMENT.sentry_dsn, version())
