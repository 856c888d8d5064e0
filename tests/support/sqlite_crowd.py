"""A crowd at a served site that keeps its data in SQLite: writers who publish again and again, and readers.

    python -m tests.support.sqlite_crowd ADDRESS SECONDS WRITERS READERS

Prints what each was answered, as JSON: how many reads and writes, the statuses that are no 200, and what they said.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable

from tests.support.signed_in import SignedIn

PASSWORD = "correct horse battery"
AGAIN = "Other texts are being read just now."  # what the product says to one writer too many at a moment
READ = ("/", "/guides/slow/", "/search/?q=slow+{n}", "/troubleshoot/?symptom=slow+{n}", "/api/v1/guides", "/codes/")


class Crowd:
    """What it was answered."""

    def __init__(self, address: str, seconds: float) -> None:
        self.address, self.ends = address, time.monotonic() + seconds
        self.done, self.wrong = Counter[str](), list[str]()
        self._lock = threading.Lock()

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
                        self.done["asked to come again"] += 1
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
            urllib.request.urlopen(self.address + address, timeout=60).read()

        return once

    def write(self, who: int) -> Callable[[int], None]:
        """Somebody who publishes a text, and another one, in a guide of their own."""
        person, slug = SignedIn(self.address, f"writer{who}", PASSWORD), f"of-{who}"

        def once(number: int) -> None:
            old = re.search(r"Wait \S+", person.text_of(slug))
            assert old
            person.publish(slug, old[0], f"Wait {number}")

        return once


def main(address: str, seconds: float, writers: int, readers: int) -> None:
    """Let them all at it, then tell."""
    crowd = Crowd(address, seconds)
    tasks = [("write", crowd.write(who)) for who in range(writers)] + [
        ("read", crowd.read(who)) for who in range(readers)
    ]
    crowd.ends = time.monotonic() + seconds
    threads = [threading.Thread(target=crowd.until_the_end, args=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps({"done": crowd.done, "wrong": crowd.wrong[:50], "count": len(crowd.wrong)}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
