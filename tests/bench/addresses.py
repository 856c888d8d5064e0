"""Published guides in, the addresses that clients ask each site for out, with a text that each page must show."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

WORDS_OF_A_QUERY = 3

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

    The `fresh` ones are asked for once, before anything can have kept them; else they are those of the rotation.
    """

    name: str
    ours: Pages
    peers: Pages
    ours_fresh: Pages
    peers_fresh: Pages


def published(database: Path) -> list[Published]:
    """The guides that readers can see, by slug."""
    rows = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
        "SELECT g.slug, g.title, g.category_slug, r.text FROM kb_guide g JOIN kb_revision r ON r.id = g.revision_id "
        "WHERE g.state = 'published' AND g.audience = 'public' ORDER BY g.slug"
    )
    return [Published(*row) for row in rows]


def home() -> Rotation:
    """The front pages; each fresh visit has an address of its own, which no cache knows yet."""
    visits: Pages = [(f"/?visit={number}", "</html>") for number in range(60)]
    front: Pages = [("/", "</html>")]
    return Rotation("home", front, front, visits, visits)


def guides(found: list[Published], number: int) -> Rotation:
    """Guides spread evenly over all of them."""
    chosen = found[:: max(1, len(found) // number)][:number]
    ours: Pages = [(f"/guides/{guide.slug}/", "</html>") for guide in chosen]
    peers: Pages = [(f"/{guide.shelf}/{guide.slug}/", "wiki-article") for guide in chosen]
    return Rotation("guide", ours, peers, ours, peers)


def searches(found: list[Published], number: int) -> Rotation:
    """Neighbouring words that one title alone has; the page must lead to the guide of that title."""
    triples = {guide: _triples(guide.title) for guide in found}
    shared = Counter(triple.lower() for several in triples.values() for triple in set(several))
    chance = random.Random(1)  # noqa: S311 - the same queries in every run
    queries = [
        (guide, triple)
        for guide in found
        for triple in chance.sample(triples[guide], len(triples[guide]))[:1]
        if shared[triple.lower()] == 1
    ]
    chosen = chance.sample(queries, min(number, len(queries)))
    ours: Pages = [(f"/search/?{urlencode({'q': triple})}", f"/guides/{guide.slug}/") for guide, triple in chosen]
    peers: Pages = [
        (f"/_search/?{urlencode({'q': triple})}", f'href="/{guide.shelf}/{guide.slug}/"') for guide, triple in chosen
    ]
    return Rotation("search", ours, peers, ours, peers)


def walk_steps(port: int, number: int) -> Rotation:
    """Steps of walks that start from nothing and answer in all the ways there are, the shortest first."""
    steps: list[dict[str, str]] = [{}]
    for answers in steps:
        if len(steps) >= number:
            break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/walk?{urlencode(answers)}") as response:
            said = json.load(response)
        if said["state"] == "question":
            question = said["question"]
            steps += [{**answers, question["id"]: answer["id"]} for answer in question["answers"]]
    ours: Pages = [(f"/troubleshoot/?{urlencode(answers, quote_via=quote)}", "</html>") for answers in steps[:number]]
    return Rotation("walk step", ours, [], ours, [])


def _triples(title: str) -> list[str]:
    words = title.split()
    several = [words[start : start + WORDS_OF_A_QUERY] for start in range(len(words) - WORDS_OF_A_QUERY + 1)]
    return [" ".join(triple) for triple in several if all(re.fullmatch(r"[A-Za-z]{2,}", word) for word in triple)]
