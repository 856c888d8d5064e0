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

    `ours` and `peers` are asked for over and over. The first visits come in parts, one for each run: each address once,
    before anything can have kept its page.
    """

    name: str
    ours: Pages
    peers: Pages
    ours_first: list[Pages]
    peers_first: list[Pages]


@dataclass(frozen=True, slots=True)
class FirstVisits:
    """How many addresses a run visits for the first time, and how many runs there are to be."""

    visits: int
    runs: int

    def of(self, pages: Pages) -> list[Pages]:
        """The pages in so many parts, none of which shares an address with another; smaller ones when there are few."""
        size = min(self.visits, len(pages) // self.runs)
        return [pages[number * size : (number + 1) * size] for number in range(self.runs)]

    @property
    def all(self) -> int:
        """The visits of all runs."""
        return self.visits * self.runs


def published(database: Path) -> list[Published]:
    """The guides that readers can see, by slug."""
    rows = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
        "SELECT g.slug, g.title, g.category_slug, r.text FROM kb_guide g JOIN kb_revision r ON r.id = g.revision_id "
        "WHERE g.state = 'published' AND g.audience = 'public' ORDER BY g.slug"
    )
    return [Published(*row) for row in rows]


def home(first: FirstVisits) -> Rotation:
    """The front pages; each first visit has an address of its own, which no cache knows yet."""
    visits = first.of([(f"/?visit={number}", "</html>") for number in range(first.all)])
    front: Pages = [("/", "</html>")]
    return Rotation("home", front, front, visits, visits)


def guides(found: list[Published], number: int, first: FirstVisits) -> Rotation:
    """Guides spread evenly over all of them; first visits are of guides in no order, so that all parts are alike."""
    ours: Pages = [(f"/guides/{guide.slug}/", escape(guide.title)) for guide in found]
    peers: Pages = [(f"/{guide.shelf}/{guide.slug}/", escape(guide.title)) for guide in found]
    step = max(1, len(found) // number)
    shuffled = random.Random(1).sample(range(len(found)), len(found))
    visits = [first.of([pages[place] for place in shuffled]) for pages in (ours, peers)]
    return Rotation("guide", ours[::step], peers[::step], *visits)


def searches(found: list[Published], number: int, first: FirstVisits) -> Rotation:
    """Neighbouring words of titles, two to four, none of them short; each page must show a hit."""
    queries = _queries([guide.title for guide in found], max(number, first.all))
    ours: Pages = [(f"/search/?{urlencode({'q': query})}", 'class="hit__guide"') for query in queries]
    peers: Pages = [(f"/_search/?{urlencode({'q': query})}", '<small class="muted">/') for query in queries]
    return Rotation("search", ours[:number], peers[:number], first.of(ours), first.of(peers))


def walk_steps(port: int, number: int, first: FirstVisits) -> Rotation:
    """Steps of walks that start from nothing and answer in all the ways there are; first visits are of any of them.

    They are found out by the API of the site at the port, which is not the one that is measured.
    """
    steps: list[dict[str, str]] = [{"start": "questions"}]
    ours: Pages = []
    for answers in steps:
        if len(ours) >= max(number, first.all):
            break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/walk?{urlencode(answers)}") as response:
            said = json.load(response)
        shows = "</html>"
        if said["state"] == "question":
            choices, name = said["question"]["answers"], said["question"]["id"]
            shows = escape(choices[0]["label"])
            steps += [{**answers, name: choice["id"]} for choice in choices]
        ours.append((f"/troubleshoot/?{urlencode(answers)}", shows))
    shuffled = random.Random(1).sample(ours, len(ours))
    return Rotation("walk step", ours[:number], [], first.of(shuffled), [])


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
