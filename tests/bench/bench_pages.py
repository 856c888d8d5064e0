"""Guides in, a table of requests per second out: the product beside django-wiki, with the same guides and server.

Both run at once behind two workers each, and are measured by turns, so that whatever else the machine does meets
both. Run it with `make bench`; it exits 1 when a page fails or a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import addresses, guides, report
from tests.bench.addresses import Pages, Published, Rotation
from tests.bench.report import Measured
from tests.bench.servers import ROOT, Site, our_site, peer_site, served

CORPORA = Path(os.environ.get("KB_CORPORA", ROOT.parent / "shared")) / "corpora"
WARM_UP_SECONDS = 10.0


def main() -> None:
    """Measure as the command line asks, in a scratch folder that is removed in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=int, default=700, help="How many guides both sites hold")
    parser.add_argument("--seconds", type=float, default=4, help="How long each page is measured, in each round")
    parser.add_argument("--rounds", type=int, default=3, help="How often each page of each site is measured")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="kb-bench-") as scratch:
            failures = _bench(Path(scratch), asked.guides, asked.seconds, asked.rounds)
    except KeyboardInterrupt:
        sys.exit("Stopped; both servers are down.")
    sys.exit("\n".join(failures) if failures else None)


def _bench(scratch: Path, wanted: int, seconds: float, rounds: int) -> list[str]:
    from_corpora = guides.gather(scratch / "guides", wanted, corpora=CORPORA, shipped=ROOT / "content")
    say(f"{wanted} guides, {from_corpora} of them of the corpora. Loading them into both sites ...")
    ours, peer = our_site(scratch / "ours", scratch / "guides"), peer_site(scratch / "peer")
    ours.run("manage.py", "serve", "--prepare-only")
    found = addresses.published(scratch / "ours" / "kb.sqlite3")
    _load_peer(peer, found, scratch / "guides.json")
    say(f"{len(found)} guides are published on both. Measuring at 8 clients, {rounds} rounds of {seconds:g} s ...")
    if not found:
        return ["No guide could be loaded."]
    visitor = Visitor(scratch / "pages.json")
    with served(ours, scratch / "ours.log") as our_port, served(peer, scratch / "peer.log") as peer_port:
        rotations = [
            addresses.home(),
            addresses.guides(found, 300),
            addresses.searches(found, 150),
            addresses.walk_steps(our_port, 150),
        ]
        measured = [_measure(rotation, visitor, (our_port, peer_port), seconds, rounds) for rotation in rotations]
    say(f"\nRequests per second, {report.machine()}; 2 workers of 4 threads each, {len(found)} guides:\n")
    say(report.table(measured))
    return visitor.errors[:20] + report.missed(measured)


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


def _measure(rotation: Rotation, visitor: Visitor, ports: tuple[int, int], seconds: float, rounds: int) -> Measured:
    """First visits, a warm-up that reaches both workers of each site, then the rounds, each site in its turn."""
    our_port, peer_port = ports
    measured = Measured(rotation.name)
    measured.ours_fresh = visitor.rate(our_port, rotation.ours_fresh)
    visitor.rate(our_port, rotation.ours, WARM_UP_SECONDS)
    if rotation.peers:
        measured.peers_fresh = visitor.rate(peer_port, rotation.peers_fresh)
        visitor.rate(peer_port, rotation.peers, WARM_UP_SECONDS)
    for _ in range(rounds):
        measured.ours.append(visitor.rate(our_port, rotation.ours, seconds))
        if rotation.peers:
            measured.peers.append(visitor.rate(peer_port, rotation.peers, seconds))
    say(f"  {rotation.name}: measured")
    return measured


def say(line: str) -> None:
    """Tell the person who waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
