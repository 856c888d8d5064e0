"""Knows under which addresses the page of a file stood in the site that its tool made of it, and stands to lead on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from kb.content.head_words import text_list
from kb.content.patterns import linear

KEYS = frozenset({"aliases", "alias", "redirect_from", "redirects", "permalink", "slug", "url"})
"""The keys of a head that give such addresses, with `_` for `-`."""
MOST = 100
_POST = linear(r"(?:.*/)?_posts/(?:.*/)?(\d{4})-(\d{2})-(\d{2})-([^/]+)\.(?:md|mdx|markdown)")
_COLLECTION = linear(r"_([a-z][\w-]*)/(.+)\.(?:md|mdx|markdown)")
_PATTERN = linear(r"[:{}<>*\\\s]")
_HOST = linear(r"[A-Za-z][\w+.-]*:.*|//.*")
_WORDS = frozenset({"date", "pretty", "ordinal", "weekdate", "none", "true", "false"})


def old_addresses(fields: Mapping[str, Any], source: str) -> tuple[str, ...]:
    """What a head and the path of a file say, each once: paths, and slugs beside the file as paths."""
    return tuple(dict.fromkeys([*_given(fields, source), *_by_path(source)]))[:MOST]


def _given(fields: Mapping[str, Any], source: str) -> Iterator[str]:
    folder = PurePosixPath(source).parent
    for key, value in fields.items():
        name = key.strip().lower().replace("-", "_")
        if name not in KEYS:
            continue
        for text in text_list(value)[0]:
            if name in ("aliases", "alias"):
                yield text
            elif text.lower() not in _WORDS and not _PATTERN.search(text) and not _HOST.fullmatch(text):
                is_path = text.startswith("/")
                if name != "url" or is_path:
                    yield text
                if name == "slug" and not is_path and folder.name:
                    yield (folder / text).as_posix()


def _by_path(source: str) -> Iterator[str]:
    """Where Jekyll puts posts and the pages of collections."""
    if post := _POST.fullmatch(source):
        yield "/".join(post.groups())
    elif page := _COLLECTION.fullmatch(source):
        yield f"{page[1]}/{page[2]}"
