"""A crowd at a served site that keeps its data in SQLite: writers who publish again and again, and readers.

    python -m tests.support.sqlite_crowd ADDRESS SECONDS WRITERS READERS

Prints what each was answered, as JSON: how many reads and writes, the statuses that are no 200 and what they said, and
in seconds how long their answers were waited for: half of them at most, 99 of 100, and the longest, with its page.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.support.signed_in import SignedIn

PASSWORD = "correct horse battery"
PATIENCE_SECONDS = 5
TOO_MANY = 429
CAME_AGAIN = "asked to come again"
AGAIN = "Other texts are being read just now."  # what the product says to one writer too many at a moment
READ = ("/", "/guides/slow/", "/search/?q=slow+{n}", "/troubleshoot/?symptom=slow+{n}", "/api/v1/guides", "/codes/")


class Crowd:
    """What it was answered."""

    def __init__(self, address: str, seconds: float) -> None:
        self.address, self.ends = address, time.monotonic() + seconds
        self.done, self.wrong = Counter[str](), list[str]()
        self.waits = defaultdict[str, list[tuple[float, str]]](list)
        self._lock = threading.Lock()

    @contextmanager
    def waiting(self, name: str, page: str) -> Iterator[None]:
        """Note how long the answer is waited for."""
        start = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self.waits[name].append((round(time.monotonic() - start, 2), page))

    def told_of_waits(self) -> dict[str, dict[str, object]]:
        """Of each kind of wait: half of them at most, 99 of 100, the longest, and how many were over five seconds."""
        told: dict[str, dict[str, object]] = {}
        for name, waits in self.waits.items():
            in_order = sorted(waits)
            longest, page = in_order[-1]
            told[name] = {
                "answers": len(in_order),
                "half": in_order[len(in_order) // 2][0],
                "99 of 100": in_order[len(in_order) * 99 // 100][0],
                "longest": longest,
                "longest of": page,
                "over five seconds": sum(wait > PATIENCE_SECONDS for wait, _page in in_order),
            }
        return told

    def until_the_end(self, name: str, do: Callable[[int], None]) -> None:
        """Do it again and again, and count what comes of it."""
        number = 0
        while time.monotonic() < self.ends:
            number += 1
            try:
                do(number)
            except urllib.error.HTTPError as error:
                said = error.read().decode(errors="replace")
                with self._lock:
                    if AGAIN in said:
                        self.done[CAME_AGAIN] += 1
                    else:
                        self.wrong.append(f"{name} {number}: {error.code} {said[-400:]}")
                time.sleep(1)
            except (OSError, AssertionError) as error:
                with self._lock:
                    self.wrong.append(f"{name} {number}: {error!r:.400}")
            else:
                with self._lock:
                    self.done[name] += 1

    def read(self, who: int) -> Callable[[int], None]:
        """Somebody who reads one page after another."""

        def once(number: int) -> None:
            address = READ[(who + number) % len(READ)].replace("{n}", f"{who}x{number}")
            with self.waiting("read", address):
                urllib.request.urlopen(self.address + address, timeout=60).read()
            if address.startswith("/guides/"):
                self.tell_what_was_read()

        return once

    def tell_what_was_read(self) -> None:
        """What the page's script tells the site, unseen by who reads; more of it than the limit lets through."""
        told, own = b"guide=slow&section=", {"Sec-Fetch-Site": "same-origin"}
        try:
            with self.waiting("tell", "/reading/viewed/"):
                urllib.request.urlopen(urllib.request.Request(self.address + "/reading/viewed/", told, own), timeout=60)
        except urllib.error.HTTPError as error:
            if error.code != TOO_MANY:
                raise

    def write(self, who: int) -> Callable[[int], None]:
        """Somebody who publishes a text, and another one, in a guide of their own."""
        person, slug = Writer(self, f"writer{who}"), f"of-{who}"

        def once(number: int) -> None:
            old = re.search(r"Wait \S+", person.text_of(slug))
            assert old
            person.publish(slug, old[0], f"Wait {number}")

        return once


class Writer(SignedIn):
    """One of the crowd who is signed in; what they wait for is noted."""

    def __init__(self, crowd: Crowd, name: str) -> None:
        self.crowd = crowd
        super().__init__(crowd.address, name, PASSWORD)

    def open(self, address: str, data: bytes | None = None) -> str:
        """The page at an address."""
        with self.crowd.waiting("write", f"{'GET' if data is None else 'POST'} {address}"):
            return super().open(address, data)


def main(address: str, seconds: float, writers: int, readers: int) -> None:
    """Let them all at it, then tell."""
    crowd = Crowd(address, seconds)
    tasks = [("write", crowd.write(who)) for who in range(writers)] + [
        ("read", crowd.read(who)) for who in range(readers)
    ]
    crowd.ends = time.monotonic() + seconds
    crowd.waits.clear()  # nobody signs in while the others write
    threads = [threading.Thread(target=crowd.until_the_end, args=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {"done": crowd.done, "wrong": crowd.wrong[:50], "count": len(crowd.wrong), "waits": crowd.told_of_waits()}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
