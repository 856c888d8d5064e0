"""What tests share: a library of its own for each test, and ways to fill it with guides written as Markdown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPORA = Path(os.environ.get("KB_CORPORA", Path(__file__).resolve().parent.parent.parent / "shared"))


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of guides that others wrote, for trying the product on them."""
    if not (CORPORA / "corpora").is_dir():
        pytest.skip("the shared corpora are not here; set KB_CORPORA to their folder to run this test")
    return CORPORA
