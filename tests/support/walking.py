"""Walks as people walk them: by the links and buttons of pages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

HERE = {"Sec-Fetch-Site": "same-origin"}
WALK = "/troubleshoot/"
PRINTERS = """
    ---
    category: Printers
    applies_to: [Jetline 5]
    ---
    # Printer trouble

    ## Paper jam

    **Symptoms:**

    - A sheet is stuck in the tray
    - It grinds

    **Solution:**

    1. Pull the sheet out.
    2. Clean the rollers.

    ## Faint print

    **Symptoms:**

    - The letters are pale
    - Stripes run down the page

    **Solution:**

    1. Change the toner.
"""
NETWORK = """
    ---
    category: Network
    applies_to: [Router X]
    ---
    # Network trouble

    ## Time-out

    **Symptoms:**

    - The request takes a minute

    **Solution:**

    1. Check the firewall.

    ## Certificate refused

    **Symptoms:**

    - The browser warns of the certificate

    **Solution:**

    1. Set the clock.
"""


def answers(page: Any) -> dict[str, str]:
    """The answers of a page by their labels, as links."""
    found = re.findall(r'<a class="answer[^"]*" href="([^"]+)"[^>]*>(.*?)</a>', page.content.decode(), re.DOTALL)
    return {re.sub(r"<[^>]+>|\s+", " ", label).strip(): unescape(href) for href, label in found}


def answered(client: Client, page: Any, *labels: str) -> Any:
    """The page after these answers, each the first whose label has these words."""
    for wanted in labels:
        page = client.get(next(href for label, href in answers(page).items() if wanted in label))
        assert page.status_code == 200
    return page


def press(client: Client, said: str, page: Any) -> Any:
    """The page after a button under a solution."""
    html = page.content.decode()
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
    value = next(value for value in re.findall(r'name="outcome" value="([^"]+)"', html) if value.startswith(said))
    sent = {key: unescape(value) for key, value in kept.items()} | {"outcome": value}
    return client.post("/troubleshoot/outcome/", sent, headers=HERE, follow=True)


def start(client: Client) -> Any:
    """The first question."""
    return client.get(f"{WALK}?start=questions")
