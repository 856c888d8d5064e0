"""What server processes of all machines share beside the database: a Redis, which may be away at any time.

Nothing that is kept there is missed when it is gone. While it is away, it is asked again every few seconds by one
thread; whoever else asks is told at once that it is away, and does without.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar, cast

import redis
from django.conf import settings
from django.utils.crypto import salted_hmac
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LostConnectionError
from redis.retry import Retry

PAUSE_SECONDS = 2.0
ANSWER_SECONDS = 0.5
COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then
    redis.call('EXPIRE', KEYS[1], ARGV[2])
end
if count > tonumber(ARGV[1]) then
    redis.call('DECR', KEYS[1])
    return 0
end
return 1
"""
TAKE_BACK = "if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end"

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class AwayError(Exception):
    """It can't be asked just now, or there is none."""


class SharedMemory:
    """One Redis; the names of this site begin with a word of its own there, which is made of its secret key."""

    def __init__(self, url: str) -> None:
        self._prefix = salted_hmac("kb.config.shared_memory", "", algorithm="sha256").hexdigest()[:12]
        self._lock = threading.Lock()
        self._asked_again_at = 0.0
        self._is_away = False
        self._client = _client(url) if url else None

    @property
    def is_there(self) -> bool:
        """Whether there is one, which may be away."""
        return self._client is not None

    def get(self, name: str) -> bytes | None:
        """What is kept under a name; None for nothing. AwayError."""
        return cast("bytes | None", self._asked(lambda client: client.get(self._key(name))))

    def put(self, name: str, value: bytes, seconds: int) -> None:
        """Keep something for so long at most. AwayError."""
        self._asked(lambda client: client.set(self._key(name), value, ex=seconds))

    def count(self, name: str, most: int, seconds: int) -> bool:
        """Count one more for so many seconds, unless `most` were counted; whether it was. AwayError."""
        return bool(self._asked(lambda client: client.eval(COUNT, 1, self._key(name), str(most), str(seconds))))

    def take_back(self, name: str) -> None:
        """Count one less. AwayError."""
        self._asked(lambda client: client.eval(TAKE_BACK, 1, self._key(name)))

    def _key(self, name: str) -> str:
        return f"{self._prefix}:{name}"

    def _asked(self, ask: Callable[[redis.Redis], object]) -> object:
        if self._client is None or not self._may_be_asked():
            raise AwayError
        try:
            answer = ask(self._client)
        except (redis.RedisError, OSError) as error:
            self._note(error)
            raise AwayError from error
        if self._is_away:
            self._note(None)
        return answer

    def _may_be_asked(self) -> bool:
        """Whether it is there as far as is known, or this thread is the one that finds out."""
        if not self._is_away:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._asked_again_at:
                return False
            self._asked_again_at = now + PAUSE_SECONDS
            return True

    def _note(self, error: Exception | None) -> None:
        with self._lock:
            was_away, self._is_away = self._is_away, error is not None
            self._asked_again_at = time.monotonic() + PAUSE_SECONDS
        if error is None and was_away:
            logger.warning("Redis answers again")
        elif error is not None and not was_away:
            logger.warning("Redis does not answer (%s): this process goes on without it", " ".join(str(error).split()))


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        # A connection that was idle while the server was started anew is made once more, without a pause.
        retry=Retry(NoBackoff(), 1, supported_errors=(LostConnectionError,)),
    )


def shared() -> SharedMemory:
    """The one of the settings."""
    return _at(settings.REDIS_URL)


@lru_cache(maxsize=1)
def _at(url: str) -> SharedMemory:
    return SharedMemory(url)
