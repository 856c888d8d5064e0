"""Says which version of the product this is, which pyproject.toml alone decides."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata

from kb.config.shipped import IS_INSTALLED, NAME, SHIPPED


@cache
def version() -> str:
    """The version of this checkout, or of the package that is installed."""
    if IS_INSTALLED:
        return metadata.version(NAME)
    return str(tomllib.loads((SHIPPED / "pyproject.toml").read_text())["project"]["version"])


def libraries() -> list[str]:
    """The name and version of each library that is installed beside the product."""
    return sorted(f"{library.name}=={library.version}" for library in metadata.distributions())
