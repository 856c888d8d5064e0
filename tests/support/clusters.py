"""PostgreSQL clusters of a test's own on this machine: a primary, and replicas that follow it by streaming."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.served import free_port

OWNER = "postgres"  # who is no administrator: PostgreSQL refuses to run as one
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "shared_buffers": "'32MB'",
    "max_connections": "60",
    "synchronous_commit": "on",
    "hot_standby_feedback": "on",
    "wal_keep_size": "'256MB'",
    "restart_after_crash": "off",
}


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where they are not installed, or can't be run as their user."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    may_run = os.geteuid() != 0 or shutil.which("runuser")
    return found[-1].parent if found and may_run else None


def needed() -> Path:
    """The same; skips the test where there are none, and fails it on CI."""
    folder = programs()
    if folder is None:
        missing = "PostgreSQL's own programs (initdb, pg_basebackup) are not here: install its server to run this test"
        assert not os.environ.get("CI"), missing
        pytest.skip(missing)
    return folder


@dataclass
class Cluster:
    """One PostgreSQL with a folder of its own."""

    programs: Path
    folder: Path
    name: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs."""
        done = subprocess.run(self._as_owner(program, *arguments), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Let it run, until it answers."""
        command = self._as_owner("postgres", "-D", str(self.folder), "-k", "", "-p", str(self.port))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
        for _ in range(600):
            with contextlib.suppress(psycopg.OperationalError), self.connect():
                return
            assert self.process.poll() is None, self.last_words()
            time.sleep(0.1)
        raise AssertionError(self.last_words())

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder.parent / f"{self.name}.log"

    def last_words(self) -> str:
        """The end of what it says."""
        return self.log.read_text()[-2000:]

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of the test's own."""
        address = f"host=127.0.0.1 port={self.port} dbname={database} user={OWNER}"
        return psycopg.connect(address, autocommit=True, connect_timeout=2)

    def rows(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What a statement gives."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def kill(self) -> None:
        """End all its processes at once, as a machine does whose power is cut."""
        pid = self.folder / "postmaster.pid"
        leader = int(pid.read_text().split()[0])
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        for each in (str(leader), *children):
            subprocess.run(["kill", "-9", each], check=False, capture_output=True)
        assert self.process is not None
        self.process.wait(30)
        pid.unlink(missing_ok=True)

    def stop(self) -> None:
        """End it in order, if it runs."""
        if self.process is not None and self.process.poll() is None:
            subprocess.run(
                self._as_owner("pg_ctl", "stop", "-m", "immediate", "-D", str(self.folder)),
                capture_output=True,
                check=False,
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)

    def promote(self) -> None:
        """Make a primary of a replica."""
        self.rows("SELECT pg_promote(true, 60)")

    def received(self) -> int:
        """How far a replica has what its primary wrote."""
        ((place,),) = self.rows("SELECT (pg_last_wal_receive_lsn() - '0/0')::bigint")
        return int(place)

    def follow(self, primary: Cluster) -> None:
        """Have a replica follow another primary, as it runs."""
        self.rows(f"ALTER SYSTEM SET primary_conninfo = '{_address(primary, self.name)}'")
        self.rows("SELECT pg_reload_conf()")

    def _as_owner(self, program: str, *arguments: str) -> list[str]:
        command = [str(self.programs / program), *arguments]
        return ["runuser", "-u", OWNER, "--", *command] if os.geteuid() == 0 else command


def _address(primary: Cluster, name: str) -> str:
    return f"host=127.0.0.1 port={primary.port} user={OWNER} application_name={name}"


def make_primary(name: str = "kb1", **settings: str) -> Cluster:
    """A primary that runs, in a folder that its user can come to, as those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="kb-clusters-"))
    folder.chmod(0o777 if os.geteuid() == 0 else 0o700)
    cluster = Cluster(needed(), folder / name, name, free_port())
    cluster.run("initdb", "-D", str(cluster.folder), "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync")
    own = "".join(f"{key} = {value}\n" for key, value in (SETTINGS | settings).items())
    with (cluster.folder / "postgresql.conf").open("a") as file:
        file.write(own)
    cluster.start()
    return cluster


def make_replica(primary: Cluster, name: str) -> Cluster:
    """A replica of a primary that runs, as it was copied from it."""
    cluster = Cluster(primary.programs, primary.folder.parent / name, name, free_port())
    cluster.run(
        *("pg_basebackup", "-D", str(cluster.folder), "-d", _address(primary, name)),
        *("--write-recovery-conf", "--checkpoint", "fast", "--no-sync"),
    )
    cluster.start()
    return cluster


@contextlib.contextmanager
def stopped(clusters: list[Cluster]) -> Iterator[list[Cluster]]:
    """The clusters, which are stopped in the end."""
    try:
        yield clusters
    finally:
        for cluster in clusters:
            cluster.stop()
        shutil.rmtree(clusters[0].folder.parent, ignore_errors=True)
