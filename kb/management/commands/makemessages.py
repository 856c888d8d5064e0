"""Looks for the words to translate, as Django does, and for those that stand in a `Phrase`."""

from __future__ import annotations

from pathlib import Path

from django.core.management.commands import makemessages

CHANGING = ('"POT-Creation-Date', '"Report-Msgid-Bugs-To')


class Command(makemessages.Command):
    """`manage.py makemessages`, which `make messages` runs."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=Phrase"]

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Write the file of a language without the time, so that it changes with its words only."""
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(CHANGING)))
