"""Sockets that dawdle keep nobody else waiting, and lose their place in the end."""

from __future__ import annotations

import contextlib
import http.client
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.config.server import HEADER_BYTES, LARGEST_BODY, MOST_CONNECTIONS, MOST_ON_DISK
from tests.support.served import prepared_in, served, wait_for, workers_of

pytestmark = pytest.mark.slow

TRIES = 20
MANY = 200
ASKED = b"GET /guides/slow/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM = b"POST /accounts/sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"

Running = tuple[int, "subprocess.Popen[str]", list[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    """A site of one process, with a guide that is larger than what the system holds for a reader."""
    environment = prepared_in(folder)
    large = "# Large\n" + ("\n" + "It goes on and on and never comes to its point. " * 200 + "\n") * 90
    (Path(environment["KB_CONTENT_DIR"]) / "large.md").write_text(large)
    with served(environment) as (_base, process, output):
        yield int(environment["PORT"]), process, output


@contextlib.contextmanager
def _dawdling(port: int, sent: bytes, many: int = MANY) -> Iterator[list[socket.socket]]:
    """So many connections that sent this and read nothing."""
    with contextlib.ExitStack() as stack:
        sockets = []
        for _ in range(many):
            dawdler = stack.enter_context(socket.socket())
            dawdler.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            dawdler.settimeout(30)
            dawdler.connect(("127.0.0.1", port))
            dawdler.sendall(sent)
            sockets.append(dawdler)
        yield sockets


def _read(port: int, address: str = "/guides/slow/") -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def _answer(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


DAWDLERS = {
    "nothing": b"",
    "a line": b"GET /guides/sl",
    "headers": ASKED,
    "body": ASKED + b"Content-Length: 5\r\n\r\nhal",
    "form": FORM + b"Content-Length: 1000000\r\n\r\n" + b"username=" * 1000,
    "chunks": FORM + b"Transfer-Encoding: chunked\r\n\r\nff\r\nusername=",
    "continue": FORM + b"Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
    "reading": ASKED.replace(b"slow", b"large") + b"\r\n",
    "many pages": (ASKED + b"\r\n") * 150,
    "many large pages": (ASKED.replace(b"slow", b"large") + b"\r\n") * 100,
}
OFTEN = ("headers", "form", "many large pages")  # before, in and after a request


@pytest.mark.parametrize(
    "sent",
    [pytest.param(sent, id=name, marks=() if name in OFTEN else pytest.mark.night) for name, sent in DAWDLERS.items()],
)
def test_a_reader_is_answered_while_many_sockets_dawdle(running: Running, sent: bytes) -> None:
    port, _process, _output = running
    with _dawdling(port, sent):
        for _ in range(20):
            assert "Slow mornings" in _read(port)
        assert "its point" in _read(port, "/guides/large/")


def test_more_sockets_than_there_is_room_for_make_room(running: Running) -> None:
    port, _process, _output = running
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    many = MOST_CONNECTIONS + 100
    if hard != resource.RLIM_INFINITY and hard < many + 200:
        pytest.skip(f"this machine lets a process open {hard} files; {many + 200} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (many + 200, hard))
    with _dawdling(port, ASKED, many):
        for _ in range(5):
            assert "Slow mornings" in _read(port)


def test_what_a_large_answer_holds_arrives_whole(running: Running) -> None:
    port, _process, _output = running
    with _dawdling(port, ASKED.replace(b"slow", b"large") + b"Connection: close\r\n\r\n", 1) as (slow,):
        time.sleep(1)
        head, _, body = _answer(slow).partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert body.decode() == _read(port, "/guides/large/").replace(f"127.0.0.1:{port}", "127.0.0.1")


def test_small_requests_that_come_at_once_are_answered(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running[0]), timeout=20) as asking:
        asking.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 3)
        told = b""
        while told.count(b"HTTP/1.1 200") < 3:
            piece = asking.recv(65536)
            assert piece, told
            told += piece


def test_an_answer_to_head_is_its_head_alone(running: Running) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", running[0], timeout=20)) as connection:
        for address in ("/guides/slow/", "/healthz", "/static/kb.css", "/nothing/"):
            connection.request("HEAD", address)
            with connection.getresponse() as answer:
                assert answer.read() == b""
            connection.request("GET", "/guides/slow/")
            with connection.getresponse() as answer:
                assert b"</html>" in answer.read()
    with socket.create_connection(("127.0.0.1", running[0]), timeout=20) as asking:
        asking.sendall(ASKED.replace(b"GET", b"HEAD") + b"Connection: close\r\n\r\n")
        told = b""
        while piece := asking.recv(65536):
            told += piece
    assert told.endswith(b"\r\n\r\n")
    assert told.count(b"\r\n\r\n") == 1


def test_requests_that_come_at_once_are_answered_in_turn(running: Running) -> None:
    port, _process, _output = running
    asked = b"".join(ASKED.replace(b"slow", name) + b"\r\n" for name in (b"slow", b"large") * 5)
    with _dawdling(port, asked + ASKED + b"Connection: close\r\n\r\n", 1) as (slow,):
        answered = _answer(slow)
    assert answered.count(b"HTTP/1.1 200 OK") == 11
    assert answered.count(b"<title>Large") == 5


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (ASKED + b"X: " + b"x" * HEADER_BYTES + b"\r\n\r\n", b"431"),
        (b"GET /" + b"x" * HEADER_BYTES + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"431"),
        (FORM + b"Content-Length: %d\r\n\r\n" % LARGEST_BODY, b"413"),
        (FORM + b"Content-Length: nine\r\n\r\n", b"400"),
        (FORM + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"400"),
    ],
)
def test_what_is_too_large_or_no_request_is_refused(running: Running, sent: bytes, status: bytes) -> None:
    port, _process, _output = running
    with _dawdling(port, sent, 1) as (one,):
        assert _answer(one).split()[1] == status
    assert "Slow mornings" in _read(port)


def test_half_sent_bodies_fill_no_disk(running: Running) -> None:
    port, _process, _output = running
    large = LARGEST_BODY - 1
    head = FORM + b"Content-Length: %d\r\n\r\n" % large
    half = head + b"username=".ljust(large - 1, b"x")
    fit = MOST_ON_DISK // LARGEST_BODY
    with contextlib.ExitStack() as stack:
        older = stack.enter_context(_dawdling(port, half, fit))
        (newest,) = stack.enter_context(_dawdling(port, half, 1))
        told = _answer(newest)
        assert told.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: " in told
        assert len(told.partition(b"\r\n\r\n")[2]) == int(told.partition(b"Content-Length: ")[2].split()[0])
        (small,) = stack.enter_context(_dawdling(port, FORM + b"Content-Length: 1\r\nConnection: close\r\n\r\nx", 1))
        assert _answer(small).startswith(b"HTTP/1.1 403 ")
        older[0].sendall(b"x")
        assert older[0].recv(13).startswith(b"HTTP/1.1 4")
        # Its room on the disk is free a moment after its answer is sent.
        assert any(_is_taken(port, half) for _ in range(TRIES))


def _is_taken(port: int, half: bytes) -> bool:
    with _dawdling(port, half.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), 1) as (one,):
        one.sendall(b"x")
        return _answer(one).startswith(b"HTTP/1.1 4")


@pytest.mark.night
@pytest.mark.parametrize("drop", [b"", b"X-Y: z\r\n"])
def test_headers_that_never_end_are_given_up(running: Running, drop: bytes) -> None:
    port, _process, _output = running
    with _dawdling(port, ASKED, 1) as (slow,):
        slow.settimeout(1)
        for _ in range(60):
            with contextlib.suppress(TimeoutError):
                answered = _answer(slow)
                break
            slow.sendall(drop)
        else:
            raise AssertionError("the connection was never closed")
    assert answered.startswith(b"HTTP/1.1 408 ")
    assert b"send it again" in answered


@pytest.mark.skipif(not Path("/proc").exists(), reason="workers are found by what Linux says in /proc")
def test_a_worker_that_died_is_followed_by_another(running: Running) -> None:
    port, process, _output = running
    (worker,) = workers_of(process)
    os.kill(worker, signal.SIGKILL)
    wait_for(f"http://127.0.0.1:{port}")
    assert "Slow mornings" in _read(port)
    assert workers_of(process) != [worker]


@pytest.mark.night
def test_who_is_being_answered_when_the_server_stops_is_answered(tmp_path: Path) -> None:
    environment = prepared_in(tmp_path)
    with served(environment) as (_base, process, output), socket.socket() as late:
        late.settimeout(30)
        late.connect(("127.0.0.1", int(environment["PORT"])))
        late.sendall(FORM + b"Content-Length: 9\r\nConnection: close\r\n\r\nuser")
        with _dawdling(int(environment["PORT"]), b"", 20):
            assert "Slow mornings" in _read(int(environment["PORT"]))
            process.send_signal(signal.SIGTERM)
            time.sleep(2)
            late.sendall(b"name=")
            assert b"HTTP/1.1 403" in _answer(late)
            assert process.wait(30) == 0
    said = "".join(output).rpartition("stop with Ctrl-C\n")[2].splitlines()
    assert [line for line in said if "CSRF cookie not set" not in line] == []


@pytest.mark.night
def test_ctrl_c_is_silent_while_sockets_dawdle(tmp_path: Path) -> None:
    environment = prepared_in(tmp_path)
    with contextlib.ExitStack() as stack:
        with served(environment) as (_base, process, output):
            for sent in (b"", ASKED, FORM + b"Content-Length: 9\r\n\r\n", (ASKED + b"\r\n") * 100):
                stack.enter_context(_dawdling(int(environment["PORT"]), sent, 10))
            assert "Slow mornings" in _read(int(environment["PORT"]))
        assert process.returncode == 0
        assert "".join(output).rpartition("stop with Ctrl-C\n")[2] == ""
