"""The addresses that clients ask each site for, with a text that each page must show."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import urllib.request
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlencode

LONG_WORDS = re.compile(r"\b[A-Za-z]{4,}(?: [A-Za-z]{4,})+\b")

Pages = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Published:
    """A guide as our database holds it."""

    slug: str
    title: str
    category: str
    text: str

    @property
    def shelf(self) -> str:
        """Where the peer keeps it: the slug of the top category."""
        return self.category.partition("/")[0] or "guides"


@dataclass(frozen=True, slots=True)
class Rotation:
    """The addresses of one kind of page on both sites; `peers` is empty where the peer has no such page.

    `ours` and `peers` are asked for over and over. The first visits come in as many slices as there are rounds: each
    address once, before anything can have kept its page.
    """

    name: str
    ours: Pages
    peers: Pages
    ours_first: list[Pages]
    peers_first: list[Pages]


def published(database: Path) -> list[Published]:
    """The guides that readers can see, by slug."""
    rows = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
        "SELECT g.slug, g.title, g.category_slug, r.text FROM kb_guide g JOIN kb_revision r ON r.id = g.revision_id "
        "WHERE g.state = 'published' AND g.audience = 'public' ORDER BY g.slug"
    )
    return [Published(*row) for row in rows]


def home(slices: int) -> Rotation:
    """The front pages; each first visit has an address of its own, which no cache knows yet."""
    visits = _slices([(f"/?visit={number}", "</html>") for number in range(30 * slices)], slices)
    front: Pages = [("/", "</html>")]
    return Rotation("home", front, front, visits, visits)


def guides(found: list[Published], number: int, slices: int) -> Rotation:
    """Guides spread evenly over all of them."""
    ours: Pages = [(f"/guides/{guide.slug}/", escape(guide.title)) for guide in found]
    peers: Pages = [(f"/{guide.shelf}/{guide.slug}/", escape(guide.title)) for guide in found]
    step = max(1, len(found) // number)
    return Rotation("guide", ours[::step], peers[::step], _slices(ours, slices), _slices(peers, slices))


def searches(found: list[Published], number: int, slices: int) -> Rotation:
    """Neighbouring words of titles, two to four, none of them short; each page must show a hit."""
    queries = _queries([guide.title for guide in found], max(number, 30 * slices))
    ours: Pages = [(f"/search/?{urlencode({'q': query})}", 'class="hit__guide"') for query in queries]
    peers: Pages = [(f"/_search/?{urlencode({'q': query})}", '<small class="muted">/') for query in queries]
    return Rotation("search", ours[:number], peers[:number], _slices(ours, slices), _slices(peers, slices))


def walk_steps(port: int, number: int, slices: int) -> Rotation:
    """Steps of walks that start from nothing and answer in all the ways there are, the shortest first.

    They are found out by the API of the site at the port, whose pages are kept apart from those that people see.
    """
    steps: list[dict[str, str]] = [{"start": "questions"}]
    ours: Pages = []
    for answers in steps:
        if len(ours) == number:
            break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/walk?{urlencode(answers)}") as response:
            said = json.load(response)
        shows = "</html>"
        if said["state"] == "question":
            choices, name = said["question"]["answers"], said["question"]["id"]
            shows = escape(choices[0]["label"])
            steps += [{**answers, name: choice["id"]} for choice in choices]
        ours.append((f"/troubleshoot/?{urlencode(answers)}", shows))
    return Rotation("walk step", ours, [], _slices(ours, slices), [])


def _slices(pages: Pages, number: int) -> list[Pages]:
    """The pages in so many parts, none of which shares an address with another."""
    return [pages[start::number] for start in range(number)]


def _queries(titles: list[str], number: int) -> list[str]:
    """As many different queries as are wanted, or as there are; the same in every run."""
    runs = [run.split() for title in titles for run in LONG_WORDS.findall(title)]
    chance = random.Random(1)
    queries: dict[str, None] = {}
    for _ in range(number * 20):
        words = chance.choice(runs)
        length = chance.randint(2, min(4, len(words)))
        start = chance.randint(0, len(words) - length)
        queries[" ".join(words[start : start + length])] = None
        if len(queries) == number:
            break
    return list(queries)
