"""Makes words of the names of files and folders, which tools that export put ids behind and numbers before."""

from __future__ import annotations

from kb.content.patterns import linear

_SIGNS = linear(r"[-_.]+")
# Notion puts 32 digits behind names, Confluence the number of the page; others sort by numbers before them.
_EXPORTED = linear(r"(?:[ _-]+([0-9a-f]{32})|_(\d{6,12}))$")
# Where they are still few, its numbers have five digits: behind several words only, unlike `error_10060`.
_SHORT = linear(r"^([^_\n]*-[^_\n]*)_(\d{5})$")
_ANY_NUMBER = linear(r"(?:^|_)(\d{5,12})$")
# Blogs have the day before the name.
_DATED = linear(r"^\d{4}-\d{2}-\d{2}-([^\n]*[^\W\d_][^\n]*)$")
_NUMBERED = linear(r"^\d{1,3}[-_.] *")


def exported_id(stem: str) -> str:
    """What an export put behind a name to tell it from others, '' for nothing."""
    found = _EXPORTED.search(stem)
    if found is None:
        short = _SHORT.fullmatch(stem)
        return str(short[2]) if short else ""
    return found[1] or found[2] or ""


def page_number(stem: str) -> str:
    """The same; also five digits behind a single word, which where something else says so are one, too."""
    found = _ANY_NUMBER.search(stem)
    return exported_id(stem) or (str(found[1]) if found else "")


def without_id(name: str) -> str:
    """The name of a file or a folder without what an export put behind it."""
    return _SHORT.sub(r"\1", _EXPORTED.sub("", name))


def readable(name: str) -> str:
    """The name of a file or a folder as words, without ids that exports put behind it, and days and numbers before."""
    name = _NUMBERED.sub("", _DATED.sub(r"\1", without_id(name))) or name
    words = " ".join(_SIGNS.sub(" ", name).split())
    return words[:1].upper() + words[1:] if words.islower() else words
