"""Whatever is asked, by whomever, on either database: the answer may be a refusal, and is never a failure of ours."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from kb.editorial import reviews
from kb.library import publication
from kb.library.folders import load
from kb.models import Contact, LineComment
from kb.models.roles import make_groups
from kb.search import configured
from tests.support import postgres, studio
from tests.support.hostile import COOKIES, HEADERS, IN_HEADERS, SANE, TYPES, VALUES, Asked, Browser, Place, places
from tests.support.parameters import keys_read
from tests.support.rounds import MANY, rounds
from troubleshooting.models.handovers import Handover

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
CONTACT = "---\nkind: contact\nname: Support\nemail: help@example.com\n---\n"
ROLES = ("anonymous", "writer", "staff", "administrator")
# The nightly run tries the most examples, a run on PostgreSQL fewer, and `make test` a few at each address.
EXAMPLES = 60 if MANY else 20 if connection.vendor == "postgresql" else 5
PARTS = rounds(8, 40)


class Site:
    """A small library that has something at each address, and people to ask for it."""

    def __init__(self, folder: Path) -> None:
        (folder / "jam.md").write_text(studio.TEXT)
        (folder / "contacts").mkdir()
        (folder / "contacts" / "support.md").write_text(CONTACT)
        load.load([folder])
        make_groups()
        people = {
            "writer": studio.person("wren", "editors"),
            "staff": User.objects.create_user("ada", is_staff=True),
            "administrator": User.objects.create_superuser("root"),
        }
        guide = studio.published(people["administrator"], studio.TEXT.replace("jam", "dust"), "paper-dust")
        proposed = studio.proposal(guide, people["writer"], studio.TEXT + "3. Wait\n")
        reviews.comment_at_line(proposed, people["writer"], 1, "Why?")
        handover = Handover.objects.create(once="x", walk_key="x", subject="It is slow", transcript="It is slow")
        self.clients = {role: Browser() for role in ROLES}
        for role, user in people.items():
            self.clients[role].force_login(user)
        comment, contact = LineComment.objects.get(), Contact.objects.get()
        self.there = {
            "slug": b"paper-dust",
            "address": b"paper-dust",
            "contact": contact.slug.encode(),
            "number": b"2",
            "before": b"1",
            "now": b"2",
            "pk": str(comment.pk).encode(),
            "reference": handover.reference.encode(),
            "object_id": str(people["staff"].pk).encode(),
            "id": str(people["staff"].pk).encode(),
            "app_label": b"auth",
            "category": b"network",
            "code": b"429",
        }

    def refuses(self, role: str, asked: Asked) -> None:
        """The request is answered, and not by a failure; what it changed is undone."""
        with transaction.atomic():
            answer = asked.by(self.clients[role])
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            caught = getattr(answer, "exc_info", None)
            told = "".join(traceback.format_exception(*caught)) if caught else "no exception"
            pytest.fail(f"{answer.status_code} for {role}: {asked!r:.2000}\n{told[-6000:]}")


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, data = tmp_path_factory.mktemp("guides"), tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=data), transaction.atomic():
        (data / "generation").write_text("hostile")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(publication, "SHARED_DATABASE_CHECK_SECONDS", float("inf"))
            yield Site(folder)
        transaction.set_rollback(True)
    configured.forget()


def _given(names: tuple[str, ...], values: tuple[bytes, ...], most: int = 8) -> some.SearchStrategy[Any]:
    """Some of the names, each with a value that is hostile, or for some of them one that leads on to the next."""
    if not names:
        return some.just(())
    pair = some.sampled_from(names).flatmap(
        lambda name: some.tuples(
            some.just(name), some.sampled_from([*values, *[SANE[name]] * len(values)] if name in SANE else values)
        )
    )
    return some.lists(pair, max_size=most).map(tuple)


def _requests(site: Site, place: Place) -> some.SearchStrategy[Asked]:
    paths = some.fixed_dictionaries(
        {
            name: some.sampled_from([*VALUES, *[site.there.get(name, b"1")] * 3 * len(VALUES)])
            for name in place.parameters
        }
    ).map(place.path)
    return some.builds(
        Asked,
        path=paths,
        method=some.sampled_from(["GET", "POST", "GET", "POST", "HEAD", "PUT", "OPTIONS"]),
        query=_given(place.names, VALUES),
        form=_given(place.names, VALUES, 14),
        headers=_given(HEADERS, IN_HEADERS, 2),
        cookies=_given(COOKIES, VALUES, 1),
        content_type=some.sampled_from([*TYPES, *TYPES[:2] * 6]),
    )


@pytest.mark.slow
@pytest.mark.parametrize("place", places(), ids=str)
def test_no_address_fails_whatever_is_sent_to_it(site: Site, place: Place) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=not MANY,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(role=some.sampled_from(ROLES), asked=_requests(site, place))
    def ask(role: str, asked: Asked) -> None:
        site.refuses(role, asked)

    with keys_read() as read:
        ask()
    assert read <= set(place.names), (
        "These are read here, and no value of them was tried: see tests/support/parameters.py"
    )


@pytest.mark.night
@pytest.mark.parametrize(("number", "place"), list(enumerate(places())), ids=str)
def test_no_parameter_of_any_address_makes_it_fail_with_any_value(site: Site, number: int, place: Place) -> None:
    """Each name meets a part of the values at one address, and the other parts at others that know it as well."""
    there = {name: site.there.get(name, b"1") for name in place.parameters}
    sane = tuple((name, value) for name, value in SANE.items() if name in place.names)
    for name in place.parameters:
        for value in VALUES[:: rounds(1, 9)]:
            site.refuses("administrator", Asked(place.path(there | {name: value})))
    for turn, name in enumerate(place.names):
        others = tuple(pair for pair in sane if pair[0] != name)
        for value in VALUES[(number + turn) % PARTS :: PARTS]:
            pair = (name, value)
            site.refuses("administrator", Asked(place.path(there), query=(*others, pair)))
            site.refuses("administrator", Asked(place.path(there), "POST", form=(*others, pair, pair)))
            site.refuses("anonymous", Asked(place.path(there), query=(pair, pair)))


def test_every_address_is_among_them() -> None:
    routes = {place.route for place in places()}
    assert {"", "search/", "api/v1/search", "write/guides/<slug:slug>/", "admin/login/", "desk/", "feed.xml"} <= routes
    assert {"images/<str:name>", "troubleshoot/", "sitemap.xml", "healthz"} <= routes
    names = {place.route: set(place.names) for place in places()}
    assert {"q", "category", "product", "literal", "page"} <= names["search/"]
    assert {"q", "category", "offset"} <= names["api/v1/search"]
    assert {"q", "state", "mine", "page"} <= names["write/guides/"]
    assert {"before", "now"} <= names["write/guides/<slug:slug>/compare/"]
    assert {"preview", "draft", "saved", "owner", "was_owner"} <= names["write/guides/<slug:slug>/"]
    assert {"text", "saved", "into", "in_flight"} <= names["write/guides/<slug:slug>/draft/"]
    assert {"text", "publish_at", "line"} <= names["write/guides/<slug:slug>/review/<int:number>/approve/"]
    assert {"symptom", "embed"} <= names["troubleshoot/"]


@pytest.mark.night
@pytest.mark.skipif(connection.vendor == "postgresql", reason="these tests run on PostgreSQL already")
def test_nor_does_any_on_postgresql() -> None:
    postgres.needed()
    url = f"{postgres.URL.rpartition('/')[0]}/kb_hostile_{os.getpid()}_{secrets.token_hex(4)}"
    environment = {**os.environ, "KB_TEST_DATABASE_URL": url, "KB_TEST_EXAMPLES": "some"}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not slow", __file__]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=1800)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
