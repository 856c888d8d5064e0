"""Has the proxies that keep pages forget them when something was published.

One that does not answer is told of in the log and asked no more: it gives nothing away for longer than
`KB_SHARED_CACHE_SECONDS` anyway.
"""

from __future__ import annotations

import atexit
import logging
import urllib.error
import urllib.request
from functools import cache

from django.conf import settings

from kb.config import background

ANSWER_SECONDS = 3.0
NOTHING_KEPT = 404  # as some proxies say of what they did not have
TOGETHER_SECONDS = 0.2  # in which several publications are one

logger = logging.getLogger(__name__)


def wake() -> None:
    """Have them asked soon by a thread of the server; by a command, when it ends."""
    if not settings.PURGE_URLS:
        return
    if background.serving.is_set():
        _writer.wake()
    else:
        _ask_at_the_end()


def purge() -> int:
    """Ask all of them now; how many said yes."""
    return sum(_asked(address) for address in settings.PURGE_URLS)


def _purge() -> None:
    purge()


_writer = background.Writer("purge", _purge, TOGETHER_SECONDS)


@cache
def _ask_at_the_end() -> None:
    atexit.register(purge)


def _asked(address: str) -> bool:
    request = urllib.request.Request(address, method="PURGE")  # noqa: S310 - the settings allow HTTP and HTTPS
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310 - see above
            return True
    except urllib.error.HTTPError as error:
        if error.code == NOTHING_KEPT:
            return True
        logger.warning("%s did not forget its pages: it answered %d", address, error.code)
    except OSError as error:
        logger.warning("%s did not forget its pages: %s", address, error)
    return False
