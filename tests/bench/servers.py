"""Starts the sites that are measured, each on a port of its own; everything stops with the `with` block."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PEER_FOLDER = Path(__file__).parent / "django_wiki"
PEER_VENV = ROOT / ".venv-bench"
GUNICORN = ("--workers=2", "--log-level=warning", "--no-control-socket")
# What may suit the peer: threads share a processor and keep connections, processes of one request at a time do neither.
PEER_WORKERS = {
    "2 workers of 4 threads": ("--worker-class=gthread", "--threads=4"),
    "2 sync workers": ("--worker-class=sync",),
}
NGINX = """
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream site {{ server 127.0.0.1:{site}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 100000;
        location / {{
            proxy_pass http://site;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Site:
    """An application to measure: the Python that runs it, the environment it needs, and how it is served.

    `server` is what follows `python` in the command line; `{port}` in it is the port. `workers` says in words what
    serves it.
    """

    name: str
    python: Path
    environment: dict[str, str]
    server: tuple[str, ...]
    workers: str

    def run(self, *arguments: str) -> None:
        """Run `python arguments...` for the site; its output is shown when it fails, and ends the measurement."""
        command = [str(self.python), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{self.name}: `{' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")


def our_site(data: Path, guides: Path) -> Site:
    """The product, with a data folder of its own, as `make run` serves it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment |= {"KB_DATA_DIR": str(data), "KB_CONTENT_DIR": str(guides), "KB_LOG_LEVEL": "WARNING"}
    return Site("ours", Path(sys.executable), environment, ("manage.py", "serve"), "make run")


def peer_sites(data: Path) -> list[Site]:
    """The peer with each kind of workers, in its own virtual environment, which is built when it is not as pinned."""
    data.mkdir(exist_ok=True)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.bench.django_wiki.settings",
        "PEER_DATA_DIR": str(data),
        "PYTHONPATH": str(ROOT),
    }
    serve = ("-m", "gunicorn", "tests.bench.django_wiki.wsgi:application", "--bind=127.0.0.1:{port}", *GUNICORN)
    python = _peer_python()
    return [Site("django-wiki", python, environment, (*serve, *kind), name) for name, kind in PEER_WORKERS.items()]


def _peer_python() -> Path:
    requirements = PEER_FOLDER / "requirements.txt"
    pinned = hashlib.sha256(requirements.read_bytes()).hexdigest()
    python, marker = PEER_VENV / "bin" / "python", PEER_VENV / ".installed"
    if not marker.exists() or marker.read_text() != pinned:
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([sys.executable, "-m", "venv", "--clear", PEER_VENV], check=True)
        subprocess.run([*pip, "-r", str(requirements)], check=True)
        subprocess.run([str(python), "-m", "pip", "check"], check=True, stdout=subprocess.DEVNULL)
        marker.write_text(pinned)
    return python


@contextlib.contextmanager
def served(site: Site, log: Path) -> Iterator[int]:
    """The port at which the site answers while the block lasts."""
    port = _free_port()
    command = [str(site.python), *(word.format(port=port) for word in site.server)]
    with _started(site.name, command, site.environment | {"PORT": str(port)}, log):
        _wait_until_it_answers(site.name, port, log)
        yield port


@contextlib.contextmanager
def behind_nginx(site: int, folder: Path) -> Iterator[int]:
    """The port at which nginx answers for the site at another port."""
    port = _free_port()
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, site=site, port=port))
    command = ["nginx", "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(config)]
    with _started("nginx", command, dict(os.environ), folder / "log"):
        _wait_until_it_answers("nginx", port, folder / "error.log")
        yield port


@contextlib.contextmanager
def _started(name: str, command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("w") as output:
        # A session of its own: Ctrl-C reaches the measurement only, which then stops the server and its workers.
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield
        finally:
            if process.poll() is not None:
                sys.stderr.write(f"{name} ended by itself:\n{log.read_text()}\n")
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(name: str, port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=START_SECONDS):
                return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{name}: its first page is a {error.code}\n{log.read_text()}") from None
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{name}: the server did not start\n{log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
