"""Where a request comes from: its network address, behind a proxy too, and the site of the page that sent it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def network_address(request: HttpRequest) -> str:
    """Where the request comes from: behind a proxy, what the proxy itself put last into the header."""
    own = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.ENVIRONMENT.https:
        return own
    forwarded = str(request.headers.get("X-Forwarded-For", "")).rpartition(",")[2].strip()
    try:
        return str(ip_address(forwarded))
    except ValueError:
        return own


def host_of(address: str) -> str:
    """The host and port that a web address names; '' for a text that is no address."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
