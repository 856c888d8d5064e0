"""`manage.py forget`: delete what is stored of people when it is old, or one handed-over walk by its reference."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from kb.config import timer
from kb.content.numbers import whole_number
from troubleshooting.forgetting.kinds import forget_older_than
from troubleshooting.forgetting.walks import NoSuchWalkError, forget_walk

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

LONGEST_DAYS = 36_500


def days(text: str) -> timedelta:
    """An age such as `90d`."""
    number = whole_number(text.removesuffix("d"), 1, LONGEST_DAYS) if text.endswith("d") else None
    if number is None:
        raise ArgumentTypeError(f"{text} is no age: give days, such as 90d.")
    return timedelta(days=number)


class Command(BaseCommand):
    """Forget what is too old, what is older than asked for, or one walk."""

    help = "Delete what is stored of people: what is too old, what is older than an age, or one handed-over walk."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to forget."""
        parser.add_argument("reference", nargs="?", help="Reference of a handed-over walk, such as CDFG-HJKM-3479")
        parser.add_argument("--older-than", type=days, metavar="90d", help="Age of what is deleted, of every kind")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be deleted, and delete nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Delete it, and say how much it was."""
        reference, age, dry_run = options["reference"], options["older_than"], options["dry_run"]
        if reference and age:
            raise CommandError("Give a reference or an age, not both.")
        if reference:
            try:
                deleted = forget_walk(reference, dry_run=dry_run)
            except NoSuchWalkError as error:
                raise CommandError(str(error)) from None
        else:
            deleted = forget_older_than(age, dry_run=dry_run)
            if not dry_run:
                timer.done("forget")
        for name, number in deleted.items():
            self.stdout.write(f"{'would be deleted' if dry_run else 'deleted'}: {number} {name}")
        if not deleted:
            self.stdout.write("Nothing stored is that old.")
