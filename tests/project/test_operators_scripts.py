"""The shell examples of docs/operators.md, typed word for word: the nightly job over a real checkout, and the backup.

A real server serves from the folder that they run in, and people change guides there and in checkouts of their own.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.library.test_nightly_job import git
from tests.project.test_docs_examples import blocks
from tests.support.served import ROOT, free_port, get, prepare, served
from tests.support.signed_in import SignedIn

OPERATORS = (ROOT / "docs" / "operators.md").read_text()
GUIDE = "# {0}\n\nFirst line of {0}.\n\nSecond line.\n\nThird line.\n\nFourth line.\n\nLast line of {0}.\n"
has_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed: install it to run the script")


def script(words: str) -> str:
    """The one shell example of the document that holds some words."""
    (found,) = [block for block in blocks("bash", OPERATORS) if words in block]
    return found


@dataclass(frozen=True)
class Place:
    """The folder that the product runs in, as somebody installed it, with the home of its user."""

    folder: Path
    environment: dict[str, str]

    def run(self, text: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Have the shell run a script there."""
        path = self.folder / "script"
        path.write_text(text)
        command = ["sh", str(path)] if text.startswith("#!/bin/sh\n") else ["sh", "-eu", str(path)]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The product in a folder of its own, with no guides yet."""
    folder, home = tmp_path / "product", tmp_path / "home"
    (home / "our-guides").mkdir(parents=True)
    folder.mkdir()
    for name in ("manage.py", "kb", "troubleshooting", "static"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(sys.prefix)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "GIT_"))}
    environment |= {"HOME": str(home), "KB_DATA_DIR": str(folder / "var"), "KB_WORKERS": "1", "PORT": str(free_port())}
    environment |= {"KB_CONTENT_DIR": str(home / "our-guides"), "GIT_CONFIG_NOSYSTEM": "1"}
    return Place(folder, environment)


@dataclass(frozen=True)
class Night:
    """A served library with its checkout, a repository, and the clones of two people."""

    place: Place
    base: str
    editor: SignedIn
    checkout: Path
    ann: Path
    bob: Path

    def run_job(self) -> tuple[int, str]:
        """The exit status of the script in the documents, and what it says; the repository has what it left."""
        done = self.place.run(script("git -C"))
        return done.returncode, done.stdout + done.stderr

    def page(self, slug: str) -> str:
        """What readers see."""
        return get(f"{self.base}/guides/{slug}/")[1]

    def pushed(self, source: str) -> str:
        """What the repository says in a file."""
        return git(self.checkout, "show", f"origin/main:{source}")

    @property
    def head(self) -> str:
        """The last commit of the repository."""
        return git(self.checkout, "ls-remote", "origin", "main")


def commit(clone: Path, author: str, **texts: str | None) -> None:
    """Write files (None: remove) in a clone that has what others pushed, and push."""
    git(clone, "pull", "--quiet")
    for name, text in texts.items():
        path = clone / f"{name}.md"
        path.unlink() if text is None else path.write_text(text)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", f"By {author}", author=author)
    git(clone, "push", "--quiet", "origin", "HEAD:main")


@pytest.fixture
def night(place: Place, tmp_path: Path) -> Iterator[Night]:
    """The first evening."""
    origin, ann, bob = tmp_path / "origin.git", tmp_path / "ann", tmp_path / "bob"
    checkout = Path(place.environment["KB_CONTENT_DIR"])
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    git(tmp_path, "clone", "--quiet", str(origin), str(ann))
    git(ann, "checkout", "--quiet", "-B", "main")
    for name in ("one", "two", "three"):
        (ann / f"{name}.md").write_text(GUIDE.format(name))
    git(ann, "add", "--all")
    git(ann, "commit", "--quiet", "-m", "Guides", author="ann")
    git(ann, "push", "--quiet", "--set-upstream", "origin", "main")
    git(tmp_path, "clone", "--quiet", str(origin), str(bob))
    checkout.rmdir()
    git(tmp_path, "clone", "--quiet", str(origin), str(checkout))
    git(checkout, "config", "user.name", "Nightly job")
    git(checkout, "config", "user.email", "job@example.com")
    prepare(place.folder / "var")
    with served(place.environment, place.folder) as (base, _process, output):
        password = re.search(r"Password: +(\S+)", "".join(output))
        assert password
        yield Night(place, base, SignedIn(base, "admin", password[1]), checkout, ann, bob)


@pytest.mark.slow
@has_git
def test_a_night_brings_together_what_was_written_in_files_and_in_the_browser(night: Night) -> None:
    before = night.head
    assert night.run_job()[0] == 0
    assert night.head == before
    commit(night.ann, "ann", one=GUIDE.format("one").replace("Second", "Ann's second"))
    commit(night.bob, "bob", two=GUIDE.format("two").replace("Third", "Bob's third"), four=GUIDE.format("four"))
    night.editor.publish("three", "Fourth line", "Fourth line from the browser")
    assert night.run_job()[0] == 0
    assert "Ann&#x27;s second" in night.page("one") or "Ann's second" in night.page("one")
    assert "First line of four." in night.page("four")
    assert night.pushed("three.md") == GUIDE.format("three").replace("Fourth line", "Fourth line from the browser")
    assert git(night.checkout, "log", "-1", "--format=%an: %s") == "Nightly job: Written in the browser\n"
    after = night.head
    assert night.run_job()[0] == 0
    assert night.head == after
    assert git(night.checkout, "status", "--porcelain") == ""


@has_git
@pytest.mark.night
def test_what_waits_in_review_ends_the_night_with_1_and_the_rest_is_committed(night: Night) -> None:
    commit(night.ann, "ann", one=GUIDE.format("one").replace("Second", "The second"))
    night.editor.publish("one", "Fourth line", "Fourth line from the browser")
    night.editor.publish("two", "Fourth line", "Fourth line from the browser")
    status, said = night.run_job()
    assert status == 1
    assert "what they say waits in review: 1 (one.md)" in said
    assert "Fourth line from the browser" in night.pushed("two.md")
    assert "The second" in night.pushed("one.md")
    assert "The second" not in night.page("one")
    night.editor.send("/write/guides/one/review/3/", "/write/guides/one/review/3/set-aside/", text="Not now")
    assert night.run_job()[0] == 0
    assert night.pushed("one.md") == GUIDE.format("one").replace("Fourth line", "Fourth line from the browser")
    assert night.run_job()[0] == 0


@has_git
@pytest.mark.night
def test_a_file_that_can_not_be_loaded_stops_the_night_before_anything_is_written(night: Night) -> None:
    commit(night.ann, "ann", one="---\ntitle: [\n---\nText.\n")
    night.editor.publish("two", "Fourth line", "Fourth line from the browser")
    before = night.head
    status, said = night.run_job()
    assert status == 1
    assert "one.md:3: The front matter is not YAML" in said
    assert night.head == before
    assert git(night.checkout, "status", "--porcelain") == ""
    commit(night.bob, "bob", one=GUIDE.format("one"))
    assert night.run_job()[0] == 0
    assert "Fourth line from the browser" in night.pushed("two.md")


@has_git
@pytest.mark.night
def test_what_git_can_not_merge_stops_the_night_and_leaves_the_checkout_as_it_was(night: Night) -> None:
    mine = GUIDE.format("one").replace("Second", "My second")
    (night.checkout / "one.md").write_text(mine)
    git(night.checkout, "commit", "--quiet", "--all", "-m", "By the operator", author="operator")
    commit(night.ann, "ann", one=GUIDE.format("one").replace("Second", "Ann's second"))
    night.editor.publish("two", "Fourth line", "Fourth line from the browser")
    before = night.head
    for _night in range(2):
        status, said = night.run_job()
        assert status != 0
        assert "one.md" in said
        assert night.head == before
        assert (night.checkout / "one.md").read_text() == mine
        assert git(night.checkout, "status", "--porcelain") == ""
        assert "<<<<" not in night.page("one")
    git(night.checkout, "pull", "--quiet", "--no-rebase", "--no-edit", "-X", "ours")
    assert night.run_job()[0] == 0
    assert night.pushed("one.md") == mine
    assert "My second" in night.page("one")


@has_git
@pytest.mark.night
def test_a_repository_that_is_away_stops_the_night_with_one_sentence(night: Night) -> None:
    origin = git(night.checkout, "remote", "get-url", "origin").strip()
    away = Path(f"{origin}.away")
    night.editor.publish("two", "Fourth line", "Fourth line from the browser")
    Path(origin).rename(away)
    status, said = night.run_job()
    assert (status, "merge" in said) == (1, False)
    assert said.splitlines()[-1] == (
        f"Git could not pull into {night.checkout}, for the reason above: nothing was loaded or written."
    )
    assert (night.checkout / "two.md").read_text() == GUIDE.format("two")
    away.rename(origin)
    assert night.run_job()[0] == 0
    assert "Fourth line from the browser" in night.pushed("two.md")


@has_git
@pytest.mark.night
def test_a_push_that_is_refused_is_said_and_made_good_the_next_night(night: Night) -> None:
    hook = Path(git(night.checkout, "remote", "get-url", "origin").strip()) / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    night.editor.publish("two", "Fourth line", "Fourth line from the browser")
    status, said = night.run_job()
    assert status == 1
    assert said.splitlines()[-1] == f"What was committed in {night.checkout} could not be pushed, for the reason above."
    hook.unlink()
    assert night.run_job()[0] == 0
    assert "Fourth line from the browser" in night.pushed("two.md")


def _die_after_export(night: Night) -> None:
    """What a job leaves that is killed between its export and its commit."""
    job = script("git -C")
    export = 'export_guides --prune "$guides" || left=$?\n'
    assert export in job
    done = night.place.run(job.replace(export, f"{export}kill -KILL $$\n"))
    assert done.returncode == -signal.SIGKILL
    assert git(night.checkout, "status", "--porcelain") != ""


@has_git
@pytest.mark.night
def test_a_job_that_died_before_its_commit_loses_nothing(night: Night) -> None:
    """Somebody pushed another line of the same file meanwhile."""
    night.editor.publish("one", "Fourth line", "Fourth line from the browser")
    _die_after_export(night)
    commit(night.ann, "ann", one=GUIDE.format("one").replace("First", "Ann's first"))
    assert night.run_job()[0] == 0
    both = GUIDE.format("one").replace("First", "Ann's first").replace("Fourth line", "Fourth line from the browser")
    assert night.pushed("one.md") == both
    assert "from the browser" in night.page("one")
    assert "s first line of one" in night.page("one")
    after = night.head
    assert night.run_job()[0] == 0
    assert night.head == after


@has_git
@pytest.mark.night
def test_what_a_dead_job_wrote_and_somebody_changed_as_well_is_merged_by_hand(night: Night) -> None:
    night.editor.publish("one", "Fourth line", "Fourth line from the browser")
    _die_after_export(night)
    commit(night.ann, "ann", one=GUIDE.format("one").replace("Fourth", "Ann's fourth"))
    before = night.head
    for _night in range(2):
        status, said = night.run_job()
        assert status == 1
        assert said.splitlines()[-1].endswith("so nothing was loaded or written. Merge by hand: one.md")
        assert night.head == before
        assert "Fourth line from the browser" in (night.checkout / "one.md").read_text()
        assert git(night.checkout, "status", "--porcelain") == ""
    git(night.checkout, "pull", "--quiet", "--no-rebase", "--no-edit", "-X", "theirs")
    assert night.run_job()[0] == 0
    assert "Ann's fourth" in night.pushed("one.md")
    assert "Fourth line from the browser" in git(night.checkout, "show", "HEAD^2:one.md", "HEAD^1:one.md")


@has_git
@pytest.mark.night
def test_a_merge_that_somebody_is_at_is_left_alone(night: Night) -> None:
    (night.checkout / "one.md").write_text(GUIDE.format("one").replace("Second", "My second"))
    git(night.checkout, "commit", "--quiet", "--all", "-m", "By the operator", author="operator")
    commit(night.ann, "ann", one=GUIDE.format("one").replace("Second", "Ann's second"))
    with pytest.raises(RuntimeError, match="CONFLICT"):
        git(night.checkout, "pull", "--quiet", "--no-rebase", "--no-edit")
    before = night.head
    status, said = night.run_job()
    assert (status, said) == (1, f"A merge in {night.checkout} is not finished: finish it, or take it back.\n")
    assert (night.head, "<<<<" in (night.checkout / "one.md").read_text()) == (before, True)
    assert "<<<<" not in night.page("one")


@has_git
@pytest.mark.night
def test_files_that_are_deleted_and_renamed_take_their_guides_along(night: Night) -> None:
    night.editor.publish("two", "Fourth line", "Fourth line from the browser")
    both = GUIDE.format("two").replace("Second", "Bob's second")
    commit(night.bob, "bob", one=None, two=None, second=both, three=None, third=GUIDE.format("three"))
    first, said = night.run_job()
    assert get(f"{night.base}/guides/one/")[0] == 404
    for old, new in (("three", "third"), ("two", "second")):
        assert night.page(old) == night.page(new)
        assert get(f"{night.base}/guides/{old}/")[0] == 200
    assert "Fourth line from the browser" in night.page("second")
    assert (first, "what they say waits in review: 1 (second.md)" in said) == (1, True)
    assert not {"one.md", "two.md", "three.md"} & set(git(night.checkout, "ls-files").split())


# The other examples


@pytest.fixture
def site(place: Place) -> Iterator[tuple[Place, str, SignedIn]]:
    """The product as served, with one guide."""
    (Path(place.environment["KB_CONTENT_DIR"]) / "one.md").write_text(GUIDE.format("one"))
    prepare(place.folder / "var")
    with served(place.environment, place.folder) as (base, _process, output):
        password = re.search(r"Password: +(\S+)", "".join(output))
        assert password
        yield place, base, SignedIn(base, "admin", password[1])


COMMANDS = [block for block in blocks("bash", OPERATORS) if block.startswith(".venv/bin/python manage.py ")]
SETTINGS = [block for block in blocks("bash", OPERATORS) if block.startswith("export ")]


# tests/project/test_package.py and test_container.py try those of a package and of an image.
ELSEWHERE = {
    script(words) for words in ("pip install troubleshooting_kb", "bin/pip", "useradd", "systemd-run", "docker run")
}


def test_every_example_is_tried_here() -> None:
    others = set(blocks("bash", OPERATORS)) - {*COMMANDS, *SETTINGS}
    assert others == {script("git -C"), script("manage.py restore"), *ELSEWHERE}
    assert len(COMMANDS) >= 5
    assert len(SETTINGS) >= 6


@pytest.mark.slow
def test_the_commands_do_what_they_are_shown_for(site: tuple[Place, str, SignedIn]) -> None:
    place, base, _editor = site
    for block in COMMANDS:
        typed = "a new and long password\n" * 2 if "changepassword" in block else ""
        done = place.run(block, typed)
        assert done.returncode == 0, (block, done.stderr)
        assert "Traceback" not in done.stderr, block
    assert SignedIn(base, "admin", "a new and long password").text_of("one") == GUIDE.format("one")


@pytest.mark.slow
def test_the_settings_are_taken_by_the_shell_and_by_the_product(place: Place) -> None:
    """All together: some need others that stand before them."""
    settings = "".join(SETTINGS).replace("make run\n", "")
    assert "make" not in settings
    done = place.run(f"{settings}.venv/bin/python manage.py shell -v 0 -c 'print(\"taken\")'\n")  # asks no database
    assert (done.returncode, done.stdout) == (0, "taken\n"), done.stderr


@pytest.mark.night
def test_a_backup_of_a_served_library_brings_back_what_it_said(place: Place) -> None:
    (Path(place.environment["KB_CONTENT_DIR"]) / "one.md").write_text(GUIDE.format("one"))
    prepare(place.folder / "var")
    with served(place.environment, place.folder) as (base, _process, output):
        password = re.search(r"Password: +(\S+)", "".join(output))
        assert password
        editor = SignedIn(base, "admin", password[1])
        editor.publish("one", "Second line", "Second line, before the backup")
        done = place.run(script("manage.py backup"))
        assert (done.returncode, done.stderr) == (0, "")
        assert "kb-backup.zip is whole" in done.stdout
        editor.publish("one", "Second line, before", "Second line, long after")
        assert "is there already" in place.run(script("manage.py backup")).stderr
    done = place.run(script("manage.py restore"))
    assert done.returncode == 0, done.stderr
    place.environment["KB_DATA_DIR"] = f"{place.environment['HOME']}/kb-restored"
    with served(place.environment, place.folder) as (base, _process, _output):
        assert "Second line, before the backup" in get(f"{base}/guides/one/")[1]


@pytest.mark.night
def test_a_backup_of_what_is_not_there_fails(place: Place) -> None:
    (place.folder / "var").mkdir()
    done = place.run(script("manage.py backup"))
    assert done.returncode != 0
    assert "the database has no tables" in done.stderr
    assert not (place.folder / "kb-backup.zip").exists()
