"""Makes a data folder ready to be served: what `serve` does before it hands over to gunicorn."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import IntegrityError

ADMINISTRATOR = "admin"
THREADS = 6  # an image is read, a text is read, three wait for that (kb/rate_limits/crowding.py), and one is left


def collect_static_files() -> bool:
    """Copy the static files to where they are served from; False when they are there and unchanged.

    Former ones stay, their names tell them apart: a server that still runs, and pages that it gave out, ask for them.
    """
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected"
    files = {path: Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([])}
    fingerprint = _fingerprint(files)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    for path, file in files.items():
        copy = root / path
        if copy.is_file() and copy.read_bytes() != file.read_bytes():
            # Django passes over a copy that is not older than the file, and a file may well say 1970.
            os.utime(copy, (-86_400, -86_400))
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)
    return True


def _fingerprint(files: dict[str, Path]) -> str:
    """A name for what the files hold, whenever and wherever they were written."""
    names = hashlib.sha256()
    for path, file in sorted(files.items()):
        names.update(f"{path} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return names.hexdigest()


def forget_metrics() -> None:
    """Drop what processes counted that are gone: the counts of a server begin when it starts."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    for file in Path(folder).glob("*.db") if folder else ():
        file.unlink(missing_ok=True)


def make_first_administrator() -> str | None:
    """The password of the administrator just made; None when there is one already."""
    users = get_user_model()._default_manager  # noqa: SLF001 - Django's name for it
    if users.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    try:
        users.create_superuser(ADMINISTRATOR, "", password)
    except IntegrityError:
        return None  # an account of that name that is no administrator, or another start of the server, was first
    return password


def why_not_listen(host: str, port: int) -> str | None:
    """A sentence that says why the address can't be listened on; None when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return f"Can't listen on {host} port {port}: {error.strerror}. Set PORT (or KB_HOST) to one that is free."
    return None


def server_command() -> list[str]:
    """The command line of the production server, for `os.execv`."""
    environment = settings.ENVIRONMENT
    host = f"[{environment.host}]" if ":" in environment.host else environment.host
    options = {
        "--bind": f"{host}:{environment.port}",
        "--workers": environment.workers,
        "--worker-class": "kb.config.server.PatientWorker",
        "--threads": THREADS,
        "--log-level": "warning",
        "--graceful-timeout": 10,
        "--no-control-socket": None,
        "--config": "python:kb.config.timer",
    }
    arguments = [str(word) for pair in options.items() for word in pair if word is not None]
    return [sys.executable, "-m", "gunicorn", *arguments, "kb.wsgi:application"]
