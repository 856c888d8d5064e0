"""The pictures in the documents, taken anew: `python -m tests.browser.pictures http://127.0.0.1:8000`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import QUIET

IMAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
PICTURES = {
    "home": "/",
    "walk": "/troubleshoot/?symptom=requests+fail+with+401+since+this+morning",
    "guide": "/guides/invalid-api-key/",
    "search": "/search/?q=conection+timeout",
}


def take(address: str) -> None:
    """Take all pictures of the site at `address`, as a reader with a desk sees it."""
    executable = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        for name, path in PICTURES.items():
            page.goto(address + path)
            page.screenshot(path=IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1])
