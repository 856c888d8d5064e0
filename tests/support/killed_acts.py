"""Real processes that are killed at any moment, each on a library of its own; what is wrong afterwards is written down.

    python -m tests.support.killed_acts ACT TIMES

Goes on until ACT was really killed so often, in three times as many tries at most, as one that is over is not killed.
Prints how often it was, and fails with the first thing that is not as it should be: something that is neither as it was
nor as it is to be, or that doing the same again does not put right.
"""

# ruff: noqa: PLC0415 - Django has to be set up before its models are imported
from __future__ import annotations

import gzip
import hashlib
import io
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.support.rounds import rounds

FORK = multiprocessing.get_context("fork")
DATA = Path(os.environ.get("KB_DATA_DIR", "."))
PLACE = DATA.parent
BEFORE, FOLDER, OUT, BACKUP = PLACE / "before", PLACE / "guides", PLACE / "out", PLACE / "kept.zip"
EARLIER = Path(__file__).resolve().parent.parent / "data" / "version_0_1.sqlite3.gz"
OLD, NEW = "Pull the sheet", "Tear the sheet"
JAM = f"# Jam\n\n**Symptoms:**\n- It stops (always)\n\n**Solution:**\n1. Open it\n2. {OLD}\n"
GUIDES = 12
MANY_GUIDES = rounds(700, 45)
TRIES = 3


def apart(work: Callable[[], Any]) -> Any:
    """What the work gives, done in a process of its own."""
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=lambda: theirs.send(work()))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        process.join()


def manage(*words: str) -> None:
    """Run a command, without what it says."""
    from django.core.management import call_command

    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        call_command(*words)


def picture() -> bytes:
    """A large image, so that it takes a while to keep."""
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((900, 700), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


# What a library is made of


def a_library() -> bool:
    """Guides of a folder, one written in the browser of which another text waits, and an image."""
    from django.contrib.auth.models import User

    from kb.library.folders import load
    from kb.library.images import store
    from tests.support.studio import proposal, published

    FOLDER.mkdir(exist_ok=True)
    for number in range(GUIDES):
        (FOLDER / f"lamp-{number}.md").write_text(f"# Lamp {number}\n\n## Why\n\n" + f"It is dark {number}.\n" * 40)
    manage("migrate", "--no-input")
    assert not load.load([FOLDER]).failed
    eve = User.objects.create_superuser("eve")
    guide = published(eve, JAM, "jam")
    store.upload(guide, "before.png", picture(), eve)
    proposal(guide, eve, JAM.replace(OLD, NEW))
    manage("backup", str(BACKUP))
    return True


def many_files(line: str) -> None:
    """A folder of guides that say this in one line."""
    FOLDER.mkdir(exist_ok=True)
    for number in range(MANY_GUIDES):
        (FOLDER / f"jam-{number}.md").write_text(JAM.replace("# Jam", f"# Jam {number}").replace(OLD, line))


def many_guides() -> bool:
    """A library of many guides, whose files say something else by now."""
    from kb.library.folders import load

    manage("migrate", "--no-input")
    many_files(OLD)
    assert not load.load([FOLDER]).failed
    many_files(NEW)
    return True


def an_earlier_library() -> bool:
    """The database of an earlier version."""
    DATA.mkdir(mode=0o700, exist_ok=True)
    (DATA / "kb.sqlite3").write_bytes(gzip.decompress(EARLIER.read_bytes()))
    return True


def nothing() -> bool:
    """A library, and its backup; then an empty folder, and an empty database."""
    a_library()
    empty_database()
    for path in DATA.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return True


def empty_database() -> bool:
    """Drop the tables in PostgreSQL, once the sessions of who was killed are over; that of SQLite is a file."""
    from django.db import connection

    from kb.config.backup import tables

    if connection.vendor == "postgresql":
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with connection.cursor() as cursor:
            while cursor.execute(others).fetchone() != (0,):
                time.sleep(0.05)
        tables.drop()
    return True


# What is done, and what must be so after it was killed: the same again has to end well


def jam() -> Any:
    """The guide that was written in the browser."""
    from kb.models import Guide

    return Guide.objects.get(slug="jam")


def is_sound() -> None:
    """No row of the database is damaged, and the index comes to hold what the database does."""
    from django.db import connection

    from kb.library import indexing
    from kb.search import configured
    from kb.search.index import documents

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert not cursor.execute("PRAGMA foreign_key_check").fetchall()
    indexing.catch_up()
    assert documents.digests_for() == configured.engine().digests()


def is_old_or_new(guide: Any) -> bool:
    """Whether readers see the new text; all of the guide is of one text."""
    is_new = NEW in guide.revision.text
    assert (NEW in guide.html) == is_new
    assert (OLD in guide.html) != is_new
    texts = [step.text for problem in guide.problems.all() for step in problem.steps.all()]
    assert {NEW in text for text in texts if "sheet" in text} == {is_new}
    assert guide.revisions.filter(state="published").count() == 1
    return is_new


def publish() -> None:
    """Approve what waits."""
    from django.contrib.auth.models import User

    from kb.editorial import approval
    from kb.models import Revision

    for revision in Revision.objects.filter(guide__slug="jam", state=Revision.State.IN_REVIEW):
        approval.approve(revision, User.objects.get(username="eve"))


def published() -> None:
    is_sound()
    before = jam().revisions.count()
    is_old_or_new(jam())
    publish()
    assert is_old_or_new(jam())
    assert jam().revisions.count() == before
    is_sound()


def load() -> None:
    """Load the folder."""
    from kb.library.folders import load

    assert not load.load([FOLDER]).failed


def loaded() -> None:
    from kb.models import Guide

    is_sound()
    for guide in Guide.objects.select_related("revision"):
        is_old_or_new(guide)
    load()
    assert [is_old_or_new(guide) for guide in Guide.objects.select_related("revision")] == [True] * MANY_GUIDES
    assert not Guide.objects.exclude(state="published").exists()
    is_sound()


def publish_in_time() -> None:
    """What the timer does with a text whose time has come."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from kb.editorial import approval, drafts
    from kb.models import Revision

    for revision in Revision.objects.filter(guide__slug="jam", state=Revision.State.IN_REVIEW, approved_at=None):
        later = timezone.now() + timedelta(days=1)
        approval.approve(drafts.schedule(revision, later), User.objects.get(username="eve"))
    approval.publish_due(timezone.now() + timedelta(days=2))


def published_in_time() -> None:
    is_sound()
    is_old_or_new(jam())
    publish_in_time()
    assert is_old_or_new(jam())
    assert jam().revisions.count() == 2
    is_sound()


def export() -> None:
    """Write the library into a folder that has older files."""
    manage("export_guides", str(OUT))


def exported() -> None:
    wanted = {f"lamp-{number}.md": (FOLDER / f"lamp-{number}.md").read_bytes() for number in range(GUIDES)}
    for path in (path for path in OUT.rglob("*") if path.is_file() and not path.name.startswith(".")):
        assert path.suffix != ".md" or path.read_bytes() in (wanted.get(path.name), JAM.encode()), path
        assert path.suffix != ".png" or path.read_bytes().endswith(b"IEND\xaeB`\x82"), path
    export()
    assert {name: (OUT / name).read_bytes() for name in wanted} == wanted
    assert (OUT / "jam.md").read_bytes() == JAM.encode()
    shutil.rmtree(OUT)


def index() -> None:
    """Make the index anew."""
    from kb.library import indexing

    shutil.rmtree(DATA / "index")
    indexing.catch_up()


def indexed() -> None:
    from kb.models.audience import EVERYONE
    from kb.search import configured
    from kb.search.text.query import parse

    is_sound()
    assert configured.engine().search(parse("dark lamp"), EVERYONE).total == GUIDES


def backup() -> None:
    """Write a backup."""
    manage("backup", str(PLACE / "new.zip"))


def backed_up() -> None:
    path = PLACE / "new.zip"
    if path.exists():
        manage("verify", str(path))
        path.unlink()
    backup()
    manage("verify", str(path))
    for one in (path, *PLACE.glob(".new.zip.*")):
        one.unlink()


def restore() -> None:
    """Restore the backup into the empty folder."""
    manage("restore", str(BACKUP))


def restored() -> None:
    from django.core.management.base import CommandError
    from django.db import connection

    from kb.config.backup import tables, unfinished
    from kb.models import Guide, Image

    if unfinished.is_unfinished() or tables.is_empty():
        connection.close()
        try:
            manage("serve", "--prepare-only", "--no-backup") if unfinished.is_unfinished() else None
        except CommandError as error:
            assert "Restore the backup again" in str(error), error  # noqa: PT017
        else:
            assert not unfinished.is_unfinished(), "a library that is half there was served"
        empty_database()  # which is the operator's to do
        restore()
    else:
        manage("migrate", "--no-input")
    assert Guide.objects.count() == GUIDES + 1
    for image in Image.objects.all():
        assert digest_of(image) == image.digest
    is_sound()


def digest_of(image: Any) -> str:
    """What the file of an image really holds."""
    from kb.library.images import store

    return hashlib.sha256(store.file_of(image.digest, image.ending).read_bytes()).hexdigest()


def upload() -> None:
    """Keep an image for a guide."""
    from django.contrib.auth.models import User

    from kb.library.images import store

    store.upload(jam(), "after.png", picture(), User.objects.get(username="eve"))


def uploaded() -> None:
    from kb.models import Image

    for _ in range(2):
        for image in Image.objects.all():
            assert digest_of(image) == image.digest
        for file in (DATA / "images").iterdir():
            assert file.name.startswith(".") or hashlib.sha256(file.read_bytes()).hexdigest() == file.stem, file
        upload()
    is_sound()


def migrate() -> None:
    """Bring the database to this version."""
    manage("migrate", "--no-input")


def rows_of(path: Path) -> dict[str, int]:
    """How many rows the tables of guides and texts have."""
    with sqlite3.connect(path) as database:
        return {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("kb_guide", "kb_revision", "kb_section", "kb_contact", "auth_user")
        }


def migrated() -> None:
    from django.contrib.auth.models import User

    from kb.library import indexing
    from kb.models import Guide

    migrate()
    assert rows_of(DATA / "kb.sqlite3") == rows_of(BEFORE / "kb.sqlite3")
    assert User.objects.exists()
    indexing.catch_up()
    assert all(guide.html for guide in Guide.objects.filter(state="published"))


ACTS: dict[str, tuple[Callable[[], bool], Callable[[], None], Callable[[], None]]] = {
    "publish": (a_library, publish, published),
    "timer": (a_library, publish_in_time, published_in_time),
    "load": (many_guides, load, loaded),
    "export": (a_library, export, exported),
    "index": (a_library, index, indexed),
    "backup": (a_library, backup, backed_up),
    "restore": (nothing, restore, restored),
    "restore into PostgreSQL": (nothing, restore, restored),
    "upload": (a_library, upload, uploaded),
    "migration": (an_earlier_library, migrate, migrated),
}


def start_anew(name: str) -> None:
    """Put the data folder, and a PostgreSQL, back as they were."""
    if ACTS[name][0] is nothing:
        assert apart(empty_database)
    shutil.rmtree(DATA, ignore_errors=True)
    shutil.copytree(BEFORE, DATA)


def killed_after(act: Callable[[], None], seconds: float) -> bool:
    """Whether the act was killed so long after it began; False when it was over before."""
    process = FORK.Process(target=act)
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode == -signal.SIGKILL


def truth(work: Callable[[], None]) -> bool:
    """Do it, and say that it is done."""
    work()
    return True


def main(name: str, times: int) -> None:
    """Kill an act until it was so often, and print how often it was."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    import django

    django.setup()
    make, act, judge = ACTS[name]
    assert apart(make)
    shutil.copytree(DATA, BEFORE)
    start = time.monotonic()
    assert apart(lambda: truth(act)), "it fails when nobody kills it"
    took = time.monotonic() - start
    start_anew(name)
    shutil.rmtree(OUT, ignore_errors=True)
    (PLACE / "new.zip").unlink(missing_ok=True)
    chance, killed, tries = random.Random(), 0, 0
    while killed < times and tries < TRIES * times:
        tries += 1
        moment, start = chance.uniform(0, took), time.monotonic()
        if killed_after(act, moment):
            killed += 1
        else:  # the first time takes longer than those that follow
            took = time.monotonic() - start
        try:
            assert apart(lambda: truth(judge))
        except EOFError:
            raise AssertionError(f"{name}, killed after {moment:.3f} of {took:.3f} s, is not put right") from None
        start_anew(name)
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
