"""Measures how many requests a core answers in a second: kept pages, first pages, and pages that nginx keeps.

It counts the processor time that the server and nginx take, not the clock on the wall, so that what else the machine
does changes little. Run it with `make bench-scale`; `docs/scale.md` reckons with its figures.
"""

from __future__ import annotations

import http.client
import os
import re
import ssl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tests.support.outside import HOST, NGINX, Proxy, documented, nginx_command, running
from tests.support.served import ROOT, free_port, prepare, served

KEPT, FIRST = 4000, 300  # requests


@dataclass(frozen=True)
class Figure:
    """What one kind of request costs."""

    what: str
    requests: int
    seconds: float
    bytes: int

    def row(self) -> str:
        """It as a row of a table."""
        each = self.bytes // self.requests
        rate, cost = self.requests / self.seconds, self.seconds / self.requests * 1000
        return f"| {self.what} | {rate:,.0f} | {cost:.2f} ms | {each:,} |"


def main() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as scratch, ExitStack() as stack:
        folder = Path(scratch)
        folder.chmod(0o755)
        (folder / "nginx").mkdir()
        environment = {
            **os.environ,
            "KB_DATA_DIR": str(folder / "data"),
            "KB_CONTENT_DIR": str(ROOT / "content"),
            "PORT": str(free_port()),
            "KB_WORKERS": "1",
            "KB_HTTPS": "on",
            "KB_ALLOWED_HOSTS": f"{HOST},127.0.0.1",
            "KB_SHARED_CACHE_SECONDS": "3600",
        }
        prepare(folder / "data")
        _base, process, _output = stack.enter_context(served(environment))
        port = int(environment["PORT"])
        guides = _guides(port)
        rows = [figure.row() for figure in _of_server(process.pid, port, guides)]
        proxy = Proxy(free_port(), free_port())
        text = documented("nginx", "proxy_cache_path")
        for number in (12, 13):
            text = text.replace(f"    server 10.0.0.{number}:8000 max_fails=1 fail_timeout=5s;\n", "")
        changed = {"10.0.0.11:8000": f"127.0.0.1:{port}", "/var/cache/nginx/kb": f"{folder}/cache"}
        command = nginx_command(folder / "nginx", text, proxy.port, proxy.plain, changed)
        assert NGINX
        stack.enter_context(running(proxy, command, folder / "nginx"))
        rows.append(_of_nginx(int((folder / "nginx" / "pid").read_text()), proxy.port, guides).row())
    head = "| what is asked | requests a second and core | each | bytes |\n| --- | ---: | ---: | ---: |\n"
    sys.stdout.write(f"{len(guides)} guides\n\n{head}" + "\n".join(rows) + "\n")


def _guides(port: int) -> list[str]:
    """The addresses of the guides."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", "/sitemap.xml", headers=_headers())
        text = connection.getresponse().read().decode()
    return sorted(re.findall(rf"<loc>https://{HOST}(/guides/[^<]+)</loc>", text))


def _headers() -> dict[str, str]:
    return {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}


def _of_server(pid: int, port: int, guides: list[str]) -> Iterator[Figure]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(connection):
        tags = {guide: _asked(connection, [guide], _headers())[1] for guide in guides}
        yield _figure("a guide that is kept", pid, connection, list(islice(cycle(guides), KEPT)))
        again = [(guide, {"If-None-Match": tags[guide]}) for guide in islice(cycle(guides), KEPT)]
        yield _figure("whether a kept guide is still right (304)", pid, connection, again)
        numbers = count()
        first = [f"{guide}?first={next(numbers)}" for guide in islice(cycle(guides), FIRST)]
        yield _figure("a guide that is made", pid, connection, first)
        searches = [f"/search/?q={_words(guide)}+{next(numbers)}" for guide in islice(cycle(guides), FIRST)]
        yield _figure("a search that is made", pid, connection, searches)
        steps = [f"/troubleshoot/?symptom={_words(guide)}&n={next(numbers)}" for guide in islice(cycle(guides), FIRST)]
        yield _figure("a step of a walk that is made", pid, connection, steps)
        told = [(guide, {"X-Forwarded-For": f"10.0.{next(numbers) % 256}.1"}) for guide in islice(cycle(guides), FIRST)]
        yield _figure("that a guide was read (told by the page)", pid, connection, told, is_told=True)


def _of_nginx(pid: int, port: int, guides: list[str]) -> Figure:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=trusting)
    with closing(connection):
        _asked(connection, guides, _headers())
        return _figure("a guide that nginx keeps, by HTTPS", pid, connection, list(islice(cycle(guides), 5 * KEPT)))


def _words(guide: str) -> str:
    return guide.strip("/").rpartition("/")[2].replace("-", "+")


def _figure(
    what: str,
    pid: int,
    connection: http.client.HTTPConnection,
    addresses: list[str] | list[tuple[str, dict[str, str]]],
    *,
    is_told: bool = False,
) -> Figure:
    before = _processor_time(pid)
    total = 0
    for each in addresses:
        address, more = (each, {}) if isinstance(each, str) else each
        if is_told:
            _tell(connection, address, _headers() | more)
        else:
            total += _asked(connection, [address], _headers() | more)[0]
    return Figure(what, len(addresses), _processor_time(pid) - before, total)


def _asked(connection: http.client.HTTPConnection, addresses: list[str], headers: dict[str, str]) -> tuple[int, str]:
    """How many bytes came, and the name of the last page."""
    total, tag = 0, ""
    for address in addresses:
        connection.request("GET", address, headers=headers)
        response = connection.getresponse()
        total += len(response.read())
        assert response.status in {200, 304}, (address, response.status)
        tag = response.getheader("ETag", "")
    return total, tag


def _tell(connection: http.client.HTTPConnection, guide: str, headers: dict[str, str]) -> None:
    """Say that a guide was read, as its page does."""
    own = {"Origin": f"https://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}
    form = urlencode({"guide": guide.strip("/").rpartition("/")[2], "section": ""})
    connection.request("POST", "/reading/viewed/", form, headers | own)
    response = connection.getresponse()
    assert (response.status, response.read()) == (204, b"")


def _processor_time(pid: int) -> float:
    """The seconds that a process and its children have worked."""
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


if __name__ == "__main__":
    main()
