"""Keeps pages of signed-out readers where the processes of all machines find them, signed with the site's key.

A page that the Redis of `kb.config.shared_memory` did not have from this site is taken for none.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from itertools import chain
from sys import getsizeof

from django.conf import settings
from django.http import HttpResponse

from kb.config.shared_memory import AwayError, shared

DIGEST = "sha256"
DIGEST_SIZE = 32
OVERHEAD = 1000  # bytes that Python and the store need for each page, beside what the page holds


@dataclass(frozen=True, slots=True)
class Page:
    """What is sent again."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def size(self) -> int:
        """The bytes of memory that it takes, its key among them."""
        return OVERHEAD + len(self.content) + sum(map(getsizeof, chain(*self.headers)))

    def response(self) -> HttpResponse:
        """An answer of its own for one reader, to whom middleware may add."""
        return HttpResponse(self.content, status=self.status, headers=dict(self.headers))


def get(key: str) -> Page | None:
    """The page that some process kept under a key, if there is a Redis that has it."""
    memory = shared()
    if not memory.is_there:
        return None
    try:
        packed = memory.get(f"page:{key}")
    except AwayError:
        return None
    if packed is None or not hmac.compare_digest(packed[:DIGEST_SIZE], _signature(key, packed[DIGEST_SIZE:])):
        return None
    head, _, content = packed[DIGEST_SIZE:].partition(b"\n")
    status, headers = json.loads(head)
    return Page(status, tuple((name, value) for name, value in headers), content)


def put(key: str, page: Page, seconds: int) -> None:
    """Keep a page for the other processes, if there is a Redis that takes it."""
    memory = shared()
    if not memory.is_there:
        return
    packed = json.dumps([page.status, page.headers]).encode() + b"\n" + page.content
    try:
        memory.put(f"page:{key}", _signature(key, packed) + packed, seconds)
    except AwayError:
        return


def _signature(key: str, packed: bytes) -> bytes:
    name = f"kb.web.shared_pages\0{key}\0".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), name + packed, DIGEST)
