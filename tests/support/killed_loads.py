"""Loads of a folder that are killed, each on a library of its own; what is wrong afterwards is written down.

    python -m tests.support.killed_loads writes STEP    every STEP-th statement that writes is the last one
    python -m tests.support.killed_loads moments TIMES  killed at so many moments, by chance

Prints how many loads were killed, and fails with the first thing that is not as it should be: a guide that is neither
as it was nor as it is to be (before or after what has no file any more is retired), or a library that another load does
not make what an undisturbed one makes.
"""

# ruff: noqa: PLC0415 - Django has to be set up before its models are imported
from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

FORK = multiprocessing.get_context("fork")
DATA = Path(os.environ["KB_DATA_DIR"])
FOLDER = DATA.parent / "guides"
BEFORE = DATA.parent / "before"
Library = dict[str, Any]

JAM = "# Jam\n\n**Symptoms:**\n- It stops (always)\n\n**Solution:**\n1. Open it\n2. Pull\n"
OLD = {
    "changed.md": "# Changed\n\nOld words. [Later](later.md) [Inside](inside.md) [Desk](contacts/desk.md)\n",
    "edited.md": JAM,
    "gone.md": "# Gone\n\nGo.\n",
    "inside.md": "# Inside\n\nFor all.\n",
    "linking.md": "# Linking\n\n[Later](later.md) [Inside](inside.md) [Moved](moved.md) [New](contacts/new.md)\n",
    "moved.md": "# Moved\n\nThe same words.\n",
    "parting.md": "# Parting\n\n[Gone](gone.md)\n",
    "picture.md": "# Picture\n\n![The plan](images/plan.png)\n",
    "reworded.md": "# Reworded\n\n## First words\n\nThis says what it says, in both.\n",
    "contacts/desk.md": "---\nname: Desk\n---\nAsk.\n",
    "synonyms.txt": "mail, post\n",
}
NEW = {
    "changed.md": "# Changed\n\nNew words. [Later](later.md)\n",
    "edited.md": JAM.replace("Pull", "Tear"),
    "inside.md": "---\naudience: staff\n---\n# Inside\n\nFor staff.\n",
    "linking.md": OLD["linking.md"],
    "parting.md": OLD["parting.md"],
    "picture.md": OLD["picture.md"],
    "later.md": "# Later\n\nThere now.\n",
    "renamed.md": OLD["moved.md"],
    "reworded.md": "# Reworded\n\n## Other words\n\nThis says what it says, in both.\n",
    "contacts/desk.md": "---\nname: The desk\n---\nAsk.\n",
    "contacts/new.md": "---\nname: New\n---\nAsk me.\n",
    "synonyms.txt": "mail, post, letter\n",
    "walks/x.yml": "- answers: {}\n",
}


def _apart(work: Callable[[], Any]) -> Any:
    """What the work gives, done in a process of its own; None when that was killed."""
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=lambda: theirs.send(work()))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return None
    finally:
        process.join()


def _fill(texts: dict[str, str], shade: int) -> None:
    from PIL import Image

    shutil.rmtree(FOLDER, ignore_errors=True)
    for source, text in texts.items():
        (FOLDER / source).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / source).write_text(text)
    out = BytesIO()
    Image.new("RGB", (4, 3), (shade, 0, 0)).save(out, "PNG")
    (FOLDER / "images").mkdir()
    (FOLDER / "images/plan.png").write_bytes(out.getvalue())


def _prepare() -> bool:
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from kb.editorial import approval
    from kb.library.folders import load
    from kb.models import Guide
    from tests.support.studio import proposal

    call_command("migrate", verbosity=0, interactive=False)
    _fill(OLD, 10)
    assert not load.load([FOLDER]).failed
    eve = User.objects.create_user("eve")
    approval.approve(proposal(Guide.objects.get(slug="edited"), eve, JAM.replace("Open", "Lift")), eve)
    _fill(NEW, 200)
    return True


def _load(kill_at: int = 0, *, prune: bool = True) -> int:
    """Load the folder; die before the write of this number (from 1). Gives the number of writes."""
    from django.db import connection

    from kb.library.folders import load

    writes = 0

    def counted(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal writes
        writes += sql.startswith(("INSERT", "UPDATE", "DELETE"))
        if kill_at and writes == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)

    with connection.execute_wrapper(counted):
        assert not load.load([FOLDER], prune=prune).failed
    return writes


def _library() -> Library:
    """All that the library says, without its row numbers and times."""
    from kb.models import Contact, FormerAddress, Guide, Image, Link, Revision, SideFile

    def rows(found: Any, *fields: str) -> list[Any]:
        return sorted(found.values_list(*fields), key=repr)

    guides = {
        guide.title: (
            *(guide.slug, guide.source, guide.state, guide.audience, guide.html),
            guide.revision and guide.revision.text,
            rows(guide.sections, "anchor", "key", "title"),
            rows(guide.links, "target", "anchor"),
        )
        for guide in Guide.objects.select_related("revision")
    }
    return {
        "guides": guides,
        "links": rows(Link.objects, "guide__source", "target", "leads_to__source"),
        "waiting": rows(Revision.objects.filter(state="in_review"), "guide__source", "text"),
        "texts": rows(Revision.objects, "guide__title", "number", "text", "state"),
        "contacts": rows(Contact.objects, "slug", "name", "text", "retired"),
        "addresses": rows(FormerAddress.objects, "address", "guide__source"),
        "beside": [(file.source, bytes(file.data)) for file in SideFile.objects.all()],
        "images": rows(Image.objects, "source", "digest"),
    }


def _mended() -> tuple[Library, Library, bool]:
    """What a killed load left, what another one makes of it, and whether that is all in the index."""
    from kb.library.folders import load
    from kb.search import configured
    from kb.search.index import documents

    left = _library()
    assert not load.load([FOLDER], prune=True).failed
    return left, _library(), documents.digests_for() == configured.engine().digests()


def _restore() -> None:
    shutil.rmtree(DATA)
    shutil.copytree(BEFORE, DATA)


def _judge(stages: list[Library], point: object) -> None:
    found = _apart(_mended)
    assert found is not None, f"{point}: another load failed"
    left, mended, is_indexed = found
    for title, said in left["guides"].items():
        assert said in [stage["guides"].get(title) for stage in stages], (point, title, said)
    for name, said in stages[-1].items():
        assert mended[name] == said, f"{point}: {name} {mended[name]} and not {said}"
    assert is_indexed, f"{point}: the index differs"


def _killed(points: Iterable[Any], kill: Callable[[Any], bool], stages: list[Library]) -> int:
    times = 0
    for point in points:
        _restore()
        if kill(point):
            times += 1
            _judge(stages, point)
    return times


def _kill_after(seconds: float) -> bool:
    process = FORK.Process(target=_load)
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def main(what: str, number: int) -> None:
    """Try it, and print how many loads were killed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    import django

    django.setup()
    from kb.library.folders import folder_load, reader

    folder_load.CHUNK = 2  # several transactions for few guides
    reader.read_guides = lambda requests, **_options: map(_read_here, requests)  # no process to start
    assert _apart(_prepare), "the library could not be made"
    shutil.copytree(DATA, BEFORE)
    stages = [_apart(_library)]
    assert _apart(lambda: _load(prune=False))
    stages.append(_apart(_library))
    _restore()
    start = time.monotonic()
    writes = _apart(_load)
    took = time.monotonic() - start
    stages.append(_apart(_library))
    assert writes, "the load failed"
    if what == "writes":
        times = _killed(range(1, writes + 1, number), lambda point: _apart(lambda: _load(point)) is None, stages)
    else:
        chance = random.Random(7)
        times = _killed((chance.uniform(0, took) for _ in range(number)), _kill_after, stages)
    sys.stdout.write(f"{times} {writes}\n")


def _read_here(request: Any) -> Any:
    from kb.content.reading import read_contact, read_guide
    from kb.content.workers import ReadResult

    if request.kind == "contact":
        return ReadResult(request.source, contact=read_contact(request.data, request.source, request.resolve))
    return ReadResult(request.source, document=read_guide(request.data, request.source, request.resolve))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
