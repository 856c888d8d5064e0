"""A damaged index as people meet it: they see results all the while, and it is mended without anybody's doing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from kb.models.audience import EVERYONE
from kb.search import configured
from kb.search.index.documents import digests_for, documents_for
from kb.search.text.query import parse
from kb.search.whoosh.segment import WhooshSegment
from kb.web import page_cache
from tests.conftest import WriteGuide
from tests.search.test_whoosh_engine import DAMAGES, delete, flip, index_files

pytestmark = pytest.mark.django_db(transaction=True)
MOST_SECONDS = 60
WORDS = 300  # of one guide: so many that a file has several blocks
OFTEN = (flip, delete)
EACH_DAMAGE = pytest.mark.parametrize(
    "damage",
    [pytest.param(each, id=each.__name__, marks=[] if each in OFTEN else pytest.mark.night) for each in DAMAGES],
)

Damage = Callable[[Path], None]


@pytest.fixture
def index(write_guide: WriteGuide, settings: Settings) -> Path:
    """The folder of an index of several files, of public guides and one for staff."""
    settings.SEARCH_LOG = False
    settings.SEARCH_ENGINE = "whoosh"
    for name in ("one", "two"):
        filler = " ".join(f"{name}{number}" for number in range(WORDS))
        write_guide(f"# Firewall {name}\n\n## Ports\n\nOpen the firewall.\n\n## Rest\n\n{filler}\n", f"{name}.md")
    filler = " ".join(f"secret{number}" for number in range(WORDS))
    write_guide(f"---\naudience: staff\n---\n# Vault\n\n## Key\n\nBehind the firewall: {filler}\n", "vault.md")
    configured.engine().rebuild(documents_for())
    folder = Path(settings.DATA_DIR) / "index"
    assert len(index_files(folder)) > 2
    return folder


def as_in_a_new_process() -> None:
    configured.forget()
    page_cache.forget()


def see(client: Client) -> None:
    """Look at the pages of someone who searches; staff guides show on none of them."""
    page = client.get("/search/", {"q": "firewall"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "Firewall one" in text
    assert "Firewall two" in text
    assert "Vault" not in text
    assert client.get("/search/suggest/", {"q": "firew"}, headers={"HX-Request": "true"}).status_code == 200
    assert client.get("/search/", {"q": "xylophone"}).status_code == 200


def wait_until_mended() -> None:
    """Wait for the repair that a request has begun."""
    latest = time.monotonic() + MOST_SECONDS
    while configured.is_mending():
        assert time.monotonic() < latest
        time.sleep(0.01)


def is_whole() -> bool:
    engine = configured.engine()
    return engine.digests() == digests_for() and not engine.folder.rebuild_wanted()


@pytest.mark.slow
@EACH_DAMAGE
def test_whatever_file_is_damaged_a_new_process_shows_results_and_mends_it(
    client: Client, index: Path, damage: Damage
) -> None:
    for number in range(len(index_files(index))):
        damage(index_files(index)[number])
        as_in_a_new_process()
        see(client)
        wait_until_mended()
        as_in_a_new_process()
        assert is_whole(), number
        see(client)


@pytest.mark.night
@EACH_DAMAGE
def test_whatever_file_is_damaged_a_process_that_has_it_open_goes_on_and_mends_it(
    client: Client, index: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.search.whoosh.engine.SECONDS_BETWEEN_LOOKS", 0.0)
    for number in range(len(index_files(index))):
        see(client)
        damage(index_files(index)[number])
        page_cache.forget()
        see(client)
        wait_until_mended()
        as_in_a_new_process()
        assert is_whole(), number


def test_what_a_process_reads_once_is_there_before_somebody_searches(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_in_a_new_process()
    configured.warm_up()

    def read_again(*_: object) -> None:
        raise AssertionError("the words of the index are read a second time")

    monkeypatch.setattr(WhooshSegment, "beginning", read_again)
    assert configured.engine().search(parse("firewal"), EVERYONE).correction == "firewall"
