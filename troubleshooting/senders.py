"""Someone who sends a form in; out, whether that is one too many in this minute. Addresses are hashed, never stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from kb.network import network_address

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_FROM_ONE = 12
MOST_FROM_ALL = 30

_key = secrets.token_bytes(32)


class _Minute:
    """Who sent how often in this minute, in this process, under a key that ends with it."""

    def __init__(self) -> None:
        self.minute = -1
        self.sent: Counter[bytes] = Counter()
        self.turn = threading.Lock()

    def is_too_much(self, sender: bytes) -> bool:
        """Count one more of this sender, unless there were too many; whether there were."""
        with self.turn:
            minute = int(time.monotonic() // 60)
            if minute != self.minute:
                self.minute = minute
                self.sent.clear()
            if self.sent[sender] >= MOST_FROM_ONE or self.sent.total() >= MOST_FROM_ALL:
                return True
            self.sent[sender] += 1
            return False

    def forget(self) -> None:
        """Start a new minute."""
        self.sent.clear()


_minute = _Minute()


def is_too_much(request: HttpRequest) -> bool:
    """Whether a signed-out reader, or all of them together, sent too much in this minute; counts this one."""
    if request.user.is_authenticated:
        return False
    return _minute.is_too_much(hmac.digest(_key, network_address(request).encode(), hashlib.sha256))


def forget() -> None:
    """Count from nothing."""
    _minute.forget()
