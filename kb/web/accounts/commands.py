"""Tells administrators of commands that concern accounts, or delete what is stored of people."""

from __future__ import annotations

from kb.models import Act

TOLD = {
    "axes_reset",
    "axes_reset_ip",
    "axes_reset_ip_username",
    "axes_reset_username",
    "changepassword",
    "createsuperuser",
    "forget",
    "forget_handovers",
}


def note_command(arguments: list[str]) -> None:
    """Remember that a command was run on the server, if it is one of those; not what it was told."""
    name, *rest = arguments
    if name in TOLD and "--dry-run" not in rest:
        Act.objects.note("", f"ran {name}")
