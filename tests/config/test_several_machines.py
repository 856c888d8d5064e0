"""Several machines, built on one: PostgreSQL with two replicas, Redis, three servers behind nginx, and people at work.

Each part dies at once, as a machine does whose power is cut, and comes back.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psutil
import pytest

from tests.support.clusters import OWNER, Cluster, make_primary, make_replica, stopped
from tests.support.outside import HOST, NGINX, Person, Proxy, documented, needed, nginx_command, running
from tests.support.redis_server import RedisServer, redis_server
from tests.support.rounds import rounds
from tests.support.served import GUIDE, ROOT, free_port, get, prepare, wait_for
from tests.support.visitor import password_of

pytestmark = pytest.mark.night

SECONDS = rounds(15, 4)  # of load before and after each death
LONG = 600  # tenths of a second
HOURLY = ("forget-counts", "forget", "worklist")
LATER = """
import datetime as dt
from django.contrib.auth.models import Group, User
from django.utils import timezone
from kb.editorial import approval, drafts
from kb.models import roles
roles.make_groups()
ada = User.objects.create_user("ada")
ada.groups.set(Group.objects.filter(name="editors"))
text = "# Cold mornings\\n\\n**Symptoms:**\\n- It is cold\\n\\n**Solution:**\\n1. Heat\\n"
guide = drafts.start_guide(ada, text, "")
approval.approve(drafts.propose(drafts.draft_of(guide, ada)), ada)
guide.refresh_from_db()
later = drafts.save_draft(guide, ada, text.replace("Heat", "Heat it well"), guide.revision, 0)
approval.approve(drafts.propose(later, "", timezone.now() + dt.timedelta(seconds=15)), ada)
"""


@dataclass
class Machine:
    """A server with a data folder of its own, as one on a machine of its own."""

    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.environment['PORT']}"

    @property
    def starts(self) -> int:
        """How often it was ready to serve."""
        return self.log.read_text().count("Serving at") if self.log.exists() else 0

    def start(self) -> None:
        """Let it run, until it answers."""
        starts = self.starts
        with self.log.open("ab") as log:
            command = [sys.executable, "-u", "manage.py", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        for _ in range(LONG):
            if self.starts > starts:
                break
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.1)
        wait_for(self.base)

    def kill(self) -> None:
        """End all its processes at once."""
        assert self.process
        parts = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        for each in parts:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        self.process.wait(30)

    def stop(self) -> None:
        """End it in order, if it runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)


@dataclass
class People:
    """Readers and a writer, who go on all the while, and what came of it."""

    proxy: Proxy
    password: str
    statuses: list[tuple[float, str, int]] = field(default_factory=list)
    accepted: list[tuple[float, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=count)

    def read(self) -> None:
        """Somebody who reads what is kept and what is not, and keeps no cookie."""
        while not self.over.is_set():
            number = next(self.numbers)
            for address in ("/", "/guides/slow/", f"/contacts/?{number}", f"/search/?q=slow+{number}", "/codes/"):
                self._ask(Person(self.proxy), address)
            time.sleep(0.1)

    def read_signed_in(self) -> None:
        """Somebody who reads and is signed in."""
        person = Person(self.proxy)
        person.sign_in("admin", self.password)
        while not self.over.is_set():
            for address in ("/guides/slow/", "/write/guides/"):
                self._ask(person, address)
            time.sleep(0.2)

    def write(self) -> None:
        """Somebody who writes; what was accepted is noted."""
        person = Person(self.proxy)
        person.sign_in("admin", self.password)
        while not self.over.is_set():
            title = f"Written {next(self.numbers)}"
            with contextlib.suppress(OSError, AssertionError):
                form = {"template": self._template(person), "title": title, "category": "", "symptoms": "It is odd"}
                response, _text = person.send("/write/new/", "/write/new/", **form)
                if response.status == 302:
                    self.accepted.append((time.monotonic(), title))
            time.sleep(0.5)

    def failures(self, since: float, until: float) -> list[tuple[float, str, int]]:
        """What readers were shown between two moments that is no page."""
        return [each for each in self.statuses if since <= each[0] <= until and each[2] != 200]

    def _ask(self, person: Person, address: str) -> None:
        began = time.monotonic()
        try:
            status = person.ask(address)[0].status
        except OSError:
            status = 0
        self.statuses.append((began, address, status))

    def _template(self, person: Person) -> str:
        page = person.ask("/write/new/")[1]
        found = re.search(r'name="template"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="template"', page)
        assert found
        return str(found[1] or found[2])


@dataclass
class Site:
    """All of it."""

    clusters: list[Cluster]
    redis: RedisServer
    machines: list[Machine]
    proxy: Proxy
    password: str


def _environment(folder: Path, number: int, clusters: list[Cluster], redis: RedisServer) -> dict[str, str]:
    ports = [cluster.port for cluster in clusters]
    turned = [*ports[1:], ports[0]]
    hosts, user = ",".join(["127.0.0.1"] * len(ports)), f"user={OWNER}"
    primary = f"postgres:///kb?host={hosts}&port={','.join(map(str, ports))}&{user}&target_session_attrs=read-write"
    replica = (
        f"postgres:///kb?host={hosts}&port={','.join(map(str, turned))}&{user}&target_session_attrs=prefer-standby"
    )
    own = {"KB_DATA_DIR": str(folder / f"data{number}"), "PORT": str(free_port()), "KB_WORKERS": "1"}
    shared = {
        "KB_SECRET_KEY": "one-long-random-text-that-all-machines-have",
        "KB_DATABASE_URL": primary,
        "KB_DATABASE_REPLICA_URL": replica,
        "KB_SEARCH_ENGINE": "postgres",
        "KB_REDIS_URL": redis.url,
        "KB_MEDIA_DIR": str(folder / "files"),
        "KB_SHARED_CACHE_SECONDS": "1",
        "KB_HTTPS": "on",
        "KB_ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "KB_CONTENT_DIR": str(folder / "content"),
        "KB_LOG_LEVEL": "INFO",
    }
    prepare(folder / f"data{number}")
    return {**os.environ, **shared, **own}


def _with_replicas(primary: Cluster) -> list[Cluster]:
    """Two replicas, and all three as the documents have them."""
    primary.rows("CREATE DATABASE kb")
    clusters = [primary, make_replica(primary, "kb2"), make_replica(primary, "kb3")]
    for cluster in clusters:
        lines = documented("ini", "hot_standby_feedback") + documented("ini", "synchronous_standby_names")
        for line in lines.splitlines():
            name, _, value = line.partition(" = ")
            if name != "listen_addresses":
                cluster.rows(f"ALTER SYSTEM SET {name} = {value}")
        cluster.rows("SELECT pg_reload_conf()")
    return clusters


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    needed(NGINX, "nginx")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "slow.md").write_text(GUIDE)
    primary = make_primary()
    with contextlib.ExitStack() as stack:
        clusters = stack.enter_context(stopped([primary]))
        clusters += _with_replicas(primary)[1:]
        redis = stack.enter_context(redis_server(tmp_path))
        numbers = (1, 2, 3)
        machines = [Machine(_environment(tmp_path, n, clusters, redis), tmp_path / f"machine{n}.log") for n in numbers]
        for machine in machines:
            stack.callback(machine.stop)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Machine.start, machines))  # all at once, on a database without a table
        folder = tmp_path / "nginx"
        folder.mkdir()
        folder.chmod(0o755)
        proxy = Proxy(free_port(), free_port())
        changed = {
            f"10.0.0.1{n}:8000": f"127.0.0.1:{machine.environment['PORT']}" for n, machine in enumerate(machines, 1)
        }
        changed["/var/cache/nginx/kb"] = f"{folder}/cache"
        text = documented("nginx", "proxy_cache_path")
        stack.enter_context(running(proxy, nginx_command(folder, text, proxy.port, proxy.plain, changed), folder))
        told = [line for machine in machines for line in machine.log.read_text().splitlines()]
        yield Site(clusters, redis, machines, proxy, password_of(told))


def _until(holds: Callable[[], bool], what: str) -> None:
    for _ in range(LONG):
        with contextlib.suppress(OSError):
            if holds():
                return
        time.sleep(0.1)
    raise AssertionError(f"it did not come to that: {what}")


def _is_ready(machine: Machine) -> bool:
    return get(f"{machine.base}/readyz")[0] == 200


def test_whatever_dies_readers_read_on_and_nothing_that_was_accepted_is_lost(site: Site) -> None:
    kb1, kb2, kb3 = site.clusters
    people = People(site.proxy, site.password)
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "-c", LATER]
    subprocess.run(shell, cwd=ROOT, env=site.machines[0].environment, check=True, capture_output=True, timeout=300)
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(people.read) for _ in range(2)]
        jobs += [pool.submit(people.read_signed_in), pool.submit(people.write)]
        try:
            began = time.monotonic()
            _at_work(people)

            kb2.kill()
            _at_work(people)
            kb2.start()
            _at_work(people)

            site.machines[1].kill()
            _at_work(people)
            site.machines[1].start()
            _until(lambda: _is_ready(site.machines[1]), "a server that was started again is ready")
            _at_work(people)

            site.redis.kill()
            _at_work(people)
            site.redis.start()
            _at_work(people)
            with site.redis.client() as client:
                _until(lambda: bool(client.keys("*:page:*")), "pages are kept in Redis again")

            _until(
                lambda: len(kb1.rows("SELECT pid FROM pg_stat_replication WHERE state = 'streaming'")) == 2,
                "both follow",
            )
            lost_at = time.monotonic()
            kb1.kill()
            time.sleep(1)
            new, other = sorted((kb2, kb3), key=Cluster.received, reverse=True)
            new.promote()
            other.follow(new)
            _until(lambda: people.accepted[-1][0] > lost_at + 1, "writing goes on after the promotion")
            promoted_at = time.monotonic()
            _until(lambda: all(map(_is_ready, site.machines)), "each server has found the new primary")
            _at_work(people)
            ended = time.monotonic()
        finally:
            people.over.set()
        for job in jobs:
            job.result(120)
    assert people.failures(began, lost_at) == []
    assert people.failures(promoted_at, ended) == []
    assert len(people.statuses) > 100
    stored = {title for (title,) in new.rows("SELECT title FROM kb_guide", "kb")}
    assert {title for _moment, title in people.accepted} <= stored
    assert len(people.accepted) > 5
    _once_in_all(site, new)
    during = people.failures(lost_at, promoted_at)
    sys.stdout.write(
        f"{len(people.statuses)} pages read, {len(people.accepted)} guides begun; {len(during)} readers were refused"
        f" in the {promoted_at - lost_at:.1f} seconds without a primary\n"
    )


def _at_work(people: People) -> None:
    """Let people work for some seconds, and until one of them has read a page since."""
    time.sleep(SECONDS)
    since, read = time.monotonic(), len(people.statuses)
    _until(lambda: len(people.statuses) > read + 10 or time.monotonic() > since + 60, "people read")


def _once_in_all(site: Site, primary: Cluster) -> None:
    """What the servers do by themselves was done once by all of them together."""
    published = "SELECT state FROM kb_revision WHERE text LIKE '%Heat it well%'"
    _until(lambda: primary.rows(published, "kb") == [("published",)], "what was scheduled is published, once")
    told = "".join(machine.log.read_text() for machine in site.machines)
    days = set(re.findall(r"^(\d{4}-\d\d-\d\d \d\d):.*It is this process's turn to", told, re.MULTILINE))
    for name in HOURLY:
        turns = len(re.findall(rf"It is this process's turn to {name}\b(?!-)", told))
        assert 1 <= turns <= len(days), (name, turns)
