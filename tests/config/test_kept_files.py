"""Images and attachments in a bucket of a real server that understands S3, and in a folder that machines share."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.contrib.auth.models import User
from django.test import Client
from moto.server import ThreadedMotoServer
from PIL import Image as Picture
from pytest_django import Settings

from kb.config import checks, kept_files
from kb.config.kept_files import Folder, KeptFile
from kb.library.images import store
from kb.models import Attachment, Guide, Image
from tests.conftest import WriteGuide
from tests.support.served import ROOT, free_port

pytestmark = pytest.mark.slow

BUCKET = "help-files"
GUIDE = "# Pump\n\nSee [the notes](notes.txt).\n\n![The flap](flap.png)\n"


def picture() -> bytes:
    """A small image."""
    out = io.BytesIO()
    Picture.new("RGB", (8, 8), (200, 10, 10)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def s3() -> Iterator[ThreadedMotoServer]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    yield server
    server.stop()


def _address(server: ThreadedMotoServer) -> str:
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


@pytest.fixture
def objects(s3: ThreadedMotoServer) -> Iterator[Any]:
    """The bucket, empty, as whoever owns it sees it."""
    owner = boto3.resource(
        "s3", endpoint_url=_address(s3), region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    made = owner.create_bucket(Bucket=BUCKET)
    yield made
    made.objects.all().delete()
    made.delete()


def _settings(server: str) -> dict[str, str]:
    return {"s3_bucket": BUCKET, "s3_endpoint": server, "s3_access_key": "name", "s3_secret_key": "key"}


@pytest.fixture
def bucket(objects: Any, s3: ThreadedMotoServer, settings: Settings) -> Iterator[Any]:
    """The same, as this process uses it."""
    kept_files.forget()
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update=_settings(_address(s3)))
    yield objects
    kept_files.forget()


def _loaded(write_guide: WriteGuide, folder: Path) -> Guide:
    (folder / "flap.png").write_bytes(picture())
    (folder / "notes.txt").write_text("Turn it left.")
    return write_guide(GUIDE)


def _names(objects: Any) -> list[str]:
    return sorted(each.key for each in objects.objects.all())


@pytest.mark.django_db
def test_files_are_put_into_the_bucket_and_come_from_it(
    bucket: Any, write_guide: WriteGuide, folder: Path, data_dir: Path, client: Client
) -> None:
    page = client.get(_loaded(write_guide, folder).get_absolute_url()).content.decode()
    image, attachment = Image.objects.get(), Attachment.objects.get()
    assert _names(bucket) == sorted([f"images/{image.digest}.png", f"attachments/{attachment.digest}"])
    assert not (data_dir / "images").exists()
    shown = client.get(image.get_absolute_url())
    assert image.get_absolute_url() in page
    assert b"".join(shown) == picture()
    assert shown.headers["Content-Length"] == str(len(picture()))
    assert b"".join(client.get(attachment.get_absolute_url())) == b"Turn it left."


@pytest.mark.django_db
def test_what_is_uploaded_twice_is_put_there_once_and_what_nobody_needs_goes(
    bucket: Any, write_guide: WriteGuide, folder: Path
) -> None:
    guide = _loaded(write_guide, folder)
    first, again = (store.upload(guide, "red.png", picture(), User.objects.create_user(name)) for name in "ab")
    assert again == first
    uploaded = [f"images/{first.digest}.png", f"images/{Image.objects.get(source='flap.png').digest}.png"]
    assert [name for name in _names(bucket) if name.startswith("images/")] == sorted(uploaded)
    (folder / "notes.txt").unlink()
    write_guide(GUIDE + "\nMore.\n")
    assert _names(bucket) == sorted(uploaded)


@pytest.mark.django_db
def test_one_that_is_lost_is_not_found_and_a_bucket_that_is_away_says_to_come_again(
    bucket: Any, write_guide: WriteGuide, folder: Path, client: Client, settings: Settings
) -> None:
    _loaded(write_guide, folder)
    image = Image.objects.get()
    bucket.objects.all().delete()
    assert client.get(image.get_absolute_url()).status_code == 404
    kept_files.forget()
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update=_settings(f"http://127.0.0.1:{free_port()}"))
    client.raise_request_exception = False
    response = client.get(image.get_absolute_url())
    assert (response.status_code, "Retry-After" in response.headers) == (503, True)
    assert "no-store" in response.headers["Cache-Control"]


def _command(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )


def _library(folder: Path, server: str) -> dict[str, str]:
    own = {f"KB_{name.upper()}": value for name, value in _settings(server).items()}
    return own | {"KB_DATA_DIR": str(folder), "KB_CONTENT_DIR": str(folder.parent / "guides"), "KB_DATABASE_URL": ""}


@pytest.mark.night
def test_a_backup_goes_from_a_bucket_into_a_folder_and_back(
    objects: Any, s3: ThreadedMotoServer, tmp_path: Path
) -> None:
    content = tmp_path / "guides"
    content.mkdir()
    (content / "pump.md").write_text(GUIDE)
    (content / "flap.png").write_bytes(picture())
    (content / "notes.txt").write_text("Turn it left.")
    first = _library(tmp_path / "first", _address(s3))
    assert _command(first, "serve", "--prepare-only").returncode == 0
    before = {each.key: each.get()["Body"].read() for each in objects.objects.all()}
    assert len(before) == 2
    for words in (("backup", str(tmp_path / "one.zip")), ("verify", str(tmp_path / "one.zip"))):
        done = _command(first, *words)
        assert done.returncode == 0, done.stderr
    into_folder = {name: value for name, value in first.items() if not name.startswith("KB_S3")}
    into_folder |= {"KB_DATA_DIR": str(tmp_path / "second"), "KB_MEDIA_DIR": str(tmp_path / "shared")}
    done = _command(into_folder, "restore", str(tmp_path / "one.zip"))
    assert done.returncode == 0, done.stderr
    assert {name: (tmp_path / "shared" / name).read_bytes() for name in before} == before
    assert not (tmp_path / "second" / "images").exists()
    refused = _command(first | {"KB_DATA_DIR": str(tmp_path / "third")}, "restore", str(tmp_path / "one.zip"))
    assert (refused.returncode, "There are images or attachments already" in refused.stderr) == (1, True)
    objects.objects.all().delete()
    done = _command(first | {"KB_DATA_DIR": str(tmp_path / "fourth")}, "restore", str(tmp_path / "one.zip"))
    assert done.returncode == 0, done.stderr
    assert {each.key: each.get()["Body"].read() for each in objects.objects.all()} == before


def test_a_bucket_that_can_not_be_used_stops_the_start(tmp_path: Path) -> None:
    done = _command(_library(tmp_path / "data", f"http://127.0.0.1:{free_port()}"), "check")
    assert done.returncode == 1
    assert "KB_S3_BUCKET can't be used: The bucket does not answer" in done.stderr


@pytest.mark.django_db
def test_a_shared_folder_has_the_files_and_the_data_folder_none(
    settings: Settings, tmp_path: Path, write_guide: WriteGuide, folder: Path, client: Client
) -> None:
    settings.MEDIA_DIR = tmp_path / "shared"
    _loaded(write_guide, folder)
    image = Image.objects.get()
    assert not (Path(settings.DATA_DIR) / "images").exists()
    assert (tmp_path / "shared" / "images" / f"{image.digest}.png").read_bytes() == picture()
    assert b"".join(client.get(image.get_absolute_url())) == picture()
    shutil.rmtree(tmp_path / "shared")
    assert client.get(image.get_absolute_url()).status_code == 404


def test_a_folder_that_this_account_may_not_write_stops_the_start_before_somebody_uploads(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_DIR = tmp_path / "shared" / "files"
    assert kept_files.trouble() is None  # it is made when there is something to keep
    monkeypatch.setattr(os, "access", lambda folder, _mode: folder != tmp_path)
    assert f"this account may not write {tmp_path}:" in (kept_files.trouble() or "")
    (error,) = checks.files_can_be_kept()
    assert error.msg.startswith("KB_MEDIA_DIR can't be used: this account may not write")
    settings.MEDIA_DIR.mkdir(parents=True)
    assert kept_files.trouble() is None


def test_a_file_that_is_half_written_is_none(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_DIR = tmp_path
    KeptFile("images/a.png").keep(b"whole")
    (tmp_path / "images" / ".half").write_bytes(b"ha")
    assert [file.name for file in kept_files.all_files()] == ["images/a.png"]
    assert Folder(tmp_path).names("attachments") == []
