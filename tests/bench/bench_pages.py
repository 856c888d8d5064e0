"""Measures pages per second of the product beside django-wiki, with the same guides, in one run.

Both are measured by turns, each by its own server and, where nginx is installed, both behind it; the peer with the kind
of workers that suits it better, page by page. A run during which others took more than a tenth of the machine is done
again. Run it with `make bench`; it exits 1 when a page fails, a target is missed or the machine is too busy.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import addresses, guides, report
from tests.bench.addresses import Pages, Published, Rotation
from tests.bench.report import Measured, Visits
from tests.bench.servers import ROOT, Site, behind_nginx, our_site, peer_sites, served
from tests.bench.times import say
from tests.bench.turns import Busy, Runs, by_turns

CORPORA = Path(os.environ.get("KB_CORPORA", ROOT.parent / "shared")) / "corpora"
FIRST_VISITS = 80  # of a run, as far as there are guides enough
FIRST_SPARE, SPARE = 2, 6  # runs of one side of one page that may be disturbed, before a busy machine is given up

Ports = dict[str, int]  # by the kind of workers; ours is ''


def main() -> None:
    """Measure as the command line asks, in a scratch folder that is removed in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=int, default=700, help="How many guides both sites hold")
    parser.add_argument("--seconds", type=float, default=1.5, help="How long each page is measured, in each round")
    parser.add_argument("--rounds", type=int, default=5, help="How often each page of each site is measured")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="kb-bench-") as scratch:
            failures = _bench(Path(scratch), asked.guides, asked.seconds, asked.rounds)
    except KeyboardInterrupt:
        sys.exit("Stopped; all servers are down.")
    sys.exit("\n".join(failures) if failures else None)


def _bench(scratch: Path, wanted: int, seconds: float, rounds: int) -> list[str]:
    from_corpora = guides.gather(scratch / "guides", wanted, corpora=CORPORA, shipped=ROOT / "content")
    say(f"{wanted} guides, {from_corpora} of them of the corpora. Loading them into both sites ...")
    ours, peers = our_site(scratch / "ours", scratch / "guides"), peer_sites(scratch / "peer")
    ours.run("manage.py", "serve", "--prepare-only")
    found = addresses.published(scratch / "ours" / "kb.sqlite3")
    _load_peer(peers[0], found, scratch / "guides.json")
    if not found:
        return ["No guide could be loaded."]
    failures: list[str] = []
    has_nginx = shutil.which("nginx") is not None
    fronts = ["each by its own server", *(["both behind nginx"] if has_nginx else [])]
    say(f"{len(found)} guides are published on both. Measuring with 8 clients, {rounds} rounds of {seconds:g} s ...")
    first = addresses.FirstVisits(FIRST_VISITS, runs=1 + rounds + FIRST_SPARE)
    with served(ours, scratch / "asked.log") as port:
        steps = addresses.walk_steps(port, 150, first)
    rotations = [
        addresses.home(first),
        addresses.guides(found, 300, first),
        addresses.searches(found, 150, first),
        steps,
    ]
    visitor = Visitor(scratch / "pages.json")
    for number, front in enumerate(fronts):
        with ExitStack() as stack:
            ports: Ports = {}
            for site in (ours, *peers):
                name = f"{number}-{site.name}-{site.workers}".replace(" ", "-")
                port = stack.enter_context(served(site, scratch / f"{name}.log"))
                ports["" if site is ours else site.workers] = (
                    stack.enter_context(behind_nginx(port, scratch / f"nginx-{name}")) if number else port
                )
            # The servers are new, so that every page is: each process keeps its own.
            measured = [_measure(rotation, visitor, ports, seconds, rounds) for rotation in rotations]
        say(f"\nRequests per second, {front}, median (least-most) of {rounds} rounds; {report.machine()}:\n")
        say(report.table(measured) + "\n")
        failures += [f"{sentence} ({front})" for sentence in report.missed(measured)]
    if not has_nginx:
        say("nginx is not installed: both were measured without it only.")
    return visitor.errors[:20] + failures


def _load_peer(peer: Site, found: list[Published], path: Path) -> None:
    bodies = [asdict(guide) | {"shelf": guide.shelf, "text": guides.without_head(guide.text)} for guide in found]
    path.write_text(json.dumps(bodies))
    peer.run("-m", "tests.bench.django_wiki.load", str(path))


class Visitor:
    """The clients, in a process of their own; keeps the errors that they meet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.errors: list[str] = []

    def rate(self, port: int, pages: Pages, seconds: float | None = None) -> float:
        """Requests per second over the pages for so many seconds, or (None) with one visit to each."""
        self.path.write_text(json.dumps(pages))
        command = [sys.executable, "-m", "tests.bench.clients", str(port), str(self.path)]
        command += [] if seconds is None else ["--seconds", str(seconds)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        counted: dict[str, Any] = json.loads(done.stdout)
        self.errors += counted["errors"]
        return float(counted["requests"] / counted["seconds"])


def _measure(rotation: Rotation, visitor: Visitor, ports: Ports, seconds: float, rounds: int) -> Measured:
    """First visits, then pages that were seen before."""
    measured = Measured(rotation.name)
    first = {kind: iter(rotation.peers_first if kind else rotation.ours_first) for kind in ports}

    def visit_first(kind: str) -> float:
        return visitor.rate(ports[kind], next(first[kind]))

    def visit_again(kind: str) -> float:
        return visitor.rate(ports[kind], rotation.peers if kind else rotation.ours, seconds)

    kinds = [kind for kind in ports if not kind or rotation.peers]
    try:
        measured.first = _beside_the_best(kinds, visit_first, rounds, FIRST_SPARE)
        measured.again = _beside_the_best(kinds, visit_again, rounds, SPARE)
    except Busy as busy:
        measured.busy = busy.others
    say(f"  {rotation.name}: {'measured' if measured.busy is None else 'the machine is too busy'}")
    return measured


def _beside_the_best(kinds: list[str], rate: Callable[[str], float], rounds: int, spare: int) -> Visits:
    """Try each side once, then measure ours beside the peer with the workers that suited it better.

    What a server does once after its start is done by then, and not counted.
    """
    runs = {kind: Runs(spare) for kind in kinds}
    tried = {kind: runs[kind].measure(partial(rate, kind)) for kind in kinds}
    best = max((kind for kind in kinds if kind), key=lambda kind: tried[kind], default="")
    sides = {kind: partial(rate, kind) for kind in dict.fromkeys(["", best])}
    figures = by_turns(sides, rounds, min(runs[kind].spare for kind in sides))
    return Visits(figures[""], figures[best] if best else [], best)


if __name__ == "__main__":
    main()
