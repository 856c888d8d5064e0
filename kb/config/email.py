"""Reads `KB_EMAIL_URL` into Django's settings for sending mail, or says what to write there."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

OFF = "off"
FORM = "give smtp://user:password@host:587, smtps://user:password@host:465, smtp+plain://localhost:25 or off"
SECONDS_FOR_MAIL = 10
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def mail_settings(url: str) -> dict[str, object]:
    """The settings by their names; {} for 'off'. ValueError for what is no such address.

    `smtp` changes to TLS after the greeting and `smtps` speaks it from the start; `smtp+plain`, without any, is for a
    relay on the same machine. `file:///folder` writes each mail to a file instead, to look at what would be sent.
    """
    if url == OFF:
        return {}
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": parts.path}
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(FORM)
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise ValueError(FORM) from None
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": SECONDS_FOR_MAIL,
    }
