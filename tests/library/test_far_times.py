"""Times that no zone and no database can tell end no load and no page: such a text is never published by its time."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kb.editorial import approval
from kb.library.export import export
from kb.library.folders import load
from kb.models import Guide, Revision
from tests.support import postgres
from tests.support.served import ROOT

TEXT = "# Lamp\n\n**Symptoms:**\n- It blinks\n\n**Solution:**\n1. Unplug it.\n"
YAML, TOML = "---\n{0}: {1}\n---\n" + TEXT, "+++\n{0} = {1}\n+++\n" + TEXT
pytestmark = pytest.mark.slow

FAR = ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z", "9999-12-31 23:59:59", "9999-01-01")
LONG_PAST = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "0001-01-01 00:00:00", "0001-01-01")


@pytest.fixture(params=["America/New_York", pytest.param("Pacific/Kiritimati", marks=pytest.mark.night)])
def folder(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A folder of a site that lies far from Greenwich."""
    settings.TIME_ZONE = request.param
    timezone.deactivate()
    settings.CONTENT_DIR = tmp_path / "guides"
    settings.CONTENT_DIR.mkdir()
    yield settings.CONTENT_DIR
    timezone.deactivate()


def write(folder: Path, key: str, times: Iterable[str]) -> dict[str, str]:
    """Write guides that say each of these times in each kind of head; gives their texts by their sources."""
    heads = [head.format(key, written) for written in times for head in (YAML, TOML)]
    texts = {f"lamp-{number}.md": text for number, text in enumerate(heads)}
    for source, text in texts.items():
        (folder / source).write_text(text)
    return texts


@pytest.mark.django_db(transaction=True)
def test_a_time_that_can_not_be_told_is_for_good(folder: Path, tmp_path: Path, admin_client: Client) -> None:
    texts = write(folder, "publish_date", FAR)
    assert sorted(load.load([folder]).drafts) == sorted(texts)
    assert sorted(load.load([folder]).unchanged) == sorted(texts)
    for source, text in texts.items():
        assert Revision.objects.get(guide__source=source).publish_at is None, text
    assert approval.publish_due(dt.datetime(9999, 12, 31, 12, tzinfo=dt.UTC)) == []
    export.export(tmp_path / "out")
    assert admin_client.get("/write/guides/").status_code == 200
    for source, text in texts.items():
        assert (tmp_path / "out" / source).read_text() == text
        slug = Guide.objects.get(source=source).slug
        for address in (f"{slug}/", f"{slug}/history/"):
            assert admin_client.get(f"/write/guides/{address}").status_code == 200, text


@pytest.mark.django_db(transaction=True)
def test_a_time_before_all_times_is_none(folder: Path) -> None:
    for key in ("publish_date", "date", "expiryDate"):
        texts = write(folder, key, LONG_PAST)
        assert load.load([folder]).failed == []
        assert dict(Guide.objects.values_list("source", "state")) == dict.fromkeys(texts, "published"), key


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("written", ["9998-12-31T23:59:59-14:00", "9998-12-31 23:59:59", "0002-01-01T00:00:00+14:00"])
def test_the_last_times_that_can_be_told_are_kept(folder: Path, admin_client: Client, written: str) -> None:
    (folder / "lamp.md").write_text(YAML.format("publish_date", written))
    assert load.load([folder]).failed == []
    is_past = written < "1"
    assert Guide.objects.get().state == ("published" if is_past else "draft")
    assert (Revision.objects.get().publish_at is None) == is_past
    assert load.load([folder]).unchanged == ["lamp.md"]
    assert admin_client.get("/write/guides/lamp/history/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_any_day_to_look_again_is_kept_and_shown(folder: Path, admin_client: Client) -> None:
    times = ("9999-12-31", "0001-01-01", "9999-12-31T23:59:59-05:00")
    texts = write(folder, "review_by", times)
    assert sorted(load.load([folder]).new) == sorted(texts)
    for number, (source, text) in enumerate(texts.items()):
        guide = Guide.objects.get(source=source)
        assert guide.review_by == dt.date.fromisoformat(times[number // 2][:10]), text
        for address in (f"guides/{guide.slug}/", f"guides/{guide.slug}/history/"):
            assert admin_client.get(f"/write/{address}", follow=True).status_code == 200, text
        assert admin_client.get(f"/api/v1/guides/{guide.slug}").status_code == 200, text
    for address in ("guides/", "", "attention/"):
        assert admin_client.get(f"/write/{address}", follow=True).status_code == 200, address


@pytest.mark.django_db(transaction=True)
def test_no_such_time_can_be_chosen_in_the_studio(folder: Path, admin_client: Client, admin_user: User) -> None:
    times = ("9999-12-31T23:59", "9999-01-01T00:00", "0001-01-01T00:00", "0001-12-31T23:59")
    (folder / "lamp.md").write_text(TEXT)
    load.load([folder])
    text = {"text": f"{TEXT}\nMore.\n", "action": "save", "saved": "0", "based_on": "1"}
    admin_client.post("/write/guides/lamp/", text)
    form = {"saved": str(Revision.objects.get(author=admin_user).saved), "comment": "More"}
    for typed in times:
        answer = admin_client.post("/write/guides/lamp/propose/", form | {"publish_at": typed})
        assert "This is no date and time" in answer.content.decode(), typed
    admin_client.post("/write/guides/lamp/propose/", form | {"publish_at": ""})
    for action, typed in product(("approve/", "schedule/"), times):
        answer = admin_client.post(f"/write/guides/lamp/review/2/{action}", {"publish_at": typed})
        assert answer.status_code == 422, typed
        assert "This is no date and time" in answer.content.decode(), typed
    assert Revision.objects.get(number=2).publish_at is None


# A library that has such a time already


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.night)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of a library of its own, on each of the databases."""
    (tmp_path / "guides").mkdir()
    ours = {"KB_DATA_DIR": str(tmp_path / "var"), "KB_CONTENT_DIR": str(tmp_path / "guides"), "KB_WORKERS": "1"}
    if request.param == "sqlite":
        yield {**os.environ, **ours, "KB_DATABASE_URL": ""}
        return
    name = f"kb_far_{os.getpid()}"
    with psycopg.connect(postgres.needed(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield {**os.environ, **ours, "KB_DATABASE_URL": f"{postgres.needed_url().rpartition('/')[0]}/{name}"}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.night
def test_a_library_that_has_such_a_time_starts_and_loads(environment: dict[str, str], tmp_path: Path) -> None:
    """PostgreSQL keeps a time of the year 10000, and can't give it back."""

    def command(*words: str) -> None:
        arguments = [sys.executable, "manage.py", *words]
        done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    guides = tmp_path / "guides"
    (guides / "lamp.md").write_text(YAML.format("publish_date", "2999-01-01"))
    (guides / "door.md").write_text(YAML.format("publish_date", "2998-01-01"))
    command("serve", "--prepare-only")
    command("migrate", "kb", "0016", "-v", "0")
    change = (
        "UPDATE kb_revision SET publish_at = '{}', state = 'in_review', approved_at = created_at "
        "WHERE publish_at > '2998-06-01'"
    )
    if url := environment["KB_DATABASE_URL"]:
        with psycopg.connect(url) as library:
            library.execute(change.format("10000-01-01 04:59:59+00"))
    else:
        connection = sqlite3.connect(tmp_path / "var" / "kb.sqlite3")
        with connection:
            connection.execute(change.format("9999-12-31 23:59:59"))
        connection.close()
    command("serve", "--prepare-only")
    command("load_guides")
    command("export_guides", str(tmp_path / "out"))
    asked = "SELECT state, publish_at IS NULL, approved_at IS NULL FROM kb_revision ORDER BY state"
    if url:
        with psycopg.connect(url) as library:
            found = library.execute(asked).fetchall()
    else:
        connection = sqlite3.connect(tmp_path / "var" / "kb.sqlite3")
        found = connection.execute(asked).fetchall()
        connection.close()
    assert [tuple(map(str, row)) for row in found] in (
        [("draft", "0", "1"), ("in_review", "1", "1")],
        [("draft", "False", "True"), ("in_review", "True", "True")],
    )
