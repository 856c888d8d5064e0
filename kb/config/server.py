"""The server's processes: gunicorn keeps them running, waitress reads their requests.

A connection costs no thread until the whole of its request is there, and none while its reader takes the answer slowly:
those that dawdle, however many, keep nobody else waiting. Each has its time for headers, body and answer, and when
there are too many, those that dawdle longest make room.

Like kb/config/timer.py, this is read before Django is set up, and imports nothing of ours before a worker runs.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import time
from operator import attrgetter
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

SECONDS = {
    "idle": 75,
    "headers": 20,
    "body": 120,
    "answer": 600,
}  # idle: longer than proxies (nginx: 60), who then close
ASKING_SECONDS = SECONDS["idle"] + SECONDS["headers"] + SECONDS["body"]
HEADER_BYTES = 32_768
LARGEST_BODY = 25_000_000  # the largest guide as a form sends it, or several images
IN_MEMORY = 262_144  # of a body or an answer; a larger one waits in a temporary file
LARGEST_ANSWER = 64_000_000  # a thread waits for the reader of a larger one
MOST_ON_DISK = 200_000_000  # of all large bodies of a process
MOST_CONNECTIONS = 1000  # of a process
CROWDED = MOST_CONNECTIONS * 9 // 10
FILES_OF_OTHERS = 100
LOOK_EVERY_SECONDS = 1
SENT_TOGETHER = 2000  # bytes: headers wait for the page that they belong to, which saves a call to the system
TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 52\r\n\r\n"
    b"The request took too long to arrive; send it again.\n"
)
NO_ROOM = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: %d\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 62\r\n\r\nToo much is being sent to this site just now; try again later\n"
) % SECONDS["body"]


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection: it knows how long it has been at what it does, and answers one request after the other."""

    request: Any = None  # the one that is half here
    served = 0
    waits = False  # another request is here, but the answer to the last one is not taken yet
    is_refused = False  # what still comes is read and forgotten, so that the other side reads why
    begun = 0.0
    at = ("idle", 0)  # what it is at, and how many requests it had answered by then
    since = answered = 0.0

    def look(self, now: float) -> None:
        """See what it is at, and since when."""
        at = (self._stage(), self.served)
        if at[1] != self.at[1] or not self.answered:
            self.answered = now
        if at != self.at or not self.since:
            self.at, self.since = at, now

    def is_late(self, now: float) -> bool:
        """Whether the other side has had its time; blank lines between two requests gain none."""
        stage = self.at[0]
        return now - self.since > SECONDS[stage] or (stage != "answer" and now - self.answered > ASKING_SECONDS)

    def is_worked_on(self) -> bool:
        """Whether a thread is at a request of it, or will be."""
        return bool(self.requests) and not self.waits

    def give_up(self) -> None:
        """Close it, with a word to those who were still asking."""
        if self.at[0] in ("headers", "body") and not self.is_refused:
            with contextlib.suppress(OSError):
                self.socket.send(TOO_SLOW)
        self.handle_close()

    def received(self, data: bytes) -> bool:
        """Take what has come, unless all that comes to this process is too much together."""
        if self.is_refused:
            return False
        before = self.request
        taken = bool(super().received(data))
        if self.request is not before:
            self.begun = time.monotonic()
        self.server.bound_bodies(len(data))
        return taken

    def on_disk(self) -> int:
        """The bytes of bodies that wait in temporary files."""
        bodies = [
            request.body_rcv
            for request in (self.request, *self.requests)
            if request is not None and request.body_rcv is not None
        ]
        return sum(size for body in bodies if (size := len(body)) > IN_MEMORY)

    def refuse(self) -> None:
        """Give up a request that is half here, with a word to come again later."""
        with self.requests_lock:
            self.request.close()
            self.request, self.is_refused = None, True
        with contextlib.suppress(OSError):
            self.socket.send(NO_ROOM)
            self.socket.shutdown(socket.SHUT_WR)

    def _stage(self) -> str:
        if self.is_refused:
            return "body"
        if self.requests or self.total_outbufs_len:
            return "answer"
        if self.request is None:
            return "idle"
        return "body" if self.request.headers_finished else "headers"

    def service(self) -> None:
        """Answer the first request."""
        super().service()
        self.served += 1

    def writable(self) -> bool:
        """Whether there is something to do once the reader takes more."""
        return bool(self.waits or super().writable())

    def handle_write(self) -> None:
        """Send what is left, then let the next request be answered.

        Answers that nobody takes would fill the memory and then hold the threads, if they were made ahead.
        """
        if self.waits and self.total_outbufs_len:  # waitress itself holds small answers back while more are asked for
            self._flush_exception(self._flush_some_if_lockable)
        super().handle_write()
        if self.waits and self.connected and not self.total_outbufs_len:
            self.waits = False
            self.server.add_task(self)


class Server(TcpWSGIServer):  # type: ignore[misc]
    """What listens in a worker."""

    channel_class = Channel
    next_look = 0.0
    bodies = 0  # bytes that may be on the disk: those that were counted, and all that came since

    def add_task(self, channel: Channel) -> None:
        """Let a thread answer, unless the reader has yet to take the last answer."""
        if channel.total_outbufs_len:
            channel.waits = True
        else:
            super().add_task(channel)

    def bound_bodies(self, received: int) -> None:
        """Refuse the newest of the large bodies that are half here while all together take too much of the disk."""
        self.bodies += received
        if self.bodies <= MOST_ON_DISK:
            return
        body_sizes = {channel: size for channel in self.active_channels.values() if (size := channel.on_disk())}
        self.bodies = sum(body_sizes.values())
        unfinished = sorted((channel for channel in body_sizes if channel.request is not None), key=attrgetter("begun"))
        while self.bodies > MOST_ON_DISK and unfinished:
            newest = unfinished.pop()
            self.bodies -= body_sizes[newest]
            newest.refuse()

    def maintenance(self, now: float) -> None:
        """Leave the time-outs to `look_after`: a reader who takes nothing is never written to, so never closed."""

    def look_after(self) -> None:
        """Close the connections whose time is over, and those that dawdle longest while there are too many."""
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + LOOK_EVERY_SECONDS
        channels: list[Channel] = list(self.active_channels.values())
        for channel in channels:
            channel.look(now)
            if channel.is_late(now):
                channel.give_up()
        if len(channels) > CROWDED:
            dawdling = sorted((channel for channel in channels if not channel.is_worked_on()), key=attrgetter("since"))
            for channel in dawdling[: len(channels) // 4]:
                channel.give_up()

    def finish(self, seconds: float) -> None:
        """Take no more connections, and let those that are being answered have it."""
        self.accepting = False
        self.del_channel()
        self.socket.close()
        until = time.monotonic() + seconds
        while self.active_channels and time.monotonic() < until:
            for channel in list(self.active_channels.values()):
                channel.look(time.monotonic())
                if channel.at[0] == "idle":
                    channel.give_up()
            wasyncore.loop(timeout=0.1, use_poll=True, map=self._map, count=1)
        self.task_dispatcher.shutdown(timeout=1)


class PatientWorker(Worker):  # type: ignore[misc]
    """A gunicorn worker that has waitress read requests and `threads` threads answer them."""

    server: Server | None = None

    def run(self) -> None:
        """Serve until told to stop, or until gunicorn is gone."""
        server = self.server = self._listen()
        while self.alive and self.ppid == os.getppid():
            self.notify()
            wasyncore.loop(timeout=LOOK_EVERY_SECONDS, use_poll=True, map=server._map, count=1)  # noqa: SLF001
            server.look_after()
        server.finish(max(self.cfg.graceful_timeout - 1, 0))

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop when what is being answered is."""
        super().handle_exit(sig, frame)
        if self.server is not None:
            self.server.pull_trigger()

    def _listen(self) -> Server:
        from django.conf import settings  # noqa: PLC0415 - see above

        _allow_open_files(3 * MOST_CONNECTIONS + FILES_OF_OTHERS)
        (listening,) = self.sockets
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(self.cfg.threads)
        rules = Adjustments(
            sockets=[listening.sock],
            server_name=listening.getsockname()[0],
            ident="",
            connection_limit=MOST_CONNECTIONS,
            max_request_header_size=HEADER_BYTES,
            max_request_body_size=LARGEST_BODY,
            inbuf_overflow=IN_MEMORY,
            outbuf_overflow=IN_MEMORY,
            outbuf_high_watermark=LARGEST_ANSWER,
            # Without a proxy, nobody may speak as one; with one, ours and Django read two of its headers.
            clear_untrusted_proxy_headers=not getattr(settings, "BEHIND_A_PROXY", False),
        )
        rules.send_bytes = SENT_TOGETHER
        family, kind, protocol = listening.sock.family, listening.sock.type, listening.sock.proto
        return Server(
            self.wsgi,
            map={},
            _sock=listening.sock,
            dispatcher=dispatcher,
            adj=rules,
            sockinfo=(family, kind, protocol, listening.getsockname()),
            bind_socket=False,
        )


def _allow_open_files(needed: int) -> None:
    """Let this process have enough files open, as far as the machine allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
