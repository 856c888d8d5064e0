"""Looks for the words to translate, as Django does, and for those that stand in a `Phrase`."""

from __future__ import annotations

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """`manage.py makemessages`, which `make messages` runs."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=Phrase"]
