"""The nightly job that keeps a library under version control: load, export, commit, while many people write.

By chance, people change files in a clone and in the job's checkout, and guides and contacts in the browser; files gain
and lose the key that keeps them from readers, and editors publish what they keep; editors approve, merge and set aside;
the job runs, is killed before it can note what it wrote, or exports without a load. Each line that somebody writes has
a word of its own. After every round:

- each word is in `git log -p --all`, in a text that readers see, or in a revision (in review, or of the history);
- each word that nobody took out on purpose is still in a file, in what readers see (or saw, of what was retired), or in
  review: being in the history alone is not enough for it;
- no export took a word out of the checkout, but those that somebody took out, set aside or retired;
- an export that leaves files as they are says so by its exit status, and names only what waits or was deleted;
- a job with nothing to complain of ends with an empty diff, a second one changes nothing, and readers see what the
  files say, but for those that say that they are drafts.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import Settings

from kb.editorial import approval, contacts, drafts, reviews, upkeep
from kb.editorial.contacts import Overtaken, Writing
from kb.editorial.decisions import Conflict, NotPossible, Outdated, Published, Refused
from kb.library import retiring
from kb.library.folders.file_drafts import WITHHELD
from kb.models import Contact, ContactRevision, Guide, Revision
from kb.web.studio import own_drafts
from tests.support.rounds import rounds
from tests.support.studio import person, published

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed: install it to play the nightly job"),
]
State = Revision.State
DRAFT = "---\ndraft: true\n---\n"
WORD = re.compile(r"\bword\d+\b")
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_COMMITTER_NAME": "committer",
    "GIT_COMMITTER_EMAIL": "committer@example.com",
    "GIT_AUTHOR_EMAIL": "author@example.com",
}


def git(folder: Path, *words: str, author: str = "job") -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **GIT, "GIT_AUTHOR_NAME": author},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"git {' '.join(words)}: {(done.stdout + done.stderr).decode()}")
    return done.stdout.decode()


class Story:
    """One library, its checkout, a clone of it, and the people who write in all of them."""

    def __init__(self, place: Path, seed: int) -> None:
        self.chance, self.told = random.Random(seed), list[str]()
        self.words, self.taken_out = 0, set[str]()
        origin, self.clone, self.checkout = place / "origin.git", place / "clone", place / "checkout"
        git(place, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
        git(place, "clone", "--quiet", str(origin), str(self.clone))
        git(self.clone, "checkout", "--quiet", "-B", "main")
        (self.clone / "contacts").mkdir()
        (self.clone / ".gitattributes").write_text("* merge=union\n")
        for name in ("one", "two", "three"):
            (self.clone / f"{name}.md").write_text(self.text(f"Guide {name}"))
        (self.clone / "contacts" / "desk.md").write_text(f"---\nname: Desk\n---\n{self.lines(4)}")
        (self.clone / "synonyms.txt").write_text("mail, post\n")
        self.commit(self.clone, "ann")
        git(place, "clone", "--quiet", str(origin), str(self.checkout))
        self.editor = person("eve", "editors")

    # Words

    def line(self) -> str:
        """A line of its own."""
        self.words += 1
        return f"A word{self.words} is here."

    def lines(self, count: int) -> str:
        """Paragraphs of one line each."""
        return "".join(f"{self.line()}\n\n" for _ in range(count))

    def text(self, title: str) -> str:
        """A whole guide."""
        return f"# {title}\n\n{self.lines(6)}"

    def edited(self, text: str) -> str:
        """A text with a line of somebody added, put in place of another one, or taken out."""
        lines = text.splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if WORD.search(line)]
        how = self.chance.choice(("add", "add", "replace", "replace", "remove"))
        if not places or how == "add":
            lines.insert(self.chance.choice(places or [len(lines)]), f"{self.line()}\n\n")
            return "".join(lines)
        at = self.chance.choice(places)
        self.taken_out |= set(WORD.findall(lines[at]))
        lines[at] = f"{self.line()}\n" if how == "replace" else ""
        return "".join(lines)

    # Files

    def commit(self, folder: Path, author: str) -> None:
        """Commit what changed, and push it."""
        git(folder, "add", "--all")
        if git(folder, "status", "--porcelain"):
            git(folder, "commit", "--quiet", "-m", f"By {author}", author=author)
        self.push(folder)

    def push(self, folder: Path) -> None:
        """Take in what others pushed, and push."""
        if git(folder, "ls-remote", "origin", "main"):
            self.pull(folder)
        git(folder, "push", "--quiet", "origin", "HEAD:main")

    def pull(self, folder: Path) -> None:
        """Take in what others pushed; where git can't merge (a file was removed or renamed), both sides are kept.

        Who keeps there an older text of a file that was removed takes out what only the removed one said.
        """
        git(folder, "fetch", "--quiet", "origin")
        try:
            git(folder, "merge", "--quiet", "--no-edit", "origin/main")
        except RuntimeError:
            removed = git(folder, "log", "-p", "--no-renames", "--diff-filter=D", "HEAD...origin/main")
            git(folder, "add", "--all")
            git(folder, "commit", "--quiet", "-m", "Both sides")
            self.taken_out |= set(WORD.findall(removed)) - self.all_words(folder)

    def write_in_file(self) -> None:
        """Have somebody change files in one of the checkouts, and commit."""
        folder, author = self.chance.choice(((self.clone, "ann"), (self.checkout, "bob")))
        ways = (
            ("edit",) * 6
            + ("draft",) * 2
            + ("finish",) * 2
            + ("move", "remove", "new", "new draft", "revert", "synonyms")
        )
        how = self.chance.choice(ways)
        files = sorted(folder.rglob("*.md"))
        guides = [path for path in files if path.parent == folder]
        drafts = [path for path in guides if path.read_text().startswith(DRAFT)]
        if how in ("new", "new draft") or not guides:
            name = self.chance.randrange(10**6)
            head = DRAFT if how == "new draft" else ""
            (folder / f"new-{name}.md").write_text(head + self.text(f"New {name}"))
        elif how == "draft" or (how == "finish" and drafts):
            self.mark(self.chance.choice(drafts if how == "finish" else guides), "" if how == "finish" else DRAFT)
        elif how == "move":
            path = self.chance.choice(guides)
            path = path.rename(folder / f"moved-{self.chance.randrange(10**6)}.md")
            if self.chance.random() < 0.5:
                path.write_text(self.edited(path.read_text()))
        elif how == "remove":
            path = self.chance.choice(guides)
            self.taken_out |= set(WORD.findall(path.read_text()))
            path.unlink()
        elif how == "revert":
            self.revert(folder, author)
        elif how == "synonyms":
            if (folder / "synonyms.txt").exists():
                self.taken_out |= set(WORD.findall((folder / "synonyms.txt").read_text()))
            (folder / "synonyms.txt").write_text(f"mail, post\n{self.line().split()[1]}, other{self.words}\n")
        else:
            path = self.chance.choice(files)
            path.write_text(self.edited(path.read_text()))
        self.say(f"{author}: {how} in {folder.name}")
        if folder == self.checkout or self.chance.random() < 0.7:
            self.commit(folder, author)
        else:
            git_commit_only(folder, author)

    def revert(self, folder: Path, author: str) -> None:
        """Have the last commit of a checkout taken back."""
        before = self.all_words(folder)
        try:
            git(folder, "revert", "--no-edit", "HEAD", author=author)
        except RuntimeError:  # a merge, or what git can't revert
            git(folder, "reset", "--quiet", "--hard")
        self.taken_out |= before - self.all_words(folder)

    def mark(self, path: Path, head: str) -> None:
        """Have a file gain or lose the key that keeps it from readers, and now and then a line as well."""
        text = path.read_text().removeprefix(DRAFT)
        path.write_text(head + (self.edited(text) if self.chance.random() < 0.5 else text))

    def all_words(self, folder: Path) -> set[str]:
        """The words of the files of a checkout."""
        files = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]
        return {word for path in files for word in WORD.findall(path.read_text())}

    # The browser

    def write_in_browser(self) -> None:
        """Have the editor change something in the browser."""
        guides = list(Guide.objects.filter(state="published").select_related("revision").order_by("pk"))
        how = self.chance.choice(
            ("edit",) * 6 + ("new", "retire", "bring back", "contact", "contact", "finish", "finish")
        )
        self.say(f"browser: {how}")
        if how == "new":
            published(self.editor, self.text(f"Browser {self.words}"))
        elif how == "contact":
            contact = Contact.objects.first()
            if contact and not contact.retired:
                kept = contacts.change(contact, Writing(self.edited(contact.text), self.editor), contact.digest)
                assert not isinstance(kept, Overtaken)
        elif how == "bring back":
            retired = Guide.objects.filter(state="retired").exclude(loaded__state="draft").order_by("pk").first()
            if retired:
                upkeep.bring_back(retired)
        elif how == "finish":
            self.finish()
        elif guides and how == "retire":
            retiring.retire([self.chance.choice(guides)], by=self.editor)
        elif guides:
            guide = self.chance.choice(guides)
            assert guide.revision
            draft = drafts.save_draft(guide, self.editor, self.edited(guide.revision.text), guide.revision, 0)
            assert isinstance(draft, Revision)
            assert isinstance(approval.approve(drafts.propose(draft), self.editor), Published)

    def finish(self) -> None:
        """Have the editor publish what a file keeps from readers, with a line of theirs, or without it."""
        withheld = list(Guide.objects.filter(WITHHELD).order_by("pk"))
        if not withheld:
            return
        guide = self.chance.choice(withheld)
        opened = own_drafts.open_text(guide, self.editor)
        text = opened.text.removeprefix(DRAFT)
        text = self.edited(text) if self.chance.random() < 0.5 else text
        draft = drafts.save_draft(guide, self.editor, text, opened.based_on, opened.saved)
        assert isinstance(draft, Revision)
        decision = approval.approve(drafts.propose(draft), self.editor)
        assert isinstance(decision, Published), decision

    def review(self) -> None:
        """Have the editor decide on something that waits."""
        waiting = list(Revision.objects.filter(state=State.IN_REVIEW).select_related("guide__revision").order_by("pk"))
        if waiting:
            self.decide(self.chance.choice(waiting))
        for found in ContactRevision.objects.filter(state=State.IN_REVIEW).select_related("contact"):
            merged = contacts.merged_with_file(found).text
            kept = contacts.change(found.contact, Writing(merged, self.editor, "", found), found.contact.digest)
            assert not isinstance(kept, Overtaken)
            self.say("editor: merged a contact")

    def decide(self, revision: Revision) -> None:
        """Set a text aside, or publish it, merged with what readers see where need be."""
        if self.chance.random() < 0.3:
            self.taken_out |= set(WORD.findall(revision.text))
            reviews.set_aside(revision, self.editor)
            self.say(f"editor: set {revision} aside")
            return
        decision = approval.approve(revision, self.editor)
        if isinstance(decision, Outdated | Conflict):
            text = decision.merged if isinstance(decision, Outdated) else decision.merge.text
            text = text.replace(DRAFT, "")
            decision = approval.edit_and_approve(revision, self.editor, text, merged_with=decision.theirs)
        elif isinstance(decision, Refused):
            assert DRAFT in revision.text
            decision = approval.edit_and_approve(revision, self.editor, revision.text.replace(DRAFT, ""))
        assert isinstance(decision, Published), decision
        self.say(f"editor: published {revision}")

    # The job

    def load(self) -> int:
        """Load the checkout; the exit status."""
        code, said = status("load_guides", str(self.checkout), prune=True)
        self.say(f"load: {code} {said}")
        return code

    def export(self) -> tuple[int, str]:
        """Export into the checkout; the exit status and what is said."""
        before = self.all_words(self.checkout)
        code, said = status("export_guides", str(self.checkout), prune=True)
        retired = Revision.objects.filter(guide__state="retired").values_list("text", flat=True)
        gone = before - self.all_words(self.checkout) - self.taken_out - set(WORD.findall("".join(retired)))
        assert not gone, (gone, said)
        return code, said

    def run_job(self) -> None:
        """Pull, load, export, commit, push."""
        self.pull(self.checkout)
        loaded, (exported, said) = self.load(), self.export()
        self.say(f"job: {loaded} {exported} {said}")
        self.commit(self.checkout, "job")
        assert not git(self.checkout, "status", "--porcelain")
        assert loaded == 0, said
        head = git(self.checkout, "rev-parse", "HEAD")
        if exported == 0:
            assert (self.load(), self.export()[0]) == (0, 0)
            self.check_drafts()
        else:
            assert re.search(r"waits in review|were deleted there", said), said
        assert git(self.checkout, "status", "--porcelain") == ""
        assert git(self.checkout, "rev-parse", "HEAD") == head

    def check_drafts(self) -> None:
        """Readers see what the files say, but for what those keep from them."""
        files = {path.name: path.read_text() for path in self.checkout.glob("*.md")}
        told = Guide.objects.exclude(source__startswith="contacts/").values_list("source", "state", "revision__text")
        shown = {source: text for source, state, text in told if state == Guide.State.PUBLISHED}
        assert shown == {name: text for name, text in files.items() if not text.startswith(DRAFT)}

    def job_that_is_killed(self) -> None:
        """What was written stays written; nothing of it is noted."""
        self.pull(self.checkout)
        self.load()
        with transaction.atomic():
            self.say(f"killed: {self.export()}")
            transaction.set_rollback(True)
        self.commit(self.checkout, "job")

    def export_without_load(self) -> None:
        """Export what the checkout may have moved on from."""
        before = self.all_words(self.checkout)
        code, said = self.export()
        self.say(f"export alone: {code} {said}")
        if "Nothing was written" in said:
            assert (code, self.all_words(self.checkout)) == (1, before)
        self.commit(self.checkout, "job")

    def say(self, what: str) -> None:
        """Keep what happened, for whoever reads a failure."""
        self.told.append(what.strip())

    def round(self) -> None:
        """Some people write, then the job runs."""
        acts: list[Callable[[], None]] = [self.write_in_file] * 3 + [self.write_in_browser] * 3 + [self.review]
        for act in self.chance.choices(acts, k=self.chance.randint(1, 5)):
            act()
        if self.chance.random() < 0.3:
            self.export_without_load()
        self.chance.choice([self.run_job] * 4 + [self.job_that_is_killed])()
        self.check()

    def check(self) -> None:
        """Nothing that anybody wrote is lost."""
        history = "".join(git(folder, "log", "-p", "-m", "--all") for folder in (self.checkout, self.clone))
        kept = [
            *Revision.objects.values_list("text", flat=True),
            *ContactRevision.objects.values_list("text", flat=True),
        ]
        written = {f"word{number}" for number in range(1, self.words + 1)}
        assert written <= set(WORD.findall(history + "".join(kept)))
        seen = [*Revision.objects.exclude(published_as=None).values_list("text", flat=True)]
        seen += Contact.objects.values_list("text", flat=True)
        for model in (Revision, ContactRevision):
            seen += model._default_manager.filter(state=State.IN_REVIEW).values_list("text", flat=True)
        current = set(WORD.findall("".join(seen))) | self.all_words(self.checkout) | self.all_words(self.clone)
        assert written - self.taken_out <= current, sorted(written - self.taken_out - current)


def git_commit_only(folder: Path, author: str) -> None:
    """Commit, and let others wait for it."""
    git(folder, "add", "--all")
    if git(folder, "status", "--porcelain"):
        git(folder, "commit", "--quiet", "-m", f"By {author}", author=author)


def status(name: str, *words: str, **options: bool) -> tuple[int, str]:
    """The exit status of a command, and all that it says."""
    said = StringIO()
    try:
        call_command(name, *words, stdout=said, stderr=said, **options)
    except CommandError as error:
        return 1, f"{said.getvalue()}{error}"
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    return 0, said.getvalue()


SEEDS = rounds((2, *range(100, 108), 1010, 1017), (2,))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "times"),
    [(1, 10), *((seed, 20) for seed in SEEDS)],
)
def test_the_nightly_job_loses_no_line_of_anybody(tmp_path: Path, settings: Settings, seed: int, times: int) -> None:
    settings.CONTENT_DIR = tmp_path / "checkout"
    story = Story(tmp_path, seed)
    try:
        for _ in range(times):
            story.round()
    except (AssertionError, RuntimeError, NotPossible) as error:
        error.add_note("\n".join([f"Seed {seed}; what happened:", *story.told[-40:]]))
        raise
