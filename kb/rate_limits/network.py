"""Tells where a request comes from: its network address and network, behind a proxy too, and the site that sent it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from kb.content.patterns import linear

if TYPE_CHECKING:
    from django.http import HttpRequest

NETWORK_OF_4, NETWORK_OF_6 = 24, 64
UNKNOWN = "unknown"
MOST_REMEMBERED = 1000  # addresses, for the moment in which somebody reads

_WITH_PORT = linear(r"\[(?P<six>[0-9a-fA-F:.]+)\](?::\d{1,5})?|(?P<four>[0-9.]+):\d{1,5}")


def network_address(request: HttpRequest) -> str:
    """Where the request comes from: behind a proxy, what the proxy itself put last into the header.

    An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address.
    """
    remote_address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.ENVIRONMENT.https:
        forwarded = _ip_address(str(request.headers.get("X-Forwarded-For", "")).rpartition(",")[2].strip())
        if forwarded is not None:
            return str(forwarded)
    return str(_ip_address(remote_address) or remote_address)


def network_of(request: HttpRequest) -> str:
    """The network that the request comes from: a /24 of IPv4, a /64 of IPv6, which one household or office has."""
    return _network(network_address(request))


@lru_cache(MOST_REMEMBERED)
def _network(text: str) -> str:
    address = _ip_address(text)
    if isinstance(address, IPv4Address):
        return str(IPv4Network((int(address), NETWORK_OF_4), strict=False))
    return _network_of_6(address) if address else UNKNOWN


def hidden_address(request: HttpRequest) -> str:
    """An address that stands for the sender's and tells it to nobody, for what must be given one: always the same.

    Of IPv6 it stands for the network, as a single machine there has any number of addresses.
    """
    address = _ip_address(network_address(request))
    shown = _network_of_6(address) if isinstance(address, IPv6Address) else str(address or UNKNOWN)
    digest = salted_hmac("kb.rate_limits.network.hidden", shown, algorithm="sha256").digest()
    return str(IPv6Address(b"\xfd" + digest[:15]))


@lru_cache(MOST_REMEMBERED)
def _ip_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, which some proxies write with a port; None for what is none."""
    if found := _WITH_PORT.fullmatch(text):
        text = found["six"] or found["four"]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _network_of_6(address: IPv6Address) -> str:
    return str(IPv6Network((int(address), NETWORK_OF_6), strict=False))


def host_of(address: str) -> str:
    """The host and port that a web address names; '' for a text that is no address."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
