"""What tests share: a library of its own for each test, and ways to fill it with guides written as Markdown."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import math
import os
import secrets
import shutil
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from kb.config import timer
from kb.library import publication
from kb.library.feedback import views
from kb.library.folders import load
from kb.models import Guide
from kb.rate_limits import limiter
from kb.rate_limits.rules import DAY
from kb.search import configured, use
from kb.search.log import record
from kb.web import page_cache
from tests.support import figures, migrated, prepared
from tests.support.once import made_once
from tests.support.studio import TEXT, person, published
from troubleshooting.outcomes import step_log

CORPORA = Path(os.environ.get("KB_CORPORA", Path(__file__).resolve().parent.parent.parent / "shared"))
CONTENT = Path(__file__).resolve().parent.parent / "content"

WriteGuide = Callable[..., Guide]
WriteGuides = Callable[[dict[str, str]], None]
PublishGuide = Callable[..., Guide]
MakeOnce = Callable[..., None]


def pytest_configure() -> None:
    """Let no test hang on how quick the machine is, and name static files as they lie in the tree.

    None were collected: tests/config/test_serve.py and the browser tests do that.
    """
    hypothesis.settings.register_profile("some", deadline=None, max_examples=25)
    hypothesis.settings.register_profile("many", deadline=None)
    hypothesis.settings.load_profile(os.environ.get("KB_TEST_EXAMPLES", "some"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what is tried on hundreds of guides, or at length, to `make nightly`."""
    for item in items:
        if item.get_closest_marker("night"):
            item.add_marker(pytest.mark.slow)
        if "corpora" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.corpora)
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the figures that tests measured."""
    figures.tell(terminalreporter)


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of guides that others wrote, for trying the product on them."""
    if not (CORPORA / "corpora").is_dir():
        pytest.skip("the shared corpora are not here; set KB_CORPORA to their folder to run this test")
    return CORPORA


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The database of the tests of this process; on SQLite a copy of one that was migrated once for all processes."""
    if connection.vendor != "sqlite":
        request.getfixturevalue("django_db_setup")
        yield
        return
    with contextlib.ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(migrated.copied_into_memory())
        yield
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A fresh data folder with an empty index, and no page kept from the test before."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    settings.DATA_DIR = folder
    (folder / "generation").write_text(secrets.token_hex(8))
    page_cache.forget()
    with pytest.MonkeyPatch.context() as patch:  # no other machine publishes to the database of a test
        patch.setattr(publication, "SHARED_DATABASE_CHECK_SECONDS", math.inf)
        patch.setattr(timer, "turns", [])  # nor does one have done what is due
        yield folder
    configured.forget()
    record.forget()
    views.forget()
    use.forget()
    step_log.forget()
    limiter.forget_full_buckets()


@pytest.fixture
def one_period(monkeypatch: pytest.MonkeyPatch) -> None:
    """No period of a limit ends while the test runs."""
    now = time.time() // DAY * DAY
    monkeypatch.setattr(limiter, "clock", lambda: now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to write guides into."""
    path = tmp_path / "guides"
    path.mkdir()
    return path


@pytest.fixture
def write_guide(folder: Path, db: None) -> WriteGuide:
    """Write a guide as Markdown into `folder`, load it, and give its row back."""

    def write(text: str, source: str = "guide.md") -> Guide:
        path = folder / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        report = load.load([folder])
        assert not report.failed, report.failed
        return Guide.objects.get(folder=str(folder), source=source)

    return write


@pytest.fixture(scope="session")
def loaded_once() -> dict[str, prepared.Library]:
    """The libraries that this process has at hand already."""
    return {}


@pytest.fixture
def make_once(db: None, data_dir: Path, loaded_once: dict[str, prepared.Library]) -> MakeOnce:
    """Make what a test begins with, in an empty library; on SQLite once for all tests of all processes.

    It is known by its name. `guides` is the folder that its rows name, and `has_files`
    whether files are put there as well.
    """

    def made(name: str, make: Callable[[], object], guides: Path, *, has_files: bool = True) -> None:
        is_here = False

        def fill(place: Path) -> None:
            nonlocal is_here
            before = prepared.rows_of_all_tables()
            make()
            is_here = True
            library = prepared.kept(before, data_dir, place / "data", guides)
            files = Path(shutil.copytree(guides, place / "guides")) if has_files and guides.is_dir() else None
            dataclasses.replace(library, files=files).save(place / "library")

        if connection.vendor != "sqlite":
            make()
            return
        if name not in loaded_once:
            place = made_once(f"library-{hashlib.sha256(name.encode()).hexdigest()}", fill)
            loaded_once[name] = prepared.Library.saved(place / "library")
        if not is_here:
            loaded_once[name].put(data_dir, guides)

    return made


@pytest.fixture
def shipped(make_once: MakeOnce) -> None:
    """The shipped guides and contacts, loaded."""

    def make() -> None:
        report = load.load([CONTENT])
        assert not report.failed, report.failed

    make_once("shipped", make, CONTENT, has_files=False)


@pytest.fixture
def write_guides_once(write_guide: WriteGuide, folder: Path, make_once: MakeOnce) -> WriteGuides:
    """Write the first guides of a test, given as texts by the paths of their files; loaded once for all."""

    def write(texts: dict[str, str]) -> None:
        make_once(repr(texts), lambda: [write_guide(text, source) for source, text in texts.items()], folder)

    return write


@pytest.fixture
def publish_once(make_once: MakeOnce, settings: Settings) -> PublishGuide:
    """Publish the first guide of a test as `studio.published` does, once for all tests of its author.

    It is published anew for an author whose row has another number, as it has on a database that was emptied.
    """

    def publish(author: User, text: str = TEXT, slug: str = "") -> Guide:
        assert not Guide.objects.exists(), "what is published later depends on what is there: use `published`"
        name = repr(("published", author.pk, author.username, text, slug))
        make_once(name, lambda: published(author, text, slug), Path(settings.CONTENT_DIR), has_files=False)
        return Guide.objects.get()

    return publish


@pytest.fixture
def staff_client(db: None) -> Client:
    """A browser in which a member of staff is signed in."""
    client = Client()
    client.force_login(User.objects.create_user("ada", password="correct horse battery", is_staff=True))
    return client


@pytest.fixture
def token() -> str:
    """The library's state at the start of the test."""
    return publication.current()


@pytest.fixture
def ada() -> User:
    """A writer."""
    return person("ada", "writers")


@pytest.fixture
def eve() -> User:
    """An editor."""
    return person("eve", "editors")
