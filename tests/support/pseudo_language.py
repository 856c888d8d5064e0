"""A language of no country, to find words that nobody marked for translation: letters of marked ones are strange."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

import pytest
from django.template.autoreload import reset_loaders
from django.utils import translation

from kb.templatetags import kb_html
from kb.web import page_cache

STRANGE = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "".join(map(chr, (*range(0x1D63C, 0x1D656), *range(0x1D656, 0x1D670)))),
)
# What has to stay in a message: placeholders, tags and entities of HTML.
_KEPT = re.compile(r"(%\(\w+\)[a-z]|%%|\{\w+\}|<[^>]*>|&\w+;)")
_ATTRIBUTES = frozenset({"aria-label", "title", "alt", "placeholder", "data-copy", "data-tab"})
_NO_WORDS = frozenset({"script", "style", "code", "kbd", "pre", "textarea", "datalist"})
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_WORD = re.compile(r"[A-Za-z]{2,}")


def strange(words: str) -> str:
    """The words in the language."""
    return "".join(part if _KEPT.fullmatch(part) else part.translate(STRANGE) for part in _KEPT.split(words))


@contextmanager
def spoken() -> Iterator[None]:
    """Have all marked words come in the language; kept parts of pages are forgotten before and after."""
    backend = translation._trans  # type: ignore[attr-defined]
    translation.gettext("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "gettext", lambda words: strange(str(words)) if words else "")
        patch.setattr(backend, "pgettext", lambda _, words: strange(words))
        patch.setattr(backend, "ngettext", lambda one, many, number: strange(one if number == 1 else many))
        patch.setattr(backend, "npgettext", lambda _, one, many, number: strange(one if number == 1 else many))
        _forget()
        yield
    _forget()


def _forget() -> None:
    reset_loaders()
    kb_html.staff_badge.cache_clear()
    page_cache.forget()


class _Words(HTMLParser):
    """The words of a page that people read, as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NO_WORDS:
            self._silent.append(tag)
        named = dict(attrs)
        self.found += [value for name, value in attrs if name in _ATTRIBUTES and value]
        if tag == "meta" and named.get("name") == "description":
            self.found.append(named.get("content") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def unmarked(page: str, known: frozenset[str]) -> Iterator[str]:
    """The texts of a page with words in plain letters that are not `known`, which are what the test itself wrote."""
    reader = _Words()
    reader.feed(page)
    for text in reader.found:
        if any(word.lower() not in known for word in _WORD.findall(text)):
            yield " ".join(text.split())


def words_in(*texts: str) -> frozenset[str]:
    """The words of what a test wrote, as they are compared."""
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))
