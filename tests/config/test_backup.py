"""A backup holds everything, byte for byte, on either database; one that is damaged touches nothing."""

from __future__ import annotations

import base64
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command

from kb.config import kept_files
from kb.config.backup import alone, archive, making, tables, unfinished
from kb.models import Image
from tests.support import postgres
from tests.support.rounds import rounds
from tests.support.served import ROOT, tables_and_static_files

FILL = r"""
import os
from datetime import UTC, datetime
from pathlib import Path
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from kb.library.folders import load
from kb.models import Guide, SearchRecord, SideFile
from troubleshooting.models import Handover, Outcome

guides = Path(settings.CONTENT_DIR)
load.load([guides])
guide = Guide.objects.get(slug="slow")
ann = User.objects.create_user("änn 🙂", "ann@example.com", "correct horse battery")
ann.groups.add(Group.objects.get(name="editors"))
SideFile.objects.create(folder=str(guides), source="odd.bin", data=bytes(range(256)))
when = datetime(2026, 2, 3, 4, 5, 6, 123456, UTC)
Outcome.objects.create(walk="w" * 32, kind="solved", guide=guide, problem="p", audience="public", said_at=when)
SearchRecord.objects.create(text="naïve “quotes”\ttab\\ \x01", hits=3, audience="staff", searched_at=when)
Handover.objects.create(once="o", walk_key="w", audience="public", subject="It is slow", transcript="a\n" * 500,
                        guides=[{"slug": "slow", "b": [1, None, True, 1.5], "aa": {"z": "ü"}}], taken_by=ann)
session = SessionStore()
session["cart"] = [1, 2]
session.save()
Outcome.objects.create(walk="v" * 32, kind="failed", problem="q", audience="public", said_at=when)
Outcome.objects.filter(walk="v" * 32).delete()
images = Path(settings.DATA_DIR) / "images"
images.mkdir(exist_ok=True)
(images / "a.png").write_bytes(os.urandom(3000))
"""
NEXT_KEY = """
from datetime import UTC, datetime
from troubleshooting.models import Outcome
now = datetime.now(UTC)
print(Outcome.objects.create(walk="n" * 32, kind="failed", problem="q", audience="public", said_at=now).pk)
"""


def _environment(data: Path, database: str = "", media: str = "") -> dict[str, str]:
    return {
        **os.environ,
        "KB_DATA_DIR": str(data),
        "KB_CONTENT_DIR": str(data.parent / "content"),
        "KB_DATABASE_URL": database,
        "KB_MEDIA_DIR": media,
        "KB_SECRET_KEY": "",
    }


def _manage(data: Path, *arguments: str, database: str = "", media: str = "", fails: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=_environment(data, database, media),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library in `data`, and its backup."""
    place = tmp_path_factory.mktemp("backed-up")
    shutil.copytree(tables_and_static_files(), place / "data")
    (place / "content").mkdir()
    (place / "content" / "slow.md").write_text("# Slow\n\n**Symptoms:**\n- It is slow\n\n**Solution:**\n1. Wait\n")
    _manage(place / "data", "shell", "--no-imports", "-c", FILL)
    said = _manage(place / "data", "backup", str(place / "one.zip"))
    assert "1 guides, 1 revisions, 0 images, 1 people, 1 outcomes, 1 hand-overs, 2 files" in said
    return place


def _held(path: Path) -> dict[str, bytes]:
    """What a backup holds but for its manifest, and the token that a start gives the library."""
    with zipfile.ZipFile(path) as file:
        return {
            name: file.read(name)
            for name in file.namelist()
            if name not in (archive.MANIFEST, "tables/kb.generation.jsonl")
        }


def _again(backup: Path, place: Path, database: str = "") -> Path:
    """The backup of what is made of a backup."""
    place.mkdir()
    _manage(place / "data", "restore", str(backup), database=database)
    _manage(place / "data", "backup", str(place / "again.zip"), database=database)
    return place / "again.zip"


@pytest.mark.slow
def test_what_is_restored_is_the_same_byte_for_byte_and_goes_on(backed_up: Path, tmp_path: Path) -> None:
    held = _held(backed_up / "one.zip")
    assert json.loads(held["tables/kb.sidefile.jsonl"])[3] == base64.b64encode(bytes(range(256))).decode()
    assert _held(_again(backed_up / "one.zip", tmp_path / "other")) == held
    data = tmp_path / "other" / "data"
    assert (data / "secret_key").read_bytes() == (backed_up / "data" / "secret_key").read_bytes()
    assert "not empty" in _manage(data, "restore", str(backed_up / "one.zip"), fails=True)
    assert _held(backed_up / "one.zip") == held
    assert int(_manage(data, "shell", "--no-imports", "-c", NEXT_KEY)) > 1


def _leave_unfinished(data: Path, media: str = "") -> None:
    """Leave a mark as a restore does that is killed."""
    begin = "from kb.config.backup import unfinished; unfinished.begin()"
    _manage(data, "shell", "--no-imports", "-c", begin, media=media)


@pytest.mark.slow
def test_a_restore_that_was_killed_takes_away_nothing_of_another_place(backed_up: Path, tmp_path: Path) -> None:
    data, empty, other = tmp_path / "data", tmp_path / "empty", tmp_path / "prod"
    _leave_unfinished(data, str(empty))
    for folder in ("images", "attachments"):
        (other / folder).mkdir(parents=True)
        (other / folder / "dear.png").write_bytes(b"dear")
    (empty / "images").mkdir(parents=True)
    (empty / "images" / "half.png").write_bytes(b"half")
    said = _manage(data, "restore", str(backed_up / "one.zip"), media=str(other), fails=True)
    assert f"images and attachments went to {empty}, and the settings say {other}." in said
    assert sorted(path.name for path in other.rglob("*.png")) == ["dear.png", "dear.png"]
    elsewhere = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    said = _manage(data, "restore", str(backed_up / "one.zip"), media=str(empty), database=elsewhere, fails=True)
    assert "the database went to" in said
    _manage(data, "restore", str(backed_up / "one.zip"), media=str(empty))
    assert [path.name for path in empty.rglob("*.png")] == ["a.png"]


@pytest.mark.slow
def test_a_restore_that_is_refused_leaves_a_folder_of_others_as_it_was(backed_up: Path, tmp_path: Path) -> None:
    data, media = tmp_path / "of-others", tmp_path / "media"
    data.mkdir()
    (data / "letter.txt").write_text("dear")
    assert "there is letter.txt" in _manage(data, "restore", str(backed_up / "one.zip"), fails=True)
    assert [path.name for path in data.iterdir()] == ["letter.txt"]
    (data / "letter.txt").unlink()
    (media / "images").mkdir(parents=True)
    (media / "images" / "dear.png").write_bytes(b"dear")
    refused = (backed_up / "one.zip", str(media)), (media / "images" / "dear.png", "")
    for file, place in refused:
        _manage(data, "restore", str(file), media=place, fails=True)
        assert list(data.iterdir()) == []


@pytest.mark.slow
def test_a_restore_that_fills_the_disk_leaves_nothing_and_says_what_to_do(backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "full"
    command = f"ulimit -f 100; exec {sys.executable} manage.py restore {backed_up / 'one.zip'}"
    environment = {**os.environ, "KB_DATA_DIR": str(data), "KB_DATABASE_URL": "", "KB_SECRET_KEY": ""}
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "What was begun is gone again" in done.stderr
    assert "restore again" in done.stderr
    assert "start again" not in done.stderr
    assert {path.name for path in data.iterdir()} <= {"generation"}


@pytest.mark.slow
def test_a_restore_that_was_killed_is_served_by_nobody_and_put_right_by_the_next(
    backed_up: Path, tmp_path: Path
) -> None:
    held, data = _held(backed_up / "one.zip"), tmp_path / "half" / "data"
    data.parent.mkdir()
    _manage(data, "restore", str(backed_up / "one.zip"))
    _leave_unfinished(data)
    (data / "images" / "a.png").write_bytes(b"half")
    shutil.rmtree(data / "index")
    for command in (["serve", "--prepare-only"], ["load_guides"], ["backup", str(tmp_path / "half.zip")]):
        assert "Restore the backup again" in _manage(data, *command, fails=True)
    _manage(data, "restore", str(backed_up / "one.zip"))
    assert not (data / unfinished.UNFINISHED).exists()
    _manage(data, "backup", str(tmp_path / "again.zip"))
    assert _held(tmp_path / "again.zip") == held


@contextmanager
def _stopped_in_the_middle(data: Path, sign: str, *arguments: str, database: str = "") -> Iterator[None]:
    """A command that is stopped when a file of this name is there, and that goes on to its end afterwards."""
    command = [sys.executable, "manage.py", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(data, database), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            while not (data / sign).exists():
                assert process.poll() is None, process.communicate()
                time.sleep(0.001)
            process.send_signal(signal.SIGSTOP)
            yield
            process.send_signal(signal.SIGCONT)
            said = process.communicate()[0]
            assert process.returncode == 0, said
        finally:
            process.kill()  # also what is stopped


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_while_one_restore_is_under_way_no_other_and_no_server_begins(
    backed_up: Path, tmp_path: Path, kind: str
) -> None:
    backup, data, other = str(backed_up / "one.zip"), tmp_path / "one" / "data", tmp_path / "other" / "data"
    (tmp_path / "one").mkdir()
    with postgres.database() if kind == "postgres" else nullcontext("") as url:
        with _stopped_in_the_middle(data, unfinished.UNFINISHED, "restore", backup, database=url):
            said = _manage(data, "restore", backup, database=url, fails=True)
            assert "Another restore, or a server that starts, is at work in" in said
            for command in (["serve", "--prepare-only"], ["load_guides"]):
                assert f"A restore into {data} is under way" in _manage(data, *command, database=url, fails=True)
            if url:
                said = _manage(other, "restore", backup, database=url, fails=True)
                assert "is at work in the database just now" in said
                said = _manage(other, "serve", "--prepare-only", database=url, fails=True)
                assert "A restore in the database is under way" in said
        _manage(data, "backup", str(tmp_path / "again.zip"), database=url)
    assert _held(tmp_path / "again.zip") == _held(backed_up / "one.zip")


@pytest.mark.slow
def test_while_a_server_starts_no_restore_begins(backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with _stopped_in_the_middle(data, "kb.sqlite3", "serve", "--prepare-only"):
        said = _manage(data, "restore", str(backed_up / "one.zip"), fails=True)
        assert f"a server that starts, is at work in {data} just now" in said


@pytest.mark.slow
def test_a_server_starts_when_the_database_has_seen_that_a_restore_is_dead(tmp_path: Path) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE %s"
    with postgres.database() as url, psycopg.connect(url, autocommit=True) as dead:
        dead.execute("SELECT pg_advisory_lock(%s)", [alone.FILLING])
        command = [sys.executable, "manage.py", "serve", "--prepare-only"]
        environment = _environment(tmp_path / "data", url)
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
            while dead.execute(asked, ["SELECT pg_try_advisory_lock_shared(%"]).fetchone() == (0,):
                assert server.poll() is None
                time.sleep(0.01)
            dead.close()
            said = server.communicate()[0]
            assert server.returncode == 0, said


@pytest.mark.slow
def test_a_backup_goes_from_one_database_to_the_other_and_back(backed_up: Path, tmp_path: Path) -> None:
    with postgres.database() as url:
        there = _again(backed_up / "one.zip", tmp_path / "postgres", url)
        data = tmp_path / "postgres" / "data"
        assert int(_manage(data, "shell", "--no-imports", "-c", NEXT_KEY, database=url)) > 1
    back = _again(there, tmp_path / "sqlite")
    assert _held(there) == _held(backed_up / "one.zip") == _held(back)


@pytest.mark.slow
def test_a_backup_is_read_whole_and_tells_what_is_in_it(backed_up: Path) -> None:
    said = _manage(backed_up / "data", "verify", str(backed_up / "one.zip"))
    assert "is whole" in said
    assert "1 rows  auth.user" in said
    assert "3,000 bytes images/a.png" in said
    assert (backed_up / "one.zip").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_who_looks_at_the_first_lines_only_is_shown_no_error(backed_up: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "manage.py", "verify", str(backed_up / "one.zip")]
    with os.fdopen(writer, "w") as nobody:
        done = subprocess.run(command, cwd=ROOT, stdout=nobody, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.night
def test_damage_anywhere_is_seen(backed_up: Path, tmp_path: Path) -> None:
    whole = (backed_up / "one.zip").read_bytes()
    chance = random.Random(7)
    places = [chance.randrange(len(whole)) for _ in range(150)] + list(range(len(whole) - 90, len(whole)))
    for place in places:
        other = bytes([whole[place] ^ (1 << chance.randrange(8))])
        (tmp_path / "bad.zip").write_bytes(whole[:place] + other + whole[place + 1 :])
        try:
            manifest = making.verify(tmp_path / "bad.zip")
        except archive.BackupError:
            continue
        # What nobody reads (a date, a flag of the archive) may differ; whatever is read may not.
        assert manifest == making.verify(backed_up / "one.zip")
        assert _held(tmp_path / "bad.zip") == _held(backed_up / "one.zip")
    for length in (0, 1, 21, len(whole) // 2, len(whole) - 1):
        (tmp_path / "bad.zip").write_bytes(whole[:length])
        with pytest.raises(archive.BackupError):
            making.verify(tmp_path / "bad.zip")


def _rewritten(source: Path, path: Path, change: dict[str, bytes], **manifest: object) -> Path:
    """The backup with members changed or added, and a manifest that its author made fit."""
    with archive.opened_backup(source) as found:
        fields = found.manifest.model_dump()
        members = {member.name: b"".join(found.pieces(member)) for member in found.manifest.members} | change
    with archive.written(path) as writer:
        for name, data in members.items():
            if name.startswith(archive.TABLES):
                writer.add(name, data.splitlines(keepends=True), rows=True)
            else:
                writer.add(name, [data])
        writer.finish(archive.Manifest.model_validate(fields | {"members": writer.members} | manifest))
    return path


FOREIGN: list[tuple[dict[str, bytes], dict[str, object], str]] = [
    ({"files/../../evil": b"x"}, {}, "leads elsewhere"),
    ({}, {"format": 2}, "Use a newer version"),
    ({}, {"migrations": [("kb", "9999_later")]}, "newer version"),
    ({"tables/evil.table.jsonl": b"[1]\n"}, {}, "other tables"),
    ({"files/kb.sqlite3": b"x"}, {}, "another file than this version knows: kb.sqlite3"),
    ({"tables/kb.generation.jsonl": b"[1]\n"}, {}, "can't be stored"),
    ({"tables/kb.sidefile.jsonl": b'["x",1,2,"%"]\n'}, {}, "can't be stored"),
    ({"tables/kb.guide.jsonl": b""}, {}, "refer to what is not there"),
]


@pytest.mark.slow
def test_a_foreign_backup_is_refused_and_leaves_nothing(backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for number, (change, manifest, message) in enumerate(rounds(FOREIGN, [*FOREIGN[:2], FOREIGN[-1]])):
        path = _rewritten(backed_up / "one.zip", tmp_path / f"foreign-{number}.zip", change, **manifest)
        assert message in _manage(data, "restore", str(path), fails=True)
        assert not (tmp_path / "evil").exists()
        assert not (data / "images").exists()
        assert {"/".join(file.relative_to(data).parts) for file in data.rglob("*")} <= {
            *making.MADE_BY_STARTING,
            "kb.sqlite3",
            "kb.sqlite3-wal",
            "kb.sqlite3-shm",
        }
    _manage(data, "restore", str(backed_up / "one.zip"))


def test_names_that_lead_elsewhere_and_later_forms_are_refused(backed_up: Path, tmp_path: Path) -> None:
    for number, name in enumerate(("files/../x", "files//x", "/etc/x", "files/./x", "files/a\\..\\x", "elsewhere/x")):
        with pytest.raises(archive.BackupError, match="leads elsewhere"):
            making.verify(_rewritten(backed_up / "one.zip", tmp_path / f"{number}.zip", {name: b"x"}))
    with pytest.raises(archive.BackupError, match="Use a newer version"):
        making.verify(_rewritten(backed_up / "one.zip", tmp_path / "newer.zip", {}, format=2))


def test_other_files_are_no_backups(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("readme.txt", "hello")
    for name in ("text.zip", "other.zip", "absent.zip", "."):
        with pytest.raises(archive.BackupError):
            making.verify(tmp_path / name)


def _images(data_dir: Path, *names: str) -> Path:
    (data_dir / "images").mkdir()
    for name in names:
        (data_dir / "images" / name).write_bytes(name.encode())
    return data_dir / "images"


def _backed_up_files(path: Path) -> list[str]:
    return [member.name for member in making.verify(path).files if "/images/" in member.name]


def test_a_file_that_a_load_lets_go_meanwhile_is_in_the_backup_if_its_row_is(
    transactional_db: None, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, applied = _images(data_dir, "a.png", "b.png"), tables.applied

    def let_go() -> list[tuple[str, str]]:
        known = applied()  # from here on, the rows are those of this moment
        (images / "a.png").unlink()
        (images / "c.png").write_bytes(b"c.png")
        return known

    monkeypatch.setattr(tables, "applied", let_go)
    making.backup(tmp_path / "now.zip")
    assert _backed_up_files(tmp_path / "now.zip") == [f"files/images/{name}.png" for name in "abc"]


def test_a_file_that_is_gone_when_it_is_to_be_read_spoils_no_backup(
    transactional_db: None, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, listed = _images(data_dir, "a.png", "b.png"), kept_files.all_files

    def listed_too_late() -> Iterator[kept_files.KeptFile]:
        found = list(listed())
        (images / "a.png").unlink(missing_ok=True)
        yield from found

    monkeypatch.setattr(kept_files, "all_files", listed_too_late)
    making.backup(tmp_path / "now.zip")
    assert _backed_up_files(tmp_path / "now.zip") == ["files/images/b.png"]


def test_what_can_not_be_read_is_named_and_no_backup_is_made_without_it(
    transactional_db: None, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _images(data_dir, "a.png")

    def unreadable(*_args: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def away(*_args: object) -> None:
        raise kept_files.FilesAwayError("The bucket does not answer as it should: no")

    for place, name, broken, why in (
        (os, "scandir", unreadable, "Images and attachments can't be read: Permission denied"),
        (kept_files.Folder, "open", unreadable, "images/a.png can't be read: Permission denied"),
        (kept_files.Folder, "open", away, "images/a.png can't be read: The bucket does not answer"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, broken)
            with pytest.raises(archive.BackupError, match=why):
                making.backup(tmp_path / "now.zip")
        assert not list(tmp_path.glob("*now*"))


def test_a_backup_without_files_that_the_library_knows_says_so(
    transactional_db: None, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _images(data_dir, f"{'a' * 64}.png")
    for digest in ("a" * 64, "b" * 64):
        Image.objects.create(digest=digest, ending="png", source=f"{digest[0]}.png", width=1, height=1, size=1)
    call_command("backup", str(tmp_path / "now.zip"))
    told = capsys.readouterr()
    assert "is written" in told.out
    assert "1 images or attachments of the library are not in it" in told.err
    assert f"images/{'b' * 64}.png" in told.err
    Image.objects.filter(digest="b" * 64).delete()
    call_command("backup", str(tmp_path / "then.zip"))
    assert capsys.readouterr().err == ""


def test_a_disk_that_gives_files_one_name_only_takes_a_backup_and_nothing_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    (disk := tmp_path / "disk").mkdir()
    with archive.written(disk / "one.zip") as writer:
        writer.add("files/a", [b"a"])
    assert zipfile.is_zipfile(disk / "one.zip")
    with pytest.raises(archive.BackupError, match="is there already"), archive.written(disk / "two.zip") as writer:
        (disk / "two.zip").write_text("of somebody else")
    assert (disk / "two.zip").read_text() == "of somebody else"
    assert sorted(file.name for file in disk.iterdir()) == ["one.zip", "two.zip"]


@pytest.mark.slow
def test_a_backup_may_have_any_name(backed_up: Path, tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/odd \xff\n.zip")
    for command in ("backup", "verify"):
        done = subprocess.run(
            [sys.executable, "manage.py", command, name],
            cwd=ROOT,
            env=_environment(backed_up / "data") | {"PYTHONIOENCODING": "utf-8:strict"},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.night
def test_a_file_that_is_there_is_not_written_over(backed_up: Path) -> None:
    before = (backed_up / "one.zip").read_bytes()
    assert "is there already" in _manage(backed_up / "data", "backup", str(backed_up / "one.zip"), fails=True)
    assert (backed_up / "one.zip").read_bytes() == before
    assert "can't be written" in _manage(backed_up / "data", "backup", str(backed_up / "no" / "one.zip"), fails=True)


def test_what_this_process_holds_is_backed_up_whole(transactional_db: None, data_dir: Path, tmp_path: Path) -> None:
    made = making.backup(tmp_path / "now.zip")
    assert making.verify(tmp_path / "now.zip") == made
    assert {"tables/kb.guide.jsonl", "tables/auth.user.jsonl"} <= {member.name for member in made.members}
    assert made.migrations


def test_a_restore_that_never_ended_is_told_to_every_command_but_those_that_put_it_right(
    db: None, data_dir: Path
) -> None:
    assert unfinished.why_not("load_guides") is None
    unfinished.begin()
    assert "Restore the backup again" in (unfinished.why_not("load_guides") or "")
    assert unfinished.why_not("restore") is None
    unfinished.refuse_other_places()
    unfinished.end()
    assert not unfinished.is_unfinished()
