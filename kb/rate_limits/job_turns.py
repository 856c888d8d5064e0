"""Lets one process of all machines do what is to be done once in a while, by the same counts as the limits."""

from __future__ import annotations

import time

from django.db import connection

from kb.models import Tally
from kb.models.tallies import Place


def is_first(name: str, seconds: float) -> bool:
    """Whether a job has not had its turn in this period of so many seconds by the clock; from now on it has.

    On SQLite there is one machine, whose processes wait for each other already.
    """
    if connection.vendor == "sqlite":
        return True
    length = int(seconds)
    ends = (int(time.time()) // length + 1) * length
    return Tally.objects.add(Place(f"timer/{name}", ends, 0), 1)
