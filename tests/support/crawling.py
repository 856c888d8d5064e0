"""Follows the links of the site, as somebody who looks at everything would."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

NEVER_FOLLOWED = ("/static/", "/admin/logout/", "/accounts/sign-out/")


def links(page: str, address: str) -> set[str]:
    """The addresses of this site that a page or a feed names."""
    found = re.findall(
        r'(?:href|src|action|hx-get|data-[a-z-]+)="([^"]+)"|<(?:loc|id)>([^<]+)<|"url": ?"([^"]+)"', page
    )
    whole = (urljoin(f"http://testserver{address}", unescape("".join(one))) for one in found)
    parts = (urlsplit(one) for one in whole)
    return {
        f"{part.path}{'?' + part.query if part.query else ''}"
        for part in parts
        if part.netloc == "testserver" and part.scheme == "http" and not part.path.startswith(NEVER_FOLLOWED)
    }


def crawl(client: Client, beginnings: Iterable[str], most: int) -> Iterator[tuple[str, Any]]:
    """At most so many pages with their answers, each once; one that leads on is followed."""
    waiting, count = deque(beginnings), 0
    seen = set(waiting)
    while waiting and count < most:
        address = waiting.popleft()
        response = client.get(address)
        if response.has_header("Location"):
            response = client.get(response.headers["Location"])
        count += 1
        yield address, response
        if response.streaming:
            continue
        new = {found for found in links(response.content.decode(), address) if "next=" not in found} - seen
        seen |= new
        waiting.extend(sorted(new))
