"""The command line of the product: `manage.py` of a checkout, `troubleshooting-kb` of an installed package."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from io import TextIOWrapper

when_done: list[Callable[[list[str]], None]] = []
"""What is called when a command went well, with its name and arguments."""
STOPPED_BY_ITS_READER = 141  # what a shell says of programs that SIGPIPE ended


def main() -> None:
    """Run the command that the arguments name; what is wrong around it is one sentence, and status 1."""
    if sys.argv[1:] == ["--version"]:
        from kb.config.version import version  # noqa: PLC0415 - needs no settings, where all else does

        sys.stdout.write(f"{version()}\n")
        return
    _say_any_name()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - once it knows the settings

    try:
        _refuse_half_a_library()
        execute_from_command_line(sys.argv)
        for tell in when_done if sys.argv[1:] else ():
            tell(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        if not _nobody_listens():
            raise
        sys.exit(STOPPED_BY_ITS_READER)
    except Exception as error:
        from kb.config.outages import sentence  # noqa: PLC0415

        told = None if "--traceback" in sys.argv else sentence(error)
        if told is None:
            raise
        sys.exit(told)


def _say_any_name() -> None:
    """Let the output hold names of files that are no text, or that it has no letters for; others are as they were."""
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _refuse_half_a_library() -> None:
    from kb.config.backup import unfinished  # noqa: PLC0415 - it needs settings, as what follows does

    if sys.argv[1:] and (why := unfinished.why_not(sys.argv[1])):
        sys.exit(why)


def _nobody_listens() -> bool:
    """Whether who read the output has gone, as `head` does; nothing more is written to it then."""
    asked = select.poll()
    asked.register(sys.stdout, select.POLLOUT)
    if not any(event & select.POLLERR for _, event in asked.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still writes at its end
    return True
