#!/usr/bin/env python
"""Django's command line for this project."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command that the arguments name; what is wrong around it is one sentence, and status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        from kb.config.outages import sentence

        told = None if "--traceback" in sys.argv else sentence(error)
        if told is None:
            raise
        sys.exit(told)


if __name__ == "__main__":
    main()
