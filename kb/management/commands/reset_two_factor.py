"""`manage.py reset_two_factor`: let somebody who lost their phone and their recovery codes in by the password alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from kb.models import Act
from kb.web.accounts import two_factor

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Turn the codes of one account off."""

    help = "Ask an account for no two-factor codes any more, until its owner sets them up again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("name", help="Name of the account")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Turn them off, and say so."""
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no account with the name {options['name']!r}.")
        if not two_factor.turn_off(user):
            self.stdout.write(f"{user.get_username()} has no two-factor codes.")
            return
        Act.objects.note("", f"turned off the two-factor codes of {user.get_username()}")
        self.stdout.write(f"{user.get_username()} signs in by the password alone now.")
