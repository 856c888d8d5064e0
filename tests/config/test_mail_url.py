"""The address of a mail server, as an operator writes it."""

from __future__ import annotations

import pytest

from kb.config.email import mail_settings
from kb.config.environment import read_environment


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://u%40x:p%2F@mail.example.com", "mail.example.com", 587, True, False),
        ("smtps://u%40x:p%2F@mail.example.com/", "mail.example.com", 465, False, True),
        ("smtp+plain://u%40x:p%2F@localhost:2525", "localhost", 2525, False, False),
    ],
)
def test_its_parts_become_settings(url: str, host: str, port: int, tls: bool, ssl: bool) -> None:
    found = mail_settings(url)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("u@x", "p/")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"], found["EMAIL_TIMEOUT"]) == (tls, ssl, 10)


def test_off_sets_nothing_and_a_folder_is_written_to() -> None:
    assert mail_settings("off") == {}
    assert mail_settings("file:///var/mails")["EMAIL_FILE_PATH"] == "/var/mails"


@pytest.mark.parametrize("url", ["on", "mail.example.com:25", "http://x", "smtp://", "smtp://x:99999", "file://x/y"])
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        mail_settings(url)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"EMAIL_URL": "smtp://u:hunter2@x"}, "KB_EMAIL_URL can't be used: mails need an address to come from"),
        ({"EMAIL_URL": "hunter2", "EMAIL_FROM": "a@b"}, "KB_EMAIL_URL can't be used: give smtp://"),
        ({"EMAIL_FROM": "hello"}, "KB_EMAIL_FROM can't be used (it is 'hello')"),
        ({"WEBHOOK_URL": "https://x/hunter2"}, "KB_WEBHOOK_URL can't be used: calls are signed"),
        ({"WEBHOOK_URL": "ftp://hunter2", "WEBHOOK_SECRET": "x" * 16}, "KB_WEBHOOK_URL can't be used: give an address"),
        ({"WEBHOOK_SECRET": "hunter2"}, "KB_WEBHOOK_SECRET can't be used: give at least 16 characters"),
        ({"HANDOVER_DAYS": "0"}, "KB_HANDOVER_DAYS can't be used"),
    ],
)
def test_what_is_set_up_by_half_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"KB_{name}", value)
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    assert str(stopped.value).startswith(sentence)
    assert "hunter2" not in str(stopped.value)
