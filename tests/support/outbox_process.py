"""A process of its own that sends what is due, as another worker or machine would.

python -m tests.support.outbox_process prepare NUMBER [WAY]  put so many letters, for the webhook or another way
python -m tests.support.outbox_process send AHEAD [WAY]      send what is due in AHEAD seconds from now
"""

# ruff: noqa: PLC0415 - Django has to be set up before its models are imported
from __future__ import annotations

import os
import sys
from datetime import timedelta


def prepare(number: int, way: str) -> None:
    """Make what is to be sent."""
    from kb.outbox import letters, mail

    for each in range(number):
        body = f"body {each}"
        content = mail.mail("Subject", body, "desk@example.com") if way == "mail" else {"body": body}
        letters.put(f"letter-{each}", {way: content}, is_kept=True)


def send(ahead: int, way: str) -> None:
    """Send, as if so many seconds had passed."""
    from django.utils import timezone

    from kb.outbox import letters

    letters.send_due(way, timezone.now() + timedelta(seconds=ahead) if ahead else None)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    import django

    django.setup()
    {"prepare": prepare, "send": send}[sys.argv[1]](int(sys.argv[2]), *(sys.argv[3:] or ["webhook"]))
