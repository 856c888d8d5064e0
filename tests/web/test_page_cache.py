"""Signed-out readers share what was rendered for one of them, until something is published."""

from __future__ import annotations

import os
import secrets
import shutil
import tracemalloc
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Picture
from pytest_django import Settings

from kb.library import publication
from kb.models import Guide, Image
from kb.web import page_cache
from kb.web.page_cache import LARGEST_PAGE, PageStore
from kb.web.shared_pages import Page
from tests.conftest import WriteGuide

pytestmark = pytest.mark.django_db

GUIDE = """
# Slow mornings

It is slow.
"""


def test_the_second_reader_costs_no_query(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    first = Client().get(url)
    with CaptureQueriesContext(connection) as queries:
        second = Client().get(url)
    assert len(queries) == 0
    assert second.content == first.content
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_reader_who_has_the_page_gets_a_304_without_a_query(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    etag = Client().get(url).headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        again = Client().get(url, headers={"If-None-Match": etag})
        weak = Client().get(url, headers={"If-None-Match": f'"other", W/{etag}'})
    assert (again.status_code, weak.status_code) == (304, 304)
    assert again.content == b""
    assert again.headers["ETag"] == etag
    assert len(queries) == 0


def test_head_names_the_page_as_get_does(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    head = Client().head(url)
    assert head.headers["ETag"] == Client().get(url).headers["ETag"]
    assert b"It is slow." in Client().get(url).content
    assert Client().head(url, headers={"If-None-Match": head.headers["ETag"]}).status_code == 304


def test_a_publication_shows_at_once(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    etag = Client().get(url).headers["ETag"]
    write_guide(GUIDE.replace("slow.", "quick."))
    again = Client().get(url, headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert b"It is quick." in again.content


def test_what_is_shared_sets_no_cookie_and_says_that_it_is_public(write_guide: WriteGuide) -> None:
    response = Client().get(write_guide(GUIDE).get_absolute_url())
    assert not response.cookies
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert {"Cookie", "HX-Request"} <= {name.strip() for name in response.headers["Vary"].split(",")}
    assert b"csrf" not in response.content.lower()


def _with_image(write_guide: WriteGuide, folder: Path, audience: str = "public") -> str:
    folder.mkdir(exist_ok=True)
    Picture.new("RGB", (4, 4)).save(folder / "slow.png")
    write_guide(f"---\naudience: {audience}\n---\n{GUIDE}\n![A snail](slow.png)\n")
    return Image.objects.get().get_absolute_url()


def test_browsers_keep_an_image_for_a_year_and_never_ask(write_guide: WriteGuide, folder: Path) -> None:
    shown = Client().get(_with_image(write_guide, folder))
    assert shown.headers["Cache-Control"] == "public, max-age=31536000, immutable, s-maxage=0"
    shown.close()


def test_caches_between_ask_for_an_image_as_often_as_for_a_page_and_are_refused_what_is_for_staff_now(
    write_guide: WriteGuide, folder: Path, settings: Settings, staff_client: Client
) -> None:
    settings.SHARED_CACHE_SECONDS = 10
    address = _with_image(write_guide, folder)
    shown = Client().get(address)
    shown.close()
    assert shown.headers["Cache-Control"] == "public, max-age=31536000, immutable, s-maxage=10"
    assert shown.headers["CDN-Cache-Control"].startswith("max-age=10, ")
    known = {"If-None-Match": f'"other", W/{shown.headers["ETag"]}'}
    again = Client().get(address, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == shown.headers["Cache-Control"]
    _with_image(write_guide, folder, "staff")
    assert Client().get(address, headers=known).status_code == 404
    for_staff = staff_client.get(address, headers=known)
    assert (for_staff.status_code, for_staff.headers["Cache-Control"]) == (304, "private, max-age=0")


def test_this_server_keeps_a_page_for_an_hour_at_most() -> None:
    assert page_cache.KEPT_SECONDS == 3600


def test_what_someone_sees_who_is_signed_in_is_theirs_alone(write_guide: WriteGuide, staff_client: Client) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    signed_out = Client().get(url)
    response = staff_client.get(url, headers={"If-None-Match": signed_out.headers["ETag"]})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert Client().get(url).content == signed_out.content


def test_a_staff_guide_is_not_kept_for_others(write_guide: WriteGuide, staff_client: Client) -> None:
    url = write_guide("---\naudience: staff\n---\n# Secret way\n\nHush.\n").get_absolute_url()
    assert staff_client.get(url).status_code == 200
    assert Client().get(url).status_code == 404


def test_errors_are_not_kept(write_guide: WriteGuide) -> None:
    missing = Client().get("/guides/later/")
    assert missing.status_code == 404
    assert "no-store" in missing.headers["Cache-Control"]
    assert "ETag" not in missing.headers
    write_guide("# Later\n\nHere now.\n", "later.md")
    assert Client().get("/guides/later/").status_code == 200


def test_a_page_with_a_form_token_is_not_kept() -> None:
    response = Client().get("/accounts/sign-in/")
    assert "ETag" not in response.headers
    assert "no-store" in response.headers["Cache-Control"]


def test_an_unknown_host_is_turned_away_even_when_the_page_is_kept(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    assert Client().get(url).status_code == 200
    assert Client(SERVER_NAME="evil.example").get(url).status_code == 400


def test_fragments_and_pages_are_kept_apart(write_guide: WriteGuide) -> None:
    write_guide(GUIDE)
    page = Client().get("/search/?q=slow")
    fragment = Client().get("/search/?q=slow", headers={"HX-Request": "true"})
    assert page.headers["ETag"] != fragment.headers["ETag"]


def test_nothing_is_kept_while_a_publication_is_under_way(write_guide: WriteGuide) -> None:
    guide = write_guide(GUIDE)
    with publication.publication():
        response = Client().get(guide.get_absolute_url())
        assert response.status_code == 200
        assert "ETag" not in response.headers
        Guide.objects.filter(pk=guide.pk).update(title="Slow evenings")
    assert b"Slow evenings" in Client().get(guide.get_absolute_url()).content


def test_someone_whose_session_ended_still_gets_the_page(write_guide: WriteGuide) -> None:
    User.objects.create_user("ada")
    client = Client()
    client.cookies["sessionid"] = "long-gone"
    assert client.get(write_guide(GUIDE).get_absolute_url()).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 3_000, 400_000, LARGEST_PAGE])
def test_kept_pages_take_no_more_memory_than_their_room(size: int) -> None:
    room = 8_000_000
    shelf = PageStore(room)
    most = min(3 * room // size, 20_000)
    tracemalloc.start()
    try:
        for number in range(most):
            shelf.put(secrets.token_hex(20), Page(200, (("X-Number", str(number)),), secrets.token_bytes(size)))
        taken, _most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < room * 1.1
    assert shelf.bytes_kept() <= room


def test_the_page_that_nobody_asked_for_makes_room() -> None:
    shelf = PageStore(1_000_000)
    shelf.put("asked for", Page(200, (), b"first"))
    for number in range(30):
        assert shelf.get("asked for") is not None
        shelf.put(str(number), Page(200, (), b"x" * 100_000))
    assert shelf.get("0") is None
    assert shelf.get("29") is not None


def test_a_page_that_is_too_large_is_not_kept_and_no_other_is_lost() -> None:
    shelf = PageStore(2_000_000)
    shelf.put("small", Page(200, (), b"small"))
    shelf.put("large", Page(200, (), b"x" * (LARGEST_PAGE + 1)))
    assert shelf.get("large") is None
    assert shelf.get("small") is not None


def test_what_people_type_pushes_no_page_out(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    Client().get(url)
    before = page_cache.PAGES.bytes_kept()
    for text in ("slow", "slower", "slowest"):
        Client().get("/search/", {"q": text})
    assert page_cache.PAGES.bytes_kept() == before > 0
    assert page_cache.ANSWERS.bytes_kept() > 0


def test_one_reader_can_not_change_what_the_next_one_gets(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    right = Client().get(url).content
    first = Client().get(url)
    first.headers["X-Mine"] = "yes"
    assert (Client().get(url).content, Client().get(url).headers.get("X-Mine")) == (right, None)


def test_a_server_s_idea_of_a_prefix_changes_neither_page_nor_name(write_guide: WriteGuide) -> None:
    """Some servers take SCRIPT_NAME from a header, or from how they are set up."""
    write_guide(GUIDE, "maintenance.md")
    poisoned = Client(SCRIPT_NAME="/guides/maintenance").get("/")
    assert 'href="/guides/maintenance/search' not in poisoned.content.decode()
    right = Client().get("/guides/maintenance/")
    assert b"It is slow." in right.content
    assert poisoned.headers["ETag"] == Client().get("/").headers["ETag"] != right.headers["ETag"]


def test_only_true_makes_a_fragment_of_its_own(write_guide: WriteGuide) -> None:
    write_guide(GUIDE)
    page = Client().get("/search/?q=slow").headers["ETag"]
    for value in ("false", "1", "TRUE", secrets.token_hex(8)):
        assert Client().get("/search/?q=slow", headers={"HX-Request": value}).headers["ETag"] == page


@pytest.fixture
def release_in(settings: Settings, tmp_path: Path) -> Path:
    """A machine's copy of a small release."""
    settings.BASE_DIR = tmp_path / "release"
    (settings.BASE_DIR / "kb" / "templates").mkdir(parents=True)
    (settings.BASE_DIR / "kb" / "views.py").write_text("a = 1")
    (settings.BASE_DIR / "kb" / "templates" / "page.html").write_text("<p>")
    (settings.BASE_DIR / "requirements.txt").write_text("django==5.2")
    return tmp_path / "release"


def _release() -> str:
    page_cache.release.cache_clear()
    try:
        return page_cache.release()
    finally:
        page_cache.release.cache_clear()


def test_two_machines_name_the_same_release_alike(release_in: Path, settings: Settings) -> None:
    here = _release()
    there = shutil.copytree(release_in, release_in.with_name("elsewhere"))
    for path in there.rglob("*"):
        os.utime(path, (1, 1))
    settings.BASE_DIR = there
    assert _release() == here


@pytest.mark.parametrize("name", ["kb/views.py", "kb/templates/page.html", "requirements.txt"])
def test_another_release_has_another_name(release_in: Path, name: str) -> None:
    before = _release()
    path = release_in / name
    stamp, text = path.stat(), path.read_text()
    path.write_text(text[::-1])
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert _release() != before


def test_a_file_that_moved_makes_another_release(release_in: Path) -> None:
    before = _release()
    (release_in / "kb" / "views.py").rename(release_in / "kb" / "templates" / "views.py")
    assert _release() != before
