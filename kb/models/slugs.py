"""Makes readable addresses of paths and categories: the same path always asks for the same slug."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from pathlib import PurePosixPath

from anyascii import anyascii
from django.utils.text import slugify

from kb.content.file_names import without_id
from kb.content.patterns import counted, linear

LONGEST_SLUG = 100
MOST_REMEMBERED = 4096  # categories: a library has some hundred, and each page of hits asks for the slugs of all
INDEX_NAMES = {"readme", "index", "_index"}
_ENDING = linear(r"\.(md|markdown|mdx|html?)$")
_SIGNS = linear(r"[._/\\]+")
_WORD_IN_CAMEL_CASE = counted(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def slug_candidates(source: str) -> list[str]:
    """Slugs for a file, the shortest first: its name, then with the folders that it lies in.

    `network/time-outs/README.md` gives `time-outs`, `network-time-outs`.
    """
    path = PurePosixPath(source)
    parts = [*path.parent.parts, path.name[: -len(path.suffix)] if path.suffix else path.name]
    parts = [without_id(part) or part for part in parts]
    if len(parts) > 1 and parts[-1].lower() in INDEX_NAMES:
        parts = parts[:-1]
    return [_slug(" ".join(parts[first:])) for first in range(len(parts) - 1, -1, -1)]


def free_slug(source: str, taken: Container[str]) -> str:
    """The first slug for the file that is not `taken`; numbered when all are."""
    candidates = slug_candidates(source)
    return next((slug for slug in candidates if slug not in taken), "") or _numbered(candidates[-1], taken)


def numbered_slug(text: str, taken: Container[str]) -> str:
    """A slug that reads like some words and is not `taken`, with a number where it must have one."""
    slug = _slug(text)
    return _numbered(slug, taken) if slug in taken else slug


def _numbered(slug: str, taken: Container[str]) -> str:
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"


def former_address(path: str) -> str:
    """An alias, a slug or a path as `FormerAddress.address` keeps it: lower case, no ending, no slashes around."""
    trimmed = path.strip().strip("/").lower()
    return _ENDING.sub("", trimmed)[:500]


def readable_slug(text: str) -> str:
    """The slug that an address as somebody typed it may mean."""
    return _slug(text)


@lru_cache(MOST_REMEMBERED)
def category_slug(category: str) -> str:
    """`Network/Time-outs` as it stands in an address: `network/time-outs`."""
    return "/".join(_slug(part) for part in category.split("/") if part.strip())[:300]


@lru_cache(MOST_REMEMBERED)
def former_category_slug(category: str) -> str:
    """The same as it was made when letters of other scripts than the Latin one had no place in it."""
    return "/".join(_slug_of_ascii(part) for part in category.split("/") if part.strip())[:300]


def _slug(text: str) -> str:
    """The words of a text of any script, in Latin letters: 'VPN 连接' and 'VPN 断开' are two, Straße is `strasse`."""
    latin = anyascii(text)
    return _slug_of_ascii(latin if latin.strip() else text)


def _slug_of_ascii(text: str) -> str:
    spaced = _WORD_IN_CAMEL_CASE.sub("-", text)
    slug = slugify(_SIGNS.sub("-", spaced), allow_unicode=False)
    if not slug:
        slug = slugify(text, allow_unicode=True).encode("punycode").decode("ascii", "ignore").strip("-").lower()
    if len(slug) > LONGEST_SLUG:
        slug = slug[:LONGEST_SLUG].rsplit("-", 1)[0] or slug[:LONGEST_SLUG]
    return slug or "guide"
