"""Pages that this process keeps for the next reader: within a number of bytes, for an hour at most.

Pages lie apart from answers to what people type, so that a burst of typing pushes no page out.
"""

from __future__ import annotations

from dataclasses import dataclass
from sys import getsizeof
from threading import Lock

from cachetools import TTLCache
from django.conf import settings
from django.http import HttpResponse

KEPT_SECONDS = 60 * 60
LARGEST = 1_000_000
FOR_ANSWERS = 4  # one part in so many of the room is for answers to what people type
BESIDE = 1000  # bytes that Python and the shelf need for each page, beside what the page holds


@dataclass(frozen=True, slots=True)
class Page:
    """What is sent again."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def size(self) -> int:
        """The bytes of memory that it takes, its key among them."""
        return BESIDE + len(self.content) + sum(getsizeof(word) for pair in self.headers for word in pair)

    def response(self) -> HttpResponse:
        """An answer of its own for one reader, to whom middleware may add."""
        return HttpResponse(self.content, status=self.status, headers=dict(self.headers))


class Shelf:
    """Pages by their keys; the one that was not asked for the longest makes room."""

    def __init__(self, most_bytes: int) -> None:
        self._lock = Lock()
        self._pages: TTLCache[str, Page] = TTLCache(most_bytes, KEPT_SECONDS, getsizeof=Page.size)

    def get(self, key: str) -> HttpResponse | None:
        """The page under the key, if it is kept."""
        with self._lock:
            page = self._pages.get(key)
        return page.response() if page else None

    def put(self, key: str, response: HttpResponse) -> None:
        """Keep a page, unless it is larger than a page may be."""
        page = Page(response.status_code, tuple(response.headers.items()), response.content)
        with self._lock:
            if page.size() <= min(LARGEST, self._pages.maxsize):
                self._pages[key] = page

    def bytes_kept(self) -> int:
        """How much lies here."""
        with self._lock:
            return int(self._pages.currsize)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._pages.clear()


_ROOM = settings.ENVIRONMENT.page_cache_mb * 1_000_000
ANSWERS = Shelf(_ROOM // FOR_ANSWERS)
PAGES = Shelf(_ROOM - _ROOM // FOR_ANSWERS)


def forget() -> None:
    """Keep nothing any more."""
    PAGES.clear()
    ANSWERS.clear()
