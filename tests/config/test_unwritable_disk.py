"""A site whose disk is full, or can only be read: readers read on, and who sends something is told what is so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.config import outages
from tests.support.served import prepare, prepared_in, served
from tests.support.small_disks import SmallDisk, small_disk_at
from tests.support.visitor import SIGN_IN, Visitor, password_of

pytestmark = pytest.mark.slow

GUIDE = "/write/guides/slow/"
WAITING = re.compile("wait a minute|does not answer|[Tt]ry again|be reached|back in a moment")
MUCH = "# Slow\n\n" + "It is odd, and nobody has written of it yet. " * 9000
LITTLE = "# Slow\n\nIt is odd.\n"


@dataclass
class Site:
    """A server whose data folder is on a small disk, a reader, and a writer with a form that is open."""

    base: str
    disk: SmallDisk
    reader: Visitor
    writer: Visitor
    form: dict[str, str]
    password: str

    def sent(self, text: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        """What the writer is answered."""
        self.writer.headers |= headers
        return self.writer.ask(GUIDE, self.form | {"text": text, "action": "save"})

    def signed_in(self) -> tuple[int, str, dict[str, str]]:
        """What somebody is answered who signs in."""
        somebody = Visitor(self.base, {"Origin": self.base})
        return somebody.send(SIGN_IN, SIGN_IN, username="admin", password=self.password)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with small_disk_at(tmp_path / "disk") as disk:
        environment = prepared_in(tmp_path) | {"KB_DATA_DIR": str(disk.folder / "data"), "KB_WORKERS": "1"}
        prepare(disk.folder / "data")
        counting = {"KB_SLOW_MS": "600000", "KB_METRICS_TOKEN": "counts-are-made-too"}
        with served(environment | counting) as (base, _process, told):
            writer, password = Visitor(base, {"Origin": base}), password_of(told)
            writer.sign_in("admin", password)
            yield Site(base, disk, Visitor(base, {"Origin": base}), writer, _hidden(writer.get(GUIDE)), password)
        lines = [line for line in told[-1].splitlines() if re.match(r"\d{4}-.* (WARNING|ERROR) ", line)]
        assert "Traceback" not in told[-1], told[-1][-3000:]
        assert len([line for line in lines if outages.UNTIL_WRITABLE in line]) == 1, lines
        assert len([line for line in lines if "The data folder can't be written" in line]) == 1, lines


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def _reads_on(site: Site, disk: str) -> None:
    for address in ("/", "/guides/", "/guides/slow/", "/search/?q=slow", "/troubleshoot/?symptom=slow", "/contacts/"):
        assert "<h1" in site.reader.get(address), address
    for address in ("/healthz", "/readyz"):
        assert json.loads(site.reader.get(address))["disk"] == disk


def _is_told_what_is_so(answer: tuple[int, str, dict[str, str]]) -> None:
    status, text, _headers = answer
    assert status == 503, text[:300]
    assert "the disk of this site is full, or can only be read" in text
    assert "aiting does not help" in text
    assert not WAITING.search(text), text


def _reader_is_told(site: Site) -> None:
    """Whether readers are, who say whether a guide helped, or hand a walk over."""
    _is_told_what_is_so(site.reader.ask("/reading/helped/", {"guide": "slow", "section": "", "helped": "yes"}))
    hand_over = "/troubleshoot/hand-over/?symptom=slow"
    form = _hidden(site.reader.get(hand_over))
    _is_told_what_is_so(site.reader.ask(hand_over, form | {"note": "It is odd."}))


def _is_told_of_both(site: Site, text: str) -> None:
    """Whether the whole page is told, and the script of the studio."""
    _is_told_what_is_so(site.sent(text))
    answer = site.sent(text, Accept="application/json")
    _is_told_what_is_so(answer)
    assert json.loads(answer[1])["state"] == "unwritable"


def test_on_a_disk_that_can_only_be_read_readers_read_on_and_a_writer_is_told(site: Site) -> None:
    site.disk.fail()
    _reads_on(site, "read-only")
    _is_told_of_both(site, LITTLE)
    _reader_is_told(site)
    _is_told_what_is_so(site.signed_in())
    _reads_on(site, "read-only")


def test_on_a_full_disk_readers_read_on_and_a_writer_is_told_until_there_is_room(site: Site) -> None:
    site.disk.fill()
    _reads_on(site, "full")
    _is_told_of_both(site, MUCH)
    _reader_is_told(site)
    _reads_on(site, "full")
    site.disk.empty()
    site.reader.get("/healthz")
    assert site.sent(MUCH)[0] == 200
    assert site.signed_in()[0] == 200
