"""Finds the links in a guide's page that are written as addresses of this site, and their lines in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.urls import reverse

from kb.content.line_endings import lines
from kb.content.page_links import addresses_in
from kb.content.patterns import counted, linear
from kb.models.slugs import former_address

_LEADS_OUT = linear(r"https?:|/(?:guides|contacts)/", re.IGNORECASE)
_COMES_FROM = linear(r"[\w/.]")
_GOES_ON = counted(r"\.*[\w/#?&=%-]")


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link as it is written: the `address` of a guide, without slashes and in lower case, and the `anchor` there."""

    written: str
    address: str
    anchor: str


def targets_in(html: str) -> list[str]:
    """Where the links of a rendered page lead that are to other sites, or to guides and contacts of this one."""
    return [address for address in addresses_in(html) if _LEADS_OUT.match(address)]


def links_in(html: str) -> Iterator[SiteLink]:
    """The links of a rendered page that lead to guides of this site, each once; those that were relative, too."""
    yield from filter(None, map(read, targets_in(html)))


def read(target: str) -> SiteLink | None:
    """The link to a guide of this site that a target is, None for any other."""
    parts, root = urlsplit(target), reverse("kb:guide-list")
    address = former_address(unquote(parts.path.removeprefix(root)))
    if parts.netloc or not parts.path.startswith(root) or not address:
        return None
    return SiteLink(target, address, unquote(parts.fragment))


def lines_of(written: str, text: str) -> list[int]:
    """The lines (from 1) of a text that write this very address; none where a relative link became it."""
    return [number for number, line in enumerate(lines(text), start=1) if _is_in(line, written)]


def _is_in(line: str, written: str) -> bool:
    """Whether a line has this address, and not one that it is only a part of."""
    at = line.find(written)
    while at >= 0:
        if not _COMES_FROM.match(line[:at][-1:]) and not _GOES_ON.match(line, at + len(written)):
            return True
        at = line.find(written, at + 1)
    return False
