"""Pages come from a real streaming replica: never older than what was published or than what a person wrote."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.clusters import OWNER, Cluster, make_primary, make_replica, stopped
from tests.support.served import GUIDE, ROOT, environment_in, prepare, served
from tests.support.visitor import Visitor, password_of

pytestmark = pytest.mark.slow

LONG = 300  # tenths of a second
TOKEN = "a token that is long enough"
READS_CONTACTS = '"kb_contact"'


@dataclass
class Site:
    """A server on a primary and its replica."""

    base: str
    environment: dict[str, str]
    password: str
    primary: Cluster
    replica: Cluster


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("replicated")
    primary = make_primary(log_statement="'all'", max_standby_streaming_delay="'60s'")
    with stopped([primary]) as clusters:
        primary.rows("CREATE DATABASE kb")
        replica = make_replica(primary, "kb2")
        clusters.append(replica)
        environment = environment_in(folder)
        address = f"postgres://{OWNER}@127.0.0.1"
        environment["KB_DATABASE_URL"] = f"{address}:{primary.port}/kb"
        environment["KB_METRICS_TOKEN"] = TOKEN
        environment["KB_DATABASE_REPLICA_URL"] = f"{address}:{replica.port}/kb"
        prepare(Path(environment["KB_DATA_DIR"]))
        with served(environment) as (base, _process, output):
            yield Site(base, environment, password_of(output), primary, replica)


@contextlib.contextmanager
def _held_back(replica: Cluster) -> Iterator[None]:
    """The replica gets what the primary writes, and does not apply it."""
    replica.rows("SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        replica.rows("SELECT pg_wal_replay_resume()")


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(LONG):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to that")


_numbers = iter(range(10**6))


def _unkept() -> str:
    """An address that nobody has read yet."""
    return f"/contacts/?{next(_numbers)}"


def _reads_from_replica(site: Site) -> bool:
    """Whether the next page comes from the replica."""
    before = site.replica.log.read_text().count(READS_CONTACTS)
    Visitor(site.base).get(_unkept())
    return site.replica.log.read_text().count(READS_CONTACTS) > before


def _reads_from_primary(site: Site) -> bool:
    before = site.primary.log.read_text().count(READS_CONTACTS)
    Visitor(site.base).get(_unkept())
    return site.primary.log.read_text().count(READS_CONTACTS) > before


def _metrics(site: Site) -> str:
    return Visitor(site.base, {"Authorization": f"Bearer {TOKEN}"}).get("/metrics")


def test_pages_are_read_from_the_replica_and_nothing_is_written_to_it(site: Site) -> None:
    _until(lambda: _reads_from_replica(site))
    assert not _reads_from_primary(site)
    assert "read-only transaction" not in site.replica.log.read_text()


def test_who_signs_in_is_signed_in_though_the_replica_does_not_know_yet(site: Site) -> None:
    _until(lambda: _reads_from_replica(site))
    person = Visitor(site.base)
    with _held_back(site.replica):
        person.sign_in("admin", site.password)
        assert person.cookies["wrote"]
        assert person.ask("/write/")[0] == 200
        assert person.ask("/accounts/password/")[0] == 200
    _until(lambda: _reads_from_replica(site))
    assert person.ask("/write/")[0] == 200


def test_who_only_tells_what_was_read_keeps_no_cookie(site: Site) -> None:
    reader = Visitor(site.base, {"Origin": site.base})
    assert reader.ask("/reading/viewed/", {"guide": "slow", "section": ""})[0] == 204
    assert reader.cookies == {}


def test_a_page_is_never_kept_as_the_replica_had_it_before_the_publication(site: Site) -> None:
    _until(lambda: _reads_from_replica(site))
    file = Path(site.environment["KB_CONTENT_DIR"]) / "slow.md"
    with _held_back(site.replica):
        file.write_text(GUIDE.replace("It is slow", "It is quick"))
        command = [sys.executable, "manage.py", "load_guides", str(file)]
        subprocess.run(command, cwd=ROOT, env=site.environment, check=False, capture_output=True, timeout=300)
        _until(lambda: "It is quick" in Visitor(site.base).get("/guides/slow/"))
        walk = Visitor(site.base).get("/troubleshoot/")
        assert "It is quick" in walk
        assert "It is slow" not in walk
    _until(lambda: _reads_from_replica(site))
    assert "It is quick" in Visitor(site.base).get("/guides/slow/")
    assert "It is slow" not in Visitor(site.base).get("/troubleshoot/?again")


def test_one_that_lags_behind_is_not_read_until_it_has_caught_up(site: Site) -> None:
    _until(lambda: _reads_from_replica(site))
    with _held_back(site.replica):
        site.primary.rows("CREATE TABLE something (number int)", "kb")
        _until(lambda: not _reads_from_replica(site))
        assert _reads_from_primary(site)
    _until(lambda: _reads_from_replica(site))


def test_readers_see_nothing_of_its_death_and_it_is_read_again_when_it_is_back(site: Site) -> None:
    _until(lambda: _reads_from_replica(site))
    site.replica.kill()
    for _ in range(40):
        status, _text, _headers = Visitor(site.base).ask(_unkept())
        assert status == 200
    assert _reads_from_primary(site)
    site.replica.start()
    _until(lambda: _reads_from_replica(site))
    assert Visitor(site.base).ask("/healthz")[0] == 200


def test_readers_read_on_while_the_primary_is_away(site: Site) -> None:
    _until(lambda: _reads_from_replica(site))
    site.primary.kill()
    try:
        time.sleep(1.5)  # by now the server has asked both where they are
        assert [Visitor(site.base).ask(_unkept())[0] for _ in range(10)] == [200] * 10
        assert '"database": "replica"' in Visitor(site.base).get("/healthz")
        assert "kb_database_up 0.0" in _metrics(site)
        status, said, _headers = Visitor(site.base).ask("/readyz")
        assert (status, json.loads(said)["database"]) == (200, "replica")
        assert "all others wait" not in said
    finally:
        site.primary.start()
    _until(lambda: json.loads(Visitor(site.base).get("/readyz"))["database"] == "ok")
    assert '"database": "ok"' in Visitor(site.base).get("/healthz")
    assert "kb_database_up 1.0" in _metrics(site)
