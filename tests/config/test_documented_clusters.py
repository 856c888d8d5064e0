"""PostgreSQL with replicas is set up, loses its primary and gets it back as docs/operators.md says, word for word."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.clusters import OWNER, needed
from tests.support.outside import documented, replaced
from tests.support.served import ROOT, free_port

PATIENCE = 60  # seconds for what does not wait for anybody
HOSTS = ("10.0.0.21", "10.0.0.22", "10.0.0.23")
COUNT = (
    "from django.contrib.auth.models import User; User.objects.create_user('{0}'); "
    "print(User.objects.using('replica').db, User.objects.count())"
)


@dataclass(frozen=True)
class Server:
    """The PostgreSQL of one of the machines; here each has a port of its own in place of an address."""

    programs: Path
    folder: Path
    port: int

    def run(self, program: str, *arguments: str, said: str | None = None) -> str:
        """What a program says that is run as its user, who waits for no password and for nobody else."""
        command = [str(self.programs / program), *arguments]
        command = ["runuser", "-u", OWNER, "--", *command] if os.geteuid() == 0 else command
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        with tempfile.TemporaryFile("w+") as output:  # no pipe: what pg_ctl starts would hold it
            done = subprocess.run(
                command,
                input=said,
                text=True,
                stdout=output,
                stderr=output,
                timeout=PATIENCE,
                env=environment,
                cwd="/",
                check=False,
            )
            output.seek(0)
            told = output.read()
        assert done.returncode == 0, (program, told)
        return told

    def configure(self, text: str) -> None:
        """Add to its `postgresql.conf`."""
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(text)

    def let_in(self, lines: str) -> None:
        """Have these lines alone in its `pg_hba.conf`, with those who come from its own machine without a network."""
        (self.folder / "pg_hba.conf").write_text(f"local all all trust\n{lines}")

    def start(self) -> None:
        """Let it run."""
        self.configure(
            f"port = {self.port}\nunix_socket_directories = '{self.folder.parent}'\nshared_buffers = '16MB'\n"
        )
        self.run("pg_ctl", "-D", str(self.folder), "-l", f"{self.folder}.log", "-w", "start")

    def sql(self, statements: str) -> str:
        """What `psql` says to them."""
        options = ["-h", str(self.folder.parent), "-p", str(self.port), "-U", OWNER, "-d", "postgres"]
        return self.run("psql", *options, "-v", "ON_ERROR_STOP=1", "-qtA", said=statements)


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    """Three machines on which nothing is set up yet."""
    programs = needed()
    folder = Path(tempfile.mkdtemp(prefix="kb-documented-"))
    folder.chmod(0o777)
    found = [Server(programs, folder / name, free_port()) for name in ("kb1", "kb2", "kb3")]
    try:
        yield found
    finally:
        for server in found:
            with contextlib.suppress(AssertionError):
                server.run("pg_ctl", "-D", str(server.folder), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def by_port(text: str, servers: list[Server]) -> str:
    """What the documents say, where each machine is a port."""
    for host, server in zip(HOSTS, servers, strict=True):
        text = text.replace(f"host={host} ", f"host=127.0.0.1 port={server.port} ")
    return text


def blocks(words: str) -> str:
    """The one block without a language that has these words."""
    return documented("", words)


def copy(server: Server, servers: list[Server], primary: str = HOSTS[0]) -> None:
    """Make a replica of a machine as the documents have it, and start it."""
    said = replaced(blocks("pg_basebackup"), {"kb2": server.folder.name, HOSTS[0]: primary})
    line = replaced(by_port(said, servers), {"/var/lib/postgresql/15/main": str(server.folder)})
    program, *arguments = re.findall(r'"([^"]*)"|(\S+)', line)
    assert program[1] == "pg_basebackup"
    server.run("pg_basebackup", *(quoted or plain for quoted, plain in arguments))
    server.start()


def set_up(servers: list[Server]) -> None:
    """All of the section, from the top to where what is written is confirmed."""
    kb1, kb2, kb3 = servers
    lines = replaced(blocks("scram-sha-256"), {"10.0.0.0/24": "127.0.0.1/32"})
    kb1.run("initdb", "-D", str(kb1.folder), "-A", "trust", "-U", OWNER, "--no-sync")
    kb1.configure(documented("ini", "hot_standby_feedback"))
    kb1.let_in(lines)
    kb1.start()
    kb1.sql(documented("sql", "CREATE ROLE"))
    for server in (kb2, kb3):  # which has the files of its settings in the folder that is copied, as on most systems
        copy(server, servers)
    follow(kb1, {"kb2", "kb3"})
    for server in servers:
        server.configure(documented("ini", "synchronous_standby_names"))
        server.sql("SELECT pg_reload_conf();")


def follow(primary: Server, names: set[str]) -> None:
    """Wait until these stream from it."""
    for _ in range(PATIENCE):
        told = primary.sql(documented("sql", "pg_stat_replication"))
        if {line.removesuffix("|streaming") for line in told.split()} == names:
            return
        time.sleep(1)
    raise AssertionError(told)


def count(servers: list[Server], folder: Path, name: str) -> str:
    """Make an account by way of the documented addresses, and say from where it is read and how many there are."""
    text = documented("bash", "KB_DATABASE_REPLICA_URL")
    own = {
        "KB_DATA_DIR": str(folder),
        "KB_CONTENT_DIR": str(folder),
        "KB_DATABASE_URL": "",
        "KB_DATABASE_REPLICA_URL": "",
    }
    for key in ("KB_DATABASE_URL", "KB_DATABASE_REPLICA_URL"):
        (url,) = re.findall(rf'{key}="([^"]*)"', text)
        for host, server in zip(HOSTS, servers, strict=True):
            url = url.replace(host, str(server.port))
        (ports,) = re.findall(r"host=([\d,]+)", url)
        own[key] = url.replace(f"host={ports}", f"host=127.0.0.1,127.0.0.1,127.0.0.1&port={ports}")
    told = ""
    for arguments in (["migrate", "-v0"], ["shell", "--no-imports", "-c", COUNT.format(name)]):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        told = done.stdout
    return told.strip()


@pytest.mark.night
def test_clusters_are_set_up_and_survive_their_primary_by_what_the_documents_say(
    servers: list[Server], tmp_path: Path
) -> None:
    kb1, kb2, kb3 = servers
    set_up(servers)
    assert count(servers, tmp_path, "ada") == "replica 1"

    kb1.run("pg_ctl", "-D", str(kb1.folder), "-m", "immediate", "stop")
    of_both, of_first, of_other = re.split(r"^--.*\n", documented("sql", "pg_promote"), flags=re.MULTILINE)[1:]
    assert all(server.sql(of_both).count("/") == 1 for server in (kb2, kb3))
    kb2.sql(of_first)
    kb3.sql(by_port(of_other, servers))
    follow(kb2, {"kb3"})
    assert count(servers, tmp_path, "eve") == "replica 2"

    shutil.rmtree(kb1.folder)
    copy(kb1, servers, HOSTS[1])
    follow(kb2, {"kb1", "kb3"})
