"""Keeps what was read or worked out, bounded in bytes or in number, for all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from cachetools import LRUCache

Key = TypeVar("Key")
Value = TypeVar("Value")


def _one(_value: object) -> int:
    return 1


class Bounded(Generic[Key, Value]):
    """A cache of at most so much; what was not asked for the longest goes first."""

    def __init__(self, most: int, size: Callable[[Value], int] = _one) -> None:
        self._kept: LRUCache[Key, Value] = LRUCache(most, size)
        self._turn = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """What is kept under the key."""
        with self._turn:
            try:
                return self._kept[key]
            except KeyError:
                return None

    def put(self, key: Key, value: Value) -> Value:
        """Keep the value, unless it alone is too large, and give it back."""
        with self._turn:
            try:
                self._kept[key] = value
            except ValueError:
                self._kept.pop(key, None)
        return value

    def made(self, key: Key, make: Callable[[], Value]) -> Value:
        """What is kept under the key, made when it is not there. Two threads may make it at once."""
        found = self.get(key)
        return self.put(key, make()) if found is None else found
