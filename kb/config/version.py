"""Says which version of the product this is, which pyproject.toml alone decides."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata

from kb.config.environment import BASE_DIR

NAME = "troubleshooting-kb"


@cache
def version() -> str:
    """The version of this checkout, or of the package that is installed."""
    project = BASE_DIR / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text())["project"]["version"])
    return metadata.version(NAME)
