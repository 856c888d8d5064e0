"""Where links on pages of walks lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from troubleshooting.walk.address import Address


@dataclass(frozen=True, slots=True)
class Link:
    """Something to choose, where it leads, and what is said beside it."""

    label: str
    href: str
    note: str = ""
    is_given: bool = False


def address_of(address: Address) -> str:
    """Where a walk stands, as a link."""
    query = address.query()
    return reverse("troubleshooting:walk") + (f"?{query}" if query else "")
