"""A way to a server that can be cut, made silent and opened again: with it, tests take a real database away."""

from __future__ import annotations

import contextlib
import socket
import threading


class Proxy:
    """What listens on a port of this machine and hands on, both ways, what comes for another address.

    `taken` counts the connections that it was asked for.
    """

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._open: list[socket.socket] = []
        self._forgotten: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._speaks = threading.Event()
        self._speaks.set()
        self.taken = 0
        self.port = 0
        self.reopen()

    def reopen(self) -> None:
        """Listen, on the same port as before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Hear nobody any more, and break off what goes on."""
        listener, self._listener = self._listener, None
        for each in [listener, *self._open, *self._forgotten]:
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        self._open.clear()
        self._forgotten.clear()

    def hush(self) -> None:
        """Take connections and what they say, and hand nothing on, either way."""
        self._speaks.clear()

    def speak(self) -> None:
        """Hand on again, to those who come anew: who waited all the while is not answered any more."""
        self._forgotten, self._open = self._open, []
        self._speaks = threading.Event()
        self._speaks.set()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                self.taken += 1
                self._open.append(near)
                if not self._speaks.is_set():
                    continue
                far = socket.create_connection(self._behind)
                if self._listener is not listener:  # cut meanwhile
                    far.close()
                    near.close()
                    return
                self._open.append(far)
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_hand_on, args=(*ends, self._speaks), daemon=True).start()


def _hand_on(from_one: socket.socket, to_other: socket.socket, speaks: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := from_one.recv(65536):
            speaks.wait()
            to_other.sendall(data)
    for each in (from_one, to_other):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
