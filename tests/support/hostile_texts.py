"""Published texts that run scripts where they are not sanitised, and the places of a guide that they are put into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.naughty import BIG_LIST
from tests.support.rounds import rounds

COLLECTIONS = Path(__file__).resolve().parent.parent / "data" / "xss"
PLACES = (
    "# {0}\n\n## {0}\n\nText\n",
    "[x]({0}) [{0}](/a)",
    '![{0}]({0} "{0}")',
    "```{0}\n{0}\n```\n",
    "| {0} | b |\n| --- | --- |\n| {0} | `{0}` |\n",
    "> [!NOTE] {0}\n> {0}\n",
    "**Symptoms:**\n- {0}\n\n**Solution:**\n1. {0}\n",
    "<details><summary>{0}</summary>\n\n{0}\n\n</details>",
    "[r]: {0}\n\n[r] [x][r] <{0}>\n",
    "text[^1]\n\n[^1]: {0}\n",
    '<a href="{0}" title=\'{0}\'>x</a><img src="{0}" alt={0}>',
    "<p {0}>x</p><a {0}>x</a>",
    "<svg>{0}</svg><math><mtext>{0}</mtext></math>",
    "<table><tr><td>{0}</table>\n\n- [ ] {0}\n",
)


@cache
def vectors() -> tuple[str, ...]:
    """Each vector once, those that are none for a browser among them."""
    texts = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(COLLECTIONS.glob("*.json")))
    return tuple(dict.fromkeys([*(text for found in texts for text in found), *filter(str.strip, BIG_LIST)]))


def tried() -> tuple[str, ...]:
    """Those that are tried as texts: all of them at night, some on every change."""
    return vectors()[:: rounds(1, 12)]


def tried_on_pages() -> tuple[str, ...]:
    """Those that are tried wherever pages show what somebody wrote: over three thousand at night."""
    return vectors()[:: rounds(2, 90)]


def on_one_line(text: str) -> str:
    """The text as it may stand where a line ends what it is in."""
    return " ".join(text.split())


def placed(texts: tuple[str, ...]) -> Iterator[str]:
    """Each text as a body of its own, and in one of the places of a guide, in turn."""
    for number, text in enumerate(texts):
        yield text
        yield PLACES[number % len(PLACES)].replace("{0}", on_one_line(text))
