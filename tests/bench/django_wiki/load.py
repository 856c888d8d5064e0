"""Writes an article into the wiki for each guide of a JSON file: `python -m tests.bench.django_wiki.load FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django
from django.core.management import call_command


def load(path: Path) -> int:
    """Make the tables, a root, an article for each shelf, and on it one for each guide; returns how many guides.

    A guide is `{"slug", "title", "shelf", "text"}`.
    """
    django.setup()
    call_command("migrate", verbosity=0)
    from django.db import connection, transaction  # noqa: PLC0415 - only after Django was set up
    from wiki.models import URLPath  # noqa: PLC0415

    guides = json.loads(path.read_text())
    with transaction.atomic(), URLPath.objects.delay_mptt_updates():
        root = URLPath.create_root(title="Help Centre", content="What is going wrong?")
        shelves = {
            name: URLPath.create_urlpath(root, name, title=name, content=f"All about {name}.")
            for name in sorted({guide["shelf"] for guide in guides})
        }
        for guide in guides:
            shelf = shelves[guide["shelf"]]
            URLPath.create_urlpath(shelf, guide["slug"], title=guide["title"], content=guide["text"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(guides)


if __name__ == "__main__":
    sys.stdout.write(f"{load(Path(sys.argv[1]))} articles\n")
