"""Two applications in, each behind the same server on a port of its own out; everything stops with the `with` block."""

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
SERVER = ("--workers=2", "--threads=4", "--log-level=warning", "--no-control-socket")
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Site:
    """An application to measure: the Python that runs it, the environment it needs, its WSGI module, its workers."""

    name: str
    python: Path
    environment: dict[str, str]
    application: str
    workers: str

    def run(self, *arguments: str) -> None:
        """Run `python arguments...` for the site; its output is shown when it fails, and ends the measurement."""
        command = [str(self.python), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{self.name}: `{' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")


def our_site(data: Path, guides: Path) -> Site:
    """The product, with a data folder of its own and its default settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment |= {"KB_DATA_DIR": str(data), "KB_CONTENT_DIR": str(guides), "KB_LOG_LEVEL": "WARNING"}
    return Site("ours", Path(sys.executable), environment, "kb.wsgi:application", "kb.server.PatientWorker")


def peer_site(data: Path) -> Site:
    """The peer, in its own virtual environment, which is built when it is not there or not as pinned."""
    data.mkdir(exist_ok=True)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.bench.django_wiki.settings",
        "PEER_DATA_DIR": str(data),
        "PYTHONPATH": str(ROOT),
    }
    return Site("django-wiki", _peer_python(), environment, "tests.bench.django_wiki.wsgi:application", "gthread")


def _peer_python() -> Path:
    requirements = PEER_FOLDER / "requirements.txt"
    pinned = hashlib.sha256(requirements.read_bytes()).hexdigest()
    python, marker = PEER_VENV / "bin" / "python", PEER_VENV / ".installed"
    if not marker.exists() or marker.read_text() != pinned:
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
        subprocess.run([sys.executable, "-m", "venv", "--clear", PEER_VENV], check=True)
        subprocess.run(pip, check=True)
        marker.write_text(pinned)
    return python


@contextlib.contextmanager
def served(site: Site, log: Path) -> Iterator[int]:
    """The port at which the site answers while the block lasts."""
    port = _free_port()
    command = [str(site.python), "-m", "gunicorn", site.application, f"--bind=127.0.0.1:{port}", *SERVER]
    command.append(f"--worker-class={site.workers}")
    with log.open("w") as output:
        # A session of its own: Ctrl-C reaches the measurement only, which then stops the server and its workers.
        process = subprocess.Popen(
            command, cwd=ROOT, env=site.environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait_until_it_answers(site, process, port, log)
            yield port
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(site: Site, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=START_SECONDS):
                return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{site.name}: its first page is a {error.code}\n{log.read_text()}") from None
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{site.name}: the server did not start\n{log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
