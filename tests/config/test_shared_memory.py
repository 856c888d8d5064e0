"""Processes share pages, counts and news by a real Redis, and go on without it while it is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from kb.config import shared_memory
from kb.config.shared_memory import AwayError, SharedMemory, shared
from kb.library import publication
from kb.models import Tally
from kb.rate_limits import limiter
from kb.rate_limits.limiter import Sender, take_for
from kb.rate_limits.rules import LIMITS, By, Deed
from kb.web import page_cache, shared_pages
from kb.web.shared_pages import Page
from tests.conftest import WriteGuide
from tests.support.proxies import Proxy
from tests.support.redis_server import RedisServer, redis_server

GUIDE = "# Slow mornings\n\nIt is slow.\n"
AGAIN = 300


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as made:
        yield made


@pytest.fixture
def redis(server: RedisServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """A Redis with nothing in it, which this process uses and asks again at once when it was away."""
    monkeypatch.setattr(shared_memory, "PAUSE_SECONDS", 0.05)
    settings.REDIS_URL = server.url
    with server.client() as client:
        client.flushall()
    yield server
    server.kill()
    server.start()


def _another_process() -> None:
    """Forget what this process has kept itself, as a new one has nothing."""
    page_cache.forget()
    limiter.forget_full_buckets()


def _answers() -> bool:
    try:
        shared().get("anything")
    except AwayError:
        return False
    return True


def _until_it_answers() -> None:
    for _ in range(AGAIN):
        if _answers():
            return
        time.sleep(0.05)
    raise AssertionError("Redis is there, and nobody asks it")


@pytest.mark.django_db
def test_what_one_process_made_is_read_by_the_others(redis: RedisServer, write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    first = Client().get(url)
    _another_process()
    with CaptureQueriesContext(connection) as queries:
        second = Client().get(url)
    assert (second.status_code, second.content, len(queries)) == (200, first.content, 0)
    assert dict(second.headers) | {"X-Request-ID": ""} == dict(first.headers) | {"X-Request-ID": ""}


@pytest.mark.django_db
def test_what_was_published_is_not_hidden_by_what_is_kept(redis: RedisServer, write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    assert b"It is slow." in Client().get(url).content
    write_guide(GUIDE.replace("slow.", "quick."))
    _another_process()
    assert b"It is quick." in Client().get(url).content


@pytest.mark.django_db
def test_what_people_see_who_are_signed_in_is_not_kept(
    redis: RedisServer, write_guide: WriteGuide, staff_client: Client
) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    assert staff_client.get(url).status_code == 200
    with redis.client() as client:
        assert not client.keys("*:page:*")


def test_a_page_that_somebody_else_put_there_is_none(redis: RedisServer) -> None:
    page = Page(200, (("Content-Type", "text/html"),), b"ours")
    shared_pages.put("GET:name", page, 60)
    assert shared_pages.get("GET:name") == page
    with redis.client() as client:
        (name,) = client.keys()
        packed = client.get(name)
        client.set(name, packed.replace(b"ours", b"evil"))
        client.set(name.replace(b"GET:name", b"GET:other"), packed)
    assert shared_pages.get("GET:name") is None
    assert shared_pages.get("GET:other") is None


def test_sites_with_other_keys_do_not_read_each_others_names(redis: RedisServer, settings: Settings) -> None:
    shared().put("name", b"ours", 60)
    settings.SECRET_KEY = "another key of another site that is long enough"
    assert SharedMemory(redis.url).get("name") is None


@pytest.mark.django_db
def test_limits_are_counted_there(redis: RedisServer, one_period: None) -> None:
    sender = Sender().also(By.NETWORK, "192.0.2.0/24")
    most = next(limit.most for limit in LIMITS[Deed.RESET].limits if limit.by == By.NETWORK)
    turns = [take_for(Deed.RESET, sender) for _ in range(most)]
    assert not any(turn.is_refused for turn in turns)
    _another_process()
    assert take_for(Deed.RESET, sender).is_refused
    assert not Tally.objects.exists()
    limiter.give_back(turns[0])
    limiter.forget_full_buckets()
    assert not take_for(Deed.RESET, sender).is_refused
    assert take_for(Deed.RESET, sender).is_refused


@pytest.mark.django_db
def test_while_it_is_away_pages_are_made_and_limits_counted_in_the_database_and_then_it_is_used_again(
    redis: RedisServer, write_guide: WriteGuide, one_period: None, caplog: pytest.LogCaptureFixture
) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    sender = Sender().also(By.NETWORK, "192.0.2.0/24")
    redis.kill()
    with caplog.at_level(logging.WARNING):
        assert Client().get(url).status_code == 200
        assert not take_for(Deed.RESET, sender).is_refused
        write_guide(GUIDE.replace("slow.", "quick."))
        assert b"It is quick." in Client().get(url).content
        assert Tally.objects.filter(name__startswith="reset").count() == 1
        redis.start()
        _until_it_answers()
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
        "Redis does not answer",
        "Redis answers again",
    ]
    _another_process()
    assert b"It is quick." in Client().get(url).content
    with redis.client() as client:
        assert client.keys("*:page:*")


def test_one_that_says_nothing_is_waited_for_once(
    server: RedisServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_memory, "PAUSE_SECONDS", 60)
    proxy = Proxy("127.0.0.1", server.port)
    try:
        settings.REDIS_URL = server.url.replace(f":{server.port}/", f":{proxy.port}/")
        shared().put("name", b"value", 60)
        proxy.hush()
        assert [_answers() for _ in range(200)] == [False] * 200
        assert proxy.taken <= 2
    finally:
        proxy.cut()


@pytest.mark.django_db
def test_news_of_a_publication_is_sent(redis: RedisServer, write_guide: WriteGuide) -> None:
    write_guide(GUIDE)
    assert shared().get(publication.NEWS) == publication.current().encode()


def test_without_one_nothing_is_asked(settings: Settings) -> None:
    settings.REDIS_URL = ""
    assert not shared().is_there
    assert not _answers()
