"""Says where what is shipped beside the code lies: around it in a checkout, within it in an installed package.

`pyproject.toml` says what an installed package has in its folder `shipped`.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_WITHIN = _PACKAGE / "shipped"

NAME = "troubleshooting-kb"
IS_INSTALLED = _WITHIN.is_dir()
SHIPPED = _WITHIN if IS_INSTALLED else _PACKAGE.parent
"""The folder of guides, static files and documents."""
PLACE = Path.cwd() if IS_INSTALLED else _PACKAGE.parent
"""What paths in settings are taken from; nothing is ever written into an installed package."""
PROGRAM = NAME if IS_INSTALLED else "manage.py"
"""What people type before the name of a command."""
