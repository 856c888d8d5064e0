"""Writes the addresses of Docusaurus that begin with the folder of the site as paths from its top."""

from __future__ import annotations

from kb.content.foreign.lines import Lines
from kb.content.patterns import linear

_SITE = linear(r"((?:\]\(|\]:|=|\()[ \t]*[<\"'{]*)(?:@site/(?:static/)?|pathname:///?)")


def read(lines: Lines) -> None:
    """Put the root in place of `@site/` and `pathname:///`."""
    lines.change(lambda _, text: _SITE.sub(r"\1/", text), "@site/", "pathname://")
