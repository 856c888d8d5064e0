"""No package that the locks name has a vulnerability that is known, as pip-audit tells where it can ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.rounds import rounds

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / ".venv" / "pip-audit"
LOCKS = ["requirements.txt", "requirements-s3.txt", "requirements-meaning.txt", "requirements-dev.txt"]
SERVICES = (["--vulnerability-service", "pypi"], ["--vulnerability-service", "osv"])


@dataclass(frozen=True)
class Audit:
    """What is known of the packages of a lock; a service that knows none of them has answered nothing."""

    vulnerable: dict[str, list[str]]
    unknown: list[str]


def audit(lock: Path, *services: list[str]) -> Audit | None:
    """What the first service that answers says, None when none does."""
    options = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    for service in services:
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), *options, *service]
        environment = os.environ | {"PYTHONPATH": str(PROGRAM)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        told = json.loads(done.stdout)["dependencies"] if done.stdout.startswith("{") else []
        unknown = [each["name"] for each in told if "skip_reason" in each]
        if len(unknown) < len(told):
            vulnerable = {each["name"]: [one["id"] for one in each.get("vulns", ())] for each in told}
            return Audit({name: ids for name, ids in vulnerable.items() if ids}, unknown)
    return None


@pytest.fixture(autouse=True)
def program() -> None:
    """There is a pip-audit."""
    if not (PROGRAM / "pip_audit").is_dir():
        pytest.skip("NOT AUDITED for known vulnerabilities: pip-audit is not here; make audit installs it")


@pytest.mark.parametrize("lock", rounds(LOCKS, LOCKS[:1]))
def test_no_package_has_a_known_vulnerability(lock: str) -> None:
    told = audit(ROOT / lock, *SERVICES)
    if told is None:
        pytest.skip(f"NOT AUDITED for known vulnerabilities: neither PyPI nor OSV tells from here of those in {lock}")
    assert told.vulnerable == {}, "Renew these by make lock"
    assert told.unknown == []


class _Service(BaseHTTPRequestHandler):
    """Answers as OSV does, and knows one vulnerability."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known: dict[str, object] = {"id": "PYSEC-0000-1", "details": "It breaks", "published": "2026-01-01T00:00:00Z"}
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}]
        known["affected"] = [{"package": asked["package"], "ranges": ranges}]
        answer = json.dumps({"vulns": [known]} if asked["package"]["name"] == "tiny" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of http.server
        pass


@pytest.fixture
def service() -> Iterator[str]:
    """The address of such a service."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def test_a_vulnerability_is_seen_and_silence_is_no_answer(tmp_path: Path, service: str) -> None:
    lock = tmp_path / "lock.txt"
    digest = "0" * 64
    lock.write_text(f"tiny==1.0 --hash=sha256:{digest}\nsound==1.0 --hash=sha256:{digest}\n")
    asks = ["--vulnerability-service", "osv", "--osv-url"]
    assert audit(lock, [*asks, "http://127.0.0.1:1/v1/query"]) is None
    assert audit(lock, [*asks, "http://127.0.0.1:1/v1/query"], [*asks, service]) == Audit(
        {"tiny": ["PYSEC-0000-1"]}, []
    )
