"""`manage.py search_report`: what people searched for in vain, for those who write the guides."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from kb.management.arguments import number_from
from kb.models import SearchRecord
from kb.search.log import record
from kb.search.log.report import Report, SearchGroup, report
from kb.search.meaning import part

MOST_DAYS = record.KEPT.days
SHOWN = 60
MOST_LIKE = 5


class Command(BaseCommand):
    """Tell which searches found nothing, and which found something that nobody opened."""

    help = (
        "List the searches that found nothing and those of which nothing was opened, grouped by their words, the most "
        "frequent first. What is opened is counted in browsers that run JavaScript only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how far to look back and how to tell of it."""
        parser.add_argument(
            "--days",
            type=number_from(1, MOST_DAYS, "a number of days"),
            default=30,
            help=f"Days to look back, up to {MOST_DAYS} (default: 30)",
        )
        parser.add_argument("--json", action="store_true", help="Print all of them as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write what waits in this process, read the records, tell."""
        if record.waiting():
            record.flush()
        since = timezone.now() - timedelta(days=options["days"])
        meaning = part.configured()
        records = SearchRecord.objects.since(since).order_by("searched_at").iterator()
        found = report(records, meaning.grouped if meaning else None)
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(found, options["days"]), indent=2))
        else:
            self._tell(found, options["days"])

    def _tell(self, found: Report, days: int) -> None:
        if not found.searches:
            self.stdout.write(f"Nothing was searched for in {days} days, or KB_SEARCH_LOG is off.")
            return
        self.stdout.write(f"{found.searches} searches in {days} days.")
        tables = (("Nothing was found", found.nothing_found), ("Nothing was opened", found.nothing_opened))
        for heading, groups in tables:
            self.stdout.write(f"\n{heading}: {len(groups) or 'none'}")
            for group in groups[:SHOWN]:
                audience = "  (staff)" if group.audience == "staff" else ""
                self.stdout.write(f"{group.searches:6}  {group.text}{audience}")
                if group.like:
                    self.stdout.write(f"        and in other words: {'; '.join(group.like[:MOST_LIKE])}")
            if len(groups) > SHOWN:
                self.stdout.write(f"        and {len(groups) - SHOWN} more; --json lists all")


def _as_data(found: Report, days: int) -> dict[str, Any]:
    return {
        "days": days,
        "searches": found.searches,
        "nothing_found": list(map(_group, found.nothing_found)),
        "nothing_opened": list(map(_group, found.nothing_opened)),
    }


def _group(group: SearchGroup) -> dict[str, Any]:
    return {
        "text": group.text,
        "words": list(group.words),
        "audience": group.audience,
        "searches": group.searches,
        "like": group.like,
        "last": group.last.isoformat() if group.last else None,
    }
