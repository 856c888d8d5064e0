"""Measures steps of walks over a made library of 1,400 problems beside a page that shows a guide.

All of it runs in one process, by turns; neither is taken from the cache of pages. The first step after some words is
that for words that nobody typed before: nothing of it is kept. What is measured while others take more than a tenth of
the machine does not count and is measured again; with `--processor-time` that is taken in place of the clock, for a
machine that is never quiet. Run it with `make bench-walk`; it exits 1 when a step takes longer than is allowed or the
machine is busy.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.bench.times import Clock, Row, head, rows, say

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).resolve().parent.parent.parent
PROBLEMS, PER_GUIDE, WALKS, SEED = 1400, 2, 20, 20_26
DEEPEST, ROUNDS, RUN = 12, 5, 20
NEW = 60  # words of a round that nobody typed before
ALLOWED = 3.0
PARTS = ("printer", "scanner", "router", "sensor", "gateway", "battery", "display", "antenna", "pump", "valve")
FAULTS = ("overheats", "restarts", "drops packets", "loses its settings", "reports wrong values", "stays dark")
WHENS = ("after an update", "at night", "under load", "when it is cold", "after a restart", "with the new cable")


def write_guides(folder: Path) -> None:
    """Guides with problems of their own, each with symptoms that it shares with others and some that it does not."""
    chance = random.Random(SEED)
    for number in range(PROBLEMS // PER_GUIDE):
        products = ", ".join(f"Model {chance.randint(1, 12)}" for _ in range(2))
        part = chance.choice(PARTS)
        head = f"title: The {part} of series {number}\ncategory: {part.title()}s / Series {number % 7}\n"
        problems = "".join(_problem(chance, part, f"{number}-{k}") for k in range(PER_GUIDE))
        (folder / f"guide-{number}.md").write_text(f"---\n{head}applies_to: [{products}]\n---\n\n{problems}")


def _problem(chance: random.Random, part: str, name: str) -> str:
    fault, when = chance.choice(FAULTS), chance.choice(WHENS)
    shared = [f"{chance.choice(PARTS).title()} {chance.choice(FAULTS)}", f"It started {when} (often)"]
    symptoms = [f"The {part} {fault} {when} and shows code {name} (always)", *shared]
    steps = [f"Check the {other} of the {part} and note what it shows." for other in chance.sample(PARTS, 4)]
    listed = "\n".join(f"- {symptom}" for symptom in symptoms)
    numbered = "\n".join(f"{k}. {step}" for k, step in enumerate(steps, 1))
    return f"## The {part} {fault} {when} ({name})\n\n**Symptoms:**\n\n{listed}\n\n**Solution:**\n\n{numbered}\n\n"


def load(scratch: Path) -> None:
    """Load the guides as an operator does, into a database and an index of their own."""
    guides = scratch / "guides"
    guides.mkdir()
    write_guides(guides)
    os.environ |= {"KB_DATA_DIR": str(scratch / "data"), "DJANGO_SETTINGS_MODULE": "kb.settings"}
    commands = (["collectstatic", "--noinput"], ["migrate", "--verbosity=0"], ["load_guides", str(guides)])
    for command in commands:
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    import django  # noqa: PLC0415  # once the environment says where the data is

    django.setup()


def addresses(symptoms: Sequence[str]) -> Iterator[list[str]]:
    """Walks as the queries of their addresses, step by step, of people who answer at random."""
    from kb.models.audience import EVERYONE  # noqa: PLC0415
    from troubleshooting.catalogue import build  # noqa: PLC0415
    from troubleshooting.walk.address import read_address  # noqa: PLC0415
    from troubleshooting.walk.entry import next_step  # noqa: PLC0415

    chance = random.Random(SEED)
    build.current(EVERYONE)
    for symptom in symptoms:
        said: list[tuple[str, str]] = [("symptom", symptom)] if symptom else [("start", "questions")]
        steps = [urlencode(said)]
        while len(steps) <= DEEPEST:
            state = next_step(read_address([(key, [value]) for key, value in said])[0], EVERYONE)
            if state.question is None:
                break
            likely = max(state.question.choices, key=lambda choice: choice.fits).id
            said.append((state.question.id, chance.choice([likely, likely, state.question.choices[-1].id])))
            steps.append(urlencode(said))
        yield steps


def show(client: Client, url: str) -> None:
    """Ask for a page, which must be there."""
    response = client.get(url)
    if response.status_code != 200:
        sys.exit(f"{url} answers {response.status_code}")


def measure(clock: Clock) -> Iterator[Row]:
    """Every line of the table, as it is measured."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from kb.models import Guide  # noqa: PLC0415

    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "page_cache" not in name]
    client = Client(HTTP_HOST="localhost")
    pages = [guide.get_absolute_url() for guide in Guide.objects.order_by("slug")[:200]]
    walk = reverse("troubleshooting:walk")
    chance = random.Random(SEED)
    typed = [" ".join(words) for words in product(PARTS, FAULTS, WHENS)]
    chance.shuffle(typed)

    def row(name: str, rounds: Sequence[Sequence[str]]) -> Iterator[Row]:
        """A line for these steps beside pages, once both are warm."""
        for url in (pages[0], f"{walk}?{urlencode({'symptom': typed[0]})}"):
            show(client, url)
        beside = (lambda step: show(client, f"{walk}?{step}"), lambda _: show(client, chance.choice(pages)))
        yield from rows({name: ALLOWED}, rounds, *beside, run=RUN, clock=clock)

    new = [typed[WALKS + number * NEW : WALKS + (number + 1) * NEW] for number in range(ROUNDS)]
    yield from row("first step after new words", [[urlencode({"symptom": text}) for text in texts] for texts in new])
    for name, symptoms in (("a symptom typed", typed[:WALKS]), ("nothing typed", [""] * WALKS)):
        walks = list(addresses(symptoms))
        for low, high in pairwise((0, 1, 2, DEEPEST + 1)):
            steps = [steps[depth] for steps in walks for depth in range(low, min(high, len(steps)))]
            if steps:
                answers = f"{low}" if high == low + 1 else f"{low} to {high - 1}"
                yield from row(f"{name}, {answers} answers", [steps] * ROUNDS)


def main() -> None:
    """Print the table; end with 1 when a target is missed."""
    clock = time.process_time if "--processor-time" in sys.argv else time.perf_counter
    with tempfile.TemporaryDirectory(prefix="kb-bench-walk-") as folder:
        say("Loading the guides ...")
        load(Path(folder))
        say(f"{PROBLEMS} problems; milliseconds of a step of a walk, and of a page that shows a guide\n")
        say(head("page"))
        measured = []
        for row in measure(clock):
            say(str(row))
            measured.append(row)
    sys.exit(0 if all(row.is_met for row in measured) else 1)


if __name__ == "__main__":
    main()
